import type { DeletedChild, Deletion } from '../../core/deletion.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import { isSeen } from '../../core/snapshot.ts';
import { kindAndName } from '../../model/object.ts';
import type { VirtualMachineService } from '../../model/virtual-machine-service.ts';
import { sanitize } from '../../render/sanitize.ts';
import { unavailableSentence } from '../../render/unavailable-sentence.ts';

/** One service that can be deleted, and what goes with it. */
export interface Deletable {
  readonly vmService: VirtualMachineService;
  readonly deletion: Extract<Deletion, { kind: 'possible' }>;
}

/** From this many on, each gets one line. */
const manyServices = 6;
const mostLines = 20;

/**
 * What goes, and what that means for clients.
 * @param everywhere services of several namespaces may be among them
 */
export function previewText(services: readonly Deletable[], everywhere: boolean, dryRun: DryRun): string {
  const rows = services.length < manyServices ? services.flatMap((one) => blockOf(one, everywhere)) : shortRows(services, everywhere);
  const width = Math.max(...rows.map(([left, right]) => (right === '' ? 0 : left.length)));
  const lines = rows.map(([left, right]) => (right === '' ? `  ${left}` : `  ${left.padEnd(width)}   ${right}`));
  return `${dryRun === 'none' ? 'This deletes' : 'This would delete'}\n${lines.map(sanitize).join('\n')}\n`;
}

type Row = readonly [left: string, right: string];

function blockOf({ vmService, deletion }: Deletable, everywhere: boolean): readonly Row[] {
  const { children, staying, addresses, addressIsFixed, ready } = deletion;
  const has = [...children.map(({ child }) => child), ...staying];
  return [
    [`${kindAndName({ kind: vmService.kind, name: vmService.metadata.name })}${placeOf(vmService, everywhere)}`, goingAlready(vmService)],
    ...(has.length === 0 ? [['nothing else: it has no Service and no Endpoints', ''] as const] : childRows(children)),
    ...(staying.length === 0
      ? []
      : [[namesOf(staying), staying.length === 1 ? 'stays: nobody owns it' : 'stay: nobody owns them'] as const]),
    ...sliceRows(deletion.slices),
    ...addresses.map(
      (address): Row => [
        address,
        addressIsFixed ? 'a new service that asks for it may have it again' : 'a new service may get another address',
      ],
    ),
    ...(ready === 0 ? [] : [[`${ready} ${ready === 1 ? 'VM receives' : 'VMs receive'} traffic through it now`, ''] as const]),
  ];
}

function goingAlready({ metadata }: VirtualMachineService): string {
  return metadata.deletionTimestamp === undefined ? '' : `is being deleted already, since ${metadata.deletionTimestamp}`;
}

function childRows(children: readonly DeletedChild[]): readonly Row[] {
  const hows = [...new Set(children.map((child) => howOf(child, ownedByIt)))];
  return hows.map((how) => {
    const same = children.filter((child) => howOf(child, ownedByIt) === how);
    return [namesOf(same.map(({ child }) => child)), how];
  });
}

function namesOf(children: Deletable['deletion']['staying']): string {
  return children.map(({ kind, metadata }) => kindAndName({ kind, name: metadata.name })).join(' and ');
}

function sliceRows(slices: Deletable['deletion']['slices']): readonly Row[] {
  const how = 'mirrored from the Endpoints by Kubernetes';
  if (!isSeen(slices)) return [['EndpointSlices', `${how}, if there are any: ${unavailableSentence(slices.unavailable)}`]];
  const names = slices.items.map(({ metadata }) => `EndpointSlice/${metadata.name}`);
  return names.length === 0 ? [] : [[names.join(' and '), how]];
}

const ownedByIt = 'which it owns';

function howOf({ by, unowned }: DeletedChild, owned: string): string {
  if (by === 'owner') return owned;
  return unowned ? 'by name, though nobody owns it' : 'by name';
}

/** Each with its address and how many VMs it reaches. */
function shortRows(services: readonly Deletable[], everywhere: boolean): readonly Row[] {
  const shown = services.slice(0, services.length > mostLines ? mostLines - 1 : mostLines);
  const rows = shown.map(({ vmService, deletion }): Row => {
    const { addresses, ready, children, staying } = deletion;
    const lacks = staying.length > 0 ? ['no Service of its own'] : children.length === 0 ? ['no Service'] : [];
    const what = [...addresses, ...(ready === 0 ? [] : [`${ready} ready`]), ...lacks].join(', ');
    return [`${kindAndName({ kind: vmService.kind, name: vmService.metadata.name })}${placeOf(vmService, everywhere)}`, what];
  });
  const more = services.length - shown.length;
  return [...rows, ...(more === 0 ? [] : [[`and ${more} more`, ''] as const]), ...childSummary(services)];
}

/** How the children of many go, a line for each way; those that stay are no part of it. */
function childSummary(services: readonly Deletable[]): readonly Row[] {
  const children = services.flatMap(({ deletion }) => deletion.children);
  const ways = Map.groupBy(children, (child) => howOf(child, 'which they own'));
  return [...ways].map(([how, same]): Row => {
    const counts = (['Service', 'Endpoints'] as const).flatMap((kind) => {
      const count = same.filter(({ child }) => child.kind === kind).length;
      return count === 0 ? [] : [`${count} ${kind === 'Service' && count > 1 ? 'Services' : kind}`];
    });
    const mirrored = same.some(({ child }) => child.kind === 'Endpoints') ? ', and the EndpointSlices mirrored from them' : '';
    return [`and ${counts.join(' and ')}`, `${how}${mirrored}`];
  });
}

function placeOf({ metadata }: VirtualMachineService, everywhere: boolean): string {
  return everywhere ? ` in ${metadata.namespace ?? ''} namespace` : '';
}
