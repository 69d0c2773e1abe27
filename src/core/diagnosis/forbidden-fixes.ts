import type { Finding, Fix } from '../finding.ts';
import type { ServiceSubject } from './subject.ts';

/**
 * Findings without the fixes that nobody should follow: objects of a workload cluster are kept by the cluster's own controllers, which
 * repair some edits and never others. What only looks may stay.
 */
export function withoutForbiddenFixes(findings: readonly Finding[], { cluster }: ServiceSubject): readonly Finding[] {
  if (cluster === undefined) return findings;
  return findings.map((finding) => ({ ...finding, fix: finding.fix.filter(onlyLooks) }));
}

function onlyLooks(fix: Fix): boolean {
  if (fix.kind === 'advice') return true;
  const [program, verb, own] = fix.words;
  const looking = ['get', 'describe', 'vms', 'debug', 'explain', 'events', 'diff', 'bundle', 'can-i', '--context'];
  return program === 'kubectl' && looking.includes(verb === 'vmsvc' ? (own ?? '') : (verb ?? ''));
}
