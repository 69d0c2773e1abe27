import { compareText } from '../../model/text-order.ts';
import type { EndpointDecision } from '../endpoints.ts';
import type { Finding } from '../finding.ts';
import type { ReportedFinding } from './validation-report.ts';

/** A VM as one service sees it, before or after. */
export interface MemberChange {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly outcome: EndpointDecision['outcome'];
}

/** What the server said to the write, which it was asked to try. */
export type ServerVerdict =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly message: string }
  | { readonly outcome: 'notTried'; readonly why: string }
  /** Its namespace is not there: that says nothing about the object. */
  | { readonly outcome: 'noNamespace' };

/** What one object of a file would do in a cluster. */
export interface LiveChange {
  readonly file: string;
  readonly name: string;
  readonly namespace: string;
  /** `unknown`: what is stored could not be looked at. */
  readonly operation: 'created' | 'configured' | 'unchanged' | 'refused' | 'unknown';
  /** Undefined where VMs could not be looked at. */
  readonly members: MemberChanges | undefined;
  readonly problems: ProblemChanges;
  readonly server: ServerVerdict;
}

export interface MemberChanges {
  readonly joins: readonly MemberChange[];
  readonly leaves: readonly MemberChange[];
  readonly stays: readonly MemberChange[];
}

/** Who comes, who goes and who stays, by the VM's name. */
export function memberChanges(before: readonly EndpointDecision[], after: readonly EndpointDecision[]): MemberChanges {
  const nameOf = ({ vm }: EndpointDecision): string => vm.metadata.name;
  const was = new Set(before.map(nameOf));
  const is = new Set(after.map(nameOf));
  const change = ({ vm, addresses, outcome }: EndpointDecision): MemberChange => ({ name: vm.metadata.name, addresses, outcome });
  const sorted = (decisions: readonly EndpointDecision[]): readonly MemberChange[] =>
    decisions.map(change).sort((left, right) => compareText(left.name, right.name));
  return {
    joins: sorted(after.filter((decision) => !was.has(nameOf(decision)))),
    leaves: sorted(before.filter((decision) => !is.has(nameOf(decision)))),
    stays: sorted(after.filter((decision) => was.has(nameOf(decision)))),
  };
}

export interface ProblemChanges {
  readonly fresh: readonly ReportedFinding[];
  readonly solved: readonly Finding[];
  readonly unchanged: readonly ReportedFinding[];
}

/** What a change brings, and what it takes away. A problem is the same where code, object and field are. */
export function problemChanges(before: readonly Finding[], after: readonly ReportedFinding[]): ProblemChanges {
  const keyOf = ({ code, severity, object, field }: Finding): string => [code, severity, object.kind, object.name, field ?? ''].join('\0');
  const was = new Set(before.map(keyOf));
  const is = new Set(after.map(({ finding }) => keyOf(finding)));
  return {
    fresh: after.filter(({ finding }) => !was.has(keyOf(finding))),
    solved: before.filter((finding) => !is.has(keyOf(finding))),
    unchanged: after.filter(({ finding }) => was.has(keyOf(finding))),
  };
}

/** What to think of a server that answers otherwise than we would have: it is right, and we are not. */
export function disagreement(server: ServerVerdict, refusedByUs: readonly Finding[]): string | undefined {
  if (server.outcome === 'accepted' && refusedByUs.length > 0) {
    return `the server accepts this, though ${[...new Set(refusedByUs.map(({ code }) => code))].join(', ')} says that it would not: a bug of this tool, unless the server runs without VM Operator's webhook`;
  }
  if (server.outcome === 'refused' && refusedByUs.length === 0) {
    return `the server refuses this, and this tool did not foresee it: a bug of this tool, unless a policy of your own is behind it: ${server.message}`;
  }
  return undefined;
}
