import { systemClock } from '../../cluster/clock.ts';
import type { OnTrouble } from '../../cluster/gathered-troubles.ts';
import { ownFieldManager } from '../../core/field-manager.ts';
import type { Finding } from '../../core/finding.ts';
import { isSeen, itemsOf, type LegName } from '../../core/snapshot.ts';
import { changes, type ReconcileItem, stepObject } from '../../core/step.ts';
import { type ServiceTrace, traceService } from '../../core/trace/trace.ts';
import { type Unmet, unmetCondition, unmetHealth, unmetInTrace } from '../../core/wait-condition.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import type { Io } from '../io.ts';
import type { LoadedWorld } from '../load-world.ts';
import type { ReconcileOptions } from '../reconcile/reconcile-options.ts';
import { askedByRules, type Scope, type WorldRequest } from '../scope.ts';
import { watchWorld } from '../watch/watch-world.ts';
import type { WaitFor } from './for-flag.ts';
import { unmetPath } from './object-path.ts';

/** One object that is waited for. */
export interface Wanted {
  readonly namespace: string;
  readonly name: string;
}

/** What is missing of one object. */
export interface Open extends Wanted {
  /** Undefined: it does not exist. */
  readonly vmService: VirtualMachineService | undefined;
  readonly unmet: readonly (Unmet & { readonly condition: WaitFor })[];
}

/** `unseen`: something that matters could not be looked at, and will not be by waiting. */
export interface Waited {
  readonly ended: 'met' | 'timeout' | 'interrupted' | 'unseen';
  readonly open: readonly Open[];
  /** Of the last look; undefined when there was none in time. */
  readonly loaded: LoadedWorld | undefined;
  /** The server was away at the end: what is said of the objects was so when it last answered. */
  readonly lost: boolean;
}

export interface WaitOptions {
  readonly wanted: readonly Wanted[];
  /** For each object all must hold at the same time. */
  readonly conditions: readonly WaitFor[];
  /** Milliseconds; 0 looks once. */
  readonly timeout: number;
  /** Which objects are meant where that is known, by `namespace/name`; otherwise it is the first that is seen. */
  readonly uids?: ReadonlyMap<string, string | undefined>;
  /** An object for which everything holds, with the object as it was then; undefined for one that is gone. */
  readonly onMet: (wanted: Wanted, vmService: VirtualMachineService | undefined) => void;
  /** After every look. */
  readonly onLook?: (open: readonly Open[]) => void;
  /** As `WatchOptions`. */
  readonly onTrouble?: OnTrouble;
}

/** What has to be read to judge the conditions. */
export function waitRequest(conditions: readonly WaitFor[], command: string): WorldRequest {
  const legs = new Set<LegName>(['vmServices', ...conditions.flatMap(({ kind }) => legsOf[kind])]);
  const asksRules = conditions.some(({ kind }) => kind === 'healthy');
  return {
    command,
    legs: [...legs],
    capabilities: legs.has('networkSettings'),
    ...(asksRules && askedByRules),
  };
}

const legsOf: Readonly<Record<WaitFor['kind'], readonly LegName[]>> = {
  address: ['services'],
  endpoints: ['vms', 'services', 'endpoints'],
  healthy: ['vms', 'services', 'endpoints', 'slices', 'events', 'networkSettings'],
  reconciled: ['vms', 'services', 'endpoints', 'networkSettings'],
  stored: ['vms', 'services', 'endpoints', 'networkSettings'],
  create: [],
  delete: [],
  jsonpath: [],
  condition: [],
};

/**
 * Watches until everything holds for every object, each of which is done with as soon as everything holds for it.
 * @throws as `watchWorld`, and CliError for a path that does not fit an object
 */
export async function waitUntil(scope: Scope, request: WorldRequest, options: WaitOptions, io: Io): Promise<Waited> {
  const { timeout, onMet, onLook, onTrouble } = options;
  const uids = new Map(options.uids);
  let open: readonly Open[] = options.wanted.map((wanted) => ({ ...wanted, vmService: undefined, unmet: [] }));
  let last: LoadedWorld | undefined;
  let lost = false;
  const over = new AbortController();
  let expired = timeout === 0;
  // However short the time is, it is looked once.
  const expire = (): void => {
    expired = true;
    if (last !== undefined) over.abort();
  };
  const cancel = systemClock.after(timeout, expire);
  try {
    const signal = AbortSignal.any([io.signal, over.signal]);
    const heard: OnTrouble = (sentence) => {
      lost = sentence !== undefined;
      onTrouble?.(sentence);
    };
    for await (const loaded of watchWorld(scope, request, { signal, onTrouble: heard }, io)) {
      last = loaded;
      const looked = await Promise.all(open.map((wanted) => look(wanted, options.conditions, loaded, uids, io)));
      for (const { namespace, name, vmService, unmet } of looked) if (unmet.length === 0) onMet({ namespace, name }, vmService);
      open = looked.filter(({ unmet }) => unmet.length > 0);
      onLook?.(open);
      if (open.length === 0) return { ended: 'met', open, loaded, lost };
      if (open.some(({ unmet }) => unmet.some(({ unseen }) => unseen !== undefined))) return { ended: 'unseen', open, loaded, lost };
      if (expired) break;
    }
  } finally {
    cancel();
  }
  return { ended: io.signal.aborted ? 'interrupted' : 'timeout', open, loaded: last, lost };
}

async function look(
  { namespace, name }: Wanted,
  conditions: readonly WaitFor[],
  loaded: LoadedWorld,
  uids: Map<string, string | undefined>,
  io: Io,
): Promise<Open> {
  const { vmServices } = loaded.world.snapshot;
  const vmService = itemsOf(vmServices).find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  const unseen = isSeen(vmServices) ? {} : { unseen: vmServices.unavailable };
  const others = conditions.some(({ kind }) => kind === 'healthy');
  const traceOf = traceOnce(vmService, others, loaded);
  const first = firstUid(uids, `${namespace}/${name}`, vmService);
  const unmet: (Unmet & { readonly condition: WaitFor })[] = [];
  for (const condition of conditions) {
    const found = 'unseen' in unseen ? { text: 'could not be looked at' } : await unmetOf(condition, vmService, first, traceOf, loaded, io);
    if (found !== undefined) unmet.push({ ...found, ...unseen, condition });
  }
  return { namespace, name, vmService, unmet };
}

/** An object of the same name that came later is another one. */
function firstUid(uids: Map<string, string | undefined>, key: string, vmService: VirtualMachineService | undefined): string | undefined {
  if (!uids.has(key) && vmService !== undefined) uids.set(key, vmService.metadata.uid);
  return uids.get(key);
}

function traceOnce(
  vmService: VirtualMachineService | undefined,
  others: boolean,
  { world, source }: LoadedWorld,
): () => ServiceTrace | undefined {
  let trace: ServiceTrace | undefined;
  return () => {
    trace ??= vmService && traceService(vmService, world, { now: source.now(), others, compareService: true });
    return trace;
  };
}

async function unmetOf(
  condition: WaitFor,
  vmService: VirtualMachineService | undefined,
  firstUid: string | undefined,
  traceOf: () => ServiceTrace | undefined,
  loaded: LoadedWorld,
  io: Io,
): Promise<Unmet | undefined> {
  if (condition.kind === 'delete') {
    return vmService === undefined || vmService.metadata.uid !== firstUid ? undefined : { text: stillThere(vmService) };
  }
  const trace = traceOf();
  return vmService === undefined || trace === undefined
    ? { text: 'does not exist' }
    : unmetOfObject(condition, vmService, trace, loaded, io);
}

async function unmetOfObject(
  condition: Exclude<WaitFor, { kind: 'delete' }>,
  vmService: VirtualMachineService,
  trace: ServiceTrace,
  loaded: LoadedWorld,
  io: Io,
): Promise<Unmet | undefined> {
  switch (condition.kind) {
    case 'create':
      return undefined;
    case 'address':
    case 'endpoints':
      return unmetInTrace(condition, trace);
    case 'healthy':
      return unmetHealth(trace, await findingsOf(trace, loaded));
    case 'reconciled':
      return unreconciled(vmService, asUsual, undefined, loaded, io);
    case 'stored':
      return unreconciled(vmService, condition.options, condition.child, loaded, io);
    case 'condition':
      return unmetCondition(condition.type, condition.status, vmService);
    case 'jsonpath':
      return unmetPath(condition, vmService);
  }
}

/** The findings of `describe`, by the same rules. */
async function findingsOf(trace: ServiceTrace, { world, source }: LoadedWorld): Promise<readonly Finding[]> {
  const [{ traceFindings }, { agesAt }] = await Promise.all([
    import('../../core/diagnosis/trace-findings.ts'),
    import('../../core/diagnosis/times.ts'),
  ]);
  const now = source.now();
  return traceFindings(world, now, agesAt(now), source.access)(trace);
}

function stillThere({ metadata }: VirtualMachineService): string {
  return metadata.deletionTimestamp === undefined ? 'nobody has deleted it' : 'is being deleted';
}

const asUsual: ReconcileOptions = {
  asController: false,
  adopt: false,
  skipStatus: false,
  serviceOnly: false,
  fieldManager: ownFieldManager,
};

/** What `diff` would show, by the same computation: all, or of one child alone. */
async function unreconciled(
  vmService: VirtualMachineService,
  options: ReconcileOptions,
  child: string | undefined,
  loaded: LoadedWorld,
  io: Io,
): Promise<Unmet | undefined> {
  const { snapshot } = loaded.world;
  for (const leg of [snapshot.vms, snapshot.services, snapshot.endpoints]) {
    if ('unavailable' in leg) return { text: 'not all could be looked at', unseen: leg.unavailable };
  }
  const { runOver, simulate } = await import('../reconcile/reconcile-run.ts');
  const run = runOver(loaded, options, false);
  const outcomes = await simulate({ ...run, vmServices: [vmService], refused: [] }, io.signal);
  const wrong = outcomes.flatMap(({ item }) => differencesOf(item, child));
  return wrong.length === 0 ? undefined : { text: wrong.join(', ') };
}

function differencesOf({ error, steps }: ReconcileItem, child: string | undefined): readonly string[] {
  if (error !== null) return [error.message];
  return steps
    .filter((step) => changes(step) && (child === undefined || step.ref.kind === child))
    .map((step) => `${stepObject(step)} would be ${step.operation}`);
}
