import type { MemberRow } from '../core/trace/member-list.ts';
import { classOf, hostOf, networkInterfaces, observedPower, zoneOf } from '../model/virtual-machine.ts';
import { ageOf } from './age.ts';
import { probeText } from './member-sentence.ts';
import { paintState } from './member-state.ts';
import { plainStyle, type Style } from './style.ts';
import { type Column, labelsText, renderTable, withObjectColumns } from './table.ts';

export interface VmsTableOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly allNamespaces: boolean;
  /** One service was named: it needs no column. */
  readonly oneService: boolean;
  readonly labelColumns: readonly string[];
  readonly showLabels: boolean;
}

/** The table of `vms`: one row a VM, made for `awk` and `sort`. */
export function renderVms(rows: readonly MemberRow[], options: VmsTableOptions, now: Date, style: Style): string {
  const left: Column<MemberRow>[] = [
    ...(options.allNamespaces ? [{ header: 'NAMESPACE', value: (row: MemberRow) => row.trace.vmService.metadata.namespace ?? '' }] : []),
    ...(options.oneService ? [] : [{ header: 'SERVICE', value: (row: MemberRow) => row.trace.vmService.metadata.name }]),
  ];
  const columns = withObjectColumns(vmsColumns(now, style), {
    labelColumns: options.labelColumns,
    showLabels: options.showLabels,
    namespaceOf: (row) => row.trace.vmService.metadata.namespace ?? '',
    labelsOf: (row) => row.vm?.metadata.labels ?? {},
  });
  return renderTable([...left, ...columns], rows, options);
}

/** The columns as data: `--sort-by` names them, too. */
export function vmsColumns(now: Date, style: Style = plainStyle(false)): Column<MemberRow>[] {
  return [
    { header: 'VM', value: (row) => row.name },
    { header: 'STATE', value: (row) => row.state, paint: (cell, row) => paintState(row.state, style)(cell) },
    { header: 'REASON', value: (row) => row.reason },
    { header: 'ADDRESS', value: (row) => row.addresses.join(',') },
    { header: 'PORTS', value: (row) => row.ports.join(',') },
    { header: 'POWER', value: (row) => (row.vm === undefined ? '' : (observedPower(row.vm) ?? '<unknown>')) },
    { header: 'PROBE', value: (row) => (row.vm === undefined ? '' : probeText(row.vm)) },
    { header: 'SINCE', value: (row) => (row.since === undefined ? '' : ageOf(row.since, now)) },
    { header: 'ZONE', wide: true, value: (row) => (row.vm && zoneOf(row.vm)) ?? '' },
    { header: 'HOST', wide: true, value: (row) => (row.vm && hostOf(row.vm)) ?? '' },
    { header: 'CLASS', wide: true, value: (row) => (row.vm && classOf(row.vm)) ?? '' },
    { header: 'LABELS', wide: true, value: (row) => labelsText(row.vm?.metadata.labels ?? {}) },
    { header: 'INTERFACES', wide: true, value: (row) => (row.vm === undefined ? '' : interfacesText(row.vm)) },
  ];
}

function interfacesText(vm: NonNullable<MemberRow['vm']>): string {
  return networkInterfaces(vm)
    .map(({ name, addresses }) => `${name}=${addresses.join('+') || '<none>'}`)
    .join(',');
}
