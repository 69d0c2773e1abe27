import { compareText } from '../../model/text-order.ts';
import { compareSeverity, type Finding, objectText } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';

/**
 * Root causes in the order in which they come on the way from the manifest to the client: one broken thing near the start lights up
 * everything after it. Each entry is a code, or a range of them.
 */
const order: readonly (readonly [from: number, to: number])[] = [
  // Whose it is, and what cannot be seen: these change how everything else is read.
  [901, 906],
  [910, 914],
  [917, 918],
  [915, 916],
  // Deletion and admission.
  [112, 113],
  [101, 111],
  [114, 199],
  // The child Service; a quota is met there, too.
  [606, 606],
  [403, 411],
  [401, 402],
  // Selection, the VMs' creation, network and readiness.
  [201, 208],
  [210, 213],
  [209, 209],
  [301, 307],
  [314, 314],
  [308, 313],
  // Endpoints, the load balancer, the way there, copies elsewhere.
  [501, 513],
  [601, 618],
  [701, 710],
  [801, 809],
];

function rankOf(code: FindingCode): number {
  const number = Number(code.slice(3));
  const at = order.findIndex(([from, to]) => number >= from && number <= to);
  return (at < 0 ? order.length : at) * 1000 + number;
}

/** These come first whatever their severity: they change which fixes may be printed. */
function isAboutTheReport(code: FindingCode): boolean {
  return /^VMS9(0|1[0-478])/.test(code);
}

/**
 * The findings of one service, root causes first: ownership and what could not be seen, then errors, warnings and notes, each in
 * the order in which causes come. What another finding explains is folded under it.
 *
 * A finding explains what is in its `follows` if it is at least as severe; one that says "waiting" explains errors, too, since there
 * is nothing wrong yet. Afterwards `follows` names only what was folded.
 */
export function rootCauses(findings: readonly Finding[]): readonly Finding[] {
  const sorted = findings.toSorted(
    (left, right) =>
      Number(isAboutTheReport(right.code)) - Number(isAboutTheReport(left.code)) ||
      (isAboutTheReport(left.code) ? 0 : compareSeverity(left.severity, right.severity)) ||
      rankOf(left.code) - rankOf(right.code) ||
      compareText(objectText(left), objectText(right)),
  );
  const folded = new Map<Finding, Set<FindingCode>>();
  const standing = Map.groupBy(sorted, ({ code }) => code);
  const gone = new Set<Finding>();
  for (const cause of [...sorted.filter(isWaiting), ...sorted.filter((finding) => !isWaiting(finding))]) {
    if (gone.has(cause)) continue;
    const explained = explainedBy(cause, standing);
    // What those explained comes along. A chain has one head: what a folded finding would have explained is folded under it, too.
    const codes = new Set(explained.flatMap((finding) => [finding.code, ...(folded.get(finding) ?? [])]));
    for (let links = explained; links.length > 0; links = links.flatMap((link) => explainedBy(link, standing, cause))) {
      for (const link of links) {
        gone.add(link);
        codes.add(link.code);
      }
    }
    folded.set(cause, codes);
  }
  return sorted
    .filter((finding) => !gone.has(finding))
    .map((finding) => ({ ...finding, follows: [...(folded.get(finding) ?? [])].toSorted(compareText) }));
}

/**
 * Takes what a finding explains out of those that still stand, which are looked up by their codes: of thousands of findings, hardly any
 * explains another.
 *
 * @param head of the chain that the finding is a link of: nothing explains its own head
 */
function explainedBy(cause: Finding, standing: Map<FindingCode, Finding[]>, head = cause): readonly Finding[] {
  return cause.follows.flatMap((code) => {
    const { explained = [], others = [] } = Object.groupBy(standing.get(code) ?? [], (finding) =>
      finding !== head && explains(cause, finding) ? 'explained' : 'others',
    );
    if (explained.length > 0) standing.set(code, others);
    return explained;
  });
}

/** Waiting is no fault: such a finding is a note that says what will follow from it. */
function isWaiting({ severity, follows }: Finding): boolean {
  return severity === 'info' && follows.length > 0;
}

function explains(cause: Finding, finding: Finding): boolean {
  if (finding.code === cause.code || !cause.follows.includes(finding.code)) return false;
  // What is wrong with one VM says nothing about what is wrong with another.
  if (isAboutVm(cause) && isAboutVm(finding) && objectText(cause) !== objectText(finding)) return false;
  return isWaiting(cause) || compareSeverity(cause.severity, finding.severity) <= 0;
}

function isAboutVm({ object }: Finding): boolean {
  return object.kind === 'VirtualMachine';
}
