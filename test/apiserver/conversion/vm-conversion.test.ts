import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { vmFromHub, vmToHub } from '../../../src/apiserver/conversion/vm-conversion.ts';
import { storedObject } from '../../../src/apiserver/json.ts';
import type { StoredObject } from '../../../src/apiserver/store.ts';
import type { Json, JsonObject, KubeObject } from '../../../src/model/object.ts';
import { conversionAnnotation } from '../../../src/model/virtual-machine-service.ts';
import { anApiServer } from '../../support/api-server.ts';
import { ask, at, verdict } from '../../support/ask.ts';
import { readConversions } from '../../support/conformance.ts';

const older = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4', 'v1alpha5'] as const;
const vms = readConversions().filter(({ object }) => object.kind === 'VirtualMachine');

function inGroup(version: string): string {
  return `vmoperator.vmware.com/${version}`;
}

/** Back to the newest version, where the older one shows all that it gets: without a schema. */
function toNewest(object: KubeObject): StoredObject {
  return vmToHub(storedObject(object), inGroup('v1alpha6'), (hub) => vmFromHub(hub, object.apiVersion));
}

/** Plain data, with the annotation's object as a value: the order of its fields is nobody's concern. */
function comparable(object: KubeObject | JsonObject): Record<string, Json> {
  const plain = JSON.parse(JSON.stringify(object));
  const annotations = plain.metadata.annotations;
  const carried = annotations?.[conversionAnnotation];
  if (carried !== undefined) annotations[conversionAnnotation] = JSON.parse(carried);
  return plain;
}

suite('VirtualMachines of main in every version, compared whole with what the operator makes of them', () => {
  test('shown in each older version', () => {
    assert.equal(vms.length, 181);
    for (const { id, as } of vms) {
      for (const version of older) {
        const shown = vmFromHub(storedObject(as.v1alpha6), inGroup(version));
        assert.deepEqual(comparable(shown), comparable(as[version]), `${id} as ${version}`);
      }
    }
  });

  test('sent in an older version for the first time', () => {
    let sent = 0;
    for (const { id, object, as } of vms) {
      if (object.apiVersion === inGroup('v1alpha6')) continue;
      sent += 1;
      assert.deepEqual(comparable(toNewest(object)), comparable(as.v1alpha6), id);
    }
    assert.equal(sent, 152);
  });

  test('read through an older version and written back unchanged', () => {
    for (const { id, as, backThrough } of vms) {
      for (const version of older) {
        const stored = comparable(toNewest(as[version]));
        assert.deepEqual(stored, comparable(backThrough?.[version] ?? as.v1alpha6), `${id} through ${version}`);
      }
    }
  });
});

suite('VirtualMachines in a server of main', () => {
  test('loaded in any version, read in any version: what the operator shows, and the defaults of the version of the load', () => {
    for (const line of vms) {
      const server = anApiServer();
      assert.deepEqual(
        server.load([line.object]).map(({ path }) => path),
        expectedLosses(line.object),
        line.id,
      );
      for (const version of [...older, 'v1alpha6'] as const) {
        // What is stored in the version that is asked for is not converted at all.
        if (line.object.apiVersion === inGroup('v1alpha6') && version === 'v1alpha6') continue;
        const { body } = ask(server, 'get', target(line.object, version));
        const read = seen(body);
        assert.deepEqual(read, seen(line.as[version]), `${line.id} as ${version}`);
      }
    }
  });

  test('a client of an old version that reads and writes changes nothing, in the storage or for other clients', () => {
    for (const version of older) {
      const server = anApiServer();
      server.load([rich]);
      const settled = ask(server, 'update', target(rich, 'v1alpha6'), { body: ask(server, 'get', target(rich, 'v1alpha6')).body });
      const { body } = ask(server, 'get', target(rich, version));
      const written = ask(server, 'update', target(rich, version), { body });
      assert.equal(verdict(written), '200', version);
      assert.deepEqual(written.events, [], version);
      assert.deepEqual(ask(server, 'get', target(rich, 'v1alpha6')).body, settled.body, version);
    }
  });

  test('a change through v1alpha1 changes that field, and keeps what v1alpha1 cannot say', () => {
    const server = anApiServer();
    server.load([rich]);
    const change = { spec: { powerState: 'poweredOff', readinessProbe: { periodSeconds: 30 }, storageClass: null } };
    const patched = ask(server, 'patch', target(rich, 'v1alpha1'), { patchType: 'merge', body: change });
    assert.deepEqual([verdict(patched), at(patched.body, 'spec.powerState')], ['200', 'poweredOff']);
    const { body } = ask(server, 'get', target(rich, 'v1alpha6'));
    const { storageClass: _, ...spec } = rich.spec;
    const readinessProbe = { ...spec.readinessProbe, periodSeconds: 30 };
    assert.deepEqual(body.spec, { ...spec, powerState: 'PoweredOff', readinessProbe });
    assert.deepEqual(body.status, rich.status);
    assert.equal(at(body, 'metadata.annotations'), undefined);
  });

  test('a NIC that is taken away through v1alpha1 is gone, and the other one keeps its name and its addresses', () => {
    const server = anApiServer();
    server.load([rich]);
    const shown = ask(server, 'get', target(rich, 'v1alpha1')).body;
    assert.deepEqual(at(shown, 'spec.networkInterfaces'), [
      { networkName: 'primary', networkType: 'vsphere-distributed' },
      { networkName: 'second', networkType: 'nsx-t-subnetset' },
    ]);
    const change = { spec: { networkInterfaces: [{ networkName: 'primary', networkType: 'vsphere-distributed' }] } };
    assert.equal(verdict(ask(server, 'patch', target(rich, 'v1alpha1'), { patchType: 'merge', body: change })), '200');
    const interfaces = at(ask(server, 'get', target(rich, 'v1alpha6')).body, 'spec.network.interfaces');
    assert.deepEqual(interfaces, [rich.spec.network.interfaces[0]]);
  });

  test('whoever drops the annotation loses what the old version cannot say, and no more', () => {
    const server = anApiServer();
    server.load([rich]);
    const body = { metadata: { annotations: null } };
    assert.equal(verdict(ask(server, 'patch', target(rich, 'v1alpha1'), { patchType: 'merge', body })), '200');
    const { spec, status } = ask(server, 'get', target(rich, 'v1alpha6')).body;
    assert.deepEqual(spec, {
      className: 'small',
      imageName: 'vmi-1',
      powerState: 'PoweredOn',
      storageClass: 'gold',
      powerOffMode: 'TrySoft',
      suspendMode: 'TrySoft',
      restartMode: 'TrySoft',
      promoteDisksMode: 'Online',
      network: {
        interfaces: [
          { name: 'eth0', network: { apiVersion: 'netoperator.vmware.com/v1alpha1', kind: 'Network', name: 'primary' } },
          { name: 'eth1', network: { apiVersion: 'crd.nsx.vmware.com/v1alpha1', kind: 'SubnetSet', name: 'second' } },
        ],
      },
      readinessProbe: { timeoutSeconds: 5 },
    });
    // The status that a write to the spec leaves alone is the one that v1alpha1 shows.
    const { observedGeneration: _, ...created } = rich.status.conditions[0] ?? {};
    assert.deepEqual(status, { ...rich.status, conditions: [created], network: { primaryIP4: '10.1.0.11', hostName: 'web' } });
  });

  test('a list through an old version shows VMs in that version', () => {
    const server = anApiServer();
    server.load([rich]);
    const { body } = ask(server, 'list', { apiVersion: inGroup('v1alpha1'), kind: 'VirtualMachine' });
    assert.deepEqual([at(body, 'items.0.status.vmIp'), at(body, 'items.0.status.phase')], ['10.1.0.11', 'Created']);
  });
});

suite('what v1alpha1 said differently, and no recording shows', () => {
  const spec = {
    className: 'small',
    imageName: 'vmi-1',
    powerState: 'poweredOn',
    powerOffMode: 'trySoft',
    suspendMode: 'hard',
    restartMode: 'soft',
    resourcePolicyName: 'policy',
    advancedOptions: { changeBlockTracking: true, defaultVolumeProvisioningOptions: { eagerZeroed: true } },
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'vmoperator-vm-boot-disk', vSphereVolume: { deviceKey: 2000, capacity: { 'ephemeral-storage': '10Gi' } } },
    ],
    vmMetadata: { configMapName: 'config', transport: 'CloudInit' },
  };
  const vm = Object.assign(
    { apiVersion: inGroup('v1alpha1'), kind: 'VirtualMachine', metadata: { name: 'vm', namespace: 'default' } },
    { spec, status: { phase: 'Created', powerState: 'poweredOn', hostName: 'web' } },
  );

  test('modes, disks, policy and bootstrap are said in the words of the newest version, and come back the same', () => {
    const server = anApiServer();
    assert.deepEqual(server.load([vm]), []);
    const { body } = ask(server, 'get', target(vm, 'v1alpha6'));
    assert.deepEqual(body.spec, {
      className: 'small',
      imageName: 'vmi-1',
      powerState: 'PoweredOn',
      powerOffMode: 'TrySoft',
      suspendMode: 'Hard',
      restartMode: 'Soft',
      promoteDisksMode: 'Online',
      reserved: { resourcePolicyName: 'policy' },
      advanced: { bootDiskCapacity: '10Gi', defaultVolumeProvisioningMode: 'ThickEagerZero', changeBlockTracking: true },
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' }, removable: true }],
      bootstrap: { cloudInit: { rawCloudConfig: { name: 'config', key: 'user-data' } } },
    });
    assert.deepEqual(body.status, { powerState: 'PoweredOn', network: { hostName: 'web' } });
    assert.deepEqual(ask(server, 'get', target(vm, 'v1alpha1')).body.spec, spec);
  });

  test('a load names the fields that have no place any more, once each', () => {
    const server = anApiServer();
    const lost = {
      ...vm,
      spec: {
        ...spec,
        ports: [{ name: 'http', port: 80, ip: '10.0.0.1', protocol: 'TCP' }],
        networkInterfaces: [
          { networkName: 'a', ethernetCardType: 'vmxnet3' },
          { networkName: 'b', ethernetCardType: 'e1000' },
        ],
        volumes: [...spec.volumes, { name: 'third', vSphereVolume: { deviceKey: 2001, capacity: { 'ephemeral-storage': '1Gi' } } }],
      },
    };
    const paths = server.load([lost]).map(({ path, object }) => `${object.metadata.name} ${path}`);
    assert.deepEqual(paths, ['vm spec.networkInterfaces[].ethernetCardType', 'vm spec.ports', 'vm spec.volumes[]']);
  });
});

suite('older releases convert to their own newest version', () => {
  const vm = Object.assign(
    { apiVersion: inGroup('v1alpha1'), kind: 'VirtualMachine', metadata: { name: 'vm', namespace: 'default' } },
    {
      spec: { className: 'small', imageName: 'vmi-1', powerState: 'suspended' },
      status: { vmIp: 'fd00::11', host: 'esx-1', powerState: 'suspended' },
    },
  );
  const paused = { ...vm, metadata: { ...vm.metadata, annotations: { 'vmoperator.vmware.com/pause-reconcile': 'true' } } };

  test('8.0.3 has hosts, and the old name of the annotation that pauses', () => {
    const server = anApiServer({ profile: 'C' });
    assert.deepEqual(server.load([paused]), []);
    const { body } = ask(server, 'get', target(vm, 'v1alpha2'));
    assert.deepEqual(at(body, 'metadata.annotations'), { 'vmoperator.vmware.com/pause-reconcile': 'true' });
    assert.deepEqual(body.status, { powerState: 'Suspended', network: { primaryIP6: 'fd00::11' }, host: 'esx-1' });
    const shown = ask(server, 'get', target(vm, 'v1alpha1')).body;
    assert.deepEqual(shown.status, { ...vm.status, phase: 'Unknown' });
    const carried = JSON.parse(String(Object(at(shown, 'metadata.annotations'))[conversionAnnotation]));
    assert.deepEqual(carried, { apiVersion: inGroup('v1alpha2'), kind: 'VirtualMachine', spec: body.spec, status: body.status });
  });

  test('9.1 has node names, and the new one', () => {
    const server = anApiServer({ profile: 'D' });
    assert.deepEqual(server.load([paused]), []);
    const { body } = ask(server, 'get', target(vm, 'v1alpha5'));
    assert.deepEqual(at(body, 'metadata.annotations'), { 'vmoperator.vmware.com/paused': 'true' });
    assert.deepEqual(body.status, { powerState: 'Suspended', network: { primaryIP6: 'fd00::11' }, nodeName: 'esx-1' });
    assert.deepEqual(at(ask(server, 'get', target(vm, 'v1alpha3')).body, 'status.host'), 'esx-1');
  });

  test('8.0.2 has one version, and converts nothing', () => {
    const server = anApiServer({ profile: 'B' });
    assert.deepEqual(server.load([paused]), []);
    const { body } = ask(server, 'get', target(vm, 'v1alpha1'));
    assert.deepEqual([body.spec, body.status, at(body, 'metadata.annotations')], [vm.spec, vm.status, paused.metadata.annotations]);
  });
});

/** A VM with something for every version that another one does not have. */
const rich = Object.assign(
  { apiVersion: inGroup('v1alpha6'), kind: 'VirtualMachine', metadata: { name: 'vm', namespace: 'default' } },
  {
    spec: {
      className: 'small',
      imageName: 'vmi-1',
      image: { kind: 'VirtualMachineImage', name: 'vmi-1' },
      powerState: 'PoweredOn',
      storageClass: 'gold',
      powerOffMode: 'TrySoft',
      suspendMode: 'TrySoft',
      restartMode: 'TrySoft',
      promoteDisksMode: 'Online',
      guestID: 'ubuntu64Guest',
      network: {
        hostName: 'web',
        domainName: 'example.com',
        nameservers: ['10.0.0.1'],
        interfaces: [
          {
            name: 'nic0',
            network: { apiVersion: 'netoperator.vmware.com/v1alpha1', kind: 'Network', name: 'primary' },
            addresses: ['10.1.0.11/24'],
          },
          { name: 'nic1', network: { apiVersion: 'crd.nsx.vmware.com/v1alpha1', kind: 'SubnetSet', name: 'second' }, mtu: 9000 },
        ],
      },
      readinessProbe: { guestInfo: [{ key: 'ready', value: 'yes' }], timeoutSeconds: 5 },
    },
    status: {
      powerState: 'PoweredOn',
      nodeName: 'esx-1',
      zone: 'zone-1',
      conditions: [
        {
          type: 'VirtualMachineCreated',
          status: 'True',
          reason: 'True',
          message: '',
          observedGeneration: 1,
          lastTransitionTime: '2026-11-20T10:00:00Z',
        },
      ],
      network: { primaryIP4: '10.1.0.11', primaryIP6: 'fd00::11', hostName: 'web' },
    },
  },
);

function target({ metadata }: KubeObject, version: string) {
  const { name, namespace } = metadata;
  return { apiVersion: inGroup(version), kind: 'VirtualMachine', name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The severity of a condition is v1alpha1's alone. */
function expectedLosses(object: KubeObject): readonly string[] {
  return JSON.stringify(object).includes('"severity"') ? ['status.conditions[].severity'] : [];
}

/** Without what a server adds: its metadata, defaults, and nulls where the schema has no place for them. */
function seen(object: KubeObject | JsonObject): unknown {
  const plain = comparable(object);
  const text = JSON.stringify(plain, (field, value: unknown) => (added.has(field) || value === null ? undefined : value));
  return JSON.parse(text);
}

const added: ReadonlySet<string> = new Set([
  ...['uid', 'resourceVersion', 'creationTimestamp', 'generation', 'managedFields'],
  ...['powerOffMode', 'suspendMode', 'restartMode', 'promoteDisksMode'],
]);
