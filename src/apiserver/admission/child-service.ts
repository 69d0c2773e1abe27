import type { FieldError } from '../../core/field-errors.ts';
import type { Finding } from '../../core/finding.ts';
import { goQuote } from '../../core/go-quote.ts';
import { type IpAddress, isLinkLocalUnicast, isLoopback, parseCidr, parseIp } from '../../core/ip-address.ts';
import { healthCheckAnnotation, type ProviderSource, trafficPolicyAnnotation } from '../../core/load-balancer.ts';
import { dns1035Label } from '../../core/name-rules.ts';
import type { ProfileTraits } from '../../core/profile.ts';
import { type ControllerSetup, type Planned, planMetadata, planService } from '../../core/reconcile.ts';
import { hasSkipAnnotation } from '../../core/validation/exemption.ts';
import { type Complaint, findingOf } from '../../core/validation/refusal.ts';
import { type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { namespaces, services } from '../../model/resources.ts';
import { type Service, serviceOf } from '../../model/service.ts';
import { conversionAnnotation, vmServiceOf } from '../../model/virtual-machine-service.ts';
import { Refusal } from '../answers.ts';
import type { ServerConfig } from '../config.ts';
import { toStorage } from '../conversion/conversion.ts';
import { storedObject } from '../json.ts';
import { prepareNew, validateCreation } from '../kind-rules.ts';
import { loadObjects } from '../load.ts';
import type { ApiRequest } from '../request.ts';
import { findKind, type ResourceEntry } from '../resources.ts';
import { applyDefaults } from '../service/defaults.ts';
import { serviceAnnotations } from '../service/service-validation.ts';
import { settleService } from '../service/service-write.ts';
import { handle } from '../state.ts';
import { emptyState, findObject, type State, type StoredObject } from '../store.ts';
import { warningsFor } from '../write-warnings.ts';
import { childComplaints, fieldComplaint, stoppedBy } from './child-complaints.ts';

/** The place where a child Service would be created. */
export interface ChildPlace {
  readonly state: State;
  /** Undefined: nobody knows the cluster's ranges, and every address may be in them. */
  readonly serviceCidrs: readonly string[] | undefined;
  readonly provider: ProviderSource;
}

export interface ChildContext {
  readonly config: ServerConfig;
  readonly traits: ProfileTraits;
  readonly workloadIPv6: boolean;
  readonly namespace: string | undefined;
  /** The namespace where the Service goes. */
  readonly target: string;
  /** What was found out about Services that are alike, for as long as `place` stays the same. */
  readonly accepted: Map<string, boolean>;
  readonly place: ChildPlace;
}

/**
 * What Kubernetes would refuse of the Service that the controller makes of an accepted VirtualMachineService. The Service is computed
 * as the controller computes it, and created in an in-memory API server with what is known of the cluster in it.
 *
 * Of an update whose Service is not known, the Service is taken to be as the stored object makes it.
 * @param written as the API server would take it in
 * @param object as it was written, which the findings point at
 */
export function childRefusals(
  written: StoredObject,
  object: JsonObject,
  old: StoredObject | undefined,
  context: ChildContext,
): readonly Finding[] {
  // What is being deleted gets no Service any more, and it keeps the one that it has until the end.
  if (written.metadata.deletionTimestamp !== undefined) return [];
  // No update changes a name: the Service has that of the stored object.
  const named =
    old === undefined ? written : storedObject({ ...written, metadata: { ...mapAt(written, 'metadata'), name: old.metadata.name } });
  const { target, place } = context;
  if (old === undefined && isPlainlyAccepted(written, object, context)) return [];
  const { state } = place;
  const isKnown = findObject(state, services, target, named.metadata.name) !== undefined;
  const before = old === undefined || isKnown ? undefined : createChild(old, old, target, state, context);
  const first = createChild(named, object, target, before?.state ?? state, context);
  const next =
    first.complaints.some(isRefusal) || !asksForFamilies(named)
      ? []
      : again(named, object, { before: before?.state ?? state, made: first.state }, context);
  const complaints = [...first.complaints, ...next];
  const refusedBefore = new Set(before?.complaints.map(({ message }) => message));
  const subject = { object, namespace: context.namespace };
  return complaints.map((complaint) =>
    findingOf(
      subject,
      refusedBefore.has(complaint.message) ? { ...complaint, why: 'it is refused already, before this change' } : complaint,
    ),
  );
}

/**
 * Whether a new Service is accepted without a word. It depends on few fields, in which thousands of objects agree, so that the answer is
 * remembered; and it is found out without storing anything, which takes a tenth of the time.
 */
function isPlainlyAccepted(written: StoredObject, object: JsonObject, context: ChildContext): boolean {
  const { place, target, accepted } = context;
  const { name } = written.metadata;
  const namespace = findObject(place.state, namespaces, '', target);
  if (hasSkipAnnotation(object) || asksForFamilies(written) || findObject(place.state, services, target, name) !== undefined) return false;
  if (namespace?.metadata.deletionTimestamp !== undefined || dns1035Label(name).length > 0) return false;
  const key = JSON.stringify([target, { ...mapAt(written, 'spec'), selector: null }, decisiveAnnotations(written)]);
  const known = accepted.get(key) ?? isAcceptedUnstored(written, context);
  accepted.set(key, known);
  return known;
}

/** Annotations that decide about a Service; all others are checked on the VirtualMachineService already. */
function decisiveAnnotations({ metadata: { annotations = {} } }: StoredObject): readonly string[] {
  return decisive.map((key) => (Object.hasOwn(annotations, key) ? `=${annotations[key]}` : ''));
}

const decisive = [trafficPolicyAnnotation, healthCheckAnnotation, conversionAnnotation, ...serviceAnnotations];

function isAcceptedUnstored(written: StoredObject, context: ChildContext): boolean {
  const { config, place } = context;
  if (outsideEveryRange(written).length > 0) return false;
  const desired = desiredFor(written, undefined, context);
  if (desired === undefined || 'refusal' in desired) return false;
  try {
    const entry = serviceEntry(config);
    const sent = storedObject(applyDefaults(prepareNew(storedObject(jsonOf(desired.plan)), entry), entry));
    const ranged = { ...config, serviceCidrs: place.serviceCidrs ?? anyRange };
    // Addresses that nobody asks for need not be found.
    const dryRun = textAt(mapAt(written, 'spec'), 'clusterIp') === '';
    const settled = settleService(sent, undefined, { state: place.state, config: ranged, entry, dryRun });
    return validateCreation(settled, entry).length === 0 && warningsFor(settled, undefined, entry).length === 0;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function serviceEntry({ profile }: ServerConfig): ResourceEntry {
  const entry = findKind(profile, 'v1', services.kind);
  if (entry === undefined) throw new Error('every server has Services: this cannot happen');
  return entry;
}

function isRefusal({ severity = 'error' }: Complaint): boolean {
  return severity === 'error';
}

function asksForFamilies(written: StoredObject): boolean {
  return listAt(mapAt(written, 'spec'), 'ipFamilies').length > 0;
}

/**
 * The next reconcile of a Service that has just been made. One family with a policy for two gets a second one from the server, which the
 * controller then tries to take away each time, and is refused.
 */
function again(
  written: StoredObject,
  object: JsonObject,
  { before, made }: { readonly before: State; readonly made: State },
  context: ChildContext,
): readonly Complaint[] {
  const { complaints } = createChild(written, object, context.target, made, context);
  const refusals = complaints.filter(isRefusal).map((complaint): Complaint => ({ ...complaint, why: onceMade }));
  if (refusals.length === 0 || !isAcceptedOfOneFamily(written, object, before, context)) return refusals;
  return refusals.map((complaint) => ({ ...complaint, severity: 'warning', message: `on a dual-stack cluster ${complaint.message}` }));
}

/** Whether a cluster that nobody knows could take it: one that has only the family that is asked for adds no second one. */
function isAcceptedOfOneFamily(written: StoredObject, object: JsonObject, state: State, context: ChildContext): boolean {
  const { target, place } = context;
  if (place.serviceCidrs !== undefined) return false;
  const [family] = listAt(mapAt(written, 'spec'), 'ipFamilies');
  const single = { ...context, place: { ...place, serviceCidrs: anyRange.filter((cidr) => parseCidr(cidr)?.family === family) } };
  const first = createChild(written, object, target, state, single);
  return ![...first.complaints, ...createChild(written, object, target, first.state, single).complaints].some(isRefusal);
}

const onceMade =
  'the Service is created once, and no change reaches it afterwards: the server adds the second family, and does not let it go';

interface ChildOutcome {
  /** With the Service in it, where it could be created. */
  readonly state: State;
  readonly complaints: readonly Complaint[];
}

function createChild(written: StoredObject, object: JsonObject, namespace: string, given: State, context: ChildContext): ChildOutcome {
  const { config, place } = context;
  const stored = findObject(given, services, namespace, written.metadata.name);
  const existing = stored === undefined ? undefined : serviceOf(stored);
  const service = desiredFor(written, existing, context);
  if (service === undefined) return { state: given, complaints: [] };
  if ('refusal' in service) return { state: given, complaints: [stoppedBy(service.refusal)] };
  const state = findObject(given, namespaces, '', namespace) === undefined ? withNamespace(given, namespace, config) : given;
  const request: ApiRequest = {
    ...requestFor(namespace),
    verb: existing === undefined ? 'create' : 'update',
    ...(existing !== undefined && { name: existing.metadata.name }),
    body: jsonOf(service.plan),
  };
  const outcome = handle(state, request, { ...config, serviceCidrs: place.serviceCidrs ?? anyRange });
  const complaints = childComplaints(outcome.response, object);
  if (complaints.some(isRefusal) || existing !== undefined) return { state: outcome.state, complaints };
  const outside = place.serviceCidrs === undefined ? outsideEveryRange(written) : [];
  return outside.length === 0
    ? { state: outcome.state, complaints }
    : { state: given, complaints: [...complaints, ...outside.map((error) => fieldComplaint(object, error))] };
}

/** The Service that the controller would write; undefined for a version that is not served. */
function desiredFor(written: StoredObject, existing: Service | undefined, context: ChildContext): Planned<Service> | undefined {
  const { config, traits, workloadIPv6, place, target } = context;
  const entry = findKind(config.profile, written.apiVersion, written.kind);
  if (entry === undefined) return undefined;
  const setup: ControllerSetup = { traits, workloadIPv6, role: 'controller', adopt: true };
  const metadata = { ...mapAt(written, 'metadata'), namespace: target, uid: written.metadata.uid ?? noUid };
  const placed = storedObject({ ...written, metadata });
  // Older versions have nothing to convert but what travels in their annotation.
  const hub =
    written.metadata.annotations?.[conversionAnnotation] === undefined
      ? storedObject({ ...placed, apiVersion: hubOf(entry) })
      : toStorage(placed, entry, config);
  const planned = planMetadata(vmServiceOf(hub), place.provider, setup);
  return 'refusal' in planned ? planned : planService(planned.plan, existing, place.provider, setup);
}

function hubOf({ group, storageVersion }: ResourceEntry): string {
  return `${group}/${storageVersion}`;
}

function requestFor(namespace: string): Omit<ApiRequest, 'verb'> {
  return { resource: { ...services, version: 'v1' }, namespace, options: {}, now: longAgo, newUid: () => noUid };
}

const noUid = '00000000-0000-0000-0000-000000000000';
const longAgo = '2000-01-01T00:00:00Z';
const anyRange = ['0.0.0.0/0', '::/0'];

function withNamespace(state: State, name: string, config: ServerConfig): State {
  return loadObjects(state, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }], {
    config,
    now: longAgo,
    created: longAgo,
    newUid: () => noUid,
  }).state;
}

/**
 * A state with the objects of the cluster that matter to a child Service. Services as people write them get what a server would have
 * given them.
 * @throws Error for an object that the server cannot hold
 */
export function childState(objects: readonly KubeObject[], config: ServerConfig, serviceCidrs: readonly string[] | undefined): State {
  const asWritten = objects.filter((object) => object.kind === 'Service' && !isSettled(object));
  const stored = objects.filter((object) => !asWritten.includes(object));
  const start = loadObjects(emptyState, stored, { config, now: longAgo, created: longAgo, newUid: () => noUid }).state;
  return asWritten.reduce((before, object) => {
    const namespace = object.metadata.namespace ?? 'default';
    const ready = findObject(before, namespaces, '', namespace) === undefined ? withNamespace(before, namespace, config) : before;
    const request: ApiRequest = { ...requestFor(namespace), verb: 'create', body: jsonOf(object) };
    return handle(ready, request, { ...config, serviceCidrs: serviceCidrs ?? anyRange }).state;
  }, start);
}

/** A Service that a server has stored, or one that gets no addresses. */
function isSettled(object: KubeObject): boolean {
  const { clusterIPs, type } = serviceOf(object).spec;
  return type === 'ExternalName' || (clusterIPs ?? []).length > 0;
}

/** An address that is in no cluster's service range. */
function outsideEveryRange(written: StoredObject): readonly FieldError[] {
  const spec = mapAt(written, 'spec');
  const clusterIp = textAt(spec, 'clusterIp');
  const ip = textAt(spec, 'type') === 'ExternalName' ? undefined : parseIp(clusterIp);
  if (ip === undefined || !isNeverService(ip)) return [];
  const list = `[]string{${goQuote(clusterIp)}}`;
  const message = `Invalid value: ${list}: failed to allocate IP ${clusterIp}: the provided network does not match the current range`;
  return [{ reason: 'FieldValueInvalid', field: 'spec.clusterIPs', message }];
}

function isNeverService(ip: IpAddress): boolean {
  const isMulticast = ip.family === 'IPv4' ? ip.value >> 28n === 0xen : ip.value >> 120n === 0xffn;
  return ip.value === 0n || isLoopback(ip) || isLinkLocalUnicast(ip) || isMulticast || (ip.family === 'IPv4' && ip.value === 0xffffffffn);
}
