import type { Finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import type { Unavailable } from '../snapshot.ts';
import { withoutForbiddenFixes } from './forbidden-fixes.ts';
import { rules as everyRule } from './index.ts';
import { withKeepersNamed } from './keeper.ts';
import { readNotPermitted } from './read-not-permitted.ts';
import { rootCauses } from './root-cause.ts';
import type { Rule, SkippedRule, VmSubject } from './rule.ts';
import type { Around, NamespaceSubject, Need, ServiceSubject } from './subject.ts';

/** What the rules say about one service, or about a namespace. */
export interface Diagnosis {
  /** Root causes first; what they explain is folded. */
  readonly findings: readonly Finding[];
  /** Codes of rules that ran and found nothing. */
  readonly passed: readonly FindingCode[];
  readonly skipped: readonly SkippedRule[];
}

export interface ServiceDiagnosis extends Diagnosis {
  readonly subject: ServiceSubject;
}

export interface NamespaceDiagnosis extends Diagnosis {
  readonly namespace: string;
}

/** Asks every rule about one service and its VMs. */
export function diagnoseService(subject: ServiceSubject, rules: readonly Rule[] = everyRule): ServiceDiagnosis {
  const vms = subject.decisions.map((decision) => ({ vm: decision.vm, decision, service: subject }));
  const runs = rules.flatMap((rule) => {
    const run = runOnService(rule, subject, vms);
    return run === undefined ? [] : [run];
  });
  const { findings, passed, skipped } = sumUp(runs);
  const mendable = withKeepersNamed(withoutForbiddenFixes(findings, subject), subject.around);
  const all = [...readNotPermitted(subject.vmService, skipped), ...mendable];
  return { subject, findings: rootCauses(all), passed, skipped };
}

/** Asks the rules that are about the namespace itself, and about what stands in it without a service. */
export function diagnoseNamespace(subject: NamespaceSubject, rules: readonly Rule[] = everyRule): NamespaceDiagnosis {
  const runs = rules.flatMap((rule) => {
    if (rule.about !== 'namespace') return [];
    const applies = rule.applies?.(subject) ?? true;
    return runRule(rule, applies, subject.around, { find: () => rule.find(subject) }) ?? [];
  });
  const { findings, passed, skipped } = sumUp(runs);
  return { namespace: subject.namespace, findings: rootCauses(findings), passed, skipped };
}

interface Run {
  readonly code: FindingCode;
  readonly findings: readonly Finding[];
  readonly skipped: SkippedRule | undefined;
}

function runOnService(rule: Rule, subject: ServiceSubject, vms: readonly VmSubject[]): Run | undefined {
  const { around } = subject;
  const goes = subject.vmService.metadata.deletionTimestamp !== undefined;
  switch (rule.about) {
    case 'namespace':
      return undefined;
    case 'service': {
      const applies = (!goes || rule.inDeletion === true) && (rule.applies?.(subject) ?? true);
      return runRule(rule, applies, around, { find: () => rule.find(subject), mayHideIn: () => rule.mayHideIn?.(subject) ?? [] });
    }
    case 'vm': {
      const { applies, mayHideIn } = rule;
      const asked = applies === undefined ? vms : vms.filter((vm) => applies(vm));
      const unseen = 'unavailable' in around.world.vms;
      return runRule(rule, !goes && (unseen || asked.length > 0), around, {
        find: () => asked.flatMap((vm) => rule.find(vm)),
        mayHideIn: () => (mayHideIn === undefined ? [] : [...new Set(asked.flatMap((vm) => mayHideIn(vm)))]),
      });
    }
  }
}

interface Asking {
  readonly find: () => readonly Finding[];
  readonly mayHideIn?: () => readonly Need[];
}

/** Undefined where the question of the rule does not come up: it passed nothing, and missed nothing. */
function runRule(rule: Rule, applies: boolean, around: Around, { find, mayHideIn }: Asking): Run | undefined {
  if (!applies) return undefined;
  const { code } = rule;
  const skipped = (missing: readonly Unavailable[]) => ({ code, missing, mayHideError: rule.worst === 'error' });
  const missing = [...(rule.about === 'vm' ? around.missing(vmsNeeded) : []), ...around.missing(rule.needs)];
  if (missing.length > 0) return { code, findings: [], skipped: skipped(missing) };
  const besides = mayHideIn?.() ?? [];
  const hidden = besides.length === 0 ? [] : around.missing(besides);
  return { code, findings: find(), skipped: hidden.length > 0 ? skipped(hidden) : undefined };
}

const vmsNeeded: readonly Need[] = ['vms'];

/** What nobody asked for was not missed: a command that reads less has fewer rules. */
function sumUp(runs: readonly Run[]): { findings: Finding[]; passed: FindingCode[]; skipped: SkippedRule[] } {
  const findings = runs.flatMap((run) => run.findings);
  const skipped = runs.flatMap((run) => run.skipped ?? []);
  const notPassed = new Set([...findings, ...skipped].map(({ code }) => code));
  return {
    findings,
    passed: [...new Set(runs.map(({ code }) => code))].filter((code) => !notPassed.has(code)),
    skipped: skipped.filter(({ missing }) => missing.some(({ because }) => because !== 'NotAsked')),
  };
}
