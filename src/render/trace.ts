import { counted } from '../core/counted.ts';
import { fewNames } from '../core/few-names.ts';
import { mirrorCapacity } from '../core/mirror-capacity.ts';
import { isSeen } from '../core/snapshot.ts';
import type { EndpointsHop, ServiceHop } from '../core/trace/hops.ts';
import { type MemberRow, memberRows } from '../core/trace/member-list.ts';
import type { ServiceTrace } from '../core/trace/trace.ts';
import { controllerOf } from '../model/object.ts';
import { observedPower, primaryAddresses } from '../model/virtual-machine.ts';
import type { TimeWords } from './age.ts';
import { displayWidth, padEnd } from './display-width.ts';
import { hanging } from './hanging.ts';
import { memberSentence } from './member-sentence.ts';
import { paintState, stateWords } from './member-state.ts';
import { nearMissSentence } from './near-miss-sentence.ts';
import { sanitize } from './sanitize.ts';
import type { Style } from './style.ts';
import { unavailableSentence } from './unavailable-sentence.ts';

/** How good a line of the trace is; the mark and the colour follow from it. */
export type Verdict = 'ok' | 'warn' | 'bad' | 'unknown';

/** One line of the trace before it is laid out. */
interface Line {
  readonly glyph: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined: the line goes on with what the one above says. */
  readonly verdict?: Verdict;
  readonly word?: { readonly text: string; readonly paint: (text: string) => string };
  readonly text: string;
}

/**
 * The trace as people read it: client, VIP, Service, Endpoints, slices, then each VM with its reason. The rail stays at the
 * left; where the chain breaks it turns into dots, and what hangs below is shown all the same.
 * @param columns of the terminal, to wrap sentences at; undefined in a pipe
 */
export function renderTrace(trace: ServiceTrace, style: Style, duration: TimeWords, columns: number | undefined): string {
  const { glyphs } = style;
  const vip = vipLine(trace, style, duration);
  const hops = [serviceLine(trace.service, trace, style), ...endpointsLines(trace, style), ...sliceLines(trace, style)];
  const rows = memberRows(trace, { nearMisses: false, others: false });
  const members = isSeen(trace.members)
    ? rows.map((row, index) => memberLine(row, index === rows.length - 1, trace, style, duration))
    : vmsUnknown(trace.members.unavailable, style);
  const lay = layout([...(vip === undefined ? [] : [vip]), ...hops, ...members], style, columns);

  const broken = vip !== undefined && vip.verdict === 'bad';
  const lines = [`  ${glyphs.client} client`];
  lines.push(`  ${broken ? glyphs.brokenRail : glyphs.rail}`);
  if (vip !== undefined) lines.push(lay(vip));
  if (broken) {
    const fine = [...hops, ...members].every(({ verdict }) => verdict === 'ok') ? 'fine, but ' : '';
    lines.push(lay({ glyph: glyphs.brokenRail, kind: '', name: '', text: style.dim(`below: ${fine}not reachable through this service`) }));
  }
  lines.push(...hops.map(lay));
  if (members.length > 0) lines.push(`  ${glyphs.rail}`, ...members.map(lay));
  return lines.map((line) => line.replace(/ +$/gm, '')).join('\n');
}

/** The lines of the trace that are not good, without its rail: what keeps traffic away from the service. */
export function renderTroubles(trace: ServiceTrace, style: Style, duration: TimeWords, columns: number | undefined): readonly string[] {
  const vip = vipLine(trace, style, duration);
  const hops = [...(vip === undefined ? [] : [vip]), serviceLine(trace.service, trace, style), ...endpointsLines(trace, style)];
  const members = isSeen(trace.members)
    ? memberRows(trace, { nearMisses: false, others: false }).map((row) => memberLine(row, false, trace, style, duration))
    : vmsUnknown(trace.members.unavailable, style);
  const lines = [...hops, ...members].filter(({ verdict }) => verdict !== 'ok');
  const wordOf = ({ word, name }: Line) => word?.text ?? name;
  const [kindWidth, wordWidth] = [({ kind }: Line) => kind, wordOf].map((of) =>
    Math.max(0, ...lines.map((line) => displayWidth(of(line)))),
  );
  const indent = 2 + (kindWidth ?? 0) + 2 + (wordWidth ?? 0) + 2;
  return lines.map((line) => {
    const state = padEnd(wordOf(line), wordWidth ?? 0);
    return `  ${padEnd(line.kind, kindWidth ?? 0)}  ${line.word === undefined ? state : line.word.paint(state)}  ${hanging(line.text, columns, indent)}`;
  });
}

/** The VMs that the selector misses by very little; the empty text without any. */
export function renderNearMisses(trace: ServiceTrace, style: Style, columns: number | undefined): string {
  if (trace.nearMisses.length === 0) return '';
  const width = Math.max(9, ...trace.nearMisses.map(({ vm }) => displayWidth(sanitize(vm.metadata.name))));
  const lines = trace.nearMisses.map((nearMiss) => {
    const name = padEnd(sanitize(nearMiss.vm.metadata.name), width);
    const { ip4, ip6 } = primaryAddresses(nearMiss.vm);
    const address = padEnd(sanitize([ip4, ip6].filter((ip) => ip !== undefined).join(',')) || '<none>', 19);
    const left = `     ${name} ${address} ${style.dim('NOT SELECTED')}  `;
    return `${left}${hanging(sanitize(nearMissSentence(nearMiss)), columns, width + displayWidth(address) + 21)}`;
  });
  return [`  Near misses (${trace.nearMisses.length} of ${trace.otherVms.length} other VMs):`, ...lines].join('\n');
}

/** Every VM of the namespace that is not selected, the near misses with their reason. */
export function renderOtherVms(trace: ServiceTrace, style: Style, columns: number | undefined): string {
  const rows = memberRows(trace, { nearMisses: true, others: true }).filter((row) => row.state === 'NotSelected');
  if (rows.length === 0) return '';
  const width = Math.max(9, ...rows.map((row) => displayWidth(sanitize(row.name))));
  const lines = rows.map((row) => {
    const why = row.nearMiss === undefined ? 'its labels do not match the selector' : nearMissSentence(row.nearMiss);
    return `     ${padEnd(sanitize(row.name), width)} ${style.dim('NOT SELECTED')}  ${hanging(sanitize(why), columns, width + 20)}`;
  });
  return ['  Other VMs:', ...lines].join('\n');
}

/** Columns as wide as their widest cell: the kind or VM, the address, the mark, the state. */
function layout(lines: readonly Line[], style: Style, columns: number | undefined): (line: Line) => string {
  const kindWidth = Math.max(10, ...lines.map((line) => displayWidth(line.glyph) + displayWidth(line.kind) - 1));
  const nameWidth = Math.max(17, ...lines.map((line) => displayWidth(line.name)));
  const markWidth = Math.max(...(['ok', 'warn', 'bad', 'unknown'] as const).map((verdict) => displayWidth(style.glyphs[verdict])));
  const wordWidth = Math.max(0, ...lines.map((line) => (line.word === undefined ? 0 : line.word.text.length)));
  return ({ glyph, kind, name, verdict, word, text }) => {
    const right = `${padEnd(kind, kindWidth - displayWidth(glyph) + 1)} ${padEnd(name, nameWidth)} `;
    if (verdict === undefined) return `  ${glyph} ${right}${text}`;
    const paint = paintVerdict(verdict, style);
    // Where the chain ends, the mark stands at its left, and once is enough.
    const room = 2 + displayWidth(`${glyph} ${right}`);
    if (glyph === style.glyphs[verdict]) return `  ${paint(glyph)} ${right}${hanging(text, columns, room)}`;
    const state = word === undefined ? '' : `${word.paint(padEnd(word.text, wordWidth))}  `;
    const rail = glyph === style.glyphs.branch ? `  ${style.glyphs.rail}` : '';
    const indent = room + markWidth + 1 + (word === undefined ? 0 : wordWidth + 2);
    return `  ${glyph} ${right}${paint(padEnd(style.glyphs[verdict], markWidth))} ${state}${hanging(text, columns, indent, rail)}`;
  };
}

function vipLine({ vip, service }: ServiceTrace, style: Style, duration: TimeWords): Line | undefined {
  const line = (name: string, verdict: Verdict, text: string): Line => ({
    glyph: verdict === 'bad' ? style.glyphs.bad : style.glyphs.hop,
    kind: 'VIP',
    name,
    verdict,
    text,
  });
  switch (vip.state) {
    case 'Assigned':
      return line(sanitize(vip.addresses.join(',')), 'ok', 'assigned');
    case 'Pending': {
      const created = 'service' in service ? service.service.metadata.creationTimestamp : undefined;
      return line(
        '<pending>',
        'bad',
        created === undefined ? 'no address without a Service' : `no address for ${sanitize(duration(created))}`,
      );
    }
    case 'Unknown':
      return line('<unknown>', 'unknown', sanitize(unavailableSentence(vip.unavailable)));
    case 'NotNeeded':
      return undefined;
  }
}

function serviceLine(hop: ServiceHop, { vmService }: ServiceTrace, style: Style): Line {
  const name = sanitize(vmService.metadata.name);
  const line = (verdict: Verdict, text: string): Line => ({
    glyph: hop.state === 'Missing' ? style.glyphs.bad : style.glyphs.hop,
    kind: 'Service',
    name,
    verdict,
    text: sanitize(text),
  });
  switch (hop.state) {
    case 'Missing':
      return line(
        'bad',
        vmService.metadata.deletionTimestamp === undefined
          ? 'does not exist: the controller has not created it'
          : 'does not exist: it is gone already, or never was there',
      );
    case 'Unknown':
      return line('unknown', unavailableSentence(hop.unavailable));
    case 'NotCompared':
      return line('ok', serviceWords(hop));
    case 'AsComputed':
      return line('ok', `${serviceWords(hop)}; nothing to change`);
    case 'Differs':
      return line(
        'warn',
        `${serviceWords(hop)}; ${hop.owned ? '' : 'nobody owns it; '}the controller would change ${hop.fields.join(', ')}`,
      );
    case 'Refused':
      return line('bad', refusalText(hop));
  }
}

/** The real controller fails here without telling anybody. */
function refusalText({ service, refusal }: Extract<ServiceHop, { state: 'Refused' }>): string {
  const owner = controllerOf(service);
  if (refusal.reason !== 'OwnedByAnotherController' || owner === undefined) return refusal.message;
  return `belongs to ${owner.kind}/${owner.name}: the controller fails here and does nothing more`;
}

function serviceWords({ service }: Extract<ServiceHop, { service: unknown }>): string {
  const { type = 'ClusterIP', clusterIP, externalName } = service.spec;
  if (type === 'ExternalName') return `${type} ${externalName ?? ''}`;
  return `${type}, ${clusterIP === 'None' ? 'headless' : `cluster IP ${clusterIP ?? 'not allocated'}`}`;
}

function endpointsLines({ endpoints: hop, vmService }: ServiceTrace, style: Style): Line[] {
  const name = sanitize(vmService.metadata.name);
  const line = (verdict: Verdict, text: string): Line => ({
    glyph: hop.state === 'Missing' ? style.glyphs.bad : style.glyphs.hop,
    kind: 'Endpoints',
    name,
    verdict,
    text: sanitize(text),
  });
  switch (hop.state) {
    case 'Missing':
      return [line('bad', 'do not exist')];
    case 'Unknown':
      return [line('unknown', unavailableSentence(hop.unavailable))];
    case 'LeftAlone':
      return hop.endpoints === undefined ? [] : [line('ok', `${counts(hop)}; the selector is empty, so the controller leaves them alone`)];
    case 'AsComputed':
      return [line(hop.ready > 0 ? 'ok' : 'warn', `${counts(hop)}; as computed`)];
    case 'OrderOnly':
      return [line('ok', `${counts(hop)}; as computed, in another order`)];
    case 'NotComputed':
      return [line('unknown', `${counts(hop)}; what they should be is not known`)];
    case 'Differs':
      return [line('warn', `${counts(hop)}; ${counted(hop.differences, 'difference')} from what the controller would write`)];
  }
}

function counts({ ready, notReady }: { readonly ready: number; readonly notReady: number }): string {
  return notReady === 0 ? `${ready} ready` : `${ready} ready, ${notReady} not ready`;
}

function sliceLines({ slices, endpoints, unmirrored: { missing, leftOut } }: ServiceTrace, style: Style): Line[] {
  const line = (name: string, verdict: Verdict, text: string): Line => ({
    glyph: style.glyphs.hop,
    kind: 'Slice',
    name,
    verdict,
    text,
  });
  if (!isSeen(slices))
    return slices.unavailable.because === 'NotAsked'
      ? []
      : [line('<unknown>', 'unknown', sanitize(unavailableSentence(slices.unavailable)))];
  const expected = hasMembers(endpoints);
  if (slices.items.length === 0) return expected ? [line('<none>', 'warn', 'nothing mirrors the Endpoints yet')] : [];
  return [
    ...slices.items.map(({ slice, mirrors }) => {
      const name = sanitize(slice.metadata.name);
      if (mirrors === undefined) return line(name, 'unknown', 'whether it mirrors the Endpoints is not known');
      return mirrors ? line(name, 'ok', 'mirrors Endpoints') : line(name, 'warn', 'differs from Endpoints');
    }),
    ...(missing.length === 0 ? [] : [line('<none>', 'warn', `no slice has ${sanitize(fewNames(missing, 3))}`)]),
    ...(leftOut.size === 0
      ? []
      : [
          line('<none>', 'warn', `not mirrored: ${sanitize(fewNames([...leftOut], 3))}; of a subset, Kubernetes mirrors ${mirrorCapacity}`),
        ]),
  ];
}

function hasMembers(hop: EndpointsHop): boolean {
  return 'ready' in hop && hop.ready + hop.notReady > 0;
}

function memberLine(row: MemberRow, last: boolean, trace: ServiceTrace, style: Style, duration: TimeWords): Line {
  const verdicts = { Ready: 'ok', NotReady: 'warn', Out: 'bad', Stale: 'warn', NotSelected: 'unknown' } as const;
  const isLeftOut = row.addresses.some((ip) => trace.unmirrored.leftOut.has(ip));
  // Power plays no part in the choice of endpoints, and nobody answers there all the same.
  const isOff = row.state === 'Ready' && row.vm !== undefined && observedPower(row.vm) === 'PoweredOff';
  const besides = `${isLeftOut ? '; not mirrored' : ''}${isOff ? '; but it is powered off' : ''}`;
  return {
    glyph: last ? style.glyphs.lastBranch : style.glyphs.branch,
    kind: sanitize(row.name),
    name: sanitize(row.addresses.join(',')) || '<none>',
    verdict: isOff || (isLeftOut && row.state === 'Ready') ? 'warn' : verdicts[row.state],
    word: { text: stateWords[row.state], paint: paintState(row.state, style) },
    text: row.member === undefined ? '' : sanitize(`${memberSentence(row.member, trace.vmService, duration)}${besides}`),
  };
}

function vmsUnknown(unavailable: Parameters<typeof unavailableSentence>[0], style: Style): readonly Line[] {
  const text = `${sanitize(unavailableSentence(unavailable))}:`;
  return [
    { glyph: style.glyphs.unknown, kind: 'VMs', name: '', verdict: 'unknown', text },
    { glyph: ' ', kind: '', name: '', text: 'selection, addresses and probes were not looked at' },
  ];
}

function paintVerdict(verdict: Verdict, style: Style): (text: string) => string {
  switch (verdict) {
    case 'ok':
      return style.ok;
    case 'warn':
      return style.warn;
    case 'bad':
      return style.bad;
    case 'unknown':
      return style.dim;
  }
}
