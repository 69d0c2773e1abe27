import { type ProbeLine, type ProbeReport, type ProbeTarget, provesListener, targetText, type Vantage } from './probe.ts';

/** `VIP 10.20.0.15:80 connected, closed after 4 ms without a byte`. */
export function lineWords(line: ProbeLine): string {
  const { target } = line;
  const who = { name: 'name', vm: `VM ${target.vm ?? ''}`, vip: 'VIP', clusterIP: 'cluster IP', mirror: 'mirror', named: 'target' }[
    target.stage
  ];
  return `${who} ${targetText(target)} ${resultWords(line)}`;
}

/** What came of one target, in the words of a person who saw it. */
export function resultWords(line: ProbeLine): string {
  const { target, result, milliseconds, detail } = line;
  const also = detail === '' ? '' : `, ${detail}`;
  switch (result) {
    case 'proven':
      if (target.speech !== 'resolve') return `connected${also}`;
      return detail === '' ? 'resolved' : `resolved to ${detail}`;
    case 'connected':
      return `connected${line.bytes > 0 ? '' : ', silent'}${also}`;
    case 'closed-early':
      return `connected, ${detail === 'reset' ? 'reset' : 'closed'} after ${milliseconds} ms without a byte`;
    case 'refused':
      return `refused${also}`;
    case 'filtered':
      return `no answer within ${Math.max(1, Math.round(milliseconds / 1000))}s`;
    case 'unreachable':
      return `unreachable${also}`;
    case 'unresolved':
      return `not resolved${also}`;
    case 'unanswered':
      return `no answer${also}`;
    case 'skipped':
      return `not tried${also.replace(',', ':')}`;
  }
}

/**
 * What each line of a report means, with the code that explains it; empty where the result says it all. A load balancer that does not
 * answer means one thing where the VM behind it does, and another where it cannot be reached either.
 */
export function lineMeanings({ lines, vantage }: Pick<ProbeReport, 'lines' | 'vantage'>): readonly string[] {
  const behind = Map.groupBy(
    lines.filter((line) => line.target.stage === 'vm' && provesListener(line)),
    ({ target }) => portKey(target),
  );
  return lines.map((line) => besideVms(line, behind.get(portKey(line.target)) ?? []) ?? lineMeaning(line, vantage));
}

function portKey({ service, protocol, servicePort }: ProbeTarget): string {
  return `${service?.namespace ?? ''}/${service?.name ?? ''} ${protocol} ${servicePort ?? ''}`;
}

/** What the VMs that take connections make of a load balancer's line; undefined where they say nothing about it. */
function besideVms({ target, result }: ProbeLine, listening: readonly ProbeLine[]): string | undefined {
  if (target.stage !== 'vip' || listening.length === 0) return undefined;
  if (result === 'closed-early' && listening.every((vm) => vm.result === 'closed-early'))
    return 'hangs up as the VM does: inconclusive (VMS704)';
  if (result === 'closed-early' || result === 'refused') return 'the VM answers, this does not (VMS705)';
  return undefined;
}

/** What a line means by itself. */
function lineMeaning(line: ProbeLine, vantage: Vantage): string {
  const { target, result } = line;
  const behindProxy = target.stage === 'vip' || target.stage === 'clusterIP' || target.stage === 'mirror';
  switch (result) {
    case 'proven':
    case 'skipped':
      return '';
    case 'unanswered':
      return 'not provable without --send and --expect (VMS710)';
    case 'connected':
      if (line.bytes > 0 || line.detail !== '') return behindProxy ? 'inconclusive (VMS704)' : '';
      if (target.stage === 'vm') return 'something listens';
      return 'a load balancer may accept alone: inconclusive (VMS704)';
    case 'closed-early':
      if (target.stage === 'vm') return 'something listens, and hangs up';
      return behindProxy ? 'no usable member behind the VIP (VMS703)' : 'inconclusive (VMS704)';
    case 'refused':
      return target.stage === 'vip' ? 'no virtual server on that port (VMS701)' : 'nothing listens (VMS701)';
    case 'unresolved':
      return 'this name is not known here (VMS709)';
    case 'filtered':
    case 'unreachable':
      if (vantage.type === 'laptop') {
        return target.stage === 'vm' ? 'normal: VM networks are rarely routed to laptops' : 'try from inside: --from=pod (VMS706)';
      }
      return 'dropped on the way, or no route (VMS702)';
  }
}
