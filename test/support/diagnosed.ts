import { type AroundOptions, aroundOf } from '../../src/core/diagnosis/around.ts';
import { type Diagnosis, diagnoseNamespace, diagnoseService } from '../../src/core/diagnosis/diagnose.ts';
import { type DiagnosisReport, diagnosisReport } from '../../src/core/diagnosis/report.ts';
import { type Proofs, serviceSubject } from '../../src/core/diagnosis/subject.ts';
import { agesAt } from '../../src/core/diagnosis/times.ts';
import { type Finding, objectText } from '../../src/core/finding.ts';
import type { FindingCode } from '../../src/core/finding-codes.ts';
import { itemsOf } from '../../src/core/snapshot.ts';
import { type SurroundingName, surroundingKinds, surroundingsOf } from '../../src/core/surroundings.ts';
import { groupOf, type KubeObject } from '../../src/model/object.ts';
import type { VirtualMachine } from '../../src/model/virtual-machine.ts';
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
} from './builders.ts';
import { type SeenWorldOptions, seenWorld, unavailable } from './seen-world.ts';
import { testNow } from './test-io.ts';

export interface DiagnosedOptions extends SeenWorldOptions {
  /** What the server said to rehearsals for `svc`. */
  readonly proofs?: Proofs;
  /** VMs of namespaces that were looked at besides. */
  readonly elsewhere?: readonly VirtualMachine[];
  /** Surrounding kinds that may not be looked at. */
  readonly hiddenAround?: readonly SurroundingName[];
  /** Copies elsewhere, what connections came to, and what else a command finds out. */
  readonly facts?: Partial<Pick<AroundOptions, 'mirrors' | 'probes' | 'mayWriteEndpoints' | 'localClock'>>;
}

/** `svc` in `prod`, which the controller has taken care of, and which selects `app: web`. */
export function svc(options: VmServiceOptions = {}) {
  return aVmService('svc', {
    selector: { app: 'web' },
    finalizers: ['vmoperator.vmware.com/virtualmachineservice'],
    ingress: options.type === undefined || options.type === 'LoadBalancer' ? ['192.0.2.7'] : [],
    ...options,
  });
}

/** A VM that `svc` selects, with an address. */
export function web(name: string, options: VmOptions = {}) {
  return aVm(name, { labels: { app: 'web' }, ip: '10.0.0.1', ...options });
}

/** The Service of `svc`, as the controller leaves it. */
export function service(options: ServiceOptions = {}) {
  return aService('svc', { owners: [ownedBy(svc())], ingress: ['192.0.2.7'], ...options });
}

/** The Endpoints of `svc`. */
export function endpoints(options: EndpointsOptions = {}) {
  return someEndpoints('svc', { owners: [ownedBy(svc())], ...options });
}

/** A slice that mirrors so many addresses. */
export function slice(addresses: readonly string[], options: { readonly managedBy?: string; readonly ready?: boolean } = {}): KubeObject {
  const { managedBy = 'endpointslicemirroring-controller.k8s.io', ready = true } = options;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `svc-${managedBy.slice(0, 3)}`,
      namespace: 'prod',
      labels: { 'kubernetes.io/service-name': 'svc', 'endpointslice.kubernetes.io/managed-by': managedBy },
    },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready } })),
  } as KubeObject;
}

export const one = web('web-1', { ip: '10.0.0.1' });
export const two = web('web-2', { ip: '10.0.0.2' });

/** Everything is as it should be. */
export const healthy: readonly KubeObject[] = [
  svc(),
  one,
  two,
  service(),
  endpoints({ ready: [one, two] }),
  slice(['10.0.0.1', '10.0.0.2']),
];

/** The same with some objects in the places of those of their kind and name, and others beside them. */
export function healthyBut(...objects: readonly KubeObject[]): readonly KubeObject[] {
  const same = (left: KubeObject, right: KubeObject) => left.kind === right.kind && left.metadata.name === right.metadata.name;
  return [...healthy.filter((object) => !objects.some((other) => same(object, other))), ...objects];
}

/** Without the objects of some kinds. */
export function without(objects: readonly KubeObject[], ...kinds: readonly string[]): readonly KubeObject[] {
  return objects.filter(({ kind }) => !kinds.includes(kind));
}

/**
 * What the rules find about the first VirtualMachineService, which is `svc` as a rule, and its namespace, at the tests' time, nothing left
 * out.
 */
export function findingsOf(objects: readonly KubeObject[], options: DiagnosedOptions = {}): readonly Finding[] {
  return diagnosed(objects, options).flatMap(({ findings }) => findings);
}

/** The codes of the rules that ran on that world and found nothing. */
export function passedOf(objects: readonly KubeObject[], options: DiagnosedOptions = {}): readonly FindingCode[] {
  return diagnosed(objects, options).flatMap(({ passed }) => passed);
}

/** `VMS603 virtualmachines`: the rules that could not be run on that world, and what each would have had to look at. */
export function skippedOf(objects: readonly KubeObject[], options: DiagnosedOptions = {}): readonly string[] {
  return diagnosed(objects, options).flatMap(({ skipped }) =>
    skipped.map(({ code, missing }) => `${code} ${missing.map(({ resource }) => resource).join(' ')}`),
  );
}

/** All of it as `debug` of the namespace reports it. */
export function reportOf(objects: readonly KubeObject[], options: DiagnosedOptions = {}): DiagnosisReport {
  const { services, namespaces } = diagnoses(objects, options);
  return diagnosisReport(services, namespaces, [], { minSeverity: 'info', all: false, access: [] });
}

function diagnosed(objects: readonly KubeObject[], options: DiagnosedOptions): readonly Diagnosis[] {
  const { services, namespaces } = diagnoses(objects, options);
  return [...services.slice(0, 1), ...namespaces];
}

function diagnoses(objects: readonly KubeObject[], options: DiagnosedOptions) {
  const { proofs, elsewhere, hiddenAround = [], facts = {}, ...seen } = options;
  const world = seenWorld(objects, seen);
  const now = new Date(testNow);
  const surroundings = surroundingsOf((name, { group, kind, plural }) =>
    hiddenAround.includes(name)
      ? { unavailable: unavailable(plural) }
      : { items: objects.filter((object) => object.kind === kind && groupOf(object.apiVersion) === group) },
  );
  const around = aroundOf(world, {
    now,
    times: agesAt(now),
    surroundings,
    groups: Object.values(surroundingKinds).map(({ group }) => group),
    proofs: new Map(proofs === undefined ? [] : [['prod/svc', proofs]]),
    ...facts,
    ...(elsewhere !== undefined && { vmsElsewhere: { items: elsewhere } }),
  });
  const subjects = itemsOf(world.snapshot.vmServices).map((each) => serviceSubject(each, around));
  return {
    services: subjects.map((subject) => diagnoseService(subject)),
    namespaces: [diagnoseNamespace({ namespace: 'prod', around, services: subjects })],
  };
}

/** `error VMS301 certain VirtualMachine/web-1`. */
export function brief(finding: Finding): string {
  return `${finding.severity} ${finding.code} ${finding.confidence} ${objectText(finding)}`;
}
