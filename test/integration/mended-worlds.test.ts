import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Profile, traitsOf } from '../../src/core/profile.ts';
import { type Json, jsonOf, type KubeObject } from '../../src/model/object.ts';
import {
  aService,
  aVm,
  aVmService,
  type EndpointsOptions,
  ownedBy,
  type ServiceOptions,
  someEndpoints,
  type VmOptions,
  type VmServiceOptions,
  vmOperatorVersions,
} from '../support/builders.ts';
import { slice } from '../support/diagnosed.ts';
import { kubectlReleases } from '../support/kubectl-releases.ts';
import { playedWorld, type SaidFinding } from '../support/played-world.ts';

/**
 * Worlds with a fault or several beside a service that is well. `debug` names the root cause first and nobody who is innocent; its
 * commands are pasted into a shell as they are printed, VM Operator and the others do their part, and it finds what is left.
 */
interface BrokenWorld {
  readonly fault: string;
  /** E where nothing is said. */
  readonly releases?: readonly Profile[];
  world(of: Release): readonly KubeObject[];
  /** Errors and warnings in their order, hints apart: `error 209`, and behind them what each explains. */
  readonly says: readonly string[];
  /** The same after the mending; nothing where nothing is said. */
  readonly left?: readonly string[];
}

/** Builders that write as a release has it. `web` selects web-1 and web-2, and all is well. */
function release(profile: Profile) {
  const { hubVersion } = traitsOf(profile);
  const version = vmOperatorVersions.find((known) => known === hubVersion) ?? assert.fail(hubVersion);
  const recent = profile === 'D' || profile === 'E';
  const finalizers = [recent ? 'vmoperator.vmware.com/virtualmachineservice' : 'virtualmachineservice.vmoperator.vmware.com'];
  const vm = (name: string, options: VmOptions = {}) => aVm(name, { version, labels: { app: 'web' }, ...options });
  const web = (options: VmServiceOptions = {}) => aVmService('web', { version, finalizers, ingress: ['192.0.2.7'], ...options });
  const service = (options: ServiceOptions = {}) => aService('web', { owners: [ownedBy(web())], ingress: ['192.0.2.7'], ...options });
  const endpoints = (options: EndpointsOptions = {}) => someEndpoints('web', { owners: [ownedBy(web())], ...options });
  const one = vm('web-1', { ip: '10.0.0.1' });
  const two = vm('web-2', { ip: '10.0.0.2' });
  const slices = (addresses: readonly string[], ready = true) => mirrored('web', addresses, ready);
  const healthy = [web(), one, two, service(), endpoints({ ready: [one, two] }), slices(['10.0.0.1', '10.0.0.2'])];
  const calm = aVm('calm-1', { version, labels: { app: 'calm' }, ip: '10.0.9.1' });
  const calmService = aVmService('calm', { version, finalizers, ingress: ['192.0.2.9'] });
  const bystander = [
    calm,
    calmService,
    aService('calm', { owners: [ownedBy(calmService)], clusterIP: '10.96.0.99', ingress: ['192.0.2.9'] }),
    someEndpoints('calm', { owners: [ownedBy(calmService)], ready: [calm] }),
    mirrored('calm', ['10.0.9.1'], true),
  ];
  return { profile, vm, web, service, endpoints, one, two, slices, healthy, bystander };
}

type Release = ReturnType<typeof release>;

function mirrored(name: string, addresses: readonly string[], ready: boolean): KubeObject {
  const made = slice(addresses, { ready });
  const labels = { ...made.metadata.labels, 'kubernetes.io/service-name': name };
  const ports = [{ name: 'http', port: 8080, protocol: 'TCP' }];
  return changed(made, { metadata: { ...(jsonOf(made).metadata as object), name: `${name}-mirror`, labels } as Json, ports });
}

/** The same object with other fields at its top. */
function changed(object: KubeObject, fields: Readonly<Record<string, Json>>): KubeObject {
  return { ...object, ...fields } as KubeObject;
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.name}`;
}

function but({ healthy }: Release, ...others: readonly KubeObject[]): readonly KubeObject[] {
  const keys = others.map(keyOf);
  return [...healthy.filter((object) => !keys.includes(keyOf(object))), ...others];
}

function less(objects: readonly KubeObject[], ...keys: readonly string[]): readonly KubeObject[] {
  return objects.filter((object) => !keys.includes(keyOf(object)));
}

const policy = 'virtualmachineservice.vmoperator.vmware.com/service.externalTrafficPolicy';
const skipMirror = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
const every: readonly Profile[] = ['A', 'B', 'C', 'D', 'E'];
const children = ['Service/web', 'Endpoints/web', 'EndpointSlice/web-mirror'] as const;

const worlds: readonly BrokenWorld[] = [
  { fault: 'none', releases: every, world: ({ healthy }) => healthy, says: [] },
  {
    fault: 'a VM is off and counts as ready, another is left out by its spelling',
    releases: every,
    world: (of) =>
      but(
        of,
        of.vm('web-1', { ip: '10.0.0.1', labels: { app: 'Web' } }),
        of.vm('web-2', { ip: '10.0.0.2', power: 'off' }),
        of.endpoints({ ready: [of.two] }),
        of.slices(['10.0.0.2']),
      ),
    says: ['error 209', 'warning 202'],
  },
  {
    fault: 'labels were written as annotations',
    releases: ['A', 'E'],
    world: (of) =>
      but(
        of,
        of.vm('web-1', { ip: '10.0.0.1', labels: {}, annotations: { app: 'web' } }),
        of.vm('web-2', { ip: '10.0.0.2', labels: {}, annotations: { app: 'web' } }),
        of.endpoints(),
        of.slices([]),
      ),
    says: ['error 204 201 614 904'],
  },
  {
    fault: 'the only VM is off, and paused as well',
    world: (of) =>
      less(
        but(
          of,
          of.vm('web-1', { ip: '10.0.0.1', power: 'off', annotations: { 'vmoperator.vmware.com/paused': '' } }),
          of.endpoints({ ready: [of.one] }),
          of.slices(['10.0.0.1']),
        ),
        'VirtualMachine/web-2',
      ),
    says: ['error 209', 'warning 212'],
  },
  {
    fault: 'the Service has a selector of its own',
    releases: ['A', 'E'],
    world: (of) => but(of, of.service({ selector: { app: 'pods' } })),
    says: ['error 404'],
  },
  {
    fault: 'the Service belongs to somebody else',
    world: (of) =>
      but(
        of,
        of.web({ ingress: [] }),
        aService('web', {
          owners: [{ apiVersion: 'apps.example.test/v1', kind: 'WebApp', name: 'web', uid: 'a9', controller: true }],
          type: 'ClusterIP',
          selector: { app: 'web' },
        }),
      ),
    says: ['error 403'],
    left: ['error 403'],
  },
  {
    fault: 'a label switches mirroring off, and a VM is off',
    world: (of) =>
      less(
        but(
          of,
          of.web({ labels: skipMirror }),
          of.service({ labels: skipMirror }),
          of.endpoints({ labels: skipMirror, ready: [of.one, of.two] }),
          of.vm('web-2', { ip: '10.0.0.2', power: 'off' }),
        ),
        'EndpointSlice/web-mirror',
      ),
    says: ['error 209', 'error 506'],
  },
  {
    fault: 'a traffic policy on type ClusterIP',
    releases: ['A', 'E'],
    world: (of) => less(but(of, of.web({ type: 'ClusterIP', ingress: [], annotations: { [policy]: 'Local' } })), ...children),
    says: ['error 110 402'],
  },
  {
    fault: 'a VM was made anew',
    releases: every,
    world: (of) => but(of, of.vm('web-2', { ip: '10.0.0.2', uid: 'anew' })),
    says: ['error 503 501 915'],
  },
  {
    fault: 'all VMs were made anew',
    releases: every,
    world: (of) => but(of, of.vm('web-1', { ip: '10.0.0.21', uid: 'anew-1' }), of.vm('web-2', { ip: '10.0.0.22', uid: 'anew-2' })),
    says: ['error 501 503 915'],
  },
  {
    fault: 'a VM has another address, and the Service was edited',
    releases: ['A', 'E'],
    world: (of) =>
      but(
        of,
        of.vm('web-2', { ip: '10.0.0.99' }),
        of.service({ ports: [{ name: 'http', protocol: 'TCP', port: 8081, targetPort: 8080 }] }),
      ),
    says: ['error 406', 'error 503 915'],
  },
  {
    fault: 'the Endpoints are gone',
    releases: every,
    world: ({ healthy }) => less(healthy, 'Endpoints/web', 'EndpointSlice/web-mirror'),
    says: ['error 501 614'],
  },
  {
    fault: 'the Endpoints call the port otherwise',
    releases: ['A', 'E'],
    world: (of) => but(of, of.endpoints({ ready: [of.one, of.two], ports: [{ name: 'htp', port: 8080, protocol: 'TCP' }] })),
    says: ['error 509'],
  },
  { fault: 'the address is not copied', releases: ['A', 'E'], world: (of) => but(of, of.web({ ingress: [] })), says: ['error 610'] },
  {
    fault: 'the controller never came, on a cluster without one',
    releases: ['A', 'E'],
    world: (of) => less(but(of, of.web({ ingress: [], finalizers: [] })), ...children),
    says: ['error 401'],
  },
  {
    fault: 'no load balancer, in a namespace where another has one',
    world: (of) => but(of, of.web({ ingress: [] }), of.service({ ingress: [] })),
    says: ['error 602'],
  },
  {
    fault: 'the address pool is exhausted, and a VM is off',
    world: (of) =>
      but(
        of,
        of.web({ ingress: [] }),
        of.service({ ingress: [], annotations: { 'ncp/error.loadbalancer': 'IP_POOL_EXHAUSTED' } }),
        of.vm('web-2', { ip: '10.0.0.2', power: 'off' }),
      ),
    says: ['error 209', 'error 604 602'],
  },
  {
    fault: 'one probe fails, and the other VM is left out by its spelling',
    releases: ['A', 'E'],
    world: (of) =>
      but(
        of,
        of.vm('web-1', { ip: '10.0.0.1', ready: false, readyMessage: 'i/o timeout' }),
        of.vm('web-2', { ip: '10.0.0.2', labels: { app: 'Web' } }),
        of.endpoints({ notReady: [of.one] }),
        of.slices(['10.0.0.1'], false),
      ),
    says: ['error 308 505 614', 'warning 202'],
    left: ['warning 308'],
  },
  {
    fault: 'the selector takes a machine of a workload cluster',
    world: (of) =>
      but(
        of,
        of.vm('web-2', {
          ip: '10.0.0.2',
          labels: { app: 'web', 'capv.vmware.com/cluster.name': 'tkc1', 'capv.vmware.com/cluster.role': 'node' },
        }),
      ),
    says: ['error 206'],
    left: ['error 206'],
  },
  {
    fault: 'MetalLB and policy Local',
    world: (of) =>
      but(
        of,
        of.web({ annotations: { [policy]: 'Local' } }),
        of.service({
          annotations: { [policy]: 'Local', 'metallb.io/ip-allocated-from-pool': 'lab' },
          externalTrafficPolicy: 'Local',
        }),
      ),
    says: ['error 615'],
  },
];

const kubectl = kubectlReleases().at(-1);

function brief({ severity, code, follows }: SaidFinding): string {
  return [severity, ...[code, ...follows].map((word) => word.slice(3))].join(' ');
}

const bad = (findings: readonly SaidFinding[]) =>
  findings.filter(({ severity, confidence }) => severity !== 'info' && confidence !== 'hint');

suite('a broken world', { skip: kubectl === undefined && 'there is no kubectl' }, () => {
  for (const { fault, releases = ['E'] as const, world, says, left = [] } of worlds) {
    for (const profile of releases) {
      test(`${fault} (${profile})`, async () => {
        const of = release(profile);
        const played = await playedWorld([...world(of), ...of.bystander], profile, kubectl?.program ?? '');
        try {
          const first = await played.debug('web');
          assert.deepEqual(bad(first.findings).map(brief), says);
          assert.equal(first.code, says.some((one) => one.startsWith('error')) ? 1 : 0);
          assert.deepEqual(bad((await played.debug('calm')).findings).map(brief), [], 'somebody innocent is blamed');
          for (const { fix } of bad(first.findings)) for (const { command } of fix) if (command !== undefined) await played.paste(command);
          await played.settle();
          assert.deepEqual(bad((await played.debug('web')).findings).map(brief), left);
        } finally {
          played.close();
        }
      });
    }
  }
});
