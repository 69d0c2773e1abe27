import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { type JsonObject, jsonOf, type KubeObject, type ObjectRef, refOf } from '../../src/model/object.ts';
import { type Resource, services, virtualMachineServices, vmOperatorGroup } from '../../src/model/resources.ts';
import { ApiError } from '../../src/model/status.ts';

/** A cluster to hold against the contract, and the name of a namespace that it does not have yet. */
export interface OpenedCluster {
  readonly cluster: Cluster;
  readonly namespace: string;
  close(): Promise<void>;
}

const write = { dryRun: 'none', fieldManager: 'contract' } as const;
const dryRun = { dryRun: 'server', fieldManager: 'contract' } as const;

/**
 * What every cluster promises, whether it lives in memory, behind HTTP or is a real kube-apiserver. A difference between two of
 * them is a bug of ours.
 */
export function clusterContract(name: string, open: () => Promise<OpenedCluster>): void {
  describe(`the cluster contract, kept by ${name}`, () => {
    let opened: OpenedCluster;
    let cluster: Cluster;
    let namespace: string;
    let version: string;
    before(async () => {
      opened = await open();
      ({ cluster, namespace } = opened);
      await cluster.create(namespaceObject(namespace), write);
      version = (await cluster.discoverGroup(vmOperatorGroup))?.preferredVersion ?? '';
    });
    after(async () => {
      await cluster.close();
      await opened.close();
    });

    const service = (serviceName: string, spec: JsonObject, labels: Record<string, string> = {}) =>
      ({ apiVersion: 'v1', kind: 'Service', metadata: { name: serviceName, namespace, labels }, spec }) as const;
    const plainPorts = { ports: [{ name: 'http', port: 80 }] };
    const vmService = (serviceName: string, spec: JsonObject, metadata: Partial<KubeObject['metadata']> = {}) => ({
      apiVersion: `${vmOperatorGroup}/${version}`,
      kind: 'VirtualMachineService',
      metadata: { name: serviceName, namespace, ...metadata },
      spec,
    });
    const webSpec = {
      type: 'ClusterIP',
      selector: { app: 'web' },
      ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
    };
    const refused = async (action: Promise<unknown>): Promise<ApiError> => {
      try {
        await action;
      } catch (error) {
        if (error instanceof ApiError) return error;
        throw error;
      }
      return assert.fail('the server accepted it');
    };
    const summary = (error: ApiError) => [error.code, error.reason, error.message];
    const refTo = (kind: 'Service' | 'Endpoints', objectName: string): ObjectRef => ({
      apiVersion: 'v1',
      kind,
      namespace,
      name: objectName,
    });

    test('a created Service comes back with everything that the server filled in', async () => {
      const created = jsonOf(await cluster.create(service('filled', plainPorts), write));
      const { clusterIP, clusterIPs, ...spec } = fields(created.spec);
      assert.match(String(clusterIP), /^10\.96\./);
      assert.deepEqual(clusterIPs, [clusterIP]);
      assert.deepEqual(spec, {
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 80 }],
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
      });
      assert.deepEqual(created.status, { loadBalancer: {} });
      assert.deepEqual(await cluster.get(refTo('Service', 'filled')), created);
    });

    test('a missing object is NotFound, by its plural and name', async () => {
      assert.deepEqual(summary(await refused(cluster.get(refTo('Service', 'missing')))), [404, 'NotFound', 'services "missing" not found']);
      const missing = await refused(cluster.get(refOf(vmService('missing', webSpec))));
      assert.deepEqual(summary(missing), [404, 'NotFound', 'virtualmachineservices.vmoperator.vmware.com "missing" not found']);
      const patched = await refused(cluster.patch(refTo('Service', 'missing'), { metadata: { labels: { a: 'b' } } }, write));
      assert.deepEqual(summary(patched), [404, 'NotFound', 'services "missing" not found']);
      const deleted = await refused(cluster.delete(refTo('Service', 'missing'), { dryRun: 'none' }));
      assert.deepEqual(summary(deleted), [404, 'NotFound', 'services "missing" not found']);
    });

    test('a second creation is AlreadyExists', async () => {
      await cluster.create(service('twice', plainPorts), write);
      const error = await refused(cluster.create(service('twice', plainPorts), write));
      assert.deepEqual(summary(error), [409, 'AlreadyExists', 'services "twice" already exists']);
    });

    test('a patch with an old resourceVersion is a Conflict and changes nothing', async () => {
      const first = await cluster.create(service('raced', plainPorts), write);
      const second = await cluster.patch(refTo('Service', 'raced'), { metadata: { labels: { by: 'somebody' } } }, write);
      const error = await refused(
        cluster.patch(
          refTo('Service', 'raced'),
          { metadata: { resourceVersion: first.metadata.resourceVersion ?? '', labels: { by: 'us' } } },
          write,
        ),
      );
      assert.deepEqual(summary(error), [
        409,
        'Conflict',
        'Operation cannot be fulfilled on services "raced": the object has been modified; please apply your changes to the latest version and try again',
      ]);
      assert.deepEqual(await cluster.get(refTo('Service', 'raced')), second);
    });

    test('a merge patch merges objects, replaces lists, and null removes', async () => {
      await cluster.create(
        service(
          'merged',
          {
            ports: [
              { name: 'a', port: 1 },
              { name: 'b', port: 2 },
            ],
          },
          { keep: 'x', drop: 'y' },
        ),
        write,
      );
      const patched = jsonOf(
        await cluster.patch(
          refTo('Service', 'merged'),
          { metadata: { labels: { drop: null, added: 'z' } }, spec: { ports: [{ name: 'c', protocol: 'TCP', port: 3 }] } },
          write,
        ),
      );
      assert.deepEqual(fields(patched.metadata).labels, { keep: 'x', added: 'z' });
      assert.deepEqual(fields(patched.spec).ports, [{ name: 'c', protocol: 'TCP', port: 3, targetPort: 3 }]);
    });

    test('a patch that changes nothing keeps the resourceVersion', async () => {
      const created = await cluster.create(service('same', plainPorts, { a: 'b' }), write);
      const patched = await cluster.patch(refTo('Service', 'same'), { metadata: { labels: { a: 'b' } } }, write);
      assert.equal(patched.metadata.resourceVersion, created.metadata.resourceVersion);
    });

    test('an invalid Service is refused with a sentence and with its fields', async () => {
      const error = await refused(cluster.create(service('1st', {}), write));
      assert.deepEqual(summary(error).slice(0, 2), [422, 'Invalid']);
      assert.deepEqual(
        error.status.details?.causes?.map(({ field, reason }) => [field, reason]),
        [
          ['metadata.name', 'FieldValueInvalid'],
          ['spec.ports', 'FieldValueRequired'],
        ],
      );
    });

    test('a custom resource is validated by its definition', async () => {
      const error = await refused(cluster.create(vmService('typeless', { ports: webSpec.ports }), write));
      assert.deepEqual(summary(error).slice(0, 2), [422, 'Invalid']);
      // Where the definition has CEL rules, a second cause says that they were not looked at.
      const causes = (error.status.details?.causes ?? []).filter(({ field }) => field !== '<nil>');
      assert.deepEqual(causes, [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.type' }]);
    });

    test('a custom resource is stored as sent, without unknown fields and without status', async () => {
      const sent = {
        ...vmService('pruned', { ...webSpec, clusterIP: '10.96.0.9', selector: {} }),
        status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
      };
      const created = jsonOf(await cluster.create(sent, write));
      assert.deepEqual(created.spec, { type: 'ClusterIP', selector: {}, ports: webSpec.ports });
      assert.equal(created.status, undefined);
      assert.equal(fields(created.metadata).generation, 1);
    });

    test('status has its own door: a write there changes nothing else, and the main door does not change status', async () => {
      const created = await cluster.create(vmService('doors', webSpec), write);
      const withStatus = jsonOf(
        await cluster.patch(
          refOf(created),
          { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } },
          { ...write, subresource: 'status' },
        ),
      );
      assert.deepEqual(
        [fields(withStatus.spec).type, withStatus.status],
        ['ClusterIP', { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } }],
      );
      const withSpec = jsonOf(await cluster.patch(refOf(created), { spec: { loadBalancerIP: '10.0.0.9' }, status: null }, write));
      assert.deepEqual(withSpec.status, withStatus.status);
      assert.deepEqual([fields(withStatus.metadata).generation, fields(withSpec.metadata).generation], [1, 2]);
    });

    test('lists follow labels and namespaces, and pages make no difference', async () => {
      for (const app of ['a', 'b', 'c', 'd', 'e'])
        await cluster.create(vmService(`listed-${app}`, webSpec, { labels: { app, listed: 'yes' } }), write);
      const names = async (options: Partial<Parameters<Cluster['list']>[2]>) => {
        const { items } = await cluster.list(virtualMachineServices, version, { namespace, labelSelector: 'listed=yes', ...options });
        return items.map((item) => item.metadata.name);
      };
      const all = ['listed-a', 'listed-b', 'listed-c', 'listed-d', 'listed-e'];
      assert.deepEqual(await names({}), all);
      assert.deepEqual(await names({ chunkSize: 2 }), all);
      assert.deepEqual(await names({ chunkSize: 0 }), all);
      assert.deepEqual(await names({ namespace: undefined }), all);
      assert.deepEqual(await names({ labelSelector: 'listed,app in (b, d),app!=d' }), ['listed-b']);
      assert.deepEqual(await names({ fieldSelector: 'metadata.name=listed-c' }), ['listed-c']);
      assert.deepEqual(await names({ namespace: 'nowhere' }), []);
      assert.equal((await refused(names({ labelSelector: 'app in (' }))).code, 400);
    });

    describe('a watch', () => {
      const watching = async (
        labelSelector: string,
        act: (next: () => Promise<string>, stop: () => void) => Promise<void>,
        of: Resource = services,
      ) => {
        const ends = new AbortController();
        const options = { namespace, labelSelector, signal: ends.signal };
        const events = cluster.watch(of, of === services ? 'v1' : version, options)[Symbol.asyncIterator]();
        const next = async (): Promise<string> => {
          const { done, value } = await events.next();
          if (done === true) return 'over';
          return value.type === 'Listed'
            ? `Listed ${value.objects.map(({ metadata }) => metadata.name).join(' ')}`.trim()
            : `${value.type} ${value.object.kind} ${value.object.metadata.name} ${JSON.stringify(value.object.metadata.labels ?? {})}`;
        };
        try {
          await act(next, () => ends.abort());
        } finally {
          ends.abort();
          await events.return?.(undefined);
        }
      };

      test('tells what is there, then each change in its order, and is over when nobody wants it any more', async () => {
        await cluster.create(service('seen-1', plainPorts, { seen: 'yes' }), write);
        await watching('seen=yes', async (next, stop) => {
          assert.equal(await next(), 'Listed seen-1');
          await cluster.create(service('seen-2', plainPorts, { seen: 'yes' }), write);
          await cluster.create(service('unseen', plainPorts, { seen: 'no' }), write);
          await cluster.patch(refTo('Service', 'seen-1'), { metadata: { labels: { more: 'x' } } }, write);
          await cluster.delete(refTo('Service', 'seen-2'), { dryRun: 'none' });
          assert.equal(await next(), 'Added Service seen-2 {"seen":"yes"}');
          assert.equal(await next(), 'Modified Service seen-1 {"more":"x","seen":"yes"}');
          assert.equal(await next(), 'Deleted Service seen-2 {"seen":"yes"}');
          const pending = next();
          stop();
          assert.equal(await pending, 'over');
        });
      });

      test('of a selection: what begins to match is added, what no longer does is deleted', async () => {
        await cluster.create(service('moving', plainPorts, { place: 'in' }), write);
        await watching('place=in', async (next) => {
          assert.equal(await next(), 'Listed moving');
          await cluster.patch(refTo('Service', 'moving'), { metadata: { labels: { place: 'out' } } }, write);
          assert.match(await next(), /^Deleted Service moving /);
          await cluster.patch(refTo('Service', 'moving'), { metadata: { labels: { place: 'in' } } }, write);
          assert.equal(await next(), 'Added Service moving {"place":"in"}');
        });
      });

      test('of a custom resource gives it in the version that was asked for', async () => {
        await watching(
          'custom=yes',
          async (next) => {
            assert.equal(await next(), 'Listed');
            const created = await cluster.create(vmService('watched', webSpec, { labels: { custom: 'yes' } }), write);
            assert.equal(await next(), 'Added VirtualMachineService watched {"custom":"yes"}');
            await cluster.delete(refOf(created), { dryRun: 'none' });
            await cluster.create(vmService('watched', webSpec, { labels: { custom: 'yes' } }), write);
            assert.equal(await next(), 'Deleted VirtualMachineService watched {"custom":"yes"}');
            assert.equal(await next(), 'Added VirtualMachineService watched {"custom":"yes"}');
          },
          virtualMachineServices,
        );
      });

      test('that cannot be begun says why, as a list does', async () => {
        await watching('app in (', async (next) => assert.equal((await refused(next())).code, 400));
      });

      test('that was ended before it began is over at once', async () => {
        const options = { namespace, signal: AbortSignal.abort() };
        const events = cluster.watch(services, 'v1', options)[Symbol.asyncIterator]();
        assert.equal((await events.next()).done, true);
      });
    });

    test('listed objects know what they are', async () => {
      const { items } = await cluster.list(services, 'v1', { namespace });
      assert.deepEqual([...new Set(items.map((item) => `${item.apiVersion} ${item.kind}`))], ['v1 Service']);
    });

    test('a delete with another uid is a Conflict, and the object lives', async () => {
      const created = await cluster.create(service('spared', plainPorts), write);
      const error = await refused(cluster.delete(refOf(created), { dryRun: 'none', uid: '11111111-2222-3333-4444-555555555555' }));
      assert.deepEqual(summary(error).slice(0, 2), [409, 'Conflict']);
      assert.deepEqual(await cluster.get(refOf(created)), created);
      await cluster.delete(refOf(created), { dryRun: 'none', uid: created.metadata.uid ?? '' });
      assert.equal((await refused(cluster.get(refOf(created)))).code, 404);
    });

    test('a finalizer keeps a deleted object until it is removed', async () => {
      const created = await cluster.create(vmService('held', webSpec, { finalizers: ['example.com/hold'] }), write);
      await cluster.delete(refOf(created), { dryRun: 'none' });
      const terminating = await cluster.get(refOf(created));
      assert.notEqual(terminating.metadata.deletionTimestamp, undefined);
      assert.equal(terminating.metadata.deletionGracePeriodSeconds, 0);
      const added = await refused(
        cluster.patch(refOf(created), { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } }, write),
      );
      assert.equal(added.code, 422);
      await cluster.patch(refOf(created), { metadata: { finalizers: null } }, write);
      assert.equal((await refused(cluster.get(refOf(created)))).code, 404);
    });

    test('a dry run answers as if, and stores nothing', async () => {
      const pretended = jsonOf(await cluster.create(service('pretended', plainPorts), dryRun));
      assert.deepEqual(fields(pretended.spec).ipFamilies, ['IPv4']);
      assert.equal((await refused(cluster.get(refTo('Service', 'pretended')))).code, 404);
      const real = await cluster.create(service('kept', plainPorts), write);
      const patched = await cluster.patch(refOf(real), { metadata: { labels: { dry: 'run' } } }, dryRun);
      assert.deepEqual(patched.metadata.labels, { dry: 'run' });
      await cluster.delete(refOf(real), { dryRun: 'server' });
      assert.deepEqual(await cluster.get(refOf(real)), real);
    });

    test('Endpoints keep their order, and go with the Service of their name', async () => {
      const subsets = [
        {
          addresses: [{ ip: '10.2.0.10' }, { ip: '10.2.0.2' }],
          ports: [
            { name: 'z', port: 2, protocol: 'TCP' },
            { name: 'a', port: 1, protocol: 'TCP' },
          ],
        },
      ];
      await cluster.create(service('ordered', plainPorts), write);
      const created = jsonOf(
        await cluster.create(
          { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'ordered', namespace }, subsets } as KubeObject,
          write,
        ),
      );
      assert.deepEqual(created.subsets, subsets);
      await cluster.delete(refTo('Service', 'ordered'), { dryRun: 'none' });
      assert.equal((await refused(cluster.get(refTo('Endpoints', 'ordered')))).code, 404);
    });

    test('discovery knows the versions of VM Operator, and that other groups are not there', async () => {
      const group = await cluster.discoverGroup(vmOperatorGroup);
      assert.equal(group?.preferredVersion, group?.versions[0]);
      assert.equal(await cluster.discoverGroup('nobody.example.com'), undefined);
      const { resources } = await cluster.discover();
      const found = resources.find((resource) => resource.kind === 'VirtualMachineService' && resource.version === version);
      assert.deepEqual([found?.plural, found?.shortNames, found?.namespaced], ['virtualmachineservices', ['vmservice'], true]);
    });

    test('the server tells its version, major and minor', async () => {
      assert.match((await cluster.kubernetesVersion()) ?? '', /^1\.\d+$/);
    });

    test('the server tells its time', async () => {
      assert.equal(cluster.serverTime() instanceof Date, true);
    });
  });
}

function namespaceObject(name: string): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function fields(value: JsonObject[string]): JsonObject {
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), 'expected an object');
  return value as JsonObject;
}
