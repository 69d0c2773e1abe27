import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { aroundOf } from '../../../src/core/diagnosis/around.ts';
import { diagnoseNamespace, diagnoseService } from '../../../src/core/diagnosis/diagnose.ts';
import { serviceSubject } from '../../../src/core/diagnosis/subject.ts';
import { agesAt } from '../../../src/core/diagnosis/times.ts';
import type { ProbeLine, ProbeReport } from '../../../src/core/probe/probe.ts';
import { itemsOf } from '../../../src/core/snapshot.ts';
import { surroundingsNotAsked } from '../../../src/core/surroundings.ts';
import type { KubeObject } from '../../../src/model/object.ts';
import type { Endpoints, Service } from '../../../src/model/service.ts';
import { aService, aVm, aVmService, ownedBy, someEndpoints, type VmServiceOptions } from '../../support/builders.ts';
import { seenWorld } from '../../support/seen-world.ts';
import { testNow } from '../../support/test-io.ts';

const now = new Date(testNow);

/** So many of something, and the copies of it elsewhere. */
interface Crowd {
  readonly objects: readonly KubeObject[];
  readonly services?: readonly Service[];
  readonly endpoints?: readonly Endpoints[];
  readonly policies?: readonly KubeObject[];
  /** What connections to their addresses came to. */
  readonly lines?: readonly ProbeLine[];
}

const finalizers = ['vmoperator.vmware.com/virtualmachineservice'];
const addressAt = (network: string, at: number) => `${network}.${Math.floor(at / 250)}.${at % 250}`;
const asking = (at: number, options: VmServiceOptions = {}) =>
  aVmService(`svc-${at}`, { selector: { app: `app-${at}` }, finalizers, ...options });
const owning = (vmService: ReturnType<typeof asking>, options: Parameters<typeof aService>[1] = {}) => [
  vmService,
  aService(vmService.metadata.name, { owners: [ownedBy(vmService)], ...options }),
];
const guest = (at: number) =>
  Object.fromEntries(['cluster.name', 'service.namespace', 'service.name'].map((key) => [`run.tanzu.vmware.com/${key}`, `g-${at}`]));

const crowds: Readonly<Record<string, (size: number) => Crowd>> = {
  'services that select no VM': (size) => ({
    objects: many(size, (at) => [asking(at), aVm(`vm-${at}`, { labels: { app: `other-${at}` }, annotations: { app: `third-${at}` } })]),
  }),
  'services with Endpoints by hand': (size) => ({
    objects: many(size, (at) => [
      ...owning(asking(at, { selector: {} }), { clusterIP: addressAt('10.96', at) }),
      someEndpoints(`svc-${at}`, { ready: [addressAt('10.9', at)] }),
    ]),
  }),
  'services that want a cluster IP': (size) => ({
    objects: many(size, (at) => [
      asking(at, { type: 'ClusterIP', clusterIp: addressAt('10.96', at) }),
      aService(`other-${at}`, { clusterIP: addressAt('10.97', at) }),
    ]),
  }),
  'services of workload clusters': (size) => ({ objects: many(size, (at) => [asking(at, { labels: guest(at) })]) }),
  'services that got another address than they asked for': (size) => ({
    objects: many(size, (at) => {
      const wanted = { loadBalancerIP: addressAt('10.20', at) };
      return owning(asking(at, wanted), { ...wanted, ingress: [addressAt('10.21', at)] });
    }),
  }),
  'services that wait for an address': (size) => ({ objects: many(size, (at) => owning(asking(at), { ingress: [] })) }),
  'services for which there is no address left': (size) => ({
    objects: many(size, (at) => owning(asking(at), { ingress: [], annotations: { 'ncp/error.loadbalancer': 'IP_POOL_EXHAUSTED' } })),
  }),
  namespaces: (size) => ({
    objects: many(size, (at) => [
      asking(at, { namespace: `ns-${at}` }),
      aService('left', { namespace: `ns-${at}` }),
      someEndpoints('left', { namespace: `ns-${at}` }),
    ]),
  }),
  'namespaces with a security policy each': (size) => ({
    objects: many(size, (at) => [asking(at, { namespace: `ns-${at}` })]),
    policies: many(size, (at) => [
      { apiVersion: 'crd.nsx.vmware.com/v1alpha1', kind: 'SecurityPolicy', metadata: { name: 'closed', namespace: `ns-${at}` } },
    ]),
  }),
  'services with copies': (size) => ({
    objects: many(size, (at) => owning(asking(at), { ingress: [addressAt('10.20', at)] })),
    services: many(size, (at) => [aService(`copy-${at}`, { clusterIP: addressAt('10.97', at) })]),
    endpoints: many(size, (at) => [someEndpoints(`copy-${at}`, { ready: [addressAt('10.20', at)] })]),
  }),
  'services that were probed': (size) => ({
    objects: many(size, (at) => owning(asking(at), { ingress: [addressAt('10.20', at)] })),
    lines: many(size, (at) => [silence(at)]),
  }),
};

/** Nobody answers at the address of a service. */
function silence(at: number): ProbeLine {
  const service = { namespace: 'prod', name: `svc-${at}` };
  const place = { host: addressAt('10.20', at), port: 80, servicePort: 80, protocol: 'TCP', speech: 'tcp' } as const;
  const target = { stage: 'vip', service, ...place, vm: undefined, skip: undefined } as const;
  return { target, result: 'filtered', milliseconds: 4, tries: 1, source: '10.40.7.9', bytes: 0, detail: '' };
}

/** An eighth more than twice as many is what sorting may take. */
const mostGrowth = 2.25;

suite('a diagnosis of twice as many', () => {
  for (const [what, crowd] of Object.entries(crowds)) {
    test(`${what} looks at objects twice as often, not four times`, () => {
      const [few, twice] = [looksAt(crowd(100)), looksAt(crowd(200))];
      assert.ok(few > 100 && twice < few * mostGrowth, `${few} looks, then ${twice}`);
    });
  }
});

/** How often anybody looked into one of the objects, however briefly. */
function looksAt({ objects, services, endpoints, policies = [], lines = [] }: Crowd): number {
  let looks = 0;
  const watched = <T extends object>(object: T): T =>
    new Proxy(object, {
      get: (target, key) => {
        looks++;
        return Reflect.get(target, key);
      },
    });
  const world = seenWorld(objects.map(watched));
  const place =
    services === undefined || endpoints === undefined
      ? []
      : [{ context: 'tkc1', mayWrite: true, services: { items: services.map(watched) }, endpoints: { items: endpoints.map(watched) } }];
  const surroundings = { ...surroundingsNotAsked('prod'), securityPolicies: { items: policies.map(watched) } };
  const around = aroundOf(world, { now, times: agesAt(now), surroundings, mirrors: place, probes: probesOf(lines.map(watched)) });
  const vmServices = itemsOf(world.snapshot.vmServices);
  const subjects = vmServices.map((vmService) => serviceSubject(vmService, around));
  for (const subject of subjects) diagnoseService(subject);
  const byNamespace = Map.groupBy(subjects, ({ vmService }) => vmService.metadata.namespace ?? '');
  for (const [namespace, services] of byNamespace) diagnoseNamespace({ namespace, around, services });
  return looks;
}

function probesOf(lines: readonly ProbeLine[]): readonly ProbeReport[] {
  return lines.length === 0 ? [] : [{ vantage: { type: 'laptop' }, lines, milliseconds: 10, notes: [] }];
}

function many<T>(size: number, made: (at: number) => readonly T[]): readonly T[] {
  return Array.from({ length: size }, (_, at) => made(at)).flat();
}
