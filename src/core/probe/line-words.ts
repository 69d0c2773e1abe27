import { type ProbeLine, type ProbeReport, targetText } from './probe.ts';

/** `VIP 10.20.0.15:80 connected, closed after 4 ms without a byte`. */
export function lineWords(line: ProbeLine): string {
  const { target } = line;
  const who = { name: 'name', vm: `VM ${target.vm ?? ''}`, vip: 'VIP', clusterIP: 'cluster IP', mirror: 'mirror', named: 'target' }[
    target.stage
  ];
  return `${who} ${targetText(target)} ${resultWords(line)}`;
}

/** What came of one target, in the words of a person who saw it. */
export function resultWords({ target, result, milliseconds, detail }: ProbeLine): string {
  const also = detail === '' ? '' : `, ${detail}`;
  switch (result) {
    case 'proven':
      if (target.speech !== 'resolve') return `connected${also}`;
      return detail === '' ? 'resolved' : `resolved to ${detail}`;
    case 'connected':
      return `connected, silent${also}`;
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

/** What a line means by itself, with the code that explains it; empty where the result says it all. */
export function lineMeaning(line: ProbeLine, { vantage }: Pick<ProbeReport, 'vantage'>): string {
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
