import { loadSnapshot } from '../../cluster/load-snapshot.ts';
import { aroundOf } from '../../core/diagnosis/around.ts';
import { type Around, type ServiceSubject, serviceSubject } from '../../core/diagnosis/subject.ts';
import { timesAt } from '../../core/diagnosis/times.ts';
import type { Finding } from '../../core/finding.ts';
import { createMergePatch } from '../../core/patch.ts';
import { isSeen, itemsOf, type Leg, type Snapshot } from '../../core/snapshot.ts';
import { type LiveChange, memberChanges, problemChanges, type ServerVerdict } from '../../core/validation/live-change.ts';
import { findingOf } from '../../core/validation/refusal.ts';
import { unreadablePorts } from '../../core/validation/unreadable-ports.ts';
import { inOrder, type SuppressedFinding } from '../../core/validation/validation-report.ts';
import { type World, worldOf } from '../../core/world.ts';
import { type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { namespaces } from '../../model/resources.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { inNamespace } from '../offline-source.ts';
import { profileFor } from '../release-facts.ts';
import type { Source } from '../source.ts';
import type { Flags } from '../spec.ts';
import { type Asking, askingOf } from './ask-server.ts';
import { seenProvider } from './check-live.ts';
import { clusterContext } from './cluster-context.ts';
import { soundService } from './context-snapshot.ts';
import { type Judge, judged, judgeOf } from './judge.ts';
import { checkedService, locatedIn, type ManifestSet, type WrittenService } from './manifest-set.ts';
import { metadataText } from './metadata-text.ts';
import { overlaid } from './overlay.ts';
import { serverComplaints } from './server-complaints.ts';
import type { Verdicts } from './verdicts.ts';

/** What files would do in a cluster, and everything that is to be said about them there. */
export interface Overlay extends Verdicts {
  readonly changes: readonly LiveChange[];
  readonly before: World;
  /** Namespaces that the files name and that are neither in the cluster nor in the files. */
  readonly missingNamespaces: readonly string[];
}

const legs = ['vmServices', 'vms', 'services', 'endpoints', 'networkSettings'] as const;

/**
 * Lays files over the cluster: judges each object as the change that it would be there, follows its selector before and after, and has
 * the server try the write, as far as the user may write. Nothing is stored.
 */
export async function checkOverlay(set: ManifestSet, source: Source, flags: Flags): Promise<Overlay> {
  const ground = await groundOf(set, source, flags);
  const { snapshot, before, namespace, place } = ground;
  const laid = await Promise.all(set.services.map((service) => laidOver(service, ground)));
  const changes = laid.map(({ change }) => change);
  const { release, version } = before.facts;
  return {
    report: {
      files: set.files,
      objects: set.objects,
      services: set.services.map((service) => checkedService(service, namespace ?? place)),
      release,
      version,
      findings: inOrder([...set.findings, ...changes.flatMap(({ problems }) => [...problems.fresh, ...problems.unchanged])]),
      suppressed: laid.flatMap(({ suppressed }) => suppressed),
    },
    facts: before.facts,
    vmsSeen: isSeen(snapshot.vms),
    changes,
    before,
    missingNamespaces: [...new Set(changes.flatMap(({ server, namespace: name }) => (server.outcome === 'noNamespace' ? [name] : [])))],
  };
}

/** The cluster that the files are laid over, as it is and as it would be, with who judges the services in each. */
interface Ground {
  readonly snapshot: Snapshot;
  readonly before: World;
  readonly after: World;
  readonly judges: { readonly before: Judge; readonly after: Judge };
  readonly around: { readonly before: Around; readonly after: Around };
  readonly asking: Asking;
  /** The services of the cluster, by namespace and name. */
  readonly stored: ReadonlyMap<string, VirtualMachineService>;
  /** The namespaces that the files themselves have. */
  readonly brought: ReadonlySet<string>;
  /** What `-n` says. */
  readonly namespace: string | undefined;
  /** Where an object goes that does not say so. */
  readonly place: string;
}

async function groundOf(set: ManifestSet, source: Source, flags: Flags): Promise<Ground> {
  const place = source.namespace;
  const namespace = flags.text('namespace');
  const facts = await source.facts({ askCapabilities: true });
  const snapshot = await clusterAround(set, source, place);
  const context = await clusterContext(source.cluster, snapshot, flags);
  const written = set.services.map(({ object }) => object);
  const others = set.context.map(({ object }) => inNamespace(object, place));
  const before = worldOf(snapshot, facts);
  const after = worldOf(overlaid(snapshot, written, others, place), facts);
  const judgeIn = (world: World, services: readonly JsonObject[]): Promise<Judge> =>
    judgeOf({
      profile: profileFor(facts.version, flags),
      world,
      objects: context.objects,
      providerOf: (name) => seenProvider(world.providerSource(name)),
      kubernetesMinor: context.kubernetesMinor,
      namespace,
      place,
      now: source.now(),
      live: true,
      access: source.access,
      services,
    });
  const [judgeBefore, judgeAfter] = await Promise.all([judgeIn(before, itemsOf(snapshot.vmServices).map(jsonOf)), judgeIn(after, written)]);
  return {
    snapshot,
    before,
    after,
    judges: { before: judgeBefore, after: judgeAfter },
    around: { before: aroundOf(before, timed(source)), after: aroundOf(after, timed(source)) },
    asking: askingOf(source.cluster),
    stored: new Map(itemsOf(snapshot.vmServices).map((service) => [keyOf(service, place), service])),
    brought: new Set(set.context.flatMap(({ object }) => (object.kind === namespaces.kind ? [object.metadata.name] : []))),
    namespace,
    place,
  };
}

/** What one service of the files would do. */
async function laidOver(
  service: WrittenService,
  ground: Ground,
): Promise<{ readonly change: LiveChange; readonly suppressed: readonly SuppressedFinding[] }> {
  const { snapshot, before, after, judges, around, asking, stored, namespace, place } = ground;
  const { object } = service;
  const sound = soundService(object, place);
  const goesTo = metadataText(object, 'namespace') ?? place;
  const live = stored.get(`${goesTo}/${metadataText(object, 'name') ?? ''}`);
  const old = live === undefined ? undefined : jsonOf(live);
  const door = judges.after.atTheDoor(object, old).filter(({ severity }) => severity === 'error');
  const isNew = isSeen(snapshot.vmServices) && live === undefined;
  const judgedAsSent = judges.after.of(asOldAs(object, live), old);
  const found = isNew ? judgedAsSent.map(forgivenBeforeItIsThere) : judgedAsSent;
  const subjectAfter = subjectOf(sound, after, around.after);
  const server = await serverVerdict(sound, object, live, ground);
  // What no controller can read never gets a Service: there is none to try.
  const tried = unreadablePorts(object).length === 0 ? subjectAfter : undefined;
  const fromServer = await serverComplaints(server, door, found, tried, asking);
  const all = [...found, ...fromServer.map((complaint) => findingOf({ object, namespace }, complaint))];
  const verdict = judged(object, all, judges.after, namespace, (finding) => locatedIn(finding, service.written));
  const problemsBefore = old === undefined ? [] : judged(old, judges.before.ofStored(old), judges.before, namespace, bare).findings;
  const isRefused = door.length > 0 || server.outcome === 'refused' || server.outcome === 'noNamespace';
  return {
    suppressed: verdict.suppressed,
    change: {
      file: service.written.file,
      name: metadataText(object, 'name') ?? sound?.metadata.name ?? '',
      namespace: goesTo,
      operation: isRefused ? 'refused' : isSeen(snapshot.vmServices) ? operationOf(object, live) : 'unknown',
      members:
        isSeen(snapshot.vmServices) && isSeen(snapshot.vms) && sound !== undefined
          ? membersOf(live, before, around.before, subjectAfter)
          : undefined,
      problems: problemChanges(
        problemsBefore.map(({ finding }) => finding),
        verdict.findings,
      ),
      server,
    },
  };
}

/** What the server says to the write, or why it was not asked. */
async function serverVerdict(
  sound: VirtualMachineService | undefined,
  object: JsonObject,
  live: VirtualMachineService | undefined,
  { snapshot, asking, brought, place }: Ground,
): Promise<ServerVerdict> {
  if (sound === undefined) return { outcome: 'notTried', why: 'it is too broken to be sent' };
  if (!isSeen(snapshot.vmServices)) return { outcome: 'notTried', why: 'what is stored could not be looked at' };
  const said = await asking.vmService(sentAs(sound, object), live);
  const isBrought = said.outcome === 'noNamespace' && brought.has(metadataText(object, 'namespace') ?? place);
  return isBrought ? { outcome: 'notTried', why: 'its namespace is in the files, and not there yet' } : said;
}

function timed(source: Source): Parameters<typeof aroundOf>[1] {
  const now = source.now();
  return { now, times: timesAt(now) };
}

const bare = (finding: Finding) => ({ finding, source: undefined });

function keyOf({ metadata }: VirtualMachineService, place: string): string {
  return `${metadata.namespace ?? place}/${metadata.name}`;
}

/** The namespaces that the files name, read one by one, as one snapshot. */
async function clusterAround(set: ManifestSet, source: Source, place: string): Promise<Snapshot> {
  const named = [...new Set(set.services.map(({ object }) => metadataText(object, 'namespace') ?? place))];
  const snapshots = await Promise.all(
    (named.length === 0 ? [place] : named).map((namespace) =>
      loadSnapshot(source.cluster, { namespace, names: [], version: source.version, legs, writers: false }),
    ),
  );
  return snapshots.map(({ snapshot }) => snapshot).reduce(joined);
}

/** What could not be looked at in one namespace is not known as a whole. */
function joined(left: Snapshot, right: Snapshot): Snapshot {
  const both = <T>(one: Leg<T>, other: Leg<T>): Leg<T> =>
    !isSeen(one) ? one : !isSeen(other) ? other : { items: [...one.items, ...other.items] };
  return {
    namespace: undefined,
    vmServices: both(left.vmServices, right.vmServices),
    vms: both(left.vms, right.vms),
    services: both(left.services, right.services),
    endpoints: both(left.endpoints, right.endpoints),
    slices: both(left.slices, right.slices),
    events: both(left.events, right.events),
    networkSettings: both(left.networkSettings, right.networkSettings),
  };
}

/** The service as it would be in the cluster. */
function subjectOf(sound: VirtualMachineService | undefined, world: World, around: Around): ServiceSubject | undefined {
  const { metadata } = sound ?? {};
  const there = itemsOf(world.snapshot.vmServices).find(
    (item) => item.metadata.name === metadata?.name && item.metadata.namespace === metadata?.namespace,
  );
  return there === undefined ? undefined : serviceSubject(there, around);
}

function membersOf(
  live: VirtualMachineService | undefined,
  before: World,
  around: Around,
  after: ServiceSubject | undefined,
): LiveChange['members'] {
  const was = subjectOf(live, before, around);
  return memberChanges(was?.decisions ?? [], after?.decisions ?? []);
}

/** As it was written, in the namespace where it goes: a spec that is not there is not sent. */
function sentAs(sound: VirtualMachineService, written: JsonObject): KubeObject {
  const { spec: _, ...bare } = sound;
  return 'spec' in written ? sound : bare;
}

/** What is forgiven in the first minutes of an object is forgiven in its change, too. */
function asOldAs(object: JsonObject, live: VirtualMachineService | undefined): JsonObject {
  const { creationTimestamp } = live?.metadata ?? {};
  const { metadata } = object;
  return creationTimestamp === undefined || !isMap(metadata) ? object : { ...object, metadata: { ...metadata, creationTimestamp } };
}

/** A service that comes before its VMs is a way to work: what is only warned of in its first minutes is no error before them. */
function forgivenBeforeItIsThere(finding: Finding): Finding {
  return finding.code === 'VMS201' && finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding;
}

function operationOf(object: JsonObject, live: VirtualMachineService | undefined): LiveChange['operation'] {
  if (live === undefined) return 'created';
  const metadata = object['metadata'];
  const mapOf = (field: 'labels' | 'annotations'): JsonObject => {
    const map =
      typeof metadata === 'object' && metadata !== null ? Object.entries(metadata).find(([key]) => key === field)?.[1] : undefined;
    return typeof map === 'object' && map !== null ? Object.fromEntries(Object.entries(map)) : {};
  };
  const own = (map: Readonly<Record<string, string>> | undefined, written: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => Object.hasOwn(written, key)));
  const [labels, annotations] = [mapOf('labels'), mapOf('annotations')];
  const change = createMergePatch(
    {
      spec: jsonOf(live)['spec'] ?? {},
      labels: own(live.metadata.labels, labels),
      annotations: own(live.metadata.annotations, annotations),
    },
    { spec: object['spec'] ?? {}, labels, annotations },
  );
  return change === undefined ? 'unchanged' : 'configured';
}
