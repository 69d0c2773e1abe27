import type { Rehearsal } from './subject.ts';

/** What was sent and refused, and the server's words below it. */
export function rehearsalLines({ status }: Extract<Rehearsal, { outcome: 'refused' }>): readonly string[] {
  return ['the same Service, sent as a server-side dry run, is refused:', `  ${status.message ?? status.reason ?? 'without a reason'}`];
}
