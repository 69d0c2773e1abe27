import type { RightsCommand } from '../core/rights/commands.ts';
import { groupRights, type RightsGroup, type RightsRow } from '../core/rights/report.ts';
import { type AnsweredRight, commandTitles, type Verdict } from '../core/rights/rights.ts';
import { roleName } from '../core/rights/role.ts';
import { displayWidth } from './display-width.ts';
import { pasteableCommand } from './shell-quote.ts';
import type { Style } from './style.ts';
import { type Column, renderTable, type TableOptions } from './table.ts';

/** The table of `can-i`: which commands somebody can run, and what is missing for those that they cannot. */
export function renderRights(rows: readonly RightsRow[], options: TableOptions, style: Style): string {
  const columns: Column<RightsRow>[] = [
    { header: 'COMMAND', value: ({ titles }) => titles.join(', ') },
    { header: 'ANSWER', value: ({ verdict }) => verdict, paint: (cell, { verdict }) => paintVerdict(verdict, style)(cell) },
    { header: 'MISSING', value: ({ missing }) => missing.map(groupText).join('; ') },
  ];
  return renderTable(columns, rows, options);
}

/** `create, patch services and endpoints`: rights that are missing, in one breath. */
export function rightsText(rights: readonly AnsweredRight[]): string {
  return groupRights(rights).map(verbsAndResources).join('; ');
}

/** `  no    create patch   endpoints   why that may be`: all rights that were asked for, a line for those of the same answer. */
export function rightsLines(rights: readonly AnsweredRight[]): readonly string[] {
  const reads = rights.filter(isRead);
  const writes = rights.filter((right) => !isRead(right));
  const lines = [...groupRights(reads), ...groupRights(writes)].map(cellsOf);
  // What ends a line widens no column.
  const ends = (cells: readonly string[], at: number) => cells.slice(at + 1).every((cell) => cell === '');
  const widths = [0, 1, 2].map((at) => Math.max(0, ...lines.map((cells) => (ends(cells, at) ? 0 : displayWidth(cells[at] ?? '')))));
  return lines.map((cells) => `  ${cells.map((cell, at) => cell.padEnd((widths[at] ?? 0) + 3)).join('')}`.trimEnd());
}

function isRead({ verb }: AnsweredRight): boolean {
  return verb === 'get' || verb === 'list';
}

function cellsOf(group: RightsGroup): readonly string[] {
  return [answerWords[group.answer], group.verbs.join(' '), group.resources.join(' '), noteOn(group)];
}

const answerWords: Readonly<Record<AnsweredRight['answer'], string>> = { allowed: 'yes', denied: 'no', unknown: 'unknown' };

function noteOn({ answer, resources, verbs, without }: RightsGroup): string {
  if (answer !== 'denied') return '';
  if (without !== undefined) return without;
  const writes = verbs.some((verb) => verb === 'create' || verb === 'patch');
  if (!writes || !resources.includes('endpoints')) return '';
  return `${resources.length === 1 ? '' : 'endpoints: '}normal for "Can edit": Kubernetes took it out of that role in 1.22`;
}

/** What stands as comments around a Role: what it is for, how it is bound, and what to know before. */
export function roleNotes(command: RightsCommand, namespace: string): { readonly before: string; readonly after: string } {
  const name = roleName(command);
  const words = ['kubectl', 'create', 'rolebinding', name, '-n', namespace, `--role=${name}`, '--user=NAME'];
  const bind = pasteableCommand(words, [namespace]);
  const after = [
    ...(bind === undefined ? [] : ['Bind it, to a user, a --group or a --serviceaccount:', `  ${bind}`]),
    ...(writersOfEndpoints.has(command) ? [endpointsNote] : []),
    ...(command === 'reconcile' ? [ownerNote] : []),
  ];
  return { before: comments([`What kubectl vmsvc ${commandTitles[command].title} takes, and nothing else.`]), after: comments(after) };
}

const writersOfEndpoints: ReadonlySet<RightsCommand> = new Set(['reconcile', 'undo']);
const endpointsNote = 'Who may write Endpoints can point a Service at any address: take the binding away when it is no longer needed.';
const ownerNote =
  'An API server that checks blockOwnerDeletion wants update on virtualmachineservices/finalizers (vmoperator.vmware.com) as well.';

function comments(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}

function groupText(group: RightsGroup): string {
  const text = verbsAndResources(group);
  if (group.answer === 'unknown') return `not known: ${text}`;
  return group.without === undefined ? text : `${text}: ${group.without}`;
}

function verbsAndResources({ verbs, resources }: RightsGroup): string {
  const last = resources.at(-1) ?? '';
  const named = resources.length > 1 ? `${resources.slice(0, -1).join(', ')} and ${last}` : last;
  return `${verbs.join(', ')} ${named}`;
}

function paintVerdict(verdict: Verdict, style: Style): (text: string) => string {
  switch (verdict) {
    case 'yes':
      return style.ok;
    case 'partly':
    case 'unknown':
      return style.warn;
    case 'no':
      return style.bad;
  }
}
