import { counted } from '../core/counted.ts';
import type { SelectionPreview } from '../core/create/selection-preview.ts';
import { fewLines, fewOf } from '../core/few-names.ts';
import type { NearMiss } from '../core/near-miss.ts';
import { isSeen } from '../core/snapshot.ts';
import { clusterOfMachine } from '../core/workload-cluster.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import { displayWidth, padEnd } from './display-width.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';
import { unavailableSentence } from './unavailable-sentence.ts';

/** More names than this are counted and not told. */
const mostNames = 20;

/** Likewise of VMs that are missed by little. */
const mostNearMisses = 4;

/** A head, and what belongs to it; heads stand in one column. */
export type PreviewRow = readonly [head: string, text: string];

/**
 * Whom a selector selects now, who else selects them, and whom it misses by little: a head and what belongs to it, a line each.
 * @param before rows that stand above, made safe already
 * @param width columns of the terminal, undefined in a pipe
 */
export function renderSelectionPreview(
  before: readonly PreviewRow[],
  preview: SelectionPreview,
  width: number | undefined,
  style: Style,
): string {
  const others = overlapTexts(preview);
  const short = [...before, ...rowsOf(preview, others, Number.POSITIVE_INFINITY, style)];
  if (
    width === undefined ||
    rowsText(short)
      .split('\n')
      .every((line) => displayWidth(line) <= width)
  )
    return rowsText(short);
  return rowsText([...before, ...rowsOf(preview, others, width - columnOf(short), style)]);
}

/** In a narrow terminal lines end between names, and what selects them too stands below. `room` is what a line has beside its head. */
function rowsOf(
  { selected, almost, overlaps, machines }: SelectionPreview,
  others: readonly string[],
  room: number,
  style: Style,
): readonly PreviewRow[] {
  const isWide = room === Number.POSITIVE_INFINITY;
  const services = `${others.length === 1 ? 'service' : 'services'} ${others.join(', ')} (VMS206)`;
  const besides = isWide && others.length > 0 ? `          also matched by: ${services}` : '';
  return [
    ...(isSeen(selected)
      ? selected.items.length === 0
        ? [['Selects no VM now', style.warn('(VMS201)')] as const]
        : withHead(`Selects ${counted(selected.items.length, 'VM')} now:`, wrapped(shownNames(selected.items), room), besides)
      : [['Selects:', style.warn(sanitize(`not known: ${unavailableSentence(selected.unavailable)}`))] as const]),
    ...(isWide
      ? []
      : withHead(
          'Also matched by:',
          others.map((text) => `service ${text} (VMS206)`),
        )),
    ...(isSeen(overlaps) ? [] : [['Also matched by:', sanitize(`not known: ${unavailableSentence(overlaps.unavailable)}`)] as const]),
    ...(machines.length === 0 ? [] : [['Among them:', style.warn(sanitize(`${machineText(machines)} (VMS206)`))] as const]),
    ...withHead('Almost:', almostLines(almost)),
  ];
}

function almostLines(almost: readonly NearMiss[]): readonly string[] {
  const { shown, more } = fewOf(almost, mostNearMisses);
  return [...shown.map((miss) => sanitize(nearMissText(miss, shown))), ...more];
}

/** The head stands beside the first line alone. */
function withHead(head: string, lines: readonly string[], behind = ''): readonly PreviewRow[] {
  return lines.map((line, index) => [index === 0 ? head : '', index === 0 ? line + behind : line] as const);
}

/** Names, two blanks apart, in lines that end between them. */
function wrapped(names: readonly string[], room: number): readonly string[] {
  const lines: string[] = [];
  for (const name of names.map(sanitize)) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 2 + displayWidth(name) <= room) lines.splice(-1, 1, `${last}  ${name}`);
    else lines.push(name);
  }
  return lines;
}

function rowsText(rows: readonly PreviewRow[]): string {
  const column = columnOf(rows);
  return rows.map(([head, text]) => `${padEnd(head, column)}${text}\n`).join('');
}

function columnOf(rows: readonly PreviewRow[]): number {
  return 2 + Math.max(...rows.map(([head]) => displayWidth(head)));
}

/** `web-1  web-2  web-3`; of very many the first. */
export function vmNames(vms: readonly VirtualMachine[], between = '  ', most = mostNames): string {
  return shownNames(vms, most).join(between);
}

function shownNames(vms: readonly VirtualMachine[], most = mostNames): readonly string[] {
  return fewLines(
    vms.map(({ metadata }) => metadata.name),
    most,
  );
}

/** `machines of workload cluster tkc: node-1, node-2`. */
export function machineText(machines: readonly VirtualMachine[]): string {
  const byCluster = Map.groupBy(machines, (vm) => clusterOfMachine(vm) ?? '');
  return [...byCluster]
    .map(
      ([cluster, vms]) =>
        `${vms.length === 1 ? 'a machine' : 'machines'} of ${cluster === '' ? 'a workload cluster' : `workload cluster ${cluster}`}: ${vmNames(vms, ', ')}`,
    )
    .join('; ');
}

/** `"web-old"`; of a service that selects only some of them, which: `"web-old" (web-1)`. */
function overlapTexts({ selected, overlaps }: SelectionPreview): readonly string[] {
  if (!isSeen(selected) || !isSeen(overlaps)) return [];
  const services = overlaps.items.map(({ vmService, vms }) => {
    const part = vms.length === selected.items.length ? '' : ` (${vmNames(vms, ', ')})`;
    return sanitize(`${JSON.stringify(vmService.metadata.name)}${part}`);
  });
  return fewLines(services, mostNames);
}

function nearMissText({ vm, besides, ...first }: NearMiss, all: readonly NearMiss[]): string {
  const width = Math.max(...all.map((miss) => miss.vm.metadata.name.length));
  const pairs = (which: 'label' | 'wanted') => [first, ...besides].map((near) => `${near[which].key}=${near[which].value}`).join(',');
  return `${vm.metadata.name.padEnd(width)}  ${pairs('label')}, the selector wants ${pairs('wanted')}`;
}
