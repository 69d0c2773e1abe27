import { accessWords } from '../access-words.ts';
import type { Io } from '../io.ts';
import { openLive } from '../live-source.ts';
import type { OpenCluster } from '../open-cluster.ts';
import type { Flags } from '../spec.ts';

/** Another context of the same kubeconfig, as kubectl would use it with `--context` alone. Nothing is sent yet. */
export function openContext(flags: Flags, context: string, io: Io): Promise<OpenCluster> {
  return openLive(inContext(flags, context), io);
}

/** The words that lead another command there. */
export function contextWords(flags: Flags, context: string): readonly string[] {
  return accessWords(inContext(flags, context));
}

/** What says nothing about which cluster, and as whom: it holds in every context. */
const kept = ['kubeconfig', 'request-timeout', 'disable-compression', 'v'];

/** The flags of a command line as if nothing but `--context` had been said about the cluster. */
function inContext(flags: Flags, context: string): Flags {
  const fallback = (name: string) => (kept.includes(name) ? flags.text(name) : undefined);
  return {
    given: (name) => name === 'context' || (kept.includes(name) && flags.given(name)),
    text: (name) => (name === 'context' ? context : fallback(name)),
    list: () => [],
    on: (name) => fallback(name) === 'true',
    number: () => undefined,
  };
}
