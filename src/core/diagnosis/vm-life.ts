import { type Condition, jsonOf, versionOf } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import type { ResourceQuota } from '../../model/resource-quota.ts';
import { conditionOf, desiredPower, observedPower, primaryAddresses, type VirtualMachine } from '../../model/virtual-machine.ts';
import { advice, type Finding, type Fix } from '../finding.ts';
import { itemsOf } from '../snapshot.ts';
import { isClusterMachine } from '../workload-cluster.ts';
import { annotateCommand, commandIn, patchCommand } from './fixes.ts';
import { found } from './found.ts';
import { leftOut } from './left-out.ts';
import type { ServiceRule, VmRule, VmSubject } from './rule.ts';

/** VMS208: a selected VM is on its way out. */
export const vmBeingDeleted: VmRule = {
  about: 'vm',
  code: 'VMS208',
  worst: 'error',
  needs: [],
  find: ({ vm, service }) => {
    const { name, deletionTimestamp, finalizers = [] } = vm.metadata;
    if (deletionTimestamp === undefined) return [];
    const checks = annotationsUnder(vm, 'delete.check.vmoperator.vmware.com/');
    const others = service.decisions.filter((decision) => decision.outcome !== 'out');
    const severity = service.decisions.every(({ because }) => because === 'BeingDeleted')
      ? 'error'
      : others.length > 0
        ? 'info'
        : 'warning';
    return [
      found('VMS208', severity, 'certain', vm, `${name} has been in deletion ${service.around.times.since(deletionTimestamp)}`, {
        evidence: [
          `metadata.finalizers: ${finalizers.join(', ') || '<none>'}`,
          ...checks.map(([key, value]) => `annotation ${key}: ${value}`),
        ],
        why: 'a VM that is being deleted leaves the endpoints at once',
        fix: checks.length > 0 ? [advice('whoever set the delete.check annotation blocks the deletion, and has to take it off')] : [],
        follows: severity === 'error' ? leftOut : [],
      }),
    ];
  },
};

/** VMS209: it is off, and may be an endpoint all the same. */
export const vmPoweredOff: VmRule = {
  about: 'vm',
  code: 'VMS209',
  worst: 'error',
  needs: [],
  find: ({ vm, decision, service }) => {
    const power = observedPower(vm);
    if (power === undefined || power === 'PoweredOn' || vm.metadata.deletionTimestamp !== undefined) return [];
    const { name } = vm.metadata;
    // Behind no service it counts nowhere, and nothing rests on it.
    const listedReady = decision.outcome === 'ready' && !service.leftAlone;
    const allOff = !service.leftAlone && service.decisions.every((other) => observedPower(other.vm) !== 'PoweredOn');
    const state = power === 'Suspended' ? 'suspended' : 'powered off';
    const synced = conditionOf(vm, 'VirtualMachinePowerStateSynced');
    const checks = annotationsUnder(vm, 'poweron.check.vmoperator.vmware.com/');
    return [
      found(
        'VMS209',
        listedReady || allOff ? 'error' : 'warning',
        'certain',
        vm,
        `${name} is ${state}${listedReady ? ' but counts as ready' : ''}`,
        {
          field: 'status.powerState',
          evidence: [
            `status.powerState: ${vm.status?.powerState ?? ''}, spec.powerState: ${vm.spec?.powerState ?? '<none>'}`,
            ...(synced?.status === 'False' ? [`VirtualMachinePowerStateSynced=False ${synced.reason ?? ''}: ${synced.message ?? ''}`] : []),
            ...checks.map(([key, value]) => `annotation ${key}: ${value}, which blocks powering on`),
            ...pauseSigns(vm, service.around.world.facts.version),
          ],
          ...(listedReady && {
            why: 'power plays no part in the choice of endpoints: with its last address and no failing probe it stays one',
          }),
          fix: powerFix(vm, checks.length > 0),
          follows: ['VMS306', 'VMS308', ...(allOff ? leftOut : [])],
        },
      ),
    ];
  },
};

function powerFix(vm: VirtualMachine, blocked: boolean): readonly Fix[] {
  if (isClusterMachine(vm)) return [advice("the cluster's own controllers power its machines")];
  const group = vm.spec?.groupName;
  if (group !== undefined && group !== '') return [advice(`its power follows VirtualMachineGroup ${group}: power that on`)];
  if (blocked) return [advice('whoever set the poweron.check annotation blocks it, and has to take it off')];
  if (desiredPower(vm) === 'PoweredOn') return [advice('it is to be on already: see its conditions and events')];
  const powerState = versionOf(vm.apiVersion) === 'v1alpha1' ? 'poweredOn' : 'PoweredOn';
  return patchCommand('vm', vm, { spec: { powerState } });
}

/** What has to be ready before a VM is made, in the order in which it is looked at. */
const prerequisites = [
  'VirtualMachineClassReady',
  'VirtualMachineImageReady',
  'VirtualMachineStorageReady',
  'VirtualMachineBootstrapReady',
  'VirtualMachineConditionVMSetResourcePolicyReady',
  'VirtualMachinePrereqReady',
  'VirtualMachineNetworkReady',
  'VirtualMachineConditionImageCacheReady',
  'VirtualMachineConditionPlacementReady',
  'VirtualMachineCreated',
];

/** New VMs have no conditions in the first seconds; copying an image takes minutes. Seconds. */
const creationGrace = 120;
const imageGrace = 600;

/** VMS210: the VM is an object only. */
export const vmNotCreated: VmRule = {
  about: 'vm',
  code: 'VMS210',
  worst: 'error',
  needs: [],
  find: ({ vm, service }) => {
    if (isCreated(vm)) return [];
    const { name, creationTimestamp } = vm.metadata;
    const { times } = service.around;
    const failing = failingPrerequisite(vm);
    // Its network and its placement have codes of their own.
    if (failing?.type === 'VirtualMachineNetworkReady') return [];
    const age = times.age(creationTimestamp) ?? Number.POSITIVE_INFINITY;
    const waits =
      failing === undefined ? age < creationGrace : failing.type === 'VirtualMachineConditionImageCacheReady' && age < imageGrace;
    const phase = textAt(mapAt(jsonOf(vm), 'status'), 'phase') || undefined;
    const because =
      failing === undefined
        ? phase === undefined
          ? ''
          : `: phase ${phase}`
        : `: ${failing.type} is ${failing.status}${failing.reason ? ` (${failing.reason})` : ''}`;
    const message = waits ? `${name} is being created (${times.since(creationTimestamp)})` : `${name} was not created in vSphere${because}`;
    return [
      found('VMS210', waits ? 'info' : 'error', 'certain', vm, message, {
        evidence: [
          ...(failing === undefined
            ? ['no condition says that it was created; no power state, no address']
            : [`${failing.type}=${failing.status} ${failing.reason ?? ''}`.trimEnd()]),
          ...(failing?.message ? [failing.message] : []),
        ],
        fix: waits ? [] : creationFix(vm, failing),
        follows: ['VMS301', 'VMS302', 'VMS303', 'VMS309', ...leftOut],
      }),
    ];
  },
};

/** It has, or had, a power state or an address: then it exists, whatever else is said. */
function isCreated(vm: VirtualMachine): boolean {
  const { ip4, ip6 } = primaryAddresses(vm);
  if (ip4 !== undefined || ip6 !== undefined || vm.metadata.deletionTimestamp !== undefined) return true;
  const created = conditionOf(vm, 'VirtualMachineCreated');
  return created === undefined ? observedPower(vm) !== undefined : created.status === 'True';
}

function failingPrerequisite(vm: VirtualMachine): Condition | undefined {
  return prerequisites.map((type) => conditionOf(vm, type)).find((condition) => condition?.status === 'False');
}

function creationFix(vm: VirtualMachine, failing: Condition | undefined): readonly Fix[] {
  const { namespace } = vm.metadata;
  const look = (kinds: string, note: string) => commandIn(namespace, ['kubectl', 'get', kinds], note);
  const admin = 'ask the vSphere administrator to assign it to the namespace';
  // The oldest release has one condition for all of them, and says which in its reason.
  const type = failing?.type === 'VirtualMachinePrereqReady' ? prerequisiteOf(failing.reason) : failing?.type;
  switch (type) {
    case 'VirtualMachineClassReady':
      return [...look('vmclass', 'is the class there?'), advice(admin)];
    case 'VirtualMachineImageReady':
    case 'VirtualMachineConditionImageCacheReady':
      return [...look('vmi', 'is the image there and ready?'), advice(admin)];
    case 'VirtualMachineStorageReady':
      return [...look('resourcequota', 'does the namespace have the storage class, and room in it?'), advice(admin)];
    case 'VirtualMachineBootstrapReady':
      return [advice('the Secret or ConfigMap of spec.bootstrap is missing, or lacks a key')];
    case 'VirtualMachineConditionVMSetResourcePolicyReady':
      return look('virtualmachinesetresourcepolicy', 'is the policy there and ready?');
    case 'VirtualMachineConditionPlacementReady':
      return [advice('no host or zone can take it: ask the vSphere administrator for capacity')];
    default:
      return commandIn(namespace, ['kubectl', 'describe', 'vm', vm.metadata.name], 'its events may say more', [vm.metadata.name]);
  }
}

function prerequisiteOf(reason: string | undefined): string | undefined {
  if (reason?.startsWith('VirtualMachineClass') === true) return 'VirtualMachineClassReady';
  return /^(ContentSource|ContentLibrary|VirtualMachineImage)/.test(reason ?? '') ? 'VirtualMachineImageReady' : undefined;
}

/** VMS211: there is no room for it. */
export const vmQuotaOrPlacement: VmRule = {
  about: 'vm',
  code: 'VMS211',
  worst: 'error',
  needs: ['events', 'quotas'],
  applies: ({ vm }) => !isCreated(vm),
  find: ({ vm, service }) => {
    const { world, surroundings } = service.around;
    const said = world
      .events(vm)
      .filter((event) => /^(Create|Update)Failure$/.test(textAt(jsonOf(event), 'reason')))
      .map((event) => textAt(jsonOf(event), 'message') || textAt(jsonOf(event), 'note'))
      .find((message) => /quota|exceeded/i.test(message));
    const full =
      said === undefined
        ? []
        : fullKeys(itemsOf(surroundings.quotas).filter((quota) => quota.metadata.namespace === vm.metadata.namespace));
    const placement = conditionOf(vm, 'VirtualMachineConditionPlacementReady');
    const unplaced = placement?.status === 'False' ? [`${placement.type}=False ${placement.reason ?? ''}: ${placement.message ?? ''}`] : [];
    if (said === undefined && unplaced.length === 0) return [];
    const message =
      said === undefined ? `No place was found for ${vm.metadata.name}` : `A quota keeps ${vm.metadata.name} from being created`;
    return [
      found('VMS211', 'error', 'likely', vm, message, {
        evidence: [...(said === undefined ? [] : [`event: ${said}`]), ...full, ...unplaced],
        fix: [advice('free what is not used, or ask the vSphere administrator for more')],
        follows: ['VMS210', 'VMS301', 'VMS302', 'VMS303', 'VMS309', ...leftOut],
      }),
    ];
  },
};

/** `quota team-a, requests.storage: 100Gi of 100Gi`: keys of which nothing is left. */
function fullKeys(quotas: readonly ResourceQuota[]): readonly string[] {
  return quotas.flatMap(({ metadata, status: { hard = {}, used = {} } = {} }) =>
    Object.entries(hard)
      .filter(([key, limit]) => limit === used[key] && !/services|secrets|configmaps|pods/.test(key))
      .map(([key, limit]) => `quota ${metadata.name}, ${key}: ${limit} of ${limit}`),
  );
}

/** VMS212: nobody keeps its status up to date. */
export const vmPaused: VmRule = {
  about: 'vm',
  code: 'VMS212',
  worst: 'warning',
  needs: [],
  find: ({ vm, decision, service }) => {
    const signs = pauseSigns(vm, service.around.world.facts.version);
    if (signs.length === 0) return [];
    // Without a verdict of its probe, without an address or not yet made, it stays out for as long as nobody looks.
    const unmade = !isCreated(vm) && failingPrerequisite(vm) === undefined;
    const unseen = decision.because === 'NoAddress' && (unmade || observedPower(vm) === 'PoweredOn');
    const waits = unseen || decision.because === 'ProbePending';
    return [
      found('VMS212', 'warning', 'certain', vm, `${vm.metadata.name} is paused: VM Operator does not look after it`, {
        evidence: signs,
        why: 'power, address and readiness are as they were when it was paused; backups pause VMs for minutes on purpose',
        fix: resumeFix(vm, service.around.world.facts.version),
        follows: ['VMS306', ...(waits ? (['VMS210', 'VMS301', 'VMS303', 'VMS309', 'VMS501', 'VMS505', 'VMS614'] as const) : [])],
      }),
    ];
  },
};

/** The annotation is for whoever set it, the label shows who: administrators pause VMs elsewhere. */
function resumeFix(vm: VirtualMachine, version: string): readonly Fix[] {
  const annotation = pauseAnnotation(version);
  const label = vm.metadata.labels?.['vmoperator.vmware.com/paused'];
  const annotated = vm.metadata.annotations?.[annotation] !== undefined;
  if (isClusterMachine(vm)) return [advice("the cluster's own controllers look after its machines: ask its owner who paused it")];
  const admin = label === 'admin' || label === 'both' ? [advice('an administrator paused it, and has to resume it')] : [];
  if (annotated) return [...annotateCommand('vm', vm, `${annotation}-`).map((fix) => withNote(fix, 'if it is yours')), ...admin];
  return admin.length > 0
    ? admin
    : [advice('whoever paused it has to resume it; VM Operator takes its marks off when it looks at the VM again')];
}

function withNote(fix: Fix, note: string): Fix {
  return fix.kind === 'command' ? { ...fix, note } : fix;
}

function pauseAnnotation(version: string): string {
  return version === 'v1alpha1' || version === 'v1alpha2' ? 'vmoperator.vmware.com/pause-reconcile' : 'vmoperator.vmware.com/paused';
}

function pauseSigns(vm: VirtualMachine, version: string): readonly string[] {
  const annotation = pauseAnnotation(version);
  const value = vm.metadata.annotations?.[annotation];
  const label = vm.metadata.labels?.['vmoperator.vmware.com/paused'];
  const condition = conditionOf(vm, 'VirtualMachineReconcileReady');
  const paused = condition?.status === 'False' && condition.reason === 'VirtualMachineReconcilePaused';
  return [
    ...(value === undefined ? [] : [`annotation ${annotation}: ${JSON.stringify(value)}`]),
    ...(label === undefined ? [] : [`label vmoperator.vmware.com/paused: ${label}`]),
    ...(paused ? [`VirtualMachineReconcileReady=False VirtualMachineReconcilePaused: ${condition.message ?? ''}`] : []),
  ];
}

/** VMS213: it works, on one leg. */
export const oneEndpoint: ServiceRule = {
  about: 'service',
  code: 'VMS213',
  worst: 'info',
  needs: ['endpoints'],
  applies: ({ vmService }) => vmService.spec.type === 'LoadBalancer',
  find: ({ vmService, trace }): readonly Finding[] => {
    if (!('ready' in trace.endpoints) || trace.endpoints.ready !== 1) return [];
    return [found('VMS213', 'info', 'certain', vmService, 'There is one ready endpoint: when it goes, the service goes')];
  },
};

/** No VM of the service that is on is a ready endpoint: what keeps this one out is no longer one of many. */
export function noneReady({ service }: VmSubject): boolean {
  return !service.decisions.some(({ outcome, vm }) => outcome === 'ready' && (observedPower(vm) ?? 'PoweredOn') === 'PoweredOn');
}

function annotationsUnder({ metadata }: VirtualMachine, prefix: string): readonly (readonly [string, string])[] {
  return Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith(prefix));
}
