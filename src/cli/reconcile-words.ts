import type { Cluster } from '../cluster/cluster.ts';
import type { ReconcileOutcome } from '../cluster/reconcile-all.ts';
import { UnknownOutcomeError } from '../cluster/unknown-outcome.ts';
import type { FailedWrite } from '../cluster/watched-writes.ts';
import { leavesEndpointsAlone } from '../core/reconcile.ts';
import type { DryRun } from '../core/reconcile-report.ts';
import { changes, type ReconcileError, type Step } from '../core/step.ts';
import type { KubeObject } from '../model/object.ts';
import { ApiError, isConflict } from '../model/status.ts';
import { sanitize } from '../render/sanitize.ts';
import { pasteableCommand } from '../render/shell-quote.ts';
import { apiErrorLines } from './error-words.ts';
import type { ReconcileRun } from './reconcile-run.ts';
import { providerSentence } from './report-head.ts';
import type { CommandInput } from './spec.ts';

/** Where the run works and whose work it does: said on stderr before anything is written. */
export function headerText({ source, world, namespace, vmServices, options }: ReconcileRun): string {
  const { origin } = source;
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  const first =
    origin.type === 'files'
      ? `Files ${origin.files.join(', ')}, ${where}; nothing is written to them`
      : [
          origin.context === '' ? `Server ${origin.server}` : `Context ${origin.context}`,
          where,
          ...(origin.user === '' ? [] : [`user ${origin.user}`]),
        ].join(', ');
  const used = namespace === undefined ? [...new Set(vmServices.map(({ metadata }) => metadata.namespace ?? ''))] : [namespace];
  const providers = [...new Set(used.map((name) => providerSentence(world, name)))];
  const [only] = providers;
  const provider = only === undefined ? '' : `, ${providers.length === 1 ? only : 'load balancer as each namespace has it'}`;
  const role = options.asController ? ', all of its controller (--as-controller)' : '';
  const second = `Acting as VM Operator ${world.facts.release} (${world.facts.version})${role}${provider}`;
  return `${sanitize(first)}\n${sanitize(second)}\n`;
}

/** `Apply 2 changes to prod on context supervisor-a as alice?` */
export function questionText({ source, vmServices }: ReconcileRun, changed: number): string {
  const { origin } = source;
  const namespaces = new Set(vmServices.map(({ metadata }) => metadata.namespace ?? ''));
  const [first = ''] = namespaces;
  const where = namespaces.size === 1 ? first : `${namespaces.size} namespaces`;
  const cluster = origin.type === 'cluster' && origin.context !== '' ? ` on context ${origin.context}` : '';
  const user = origin.type === 'cluster' && origin.user !== '' ? ` as ${origin.user}` : '';
  return sanitize(`Apply ${changed} change${changed === 1 ? '' : 's'} to ${where}${cluster}${user}?`);
}

/** The command that would do what was planned; undefined when a name in it cannot be pasted safely. */
export function doItCommand({ args, flags }: CommandInput, { source, namespace }: ReconcileRun): string | undefined {
  if (source.origin.type === 'files') return undefined;
  const texts = ['context', 'cluster', 'user', 'kubeconfig', 'server', 'as', 'release', 'provider', 'field-manager'].flatMap((name) =>
    flags.given(name) ? [`--${name}`, flags.text(name) ?? ''] : [],
  );
  const switches = ['as-controller', 'adopt', 'skip-status'].flatMap((name) => (flags.on(name) ? [`--${name}`] : []));
  const words = [
    'kubectl',
    'vmsvc',
    'reconcile',
    ...args,
    ...flags.list('filename').flatMap((file) => ['-f', file]),
    ...(namespace === undefined ? ['-A'] : ['-n', namespace]),
    ...(flags.given('selector') ? ['-l', flags.text('selector') ?? ''] : []),
    ...flags.list('capability').flatMap((text) => ['--capability', text]),
    ...texts,
    ...switches,
    '--once',
  ];
  return pasteableCommand(words, namespace === undefined ? [] : [namespace]);
}

/** Why one service was not, or not wholly, reconciled: one sentence, then what was done and what was not, where anything could be. */
export async function failureText(outcome: ReconcileOutcome, run: ReconcileRun, dryRun: DryRun): Promise<string> {
  const { item, failedWrite } = outcome;
  if (item.error === null) return '';
  const lines = [
    ...(await headLines(item.error, failedWrite, run.source.cluster)),
    ...(run.vmServices.length + run.refused.length > 1 ? [`  service   ${item.namespace}/${item.name}`] : []),
    ...(dryRun === 'none' ? progressLines(outcome, run) : []),
  ];
  return `${lines.map(sanitize).join('\n')}\n`;
}

/** What a run that was told to stop had done, and what it had not. */
export function interruptionText(outcomes: readonly ReconcileOutcome[], run: ReconcileRun, dryRun: DryRun): string {
  if (dryRun !== 'none') return 'interrupted\n  nothing was changed\n';
  const done = outcomes.flatMap(({ item }) => item.steps.filter(changes).map(({ ref }) => shortName(ref, run)));
  const open = outcomes.filter(({ ended }) => ended === 'stopped').flatMap((outcome) => notDone(outcome, run));
  const lines = [
    'interrupted',
    ...(done.length > 0 ? [`  done      ${few(done)}`] : ['  nothing was changed']),
    ...(open.length > 0 ? [`  not done  ${few(open)}`] : []),
  ];
  return `${lines.map(sanitize).join('\n')}\n`;
}

async function headLines(error: ReconcileError, failedWrite: FailedWrite | undefined, cluster: Cluster): Promise<readonly string[]> {
  if (failedWrite !== undefined && isConflict(failedWrite.error)) return [await conflictLine(failedWrite, cluster)];
  if (failedWrite !== undefined && failedWrite.error instanceof ApiError && error.message === failedWrite.error.message) {
    return apiErrorLines(failedWrite.error);
  }
  return [/^(The connection|Unable to connect)/.test(error.message) ? error.message : `error: ${error.message}`];
}

/** Names the other writer, where the object still says who it was. */
async function conflictLine({ ref, resourceVersion, error }: FailedWrite, cluster: Cluster): Promise<string> {
  const name = `${ref.kind.toLowerCase()}/${ref.name}`;
  try {
    const latest = await cluster.get(ref);
    const writer = newestWriter(latest);
    const by = writer === undefined ? '' : ` by ${writer}`;
    return `error: ${name} was changed${by} meanwhile (resourceVersion ${latest.metadata.resourceVersion ?? '<none>'}, expected ${resourceVersion ?? '<none>'})`;
  } catch {
    return `error: ${name} was changed meanwhile: ${error.message}`;
  }
}

function newestWriter({ metadata }: KubeObject): string | undefined {
  const timeOf = (entry: object): string => ('time' in entry && typeof entry.time === 'string' ? entry.time : '');
  const newest = (metadata.managedFields ?? []).toSorted((left, right) => (timeOf(left) < timeOf(right) ? 1 : -1))[0];
  return typeof newest?.['manager'] === 'string' ? newest['manager'] : undefined;
}

function progressLines(outcome: ReconcileOutcome, run: ReconcileRun): readonly string[] {
  const done = outcome.item.steps.filter(changes).map(({ ref }) => shortName(ref, run));
  const { failedWrite } = outcome;
  const lost = failedWrite !== undefined && failedWrite.error instanceof UnknownOutcomeError ? [shortName(failedWrite.ref, run)] : [];
  if (done.length + lost.length === 0) return ['  nothing was changed'];
  const open = notDone(outcome, run).filter((name) => !lost.includes(name));
  return [
    ...(done.length > 0 ? [`  done      ${done.join(', ')}`] : []),
    ...(lost.length > 0 ? [`  unknown   ${lost.join(', ')}`] : []),
    ...(open.length > 0 ? [`  not done  ${open.join(', ')}`] : []),
    '  run the command again: it starts from what is there now',
  ];
}

/** The objects of a service that the run did not get to. */
function notDone({ vmService, item }: ReconcileOutcome, run: ReconcileRun): readonly string[] {
  const reached = new Set(item.steps.map(({ ref }) => ref.kind));
  const kinds = ['Service', ...(leavesEndpointsAlone(vmService, run.world.facts.traits) ? [] : ['Endpoints']), 'VirtualMachineService'];
  const { namespace, name } = item;
  return kinds.filter((kind) => !reached.has(kind)).map((kind) => shortName({ kind, namespace, name }, run));
}

function shortName({ kind, namespace, name }: Pick<Step['ref'], 'kind' | 'namespace' | 'name'>, { namespace: only }: ReconcileRun): string {
  return `${kind.toLowerCase()}/${name}${only === undefined ? ` in ${namespace} namespace` : ''}`;
}

const mostNames = 20;

function few(names: readonly string[]): string {
  if (names.length <= mostNames) return names.join(', ');
  return `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more`;
}
