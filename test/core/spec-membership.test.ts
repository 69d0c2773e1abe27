import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, refOf } from '../../src/model/object.ts';
import { compareText } from '../../src/model/text-order.ts';
import { aService, aVm, ownedBy, someEndpoints } from '../support/builders.ts';
import { allUnchanged, listed, type Stage, type StageOptions, stage, svc, webVm } from '../support/stage.ts';

const onlyEndpoints = ['Service/svc unchanged', 'Endpoints/svc updated', 'VirtualMachineService/svc unchanged'];

async function reconciled(objects: readonly KubeObject[], options?: StageOptions): Promise<Stage> {
  const world = stage(objects, options);
  assert.equal((await world.reconcile()).error, null);
  return world;
}

/** What the Endpoints list after one reconcile of these objects. */
async function members(objects: readonly KubeObject[], options?: StageOptions) {
  return listed(await (await reconciled(objects, options)).endpoints());
}

const none = { ready: [], notReady: [] };

/** As the server stores it, which may have given its own. */
async function uidOfVm({ cluster }: Stage, name: string): Promise<string> {
  const { uid = '' } = (await cluster.get({ ...refOf(one), name })).metadata;
  return uid;
}
const one = webVm('vm-1', { ip: '1.1.1.1' });
const two = webVm('vm-2', { ip: '2.2.2.2' });

test('scenario 56: without a matching VM there are Endpoints, without subsets', async () => {
  const world = await reconciled([svc()]);
  assert.deepEqual(listed(await world.endpoints()), none);
  assert.equal((await world.endpoints())?.subsets, undefined);
});

test('scenario 57: one VM matches, one has not the label', async () => {
  const world = await reconciled([svc(), one, aVm('other', { ip: '9.9.9.9' })]);
  assert.deepEqual((await world.endpoints())?.subsets, [
    {
      addresses: [
        {
          ip: '1.1.1.1',
          targetRef: {
            apiVersion: 'vmoperator.vmware.com/v1alpha6',
            kind: 'VirtualMachine',
            namespace: 'prod',
            name: 'vm-1',
            uid: one.metadata.uid,
          },
        },
      ],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  ]);
});

test('scenario 58: a matching VM without an address is in no subset', async () => {
  assert.deepEqual(await members([svc(), webVm('vm-1')]), none);
});

test('scenario 59: two VMs and two ports make one subset', async () => {
  const ports = [
    { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 },
    { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353 },
  ];
  const world = await reconciled([svc({ ports }), two, one]);
  const { subsets } = { ...(await world.endpoints()) };
  assert.equal(subsets?.length, 1);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1', '2.2.2.2'], notReady: [] });
  assert.deepEqual(
    new Set(subsets?.[0]?.ports),
    new Set([
      { name: 'http', port: 8080, protocol: 'TCP' },
      { name: 'dns', port: 5353, protocol: 'UDP' },
    ]),
  );
});

test('scenario 60: addresses are ordered by their text', async () => {
  const vms = [webVm('vm-1', { ip: '10.0.0.2' }), webVm('vm-2', { ip: '10.0.0.10' })];
  assert.deepEqual(await members([svc(), ...vms]), { ready: ['10.0.0.10', '10.0.0.2'], notReady: [] });
});

test('scenario 61: a VM that is being deleted is in neither list', async () => {
  const going = webVm('vm-2', { ip: '2.2.2.2', deletedAt: '2026-11-20T11:00:00Z', finalizers: ['example.com/hold'] });
  assert.deepEqual(await members([svc(), one, going]), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 62: a VM that loses the label leaves the Endpoints at the next reconcile', async () => {
  const world = await reconciled([svc(), one, two]);
  await world.edit('VirtualMachine', { metadata: { labels: { app: 'db' } } }, { name: 'vm-2' });
  assert.deepEqual((await world.reconcile()).steps, onlyEndpoints);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 63: a VM that is deleted leaves the Endpoints, and the last one empties them', async () => {
  const world = await reconciled([svc(), one, two]);
  await world.remove('VirtualMachine', 'vm-2');
  await world.reconcile();
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1'], notReady: [] });
  await world.remove('VirtualMachine', 'vm-1');
  assert.deepEqual((await world.reconcile()).steps, onlyEndpoints);
  assert.equal((await world.endpoints())?.subsets, undefined);
});

test('scenario 64: a VM of another namespace is never included', async () => {
  assert.deepEqual(await members([svc(), aVm('vm-1', { namespace: 'other', labels: { app: 'web' }, ip: '1.1.1.1' })]), none);
});

test('scenario 65: an empty value selects an empty label, not an absent one', async () => {
  const empty = webVm('vm-1', { ip: '1.1.1.1', labels: { app: 'web', tier: '' } });
  assert.deepEqual(await members([svc({ selector: { app: 'web', tier: '' } }), empty, two]), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 66: a selector that is removed leaves the Endpoints as they are', async () => {
  const world = await reconciled([svc(), one]);
  await world.edit('VirtualMachineService', { spec: { selector: null } });
  await world.remove('VirtualMachine', 'vm-1');
  assert.deepEqual((await world.reconcile()).steps, ['Service/svc unchanged', 'VirtualMachineService/svc unchanged']);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 67: on 8.0.1 an empty selector selects every VM of the namespace', async () => {
  const vms = [
    aVm('vm-1', { version: 'v1alpha1', ip: '1.1.1.1' }),
    aVm('vm-2', { version: 'v1alpha1', labels: { app: 'db' }, ip: '2.2.2.2' }),
  ];
  assert.deepEqual(await members([svc({ version: 'v1alpha1', selector: {} }), ...vms], { profile: 'A' }), {
    ready: ['1.1.1.1', '2.2.2.2'],
    notReady: [],
  });
  assert.equal(await members([svc({ version: 'v1alpha1', selector: {} }), ...vms], { profile: 'B' }), undefined);
});

test('scenario 68: without a selector from the start there is a Service and there are no Endpoints', async () => {
  const world = await reconciled([svc({ selector: {} }), one]);
  assert.equal((await world.service())?.metadata.name, 'svc');
  assert.equal(await world.endpoints(), undefined);
});

test('scenario 69: a VM that is off and still publishes an address is ready', async () => {
  assert.deepEqual(await members([svc(), webVm('vm-1', { ip: '1.1.1.1', power: 'off' })]), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 70: a suspended VM without an address is absent', async () => {
  assert.deepEqual(await members([svc(), webVm('vm-1', { power: 'suspended' })]), none);
});

test('scenario 71: a paused VM with a stale address is ready', async () => {
  const paused = webVm('vm-1', { ip: '1.1.1.1', annotations: { 'vmoperator.vmware.com/paused': 'true' } });
  assert.deepEqual(await members([svc(), paused]), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 72: a VM that was not created has no address and is absent', async () => {
  const conditions = [
    { type: 'VirtualMachineCreated', status: 'False', reason: 'Error', message: 'no host', lastTransitionTime: '2026-11-10T12:00:00Z' },
  ];
  assert.deepEqual(await members([svc(), webVm('vm-1', { conditions })]), none);
});

test('scenario 73: a VM that comes after the VirtualMachineService appears, with its allowed families only', async () => {
  const world = await reconciled([svc()]);
  await world.add([webVm('vm-1', { ip: ['1.1.1.1', 'fd00::1'] })]);
  assert.deepEqual((await world.reconcile()).steps, onlyEndpoints);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.1'], notReady: [] });
});

test('scenario 74: an address that changes is replaced', async () => {
  const world = await reconciled([svc(), one]);
  await world.edit('VirtualMachine', { status: { network: { primaryIP4: '1.1.1.9' } } }, { name: 'vm-1', subresource: 'status' });
  assert.deepEqual((await world.reconcile()).steps, onlyEndpoints);
  assert.deepEqual(listed(await world.endpoints()), { ready: ['1.1.1.9'], notReady: [] });
});

test('scenario 75: two VMs with one address are two entries, ordered by uid', async () => {
  const uids = ['b0000000-0000-4000-8000-000000000000', 'a0000000-0000-4000-8000-000000000000'];
  const world = await reconciled([svc(), ...uids.map((uid, index) => webVm(`vm-${index}`, { uid, ip: '1.1.1.1' }))]);
  const addresses = (await world.endpoints())?.subsets?.[0]?.addresses ?? [];
  const stored = await Promise.all(['vm-0', 'vm-1'].map(async (name) => ({ name, uid: await uidOfVm(world, name) })));
  assert.deepEqual(
    addresses.map(({ ip, targetRef }) => [ip, targetRef?.name]),
    stored.toSorted((left, right) => compareText(left.uid, right.uid)).map(({ name }) => ['1.1.1.1', name]),
  );
});

test('scenario 76: a target is named by version, kind, namespace, name and uid, and by nothing else', async () => {
  const world = await reconciled([svc(), one]);
  assert.deepEqual((await world.endpoints())?.subsets?.[0]?.addresses, [
    {
      ip: '1.1.1.1',
      targetRef: {
        apiVersion: 'vmoperator.vmware.com/v1alpha6',
        kind: 'VirtualMachine',
        namespace: 'prod',
        name: 'vm-1',
        uid: one.metadata.uid,
      },
    },
  ]);
});

test('scenario 77: an address removed by hand is restored', async () => {
  const world = await reconciled([svc(), one, two]);
  const before = (await world.endpoints())?.subsets;
  const [subset] = before ?? [];
  await world.edit('Endpoints', { subsets: [{ addresses: [{ ip: '1.1.1.1' }], ports: [{ name: 'http', port: 8080 }] }] });
  assert.deepEqual((await world.reconcile()).steps, onlyEndpoints);
  assert.deepEqual((await world.endpoints())?.subsets, [subset]);
});

async function portOrder(...names: readonly (readonly [string, number])[]): Promise<readonly (string | undefined)[]> {
  const ports = names.map(([name, port]) => ({ name, protocol: 'TCP', port, targetPort: port }));
  const world = await reconciled([svc({ ports }), one]);
  assert.deepEqual(
    (await world.service())?.spec.ports?.map((port) => port.name),
    names.map(([name]) => name),
  );
  return ((await world.endpoints())?.subsets?.[0]?.ports ?? []).map((port) => port.name);
}

test('scenario 78: http 8080 and https 8443 are stored as https, http', async () => {
  assert.deepEqual(await portOrder(['http', 8080], ['https', 8443]), ['https', 'http']);
});

test('scenario 79: http, https and ssh are stored as https, ssh, http', async () => {
  assert.deepEqual(await portOrder(['http', 8080], ['https', 8443], ['ssh', 22]), ['https', 'ssh', 'http']);
});

test('scenario 80: a headless Service without ports has one subset with the address and no ports', async () => {
  const world = await reconciled([svc({ type: 'ClusterIP', clusterIp: 'None', ports: [] }), one]);
  const subsets = (await world.endpoints())?.subsets ?? [];
  assert.deepEqual(
    subsets.map((subset) => ({ ips: subset.addresses?.map(({ ip }) => ip), ports: subset.ports })),
    [{ ips: ['1.1.1.1'], ports: undefined }],
  );
});

test('scenario 81: every one of 1500 VMs is an endpoint', async () => {
  const ips = Array.from({ length: 1500 }, (_, index) => `10.1.${index >> 8}.${index & 255}`);
  const world = await reconciled([svc(), ...ips.map((ip, index) => webVm(`vm-${index}`, { ip }))]);
  assert.deepEqual(listed(await world.endpoints()), { ready: ips.toSorted(), notReady: [] });
});

test('stored Endpoints that are right already are not written, whoever wrote them', async () => {
  const owners = [ownedBy(svc())];
  const world = stage([svc(), one, aService('svc', { owners }), someEndpoints('svc', { owners, ready: [one] })]);
  assert.deepEqual((await world.reconcile()).steps, [...allUnchanged.slice(0, 2), 'VirtualMachineService/svc updated']);
});
