import { isSeen, type Leg } from '../core/snapshot.ts';
import { arePortsAlike, type PortMember, type PortTrace } from '../core/trace/ports.ts';
import { displayWidth, padEnd } from './display-width.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';
import { unavailableSentence } from './unavailable-sentence.ts';

/** The members port by port, where the slices have others for one port than for another; one line where they do not. */
export function renderTracePorts(ports: Leg<PortTrace>, style: Style): string {
  if (!isSeen(ports)) return `  Ports: ${sanitize(unavailableSentence(ports.unavailable))}`;
  if (ports.items.length === 0) return '  Ports: the service has none';
  if (ports.items.length > 1 && arePortsAlike(ports.items))
    return `  Ports: the slices have the same endpoints for all ${ports.items.length} ports`;
  return ports.items.map((port) => portText(port, style)).join('\n\n');
}

function portText({ name, protocol, port, members }: PortTrace, style: Style): string {
  const head = `  Port ${sanitize(name || '<unset>')} ${port}/${sanitize(protocol)}, as the slices have it:`;
  if (members.length === 0) return `${head}\n     <none>`;
  const rows = members.map((member) => ({ member, name: sanitize(member.name), place: sanitize(placeOf(member)) }));
  const nameWidth = Math.max(9, ...rows.map((row) => displayWidth(row.name)));
  const placeWidth = Math.max(17, ...rows.map((row) => displayWidth(row.place)));
  return [
    head,
    ...rows.map((row) => `     ${padEnd(row.name, nameWidth)} ${padEnd(row.place, placeWidth)} ${stateText(row.member, style)}`),
  ].join('\n');
}

function placeOf({ address, targetPort }: PortMember): string {
  if (targetPort === undefined) return address;
  return address.includes(':') ? `[${address}]:${targetPort}` : `${address}:${targetPort}`;
}

function stateText({ state }: PortMember, style: Style): string {
  switch (state) {
    case 'Ready':
      return style.ok('READY');
    case 'NotReady':
      return style.warn('NOT READY');
    case 'Absent':
      return `${style.bad('ABSENT')}     no slice of this port has it`;
  }
}
