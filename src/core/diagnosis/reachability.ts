import type { Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import { probeFindings } from '../probe/findings.ts';
import type { ServiceRule } from './rule.ts';
import type { ServiceSubject } from './subject.ts';

/** What only a probe can find: these run where one was made, and count as nothing where there was none. */
export const probeRules: readonly ServiceRule[] = (
  [
    ['VMS701', 'error'],
    ['VMS702', 'error'],
    ['VMS703', 'error'],
    ['VMS704', 'info'],
    ['VMS705', 'error'],
    ['VMS706', 'info'],
    ['VMS709', 'error'],
    ['VMS710', 'info'],
  ] as const
).map(([code, worst]) => ({
  about: 'service',
  code,
  worst,
  needs: [],
  applies: ({ around }) => around.probes.length > 0,
  find: (subject) => probed(subject, code),
}));

/** The findings of one code that the lines of a probe come to. */
export function probed({ trace, around }: ServiceSubject, code: FindingCode): readonly Finding[] {
  if (around.probes.length === 0) return [];
  return probeFindings(trace, around.connections.of(trace.vmService)).filter((finding) => finding.code === code);
}
