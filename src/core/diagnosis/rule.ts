import type { VirtualMachine } from '../../model/virtual-machine.ts';
import type { EndpointDecision } from '../endpoints.ts';
import type { Finding, Severity } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import type { Unavailable } from '../snapshot.ts';
import type { NamespaceSubject, Need, ServiceSubject } from './subject.ts';

/**
 * A rule says one thing that may be wrong: a small pure function from what was seen to findings of one code.
 *
 * To add one, write it into the file of what it is about (`selection.ts`, `source-ranges.ts`, …), or into one of its own:
 *
 *     export const virtualMachinePaused: VmRule = {
 *       about: 'vm',
 *       code: 'VMS212',
 *       worst: 'warning',
 *       needs: [],
 *       find: ({ vm }) => (isPaused(vm) ? [found('VMS212', 'warning', 'certain', vm, `${vm.metadata.name} is paused`)] : []),
 *     };
 *
 * and list it in `index.ts`. Four things hold for every rule:
 *
 * 1. It says what it needs. Where one of `needs` could not be looked at, the rule is not run: the report names it among those that
 *    could not, and the exit code becomes 3 if an error may hide there. Whoever looks at an optional leg all the same reads it with
 *    `isSeen`, and claims nothing about what was not seen. VMs, Services and Endpoints count as looked at by a rule about a service
 *    only if they are in its `needs`.
 * 2. `applies` keeps a rule out of the way where its question does not come up: then it passed nothing, and what could not be looked
 *    at hides nothing. A quota, say, matters only where the Service is missing. What it asks for is in `questions.ts`, or beside it.
 *    `mayHideIn` is for a leg that would have told the reason of what is seen: something is wrong, nothing that could be read says why,
 *    and what could not be read might. Then the rule counts as not run, whatever it found.
 * 3. `follows` of a finding names every code that it *may* explain. The engine folds those that were found under it ("so also")
 *    and drops the rest from the list. The order of root causes is that of `root-cause.ts`, not that of the rules.
 * 4. Texts are plain and hold the cluster's words as they are; commands are words (`fixes.ts`), and names that are no names never
 *    get into one. Times are said through `subject.around.times`.
 */
export type Rule = ServiceRule | VmRule | NamespaceRule;

interface RuleBase {
  readonly code: FindingCode;
  /** The worst that it says. */
  readonly worst: Severity;
  readonly needs: readonly Need[];
}

/** About one VirtualMachineService. */
export interface ServiceRule extends RuleBase {
  readonly about: 'service';
  readonly applies?: (subject: ServiceSubject) => boolean;
  /** It is asked about a service that is being deleted, too: of such a one nothing is kept up any more. */
  readonly inDeletion?: true;
  readonly mayHideIn?: (subject: ServiceSubject) => readonly Need[];
  readonly find: (subject: ServiceSubject) => readonly Finding[];
}

/** About each VM that a service selects, and about a VM that was named. VMs are always needed. */
export interface VmRule extends RuleBase {
  readonly about: 'vm';
  readonly applies?: (subject: VmSubject) => boolean;
  readonly mayHideIn?: (subject: VmSubject) => readonly Need[];
  readonly find: (subject: VmSubject) => readonly Finding[];
}

/** About a namespace, whatever its services: asked once for each. */
export interface NamespaceRule extends RuleBase {
  readonly about: 'namespace';
  readonly applies?: (subject: NamespaceSubject) => boolean;
  readonly find: (subject: NamespaceSubject) => readonly Finding[];
}

/** One VM, as one service sees it. */
export interface VmSubject {
  readonly vm: VirtualMachine;
  readonly decision: EndpointDecision;
  readonly service: ServiceSubject;
}

/** A rule that could not be run, and what it would have had to look at. */
export interface SkippedRule {
  readonly code: FindingCode;
  readonly missing: readonly Unavailable[];
  /** An error may hide there: without the rule, nothing can be called well. */
  readonly mayHideError: boolean;
}
