import { randomBytes } from 'node:crypto';
import { ownFieldManager } from '../../core/field-manager.ts';
import { isSilent, podLines, podProgress, probePod, probePodLabels, probePodPrefix, selectingServices } from '../../core/probe/pod.ts';
import { type ProbeProblem, type ProbeReport, type ProbeTarget, probeLimits } from '../../core/probe/probe.ts';
import { type ObjectRef, refOf } from '../../model/object.ts';
import { pods, qualifiedPlural, services } from '../../model/resources.ts';
import { ApiError, isNotFound, isNotServed } from '../../model/status.ts';
import type { Clock } from '../clock.ts';
import { type AccessAttributes, type Cluster, ConnectionError } from '../cluster.ts';

export interface PodProbeRequest {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** The context that it was named by; undefined for the one of the command. */
  readonly context: string | undefined;
  readonly image: string;
  readonly targets: readonly ProbeTarget[];
  /** Milliseconds. */
  readonly hold: number;
  readonly send: Uint8Array | undefined;
  readonly expect: Uint8Array | undefined;
  readonly clock: Clock;
  /** Ends the waiting. The pod is removed all the same. */
  readonly signal: AbortSignal;
  now(): Date;
  /** A command to paste that leads to the same cluster, as the same user. */
  commandLine(words: readonly string[]): string;
  /** Told before the first write: from here on requests must be let to end. */
  onWriting(): void;
}

/**
 * Tries the targets from a pod in the namespace: asks for the rights and for a dry run first, makes one pod, waits for what it prints,
 * and removes it however this ends. What earlier runs left behind is removed as well. Where the server or the network does not let
 * it, the report has no lines and says why.
 */
export async function probeFromPod(request: PodProbeRequest): Promise<ProbeReport> {
  const { namespace, image, clock, context } = request;
  const started = clock.now();
  const { lines = [], notes = [], problem } = await outcomeOf(request).catch((error): Outcome => ({ problem: problemOf(error) }));
  return {
    vantage: { type: 'pod', namespace, context, image },
    lines,
    milliseconds: Math.round(clock.now() - started),
    notes,
    ...(problem !== undefined && { problem }),
  };
}

type Outcome = Partial<Pick<ProbeReport, 'lines' | 'notes' | 'problem'>>;

async function outcomeOf(request: PodProbeRequest): Promise<Outcome> {
  const { cluster, image, targets, expect } = request;
  // Nothing is put into the cluster to try nothing.
  if (targets.every(({ skip }) => skip !== undefined)) return { lines: podLines('', targets, expect) };
  const refused = await refusal(request);
  if (refused !== undefined) return { problem: refused };
  const notes = await removeLeftOvers(request);
  const name = `${probePodPrefix}${randomBytes(4).toString('hex')}`;
  const pod = probePod({ ...request, name });
  const tried = await rehearsal(cluster, pod, image);
  if (tried !== undefined) return { problem: tried };
  if (request.signal.aborted) return { problem: interrupted };

  request.onWriting();
  const log = await created(request, pod, name).catch(problemOf);
  const left = await remove(request, name);
  if (typeof log !== 'string')
    return { problem: left === undefined ? log : { message: `${log.message}; ${left.message}`, hint: left.hint } };
  return { lines: podLines(log, targets, expect), notes, ...(left !== undefined && { problem: left }) };
}

/** What the pod printed, once it was made. */
async function created(request: PodProbeRequest, pod: ReturnType<typeof probePod>, name: string): Promise<string | ProbeProblem> {
  await request.cluster.create(pod, { dryRun: 'none', fieldManager: ownFieldManager });
  const log = await outputOf(request, name);
  if (typeof log !== 'string' || !isSilent(log)) return log;
  return { message: 'the pod ended without a word', hint: imageHint(request.image, 'has to hold sh, and bash or busybox') };
}

/** @throws what is neither an answer of the server nor a lost connection */
function problemOf(error: unknown): ProbeProblem {
  if (error instanceof ApiError) return { message: `the pod could not be used: ${error.message}`, hint: [] };
  if (error instanceof ConnectionError) return { message: error.message, hint: error.hint === undefined ? [] : error.hint.split('\n') };
  throw error;
}

const interrupted: ProbeProblem = { message: 'interrupted', hint: ['no pod was left behind'] };

/** The rights, and that no Service would send its traffic to the pod. */
async function refusal({ cluster, namespace, commandLine }: PodProbeRequest): Promise<ProbeProblem | undefined> {
  const asked: readonly AccessAttributes[] = [
    ...['create', 'get', 'delete'].map((verb) => ({ namespace, verb, group: '', resource: 'pods' })),
    { namespace, verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  ];
  const answers = await Promise.all(asked.map(async (right) => ({ right, ...(await cluster.accessReview(right)) })));
  const denied = answers
    .filter(({ allowed }) => !allowed)
    .map(({ right }) => `${right.verb} ${right.resource}${right.subresource === undefined ? '' : '/log'}`);
  if (denied.length > 0) {
    return {
      message: `not permitted in namespace ${namespace}: ${denied.join(', ')}`,
      hint: [`what you may run: ${commandLine(['kubectl', 'vmsvc', 'can-i', '-n', namespace])}`],
    };
  }
  const selecting = selectingServices(
    (await cluster.list(services, 'v1', { namespace, withoutManagedFields: true })).items,
    probePodLabels,
  );
  if (selecting.length === 0) return undefined;
  return {
    message: `Service ${selecting.join(', ')} in ${namespace} selects pods with the labels of a probe, and would send it traffic`,
    hint: [],
  };
}

/** What an admission says about the pod, without side effects: pod security, quota, a limit range. */
async function rehearsal(cluster: Cluster, pod: ReturnType<typeof probePod>, image: string): Promise<ProbeProblem | undefined> {
  try {
    await cluster.create(pod, { dryRun: 'server', fieldManager: ownFieldManager });
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const hint = isNotServed(error) ? ['pods are not available in this cluster: try --from=laptop'] : [];
    return { message: `a pod of image ${image} would be refused: ${error.message}`, hint };
  }
}

/** What the pod prints until it ends; or why nothing comes. */
async function outputOf(request: PodProbeRequest, name: string): Promise<string | ProbeProblem> {
  const { cluster, namespace, image, clock, signal } = request;
  const begun = clock.now();
  let last = '';
  for (;;) {
    if (signal.aborted) return interrupted;
    const pod = await cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace, name });
    const progress = podProgress(pod);
    if (progress.state === 'ended') return logOf(cluster, { namespace, name });
    if (progress.state === 'stuck') return stuck(image, progress.reason);
    if (progress.state === 'waiting') last = progress.reason;
    const waited = clock.now() - begun;
    if (progress.state === 'waiting' && waited > probeLimits.podStart)
      return stuck(image, `it did not start within ${probeLimits.podStart / 1000}s: ${last}`);
    if (waited > probeLimits.podDeadlineSeconds * 1000) return stuck(image, 'it did not end in time');
    await clock.sleep(pollInterval, signal);
  }
}

/** What was printed; or why that cannot be had: the API server asks the node for it, and may not reach it. */
async function logOf(cluster: Cluster, pod: { readonly namespace: string; readonly name: string }): Promise<string | ProbeProblem> {
  try {
    return await cluster.podLog(pod);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const hint = 'the API server asks the node for it: whoever runs the cluster can tell why it gets no answer';
    return { message: `the pod ran, and what it printed cannot be read: ${error.message}`, hint: [hint] };
  }
}

function stuck(image: string, reason: string): ProbeProblem {
  const hint = /Image/.test(reason)
    ? imageHint(image, 'has to be one that the cluster can pull')
    : /Start|Run|Create/.test(reason)
      ? imageHint(image, 'has to hold sh, and bash or busybox')
      : [];
  return { message: `the pod for the probe does not run: ${reason}`, hint };
}

function imageHint(image: string, wanted: string): readonly string[] {
  return [`image ${image} ${wanted}: name another with --probe-image`];
}

const pollInterval = 1000;

/**
 * The name is random, so nobody else has it: also a create whose answer was lost is cleaned up.
 * @returns what is to be done by hand where that does not work
 */
async function remove({ cluster, namespace, commandLine }: PodProbeRequest, name: string): Promise<ProbeProblem | undefined> {
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
  let reason = '';
  for (let tries = 1; tries <= removeTries; tries++) {
    try {
      await cluster.delete(ref, { dryRun: 'none' });
      return await keptBy(cluster, ref);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      reason = error instanceof ApiError ? `: ${error.message}` : '';
    }
  }
  return {
    message: `pod ${name} in ${namespace} could not be removed${reason}; once it has begun, it ends by itself within two minutes`,
    hint: [`remove it: ${commandLine(['kubectl', 'delete', 'pod', name, '-n', namespace])}`],
  };
}

const removeTries = 3;

/** A pod that was deleted and stays, because somebody else's finalizer holds it; undefined where it is gone, or cannot be seen. */
async function keptBy(cluster: Cluster, ref: ObjectRef): Promise<ProbeProblem | undefined> {
  const { metadata } = await cluster.get(ref).catch(() => ({ metadata: undefined }));
  const finalizers = metadata?.finalizers ?? [];
  if (finalizers.length === 0) return undefined;
  const message = `pod ${ref.name} in ${ref.namespace} was deleted, and stays until ${finalizers.join(', ')} lets it go`;
  return { message, hint: ['whoever put that finalizer on the pod has to take it off'] };
}

/** Pods of probes that were killed, older than ten minutes. What cannot be removed is said, and does not stop this one. */
async function removeLeftOvers({ cluster, namespace, now, onWriting }: PodProbeRequest): Promise<readonly string[]> {
  try {
    const labelSelector = Object.entries(probePodLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const { items } = await cluster.list(pods, 'v1', { namespace, labelSelector, withoutManagedFields: true });
    const old = items.filter(
      ({ metadata }) =>
        metadata.name.startsWith(probePodPrefix) &&
        now().getTime() - Date.parse(metadata.creationTimestamp ?? '') > probeLimits.leftOverAge,
    );
    for (const pod of old) {
      onWriting();
      const { uid } = pod.metadata;
      await cluster.delete(refOf(pod), { dryRun: 'none', ...(uid === undefined ? {} : { uid }) });
    }
    return old.map(({ metadata }) => `removed ${metadata.name}, which an earlier probe left behind`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [
      `could not look for left-overs of earlier probes: ${error.code === 403 ? `not permitted to list ${qualifiedPlural(pods)}` : error.message}`,
    ];
  }
}
