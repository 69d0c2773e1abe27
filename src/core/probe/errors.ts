import type { ProbeResult } from './probe.ts';

/** What an operating system's error says about the way to a target. `retry`: once more may help. */
export function resultOfError(code: string): { readonly result: ProbeResult; readonly detail: string } {
  switch (code) {
    case 'ECONNREFUSED':
      return { result: 'refused', detail: '' };
    case 'ETIMEDOUT':
      return { result: 'filtered', detail: 'no answer' };
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return { result: 'unreachable', detail: 'no route to host' };
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return { result: 'unreachable', detail: 'no route to network' };
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return { result: 'closed-early', detail: 'reset' };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
    case 'EAI_NONAME':
      return { result: 'unresolved', detail: code === 'EAI_AGAIN' ? 'the name server did not answer' : 'no such name' };
    case 'EACCES':
    case 'EPERM':
      return { result: 'skipped', detail: 'blocked on this machine' };
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return { result: 'skipped', detail: 'this machine has no address of that family' };
    case 'EMFILE':
    case 'ENFILE':
      return { result: 'skipped', detail: 'too many open files on this machine' };
    default:
      return { result: 'skipped', detail: code === '' ? 'failed for an unknown reason' : `failed with ${code}` };
  }
}
