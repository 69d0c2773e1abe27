import type { Json, JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { isIPv4 } from '../../model/virtual-machine.ts';
import { powerStateFromHub, powerStateToHub, present } from './vm-spec-conversion.ts';

/**
 * A v1alpha1 VM's status in the newest version's words. The phase has no place there, nor has the severity of a condition.
 * Mirrors VM Operator's Convert_v1alpha1_VirtualMachineStatus.
 */
export function vmStatusToHub(status: JsonObject): JsonObject {
  const { powerState, phase: _phase, vmIp: _ip, hostName: _name, networkInterfaces: _nics, conditions, ...same } = status;
  return present({
    ...same,
    powerState: powerStateToHub(powerState),
    network: networkToHub(status),
    conditions: conditions === undefined ? undefined : listAt(status, 'conditions').map(conditionToHub),
  });
}

/** The newest version's status as v1alpha1 shows it. Mirrors VM Operator's Convert_..._To_v1alpha1_VirtualMachineStatus. */
export function vmStatusFromHub(status: JsonObject): JsonObject {
  const { powerState, network: _network, conditions: _conditions, volumes, ...same } = status;
  const network = mapAt(status, 'network');
  const conditions = withPrerequisites(listAt(status, 'conditions').map(conditionFromHub));
  // Only volumes that Kubernetes manages were known then.
  const managed = listAt(status, 'volumes').filter((volume) => isMap(volume) && volume['type'] !== 'Classic');
  return present({
    ...same,
    powerState: powerStateFromHub(powerState),
    phase: phaseOf(listAt(status, 'conditions')),
    vmIp: textAt(network, 'primaryIP4') || textAt(network, 'primaryIP6') || undefined,
    hostName: textAt(network, 'hostName') || undefined,
    networkInterfaces: nonEmpty(listAt(network, 'interfaces').map(nicFromHub)),
    conditions: nonEmpty(conditions),
    volumes: volumes === undefined ? undefined : nonEmpty(managed),
  });
}

/**
 * The conditions of a VM that was made as v1alpha1, where one told of the class and the image together. Its spec says whether
 * there are more prerequisites. Mirrors VM Operator's convert_v1alpha1_PreReqsReadyCondition.
 */
export function withSeparatePrerequisites(conditions: readonly Json[], spec: JsonObject): readonly Json[] {
  const prerequisites = conditions.filter(isMap).find((condition) => condition['type'] === prereqReady);
  if (prerequisites === undefined) return conditions;
  const others = conditions.filter((condition) => condition !== prerequisites);
  if (others.some((condition) => isMap(condition) && separate.has(textAt(condition, 'type')))) return others;
  return [...others, ...separated(prerequisites, spec)];
}

const prereqReady = 'VirtualMachinePrereqReady';
const classReady = 'VirtualMachineClassReady';
const imageReady = 'VirtualMachineImageReady';
const policyReady = 'VirtualMachineConditionVMSetResourcePolicyReady';
const bootstrapReady = 'VirtualMachineBootstrapReady';
const separate: ReadonlySet<string> = new Set([classReady, imageReady, policyReady, bootstrapReady]);

const aboutClass: ReadonlySet<string> = new Set(['VirtualMachineClassNotFound', 'VirtualMachineClassBindingNotFound']);
const aboutImage: ReadonlySet<string> = new Set([
  'VirtualMachineImageNotFound',
  'VirtualMachineImageNotReady',
  'ContentSourceBindingNotFound',
  'ContentLibraryProviderNotFound',
]);

function separated(prerequisites: JsonObject, spec: JsonObject): readonly JsonObject[] {
  const { status, reason, lastTransitionTime } = prerequisites;
  const condition = (type: string, value: string, why: string = value): JsonObject =>
    present({ type, status: value, lastTransitionTime, reason: why, message: '' });
  const further = [
    ...(textAt(mapAt(spec, 'reserved'), 'resourcePolicyName') === '' ? [] : [policyReady]),
    ...(spec['bootstrap'] === undefined ? [] : [bootstrapReady]),
  ];
  if (status === 'True') return [classReady, imageReady, ...further].map((type) => condition(type, 'True'));
  if (status !== 'False') return [];
  const unknown = further.map((type) => condition(type, 'Unknown'));
  const why = typeof reason === 'string' ? reason : '';
  if (aboutClass.has(why)) return [condition(classReady, 'False', why), condition(imageReady, 'Unknown'), ...unknown];
  if (aboutImage.has(why)) return [condition(classReady, 'True'), condition(imageReady, 'False', why), ...unknown];
  return unknown;
}

/** The other way: the class is looked at first, then the image; what is optional only keeps the condition from being true. */
function withPrerequisites(conditions: readonly JsonObject[]): readonly JsonObject[] {
  const named = (type: string) => conditions.find((condition) => condition['type'] === type);
  const whole = named(prereqReady);
  const [ofClass, ofImage] = [named(classReady), named(imageReady)];
  const optional = [named(policyReady), named(bootstrapReady)];
  if ([ofClass, ofImage].every((condition) => condition?.['status'] === 'True') && optional.every((c) => !c || c['status'] === 'True')) {
    const lastTransitionTime = (whole ?? ofImage)?.['lastTransitionTime'];
    return replaced(conditions, whole, present({ type: prereqReady, status: 'True', lastTransitionTime }));
  }
  const failed = [ofClass, ofImage].find((condition) => condition?.['status'] === 'False');
  if (failed === undefined) return conditions;
  const { message, lastTransitionTime } = failed;
  const reason = failed === ofClass ? 'VirtualMachineClassNotFound' : 'VirtualMachineImageNotFound';
  return replaced(
    conditions,
    whole,
    present({ type: prereqReady, status: 'False', severity: 'Error', reason, message, lastTransitionTime }),
  );
}

function replaced(conditions: readonly JsonObject[], old: JsonObject | undefined, next: JsonObject): readonly JsonObject[] {
  return old === undefined ? [...conditions, next] : conditions.map((condition) => (condition === old ? next : condition));
}

/** A reason became required: the state itself stands in for one. */
function conditionToHub(condition: Json): Json {
  if (!isMap(condition)) return condition;
  const { severity: _severity, reason, message, ...same } = condition;
  return present({ ...same, reason: reason || textAt(condition, 'status'), message: message ?? '' });
}

function conditionFromHub(condition: Json): JsonObject {
  const { message, observedGeneration: _generation, ...same } = isMap(condition) ? condition : {};
  return present({ ...same, message: message || undefined });
}

/** `Created` is what clients of v1alpha1 wait for. */
function phaseOf(conditions: readonly Json[]): string {
  const created = conditions.filter(isMap).find((condition) => condition['type'] === 'VirtualMachineCreated');
  if (created === undefined) return 'Unknown';
  return created['status'] === 'True' ? 'Created' : 'Creating';
}

function networkToHub(status: JsonObject): JsonObject | undefined {
  const ip = textAt(status, 'vmIp');
  const network = present({
    hostName: textAt(status, 'hostName') || undefined,
    interfaces: nonEmpty(listAt(status, 'networkInterfaces').map(nicToHub)),
    ...(ip === '' ? {} : isIPv4(ip) ? { primaryIP4: ip } : { primaryIP6: ip }),
  });
  return Object.keys(network).length === 0 ? undefined : network;
}

function nicToHub(nic: Json): Json {
  if (!isMap(nic)) return nic;
  const addresses = nonEmpty(listAt(nic, 'ipAddresses').map((address) => ({ address })));
  return { ip: present({ addresses, macAddr: textAt(nic, 'macAddress') || undefined }) };
}

function nicFromHub(nic: Json): Json {
  const ip = isMap(nic) ? mapAt(nic, 'ip') : {};
  const ipAddresses = listAt(ip, 'addresses').map((address) => (isMap(address) ? textAt(address, 'address') : ''));
  return present({ connected: true, ipAddresses: nonEmpty(ipAddresses), macAddress: textAt(ip, 'macAddr') || undefined });
}

function nonEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}
