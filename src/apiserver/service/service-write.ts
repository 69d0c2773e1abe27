import { mapAt } from '../../model/raw-fields.ts';
import { serviceOf } from '../../model/service.ts';
import { bareError, internalError, invalidObject, Refusal } from '../answers.ts';
import type { ServerConfig } from '../config.ts';
import { decodeBuiltIn } from '../decode.ts';
import { storedObject } from '../json.ts';
import type { ResourceEntry } from '../resources.ts';
import type { State, StoredObject } from '../store.ts';
import { allocationsOf } from './allocations.ts';
import { alignClusterIps, allocateClusterIps } from './service-cluster-ips.ts';
import { clusterFamilies, settleIpFamilies } from './service-ip-families.ts';
import { allocateNodePorts, keepAllocated } from './service-node-ports.ts';
import { plainSpec, type SpecDraft } from './service-spec.ts';
import { wipeUnused } from './service-wipe.ts';

export interface ServiceWrite {
  readonly state: State;
  readonly config: ServerConfig;
  readonly entry: ResourceEntry;
  readonly dryRun: boolean;
}

/** The Service as it is stored: one of type ExternalName hides the policy it was given, and gets the default in another type. */
export function storedService(object: StoredObject): StoredObject {
  const { spec } = serviceOf(object);
  return spec.type === 'ExternalName'
    ? storedObject({ ...object, spec: plainSpec({ ...spec, internalTrafficPolicy: undefined }) })
    : object;
}

/**
 * A Service with families, addresses and node ports settled, and with what its type does not use wiped. Comes after the
 * defaults and before validation; what goes wrong here is answered alone.
 * @param existing undefined on creation.
 * @throws Refusal
 */
export function settleService(sent: StoredObject, existing: StoredObject | undefined, write: ServiceWrite): StoredObject {
  const { metadata } = sent;
  const { state, config, entry, dryRun } = write;
  const before = existing === undefined ? undefined : serviceOf(existing).spec;
  const taken = allocationsOf(state);
  const seed = `${metadata.namespace ?? ''}/${metadata.name}`;
  const kept: SpecDraft = before === undefined ? serviceOf(sent).spec : keepAllocated(serviceOf(sent).spec, before);
  const aligned = alignClusterIps(kept, before);
  const families = settleIpFamilies(aligned, before, clusterFamilies(config.serviceCidrs));
  const refuse = (outcome: Refused): Refusal => refusalOf(outcome, metadata.name, entry);
  if (!('spec' in families)) throw refuse(families);
  const addresses = allocateClusterIps(families.spec, before, { cidrs: config.serviceCidrs, taken, seed, dryRun });
  if (!('spec' in addresses)) throw refuse(addresses);
  const ports = allocateNodePorts(addresses.spec, before, { range: config.nodePorts, taken, seed, dryRun });
  if (!('spec' in ports)) throw refuse(ports);
  const spec = before === undefined ? ports.spec : wipeUnused(ports.spec, before);
  return normalForm(storedObject({ ...sent, spec: plainSpec(spec), status: statusFor(sent, spec) }), entry);
}

/** Only a LoadBalancer has load balancers in its status; conditions stay. */
function statusFor(sent: StoredObject, spec: SpecDraft): StoredObject['status'] {
  const status = mapAt(sent, 'status');
  return spec.type === 'LoadBalancer' ? status : { ...status, loadBalancer: {} };
}

/** Empty is absent, and fields stand in the server's order. */
function normalForm(object: StoredObject, entry: ResourceEntry): StoredObject {
  const decoded = decodeBuiltIn(object, entry);
  if ('error' in decoded) throw new Error(`a Service that was settled cannot be read: ${decoded.error}`);
  return storedObject(decoded.object);
}

type Refused = { readonly errors: Parameters<typeof invalidObject>[2] } | { readonly internal: string } | { readonly bare: string };

function refusalOf(outcome: Refused, name: string, entry: ResourceEntry): Refusal {
  if ('errors' in outcome) return new Refusal(invalidObject(entry, name, outcome.errors));
  return new Refusal('internal' in outcome ? internalError(outcome.internal) : bareError(outcome.bare));
}
