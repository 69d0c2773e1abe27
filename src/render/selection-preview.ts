import type { SelectionPreview } from '../core/create/selection-preview.ts';
import type { NearMiss } from '../core/near-miss.ts';
import { isSeen } from '../core/snapshot.ts';
import { clusterOfMachine } from '../core/workload-cluster.ts';
import type { VirtualMachine } from '../model/virtual-machine.ts';
import { displayWidth, padEnd } from './display-width.ts';
import { unavailableSentence } from './messages.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';

/** More names than this are counted and not told. */
const mostNames = 20;

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
  const others = overlapText(preview);
  const beside = rowsOf(preview, others, style, true);
  const fits =
    width === undefined ||
    rowsText([...before, ...beside])
      .split('\n')
      .every((line) => displayWidth(line) <= width);
  return rowsText([...before, ...(fits ? beside : rowsOf(preview, others, style, false))]);
}

function rowsOf(
  { selected, almost, overlaps, machines }: SelectionPreview,
  others: string,
  style: Style,
  beside: boolean,
): readonly PreviewRow[] {
  const besides = others === '' || !beside ? '' : `          ${others}`;
  return [
    ...(isSeen(selected)
      ? [
          selected.items.length === 0
            ? (['Selects no VM now', style.warn('(VMS201)')] as const)
            : ([`Selects ${counted(selected.items.length)} now:`, sanitize(vmNames(selected.items)) + besides] as const),
        ]
      : [['Selects:', style.warn(sanitize(`not known: ${unavailableSentence(selected.unavailable)}`))] as const]),
    ...(others === '' || beside ? [] : [['Also matched by:', others.replace(/^also matched by: /, '')] as const]),
    ...(isSeen(overlaps) ? [] : [['Also matched by:', sanitize(`not known: ${unavailableSentence(overlaps.unavailable)}`)] as const]),
    ...(machines.length === 0 ? [] : [['Among them:', style.warn(sanitize(`${machineText(machines)} (VMS206)`))] as const]),
    ...almost.map((miss, index) => [index === 0 ? 'Almost:' : '', sanitize(nearMissText(miss, almost))] as const),
  ];
}

function rowsText(rows: readonly PreviewRow[]): string {
  const column = 2 + Math.max(...rows.map(([head]) => displayWidth(head)));
  return rows.map(([head, text]) => `${padEnd(head, column)}${text}\n`).join('');
}

/** `web-1  web-2  web-3`; of very many the first. */
export function vmNames(vms: readonly VirtualMachine[]): string {
  const names = vms.map(({ metadata }) => metadata.name);
  if (names.length <= mostNames) return names.join('  ');
  return `${names.slice(0, mostNames - 1).join('  ')}  and ${names.length - mostNames + 1} more`;
}

/** `machines of workload cluster tkc: node-1, node-2`. */
export function machineText(machines: readonly VirtualMachine[]): string {
  const byCluster = Map.groupBy(machines, (vm) => clusterOfMachine(vm) ?? '');
  return [...byCluster]
    .map(
      ([cluster, vms]) =>
        `${vms.length === 1 ? 'a machine' : 'machines'} of ${cluster === '' ? 'a workload cluster' : `workload cluster ${cluster}`}: ${vmNames(vms).replaceAll('  ', ', ')}`,
    )
    .join('; ');
}

export function counted(vms: number): string {
  return vms === 1 ? '1 VM' : `${vms} VMs`;
}

/** `also matched by: service "web-old" (VMS206)`; of a service that selects only some of them, which. */
function overlapText({ selected, overlaps }: SelectionPreview): string {
  if (!isSeen(selected) || !isSeen(overlaps) || overlaps.items.length === 0) return '';
  const services = overlaps.items.map(({ vmService, vms }) => {
    const part = vms.length === selected.items.length ? '' : ` (${vmNames(vms).replaceAll('  ', ', ')})`;
    return `${JSON.stringify(vmService.metadata.name)}${part}`;
  });
  const shown =
    services.length <= mostNames ? services : [...services.slice(0, mostNames - 1), `and ${services.length - mostNames + 1} more`];
  return sanitize(`also matched by: ${services.length === 1 ? 'service' : 'services'} ${shown.join(', ')} (VMS206)`);
}

function nearMissText({ vm, wanted, label }: NearMiss, all: readonly NearMiss[]): string {
  const width = Math.max(...all.map((miss) => miss.vm.metadata.name.length));
  return `${vm.metadata.name.padEnd(width)}  ${label.key}=${label.value}, the selector wants ${wanted.key}=${wanted.value}`;
}
