import type { Finding } from '../../core/finding.ts';
import { type Profile, traitsOf } from '../../core/profile.ts';
import { adviceOn, versionAdvice } from '../../core/validation/advice.ts';
import { quotaComplaints } from '../../core/validation/quota.ts';
import { findingOf } from '../../core/validation/refusal.ts';
import { unreadablePorts } from '../../core/validation/unreadable-ports.ts';
import { validateVmService } from '../../core/webhook/webhook.ts';
import type { JsonObject, KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { type ResourceQuota, resourceQuotaOf } from '../../model/resource-quota.ts';
import { services } from '../../model/resources.ts';
import { UnreadableObject } from '../../model/shape.ts';
import { serverConfig } from '../config.ts';
import { customResources } from '../custom-resources.ts';
import type { CustomResourceDefinition } from '../schema/crds.ts';
import { schemaLookup } from '../schema/schema.ts';
import { findObject } from '../store.ts';
import { type ChildPlace, childRefusals, childState } from './child-service.ts';
import { deprecatedVersions } from './deprecated-version.ts';
import { type Likeness, likenesses } from './likeness.ts';
import { schemaRefusals } from './schema-refusals.ts';
import { serviceRanges } from './service-ranges.ts';

/** Whose rules apply, and what is known of the cluster. */
export interface AdmissionOptions {
  readonly profile: Profile;
  readonly definitions: readonly CustomResourceDefinition[];
  /** The capability `supports_workload_ipv6`. */
  readonly workloadIPv6: boolean;
  readonly providerOf: (namespace: string) => ChildPlace['provider'];
  /** What is known of the cluster that a child Service meets: Services, Namespaces, ResourceQuotas, ServiceCIDRs, Endpoints. */
  readonly objects: readonly KubeObject[];
  /** The minor version of the Supervisor's Kubernetes; undefined where it is not known. */
  readonly kubernetesMinor: number | undefined;
}

/** One object, and how it is sent. */
export interface AdmissionRequest {
  /** Where it would go, when it does not say so itself; undefined where nobody said. */
  readonly namespace: string | undefined;
  /** Where it is taken to go then. */
  readonly place?: string;
  /** The stored object of an update; without it the object is created. */
  readonly old?: JsonObject;
  /** The object is a stored one that is looked at anew: what only a server writes into metadata stands there by right. */
  readonly stored?: boolean;
}

/** Says what would be refused of a VirtualMachineService; any JSON object may be given. */
export interface Admission {
  /** Refusals, also those of the child Service, and advice. */
  all(object: JsonObject, request: AdmissionRequest): readonly Finding[];
  /** What the API server and the webhook refuse, and nothing else. */
  atTheDoor(object: JsonObject, request: AdmissionRequest): readonly Finding[];
}

/**
 * Everything that would refuse a VirtualMachineService: strict decoding, metadata, the schema of its version with its rules, VM
 * Operator's webhook, and Kubernetes when the controller creates the child Service. What can be prepared is prepared once; the function
 * that comes back is pure and takes any JSON object.
 */
export function vmServiceAdmission(options: AdmissionOptions): Admission {
  const { profile, definitions, workloadIPv6, providerOf, objects, kubernetesMinor } = options;
  const config = serverConfig(profile, customResources(definitions));
  const lookup = schemaLookup(definitions);
  const traits = traitsOf(profile);
  const serviceCidrs = serviceRanges(objects);
  const state = childState(objects.filter(isPlaceOfChildren), config, serviceCidrs);
  const quotas = Map.groupBy(quotasOf(objects), ({ metadata }) => metadata.namespace ?? '');
  const hasEndpoints = endpointsIn(objects);
  const accepted = new Map<string, boolean>();
  const deprecated = deprecatedVersions(definitions);
  const door = (written: JsonObject, { namespace, old, stored = false }: AdmissionRequest) => {
    const object = old === undefined && !stored ? withoutDeletion(written) : written;
    const schema = schemaRefusals(object, { config, lookup, namespace, old });
    const webhook = validateVmService(object, { traits, workloadIPv6, namespace, ...(old !== undefined && { old }) });
    return { schema, refused: [...schema.findings, ...withoutRepeats(webhook, schema.findings)] };
  };
  const judged = (object: JsonObject, request: AdmissionRequest): readonly Finding[] => {
    const { namespace, place = namespace ?? 'default', old, stored = false } = request;
    const advice = [
      ...adviceOn(object, { traits, namespace, hasEndpoints: hasEndpoints(object, place), kubernetesMinor }),
      ...[...deprecated(object), ...(old === undefined && !stored ? versionAdvice(object) : [])].map((complaint) =>
        findingOf({ object, namespace }, complaint),
      ),
    ];
    const { schema, refused } = door(object, request);
    // What is refused never gets a Service.
    if (schema.object === undefined || refused.some(({ severity }) => severity === 'error')) return [...refused, ...advice];
    const unreadable = unreadablePorts(object).map((complaint) => findingOf({ object, namespace }, complaint));
    if (unreadable.length > 0) return [...refused, ...unreadable, ...advice];
    const target = schema.object.metadata.namespace ?? place;
    const child = {
      config,
      traits,
      workloadIPv6,
      namespace,
      target,
      accepted,
      place: { state, serviceCidrs, provider: providerOf(target) },
    };
    const isNew = old === undefined && findObject(state, services, target, schema.object.metadata.name) === undefined;
    const quota = isNew ? quotaComplaints(object, quotas.get(target) ?? [], traits) : [];
    return [
      ...refused,
      ...childRefusals(schema.object, object, schema.old, child),
      ...quota.map((complaint) => findingOf({ object, namespace }, complaint)),
      ...advice,
    ];
  };
  // What a Service or a quota that is there says of it belongs to this one alone.
  const isAlone = ({ namespace, name }: Likeness) =>
    quotas.get(namespace) === undefined && findObject(state, services, namespace, name) === undefined;
  return { all: rememberingSound(judged, isAlone), atTheDoor: (object, request) => door(object, request).refused };
}

/** Objects that are like one that was sound are not judged again. `isAlone`: nothing that is there says anything of it alone. */
function rememberingSound(judged: Admission['all'], isAlone: (at: Likeness) => boolean): Admission['all'] {
  const likenessOf = likenesses();
  const sound = new Set<string>();
  return (object, request) => {
    const { namespace, place = namespace ?? 'default', old, stored = false } = request;
    const likeness = old === undefined && !stored ? likenessOf(object, place) : undefined;
    if (likeness === undefined || !isAlone(likeness)) return judged(object, request);
    const text = `${namespace ?? ''} ${likeness.text}`;
    if (sound.has(text)) return [];
    const findings = judged(object, request);
    if (findings.length === 0) sound.add(text);
    return findings;
  };
}

/** Nothing is created as being deleted already: the server takes that away first. */
function withoutDeletion(object: JsonObject): JsonObject {
  const metadata = object['metadata'];
  if (!isMap(metadata) || metadata['deletionTimestamp'] === undefined) return object;
  const { deletionTimestamp: _, deletionGracePeriodSeconds: _seconds, ...rest } = metadata;
  return { ...object, metadata: rest };
}

/**
 * The webhook says of some fields what the schema has said already: the first to speak is right. Of what stands in a value of a wrong
 * type nothing is to be said at all.
 */
function withoutRepeats(findings: readonly Finding[], before: readonly Finding[]): readonly Finding[] {
  const said = new Set(before.map(({ field }) => field));
  const odd = before.flatMap(({ code, field }) => (code === 'VMS115' && field !== undefined ? [`${field}.`, `${field}[`] : []));
  return findings.filter(({ field }) => !said.has(field) && !odd.some((start) => field?.startsWith(start) === true));
}

/** Of what a child Service meets, the kinds that an API server looks at. */
function isPlaceOfChildren({ apiVersion, kind }: KubeObject): boolean {
  return apiVersion === 'v1' && (kind === 'Service' || kind === 'Namespace');
}

/** Of one that no server would have stored nobody knows what it allows. */
function quotasOf(objects: readonly KubeObject[]): readonly ResourceQuota[] {
  return objects.flatMap((object) => {
    if (object.apiVersion !== 'v1' || object.kind !== 'ResourceQuota') return [];
    try {
      return [resourceQuotaOf(object)];
    } catch (error) {
      if (error instanceof UnreadableObject) return [];
      throw error;
    }
  });
}

/** Whether somebody wrote Endpoints for a service; undefined where no Endpoints are known at all. */
function endpointsIn(objects: readonly KubeObject[]): (object: JsonObject, namespace: string | undefined) => boolean | undefined {
  const keyOf = (namespace: unknown, name: unknown) => JSON.stringify([namespace, name]);
  const known = new Set(objects.filter(({ kind }) => kind === 'Endpoints').map(({ metadata }) => keyOf(metadata.namespace, metadata.name)));
  if (known.size === 0) return () => undefined;
  return (object, namespace) => {
    const metadata = isMap(object['metadata']) ? object['metadata'] : {};
    return known.has(keyOf(metadata['namespace'] ?? namespace, metadata['name']));
  };
}
