import type { Finding, Fix } from './finding.ts';

/**
 * A finding whose commands lead to the cluster in which it was found, as the same user.
 * @param access the words that say which cluster, and as whom
 */
export function withAccess(finding: Finding, access: readonly string[]): Finding {
  return access.length === 0 ? finding : { ...finding, fix: finding.fix.map((fix) => reaching(fix, access)) };
}

function reaching(fix: Fix, access: readonly string[]): Fix {
  return fix.kind === 'command' ? { ...fix, words: reachingWords(fix.words, access) } : fix;
}

/** Where a person would write them: behind the namespace, otherwise at the end. */
function reachingWords(words: readonly string[], access: readonly string[]): readonly string[] {
  if (words[0] !== 'kubectl' || loginOfItsOwn.has(words[1] ?? '')) return words;
  const elsewhere = words.includes('--context');
  const added = elsewhere ? access.filter((word) => word.startsWith('--kubeconfig=')) : access;
  const namespace = words.indexOf('-n');
  const place = namespace < 0 ? words.length : namespace + 2;
  return words.toSpliced(place, 0, ...added);
}

/** Plugins that find the cluster by themselves, and do not take kubectl's flags. */
const loginOfItsOwn: ReadonlySet<string> = new Set(['vsphere']);
