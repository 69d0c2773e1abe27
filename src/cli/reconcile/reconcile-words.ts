import type { ReconcileOutcome } from '../../cluster/reconcile/reconcile-outcome.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { changes, type ReconcileError, type ReconcileItem, type Step } from '../../core/step.ts';
import { nameOf } from '../../model/object.ts';
import { ApiError } from '../../model/status.ts';
import { sanitize } from '../../render/sanitize.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import { apiErrorLines } from '../error-words.ts';
import { onContextAsUser } from '../origin-words.ts';
import { providerSentence } from '../report-head.ts';
import type { CommandInput } from '../spec.ts';
import type { ReconcileRun } from './reconcile-run.ts';
import { waysOn } from './ways-on.ts';

/** Where the run works and whose work it does: said on stderr before anything is written. */
export function headerText(run: ReconcileRun): string {
  const { world, namespace, vmServices, options } = run;
  const used = namespace === undefined ? [...new Set(vmServices.map(({ metadata }) => metadata.namespace ?? ''))] : [namespace];
  const providers = [...new Set(used.map((name) => providerSentence(world, name)))];
  const [only] = providers;
  const provider = only === undefined ? '' : `, ${providers.length === 1 ? only : 'load balancer as each namespace has it'}`;
  const role = options.asController ? ', all of its controller (--as-controller)' : '';
  const second = `Acting as VM Operator ${world.facts.release} (${world.facts.version})${role}${provider}`;
  return `${placeText(run)}${sanitize(second)}\n`;
}

/** `Context supervisor-a, namespace team-a, user alice@example.test`, as a line. */
export function placeText({
  source,
  namespace,
  places = new Map(),
}: Pick<ReconcileRun, 'source' | 'namespace'> & Partial<Pick<ReconcileRun, 'places'>>): string {
  const { origin } = source;
  const where =
    places.size > 1
      ? `namespaces ${few([...places.keys()]).join(', ')}`
      : namespace === undefined
        ? 'all namespaces'
        : `namespace ${namespace}`;
  const text =
    origin.type === 'files'
      ? `Files ${origin.files.join(', ')}, ${where}; nothing is written to them`
      : [
          origin.context === '' ? `Server ${origin.server}` : `Context ${origin.context}`,
          where,
          ...(origin.user === '' ? [] : [`user ${origin.user}`]),
        ].join(', ');
  return `${sanitize(text)}\n`;
}

/** `Apply 2 changes to prod on context supervisor-a as alice?` */
export function questionText({ source, vmServices }: ReconcileRun, changed: number): string {
  const namespaces = new Set(vmServices.map(({ metadata }) => metadata.namespace ?? ''));
  const [first = ''] = namespaces;
  const where = namespaces.size === 1 ? first : `${namespaces.size} namespaces`;
  return sanitize(`Apply ${changed} change${changed === 1 ? '' : 's'} to ${where}${onContextAsUser(source.origin)}?`);
}

/** The command that would do what was planned; undefined when a name in it cannot be pasted safely. */
export function doItCommand({ args, flags }: CommandInput, { source, namespace, places, forced }: ReconcileRun): string | undefined {
  if (source.origin.type === 'files') return undefined;
  const texts = ['release', 'provider', 'field-manager'].flatMap((name) =>
    flags.given(name) ? [`--${name}`, flags.text(name) ?? ''] : [],
  );
  const switches = [
    ...['as-controller', 'adopt', 'skip-status', 'service-only'].flatMap((name) => (flags.on(name) ? [`--${name}`] : [])),
    ...(forced === undefined ? [] : ['--force', '--reason', forced]),
  ];
  const words = [
    'kubectl',
    'vmsvc',
    'reconcile',
    ...args,
    ...flags.list('filename').flatMap((file) => ['-f', file]),
    ...(flags.given('kustomize') ? ['-k', flags.text('kustomize') ?? ''] : []),
    ...(flags.on('recursive') ? ['-R'] : []),
    ...(places.size > 1 ? [] : namespace === undefined ? ['-A'] : ['-n', namespace]),
    ...(flags.given('selector') ? ['-l', flags.text('selector') ?? ''] : []),
    ...flags.list('capability').flatMap((text) => ['--capability', text]),
    ...source.access,
    ...texts,
    ...switches,
    '--once',
  ];
  return pasteableCommand(words, namespace === undefined ? [] : [namespace]);
}

/**
 * Why one service was not, or not wholly, reconciled: one sentence, then what was done and what was not, where anything could be.
 * `alike` are others that were refused in the same words.
 */
export function failureText(outcome: ReconcileOutcome, run: ReconcileRun, dryRun: DryRun, alike: readonly ReconcileOutcome[] = []): string {
  const { item } = outcome;
  if (item.error === null) return '';
  const names = few([outcome, ...alike].map((one) => `${one.item.namespace}/${one.item.name}`));
  const lines = [
    ...headLines(item.error),
    ...(run.vmServices.length + run.refused.length > 1 ? [`  ${alike.length > 0 ? 'services' : 'service '}  ${names.join(', ')}`] : []),
    ...(dryRun === 'none' ? [...progressLines(item, run), ...waysOn([outcome, ...alike], run.source)] : []),
  ];
  return `${lines.map(sanitize).join('\n')}\n`;
}

/** What a run that was told to stop had done, and what it had not. */
export function interruptionText(outcomes: readonly ReconcileOutcome[], run: ReconcileRun, dryRun: DryRun): string {
  if (dryRun !== 'none') return 'interrupted\n  nothing was changed\n';
  const done = outcomes.flatMap(({ item }) => changed(item, run));
  const stopped = outcomes.filter(({ ended }) => ended === 'stopped');
  const [lost, open] = (['Unknown', 'NotDone'] as const).map((outcome) => stopped.flatMap(({ item }) => settled(item, outcome, run)));
  const lines = [
    (lost ?? []).length > 0
      ? 'interrupted, outcome unknown: what was under way may have been written; run again, it is safe'
      : 'interrupted',
    ...(done.length + (lost ?? []).length === 0 ? ['  nothing was changed'] : []),
    ...named('done', few(done)),
    ...named('unknown', few(lost ?? [])),
    ...named('not done', few(open ?? [])),
  ];
  return `${lines.map(sanitize).join('\n')}\n`;
}

/** The services that a run did not begin because others had failed before. */
export function notStartedText(outcomes: readonly ReconcileOutcome[], { namespace: only }: ReconcileRun): string {
  const waiting = outcomes.filter(({ ended }) => ended === 'notStarted').map(({ item }) => item);
  if (waiting.length === 0) return '';
  const names = few(waiting.map(({ namespace, name }) => (only === undefined ? `${namespace}/${name}` : name)));
  const services = waiting.length === 1 ? '1 service was' : `${waiting.length} services were`;
  return `${sanitize(`error: ${services} not started`)}\n${sanitize(`  not started  ${names.join(', ')}`)}\n`;
}

function headLines({ message, status }: ReconcileError): readonly string[] {
  if (status !== undefined && message === status.message) return apiErrorLines(new ApiError(status));
  return [/^(The connection|Unable to connect)/.test(message) ? message : `error: ${message}`];
}

function progressLines(item: ReconcileItem, run: ReconcileRun): readonly string[] {
  const done = changed(item, run);
  const lost = settled(item, 'Unknown', run);
  if (done.length + lost.length === 0) return ['  nothing was changed'];
  return [
    ...named('done', done),
    ...named('unknown', lost),
    ...named('not done', settled(item, 'NotDone', run)),
    '  run the command again: it starts from what is there now',
  ];
}

function named(word: 'done' | 'unknown' | 'not done', objects: readonly string[]): readonly string[] {
  return objects.length === 0 ? [] : [`  ${word.padEnd(8)}  ${objects.join(', ')}`];
}

/** What was wholly written. */
function changed({ steps, outcomes }: ReconcileItem, run: ReconcileRun): readonly string[] {
  const done = new Set(outcomes.filter(({ outcome }) => outcome === 'Done').map(({ ref }) => ref.kind));
  return steps.filter((step) => changes(step) && done.has(step.ref.kind)).map(({ ref }) => shortName(ref, run));
}

function settled({ outcomes }: ReconcileItem, as: 'NotDone' | 'Unknown', run: ReconcileRun): readonly string[] {
  return outcomes.filter(({ outcome }) => outcome === as).map(({ ref }) => shortName(ref, run));
}

function shortName(ref: Pick<Step['ref'], 'kind' | 'namespace' | 'name'>, { namespace: only }: ReconcileRun): string {
  return `${nameOf(ref)}${only === undefined ? ` in ${ref.namespace} namespace` : ''}`;
}

const mostNames = 20;

function few(names: readonly string[]): readonly string[] {
  if (names.length <= mostNames) return names;
  return [...names.slice(0, mostNames - 1), `${names[mostNames - 1]} and ${names.length - mostNames} more`];
}
