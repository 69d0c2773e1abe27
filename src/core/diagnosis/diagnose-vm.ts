import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { decideEndpoint, type EndpointDecision, endpointRules } from '../endpoints.ts';
import { fewLines } from '../few-names.ts';
import { advice, type Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { selectorText } from '../selector.ts';
import { itemsOf, type Unavailable } from '../snapshot.ts';
import { assumedService } from '../trace/hops.ts';
import { isClusterMachine } from '../workload-cluster.ts';
import { type Diagnosis, diagnoseService } from './diagnose.ts';
import { commandIn } from './fixes.ts';
import { found } from './found.ts';
import { withKeepersNamed } from './keeper.ts';
import { readNotPermitted } from './read-not-permitted.ts';
import { rootCauses } from './root-cause.ts';
import type { Rule } from './rule.ts';
import { leftOutBySpelling } from './selection.ts';
import { leftOutByPlace } from './selection-elsewhere.ts';
import { type Around, type ServiceSubject, serviceSubject } from './subject.ts';

/** What the rules say about one VM, whatever service it stands behind. */
export interface VmDiagnosis extends Diagnosis {
  readonly vm: VirtualMachine;
  /** The services that select it, with what they decide about it; undefined where services could not be looked at. */
  readonly behind: readonly { readonly service: VirtualMachineService; readonly decision: EndpointDecision }[] | undefined;
}

/**
 * Asks the rules about one VM through each service of its namespace: what keeps it out, or will, and which services miss it by little.
 * A VM that no service selects is looked at by itself.
 */
export function diagnoseVm(
  vm: VirtualMachine,
  services: readonly ServiceSubject[],
  unavailable: Unavailable | undefined,
  around: Around,
  rules: readonly Rule[],
): VmDiagnosis {
  const own = services.filter(({ vmService }) => vmService.metadata.namespace === vm.metadata.namespace);
  const selecting = own.filter(({ decisions }) => decisions.some((decision) => decision.vm === vm));
  // One that is being deleted keeps nothing up, and asks nothing of its VMs.
  const keeping = selecting.filter(({ vmService }) => vmService.metadata.deletionTimestamp === undefined);
  const asked = keeping.length > 0 ? keeping : [byItself(vm, around)];
  const diagnoses = asked.map((subject) =>
    diagnoseService(subject, keeping.length > 0 ? rules : rules.filter(({ about }) => about === 'vm')),
  );
  const findings = diagnoses.flatMap((diagnosis) =>
    diagnosis.findings.filter((finding) => isAbout(finding, vm) || isOnItsWay(finding, vm, diagnosis.subject)),
  );
  const near = own
    .filter((subject) => subject.vmService.metadata.deletionTimestamp === undefined && !selecting.includes(subject))
    .flatMap((subject) => {
      const misspelt = subject
        .nearMisses()
        .filter((miss) => miss.vm === vm)
        .map((miss) => leftOutBySpelling(miss, subject));
      return misspelt.length > 0 ? misspelt : (leftOutByPlace(vm, subject) ?? []);
    });
  const unselected = selecting.length === 0 && near.length === 0 && unavailable === undefined ? [selectedByNone(vm, own)] : [];
  const codes = new Set(findings.map(({ code }) => code));
  const unselectable = unavailable === undefined ? [] : [{ code: 'VMS201', missing: [unavailable], mayHideError: false } as const];
  const skipped = [...unselectable, ...diagnoses.flatMap((diagnosis) => diagnosis.skipped)];
  return {
    vm,
    behind:
      unavailable === undefined
        ? selecting.flatMap(({ vmService, decisions }) =>
            decisions.filter((decision) => decision.vm === vm).map((decision) => ({ service: vmService, decision })),
          )
        : undefined,
    findings: rootCauses([...readNotPermitted(vm, skipped), ...distinct(findings), ...withKeepersNamed(near, around), ...unselected]),
    passed: [...new Set(diagnoses.flatMap(({ passed }) => passed))].filter((code: FindingCode) => !codes.has(code)),
    skipped,
  };
}

function isAbout({ object }: Finding, { metadata }: VirtualMachine): boolean {
  return object.kind === 'VirtualMachine' && object.name === metadata.name && object.namespace === metadata.namespace;
}

/**
 * Whether it keeps traffic from the VM although nothing is wrong with the VM: the Service, its Endpoints or its load balancer are not as
 * they should be. Endpoints that have the VM as they should may lack others.
 */
function isOnItsWay({ code, severity, object }: Finding, vm: VirtualMachine, { trace }: ServiceSubject): boolean {
  if (object.kind === 'VirtualMachine') return false;
  if (!aboutMembers.includes(code)) return severity === 'error';
  return itemsOf(trace.members).some((member) => member.kind === 'decided' && member.decision.vm === vm && member.stored !== 'AsComputed');
}

const aboutMembers: readonly FindingCode[] = ['VMS501', 'VMS503'];

/** The same through two services is one finding. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.code} ${finding.message}`, finding])).values()];
}

/** `web selects app=web,tier=front: of these it lacks tier=front`; undefined where it has none of them. */
function lackingLine(vm: VirtualMachine, { metadata, spec: { selector = {} } }: VirtualMachineService): string | undefined {
  const lacking = Object.entries(selector).filter(([key, value]) => vm.metadata.labels?.[key] !== value);
  if (lacking.length === Object.keys(selector).length) return undefined;
  return `${metadata.name} selects ${selectorText(selector)}: of these it lacks ${selectorText(Object.fromEntries(lacking))}`;
}

/** As if there were a service of it alone. */
function byItself(vm: VirtualMachine, around: Around): ServiceSubject {
  const vmService: VirtualMachineService = {
    apiVersion: vm.apiVersion,
    kind: 'VirtualMachineService',
    metadata: { name: vm.metadata.name, ...(vm.metadata.namespace !== undefined && { namespace: vm.metadata.namespace }) },
    spec: { type: 'ClusterIP' },
  };
  const { traits, workloadIPv6 } = around.world.facts;
  const service = assumedService(vmService, around.world, { traits, workloadIPv6, role: 'guest', adopt: true });
  return {
    ...serviceSubject(vmService, around),
    leftAlone: true,
    decisions: [decideEndpoint(vm, endpointRules(service, undefined, traits))],
  };
}

function selectedByNone(vm: VirtualMachine, services: readonly ServiceSubject[]): Finding {
  const labels = Object.entries(vm.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  const { name, namespace } = vm.metadata;
  return found('VMS201', isClusterMachine(vm) ? 'info' : 'warning', 'certain', vm, `No service selects ${name}`, {
    evidence: [
      `metadata.labels: ${labels.join(',') || '<none>'}`,
      `${services.length} ${services.length === 1 ? 'service' : 'services'} in ${namespace ?? ''}`,
      ...fewLines(
        services.flatMap(({ vmService }) => lackingLine(vm, vmService) ?? []),
        3,
      ),
    ],
    fix: isClusterMachine(vm)
      ? [advice('it is a machine of a workload cluster')]
      : commandIn(namespace, ['kubectl', 'vmsvc', 'get', '-o', 'wide'], 'the selectors of the services'),
  });
}
