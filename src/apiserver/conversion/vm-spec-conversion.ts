import type { Json, JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { bootstrapOf, vmMetadataOf } from './vm-bootstrap-conversion.ts';

/**
 * A v1alpha1 VM's spec in the newest version's words. Fields that v1alpha1 alone has (`ports`, `ethernetCardType`,
 * `providerRef`, disks other than the first) have no place there. Mirrors VM Operator's Convert_v1alpha1_VirtualMachineSpec.
 */
export function vmSpecToHub(spec: JsonObject): JsonObject {
  const { networkInterfaces: _nics, vmMetadata: _metadata, advancedOptions: _options, resourcePolicyName, ports: _ports, ...same } = spec;
  const nics = listAt(spec, 'networkInterfaces');
  const volumes = listAt(spec, 'volumes').filter((volume) => isMap(volume) && volume['persistentVolumeClaim'] !== undefined);
  return present({
    ...same,
    className: same['className'] || undefined,
    imageName: same['imageName'] || undefined,
    ...modes(spec, modesToHub),
    powerState: powerStateToHub(spec['powerState']),
    network: nics.length === 0 ? undefined : { interfaces: nics.map(nicToHub) },
    bootstrap: bootstrapOf(mapAt(spec, 'vmMetadata')),
    volumes: volumes.length === 0 ? undefined : volumes,
    advanced: advancedOf(mapAt(spec, 'advancedOptions'), listAt(spec, 'volumes')),
    reserved: resourcePolicyName ? { resourcePolicyName } : undefined,
    readinessProbe: isEmpty(spec['readinessProbe']) ? undefined : spec['readinessProbe'],
  });
}

/**
 * The newest version's spec as v1alpha1 shows it.
 * @param withConfigMap the bootstrap data lie in a ConfigMap, which only v1alpha1 can say
 */
export function vmSpecFromHub(spec: JsonObject, withConfigMap: boolean): JsonObject {
  const { network: _network, bootstrap: _bootstrap, advanced: _advanced, reserved: _reserved, image: _image, ...same } = spec;
  const nics = listAt(mapAt(spec, 'network'), 'interfaces');
  const capacity = mapAt(spec, 'advanced')['bootDiskCapacity'];
  const bootDisk = capacity === undefined ? [] : [{ name: 'vmoperator-vm-boot-disk', vSphereVolume: bootDiskOf(capacity) }];
  const volumes = [...listAt(spec, 'volumes'), ...bootDisk];
  return present({
    ...same,
    className: same['className'] ?? '',
    imageName: same['imageName'] || textAt(mapAt(spec, 'image'), 'name'),
    ...modes(spec, modesFromHub),
    powerState: powerStateFromHub(spec['powerState']),
    networkInterfaces: nics.length === 0 ? undefined : nics.map(nicFromHub),
    vmMetadata: vmMetadataOf(mapAt(spec, 'bootstrap'), withConfigMap),
    volumes: volumes.length === 0 ? undefined : volumes,
    advancedOptions: advancedOptionsOf(mapAt(spec, 'advanced')),
    resourcePolicyName: textAt(mapAt(spec, 'reserved'), 'resourcePolicyName'),
    readinessProbe: probeFromHub(spec['readinessProbe']),
  });
}

/** A v1alpha1 power state in the spelling of all later versions; what is no power state stays as it is. */
export function powerStateToHub(state: Json | undefined): Json | undefined {
  return translated(state, powerStates);
}

/** The reverse. */
export function powerStateFromHub(state: Json | undefined): Json | undefined {
  return translated(state, reversed(powerStates));
}

/** An object without its undefined fields. */
export function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

const powerStates = new Map([
  ['poweredOn', 'PoweredOn'],
  ['poweredOff', 'PoweredOff'],
  ['suspended', 'Suspended'],
]);

const modesToHub = new Map([
  ['hard', 'Hard'],
  ['soft', 'Soft'],
  ['trySoft', 'TrySoft'],
]);
const modesFromHub = reversed(modesToHub);

/** The kinds of network by their v1alpha1 name. */
const networkTypes = new Map([
  ['vsphere-distributed', { apiVersion: 'netoperator.vmware.com/v1alpha1', kind: 'Network' }],
  ['nsx-t', { apiVersion: 'vmware.com/v1alpha1', kind: 'VirtualNetwork' }],
  ['nsx-t-subnet', { apiVersion: 'crd.nsx.vmware.com/v1alpha1', kind: 'Subnet' }],
  ['nsx-t-subnetset', { apiVersion: 'crd.nsx.vmware.com/v1alpha1', kind: 'SubnetSet' }],
]);
const typesOfNetworks = new Map([...networkTypes].map(([type, { kind }]) => [kind, type]));

/** The device key of every VM's first disk, the only one that later versions can size. */
const bootDiskKey = 2000;

function translated(word: Json | undefined, words: ReadonlyMap<string, string>): Json | undefined {
  return typeof word === 'string' ? (words.get(word) ?? word) : word;
}

function reversed(words: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...words].map(([one, other]) => [other, one]));
}

function modes(spec: JsonObject, words: ReadonlyMap<string, string>): Readonly<Record<string, Json | undefined>> {
  return Object.fromEntries(['powerOffMode', 'suspendMode', 'restartMode'].map((field) => [field, translated(spec[field], words)]));
}

/** Interfaces have names from v1alpha2 on: those that guests give them. */
function nicToHub(nic: Json, index: number): Json {
  const { networkName, networkType } = isMap(nic) ? nic : {};
  const type = typeof networkType === 'string' ? networkTypes.get(networkType) : undefined;
  const network = present({ ...type, name: networkName || undefined });
  return present({ name: `eth${index}`, network: isEmpty(network) ? undefined : network });
}

function nicFromHub(nic: Json): Json {
  const network = isMap(nic) ? mapAt(nic, 'network') : {};
  return present({ networkName: network['name'], networkType: typesOfNetworks.get(textAt(network, 'kind')) });
}

/** v1alpha1 has no probe of guest information; one with nothing else shows as a probe without an action. */
function probeFromHub(probe: Json | undefined): Json | undefined {
  if (!isMap(probe) || isEmpty(probe)) return undefined;
  const { guestInfo: _info, ...known } = probe;
  return known;
}

function advancedOf(options: JsonObject, volumes: readonly Json[]): JsonObject | undefined {
  const disks = volumes.filter(isMap).map((volume) => mapAt(volume, 'vSphereVolume'));
  const bootDisk = disks.find((disk) => disk['deviceKey'] === bootDiskKey) ?? {};
  const { thinProvisioned, eagerZeroed } = mapAt(options, 'defaultVolumeProvisioningOptions');
  const thick = thinProvisioned === false ? 'Thick' : eagerZeroed === true ? 'ThickEagerZero' : undefined;
  const advanced = present({
    bootDiskCapacity: mapAt(bootDisk, 'capacity')['ephemeral-storage'],
    defaultVolumeProvisioningMode: thinProvisioned === true ? 'Thin' : thick,
    changeBlockTracking: options['changeBlockTracking'],
  });
  return isEmpty(advanced) ? undefined : advanced;
}

function bootDiskOf(capacity: Json): JsonObject {
  return { capacity: { 'ephemeral-storage': capacity }, deviceKey: bootDiskKey };
}

const provisioning = new Map<string, JsonObject>([
  ['Thin', { thinProvisioned: true }],
  ['Thick', { thinProvisioned: false }],
  ['ThickEagerZero', { eagerZeroed: true }],
]);

function advancedOptionsOf(advanced: JsonObject): JsonObject | undefined {
  const options = present({
    changeBlockTracking: advanced['changeBlockTracking'],
    defaultVolumeProvisioningOptions: provisioning.get(textAt(advanced, 'defaultVolumeProvisioningMode')),
  });
  return isEmpty(options) ? undefined : options;
}

function isEmpty(value: Json | undefined): boolean {
  return value === undefined || value === null || (isMap(value) && Object.keys(value).length === 0);
}
