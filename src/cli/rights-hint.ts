import { pasteableCommand } from '../render/shell-quote.ts';

/**
 * How to find out what somebody may do, in the cluster and as the user of the command that was refused.
 * @param access the words that say which cluster, and as whom
 * @param task the command that was refused; undefined: all of them
 */
export function rightsHint(namespace: string, access: readonly string[], task?: string): string {
  const words = ['kubectl', 'vmsvc', 'can-i', ...(task === undefined ? [] : [task]), '-n', namespace, ...access];
  return `what you may run: ${pasteableCommand(words, [namespace]) ?? 'kubectl vmsvc can-i'}`;
}
