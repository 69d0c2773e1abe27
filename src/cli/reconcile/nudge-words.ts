import type { NudgeResult } from '../../cluster/reconcile/nudge.ts';
import { humanDuration } from '../../core/human-duration.ts';
import { type NudgePlace, nudgedAt, nudgeKey } from '../../core/nudge.ts';
import { type JsonObject, kindAndName, nameOf } from '../../model/object.ts';
import { qualifiedName, resourceOf } from '../../model/resources.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { sanitize } from '../../render/sanitize.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import { explainError } from '../error-words.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode } from '../io.ts';
import type { Reached } from './ways-on.ts';

/** What became of one VirtualMachineService. `Nowhere`: there is nothing that could be marked. */
export interface NudgeItem {
  readonly vmService: VirtualMachineService;
  readonly place: NudgePlace | undefined;
  readonly result: NudgeResult | { readonly ended: 'Nowhere'; readonly problem: string };
}

/** `service/web annotated`, on stderr: the mark is only a means, and is taken off again. */
export function markedLine({ ref, field }: NudgePlace, everywhere: boolean): string {
  return `${sanitize(qualifiedName(ref))} ${field === 'annotations' ? 'annotated' : 'labeled'}${inNamespace(ref.namespace, everywhere)}\n`;
}

/** `VM Operator answered after 0.8s: endpoints/web changed (web-2 removed)`, on stdout; nothing without an answer. */
export function answerLine({ vmService, result }: NudgeItem, several: boolean): string {
  if (result.ended !== 'Answered') return '';
  const { namespace, name } = vmService.metadata;
  const about = several ? ` for ${namespace}/${name}` : '';
  const changes = result.changes.length === 0 ? 'nothing changed' : result.changes.join(', ');
  return `${sanitize(`VM Operator answered${about} after ${(result.after / 1000).toFixed(1)}s: ${changes}`)}\n`;
}

/** What went wrong, and what to look at, on stderr; empty where nothing did. */
export function nudgeTrouble({ vmService, place, result }: NudgeItem, timeout: string, source: Reached): string {
  const { namespace = '', name } = vmService.metadata;
  const describe = pasteableCommand(['kubectl', 'vmsvc', 'describe', name, '-n', namespace, ...source.access], [namespace, name]);
  const look = describe === undefined ? [] : [`  see what it should have done:  ${describe}`];
  const lines = {
    Answered: () => [],
    NoAnswer: () => [
      `error: VM Operator did not react within ${timeout} for VirtualMachineService ${namespace}/${name}`,
      ...(place?.comesBack ? [] : ['  it writes nothing here unless something differs: it may have looked all the same']),
      ...look,
    ],
    Nowhere: (problem: string) => [`error: ${problem}`, ...look],
    Stopped: () => [],
  };
  const said =
    result.ended === 'Failed'
      ? [...explainError(result.error, []).lines, `  service   ${namespace}/${name}`]
      : result.ended === 'Nowhere'
        ? lines.Nowhere(result.problem)
        : lines[result.ended]();
  const kept = 'marked' in result && result.marked !== undefined ? keptLines(result.marked, source) : [];
  return [...said, ...kept].map((line) => `${sanitize(line)}\n`).join('');
}

/** That a mark of an earlier nudge was found; undefined where there was none. */
export function leftOverLine({ ref, mark }: NudgePlace, now: Date): string {
  const at = mark === undefined ? undefined : nudgedAt(mark);
  const when = at === undefined ? '' : ` from ${humanDuration(Math.max(0, now.getTime() - at))} ago`;
  return `Warning: ${sanitize(nameOf(ref))} still has the mark of a nudge${when}: it is taken off now\n`;
}

/** The mark could not be taken off, and how somebody else can do it. */
export function keptLines({ place, error }: NonNullable<NudgeResult['marked']>, { access }: Reached): readonly string[] {
  const { ref, field } = place;
  const verb = field === 'annotations' ? 'annotate' : 'label';
  const { namespace = '', name } = ref;
  const plural = resourceOf(ref).singular;
  const command = pasteableCommand(['kubectl', verb, plural, name, '-n', namespace, `${nudgeKey}-`, ...access], [namespace, name]);
  return [
    `error: the mark could not be taken off ${nameOf(ref)}: ${error.message}`,
    ...(command === undefined ? [] : [`  take it off:  ${command}`]),
    '  the next nudge takes it off too',
  ];
}

/** An entry of a NudgeReport. */
export function nudgeDocument({ vmService, place, result }: NudgeItem): JsonObject {
  const { namespace = '', name } = vmService.metadata;
  return {
    namespace,
    name,
    object: place === undefined ? null : kindAndName(place.ref),
    result: result.ended,
    ...(result.ended === 'Answered' && { afterSeconds: Math.round(result.after / 100) / 10, changes: result.changes }),
    ...(result.ended === 'Failed' && { error: result.error.message }),
    ...(result.ended === 'Nowhere' && { error: result.problem }),
    ...('marked' in result && result.marked !== undefined && { stillMarked: kindAndName(result.marked.place.ref) }),
  };
}

/** 1 without an answer, 3 where something could not be asked or taken back. */
export function nudgeExit({ result }: NudgeItem): ExitCode {
  const kept = 'marked' in result && result.marked !== undefined ? 3 : 0;
  const own = { Answered: 0, NoAnswer: 1, Nowhere: 1, Stopped: 0, Failed: 3 } as const;
  return worst([own[result.ended], kept]);
}

function inNamespace(namespace: string | undefined, everywhere: boolean): string {
  return everywhere ? ` in ${sanitize(namespace ?? '')} namespace` : '';
}
