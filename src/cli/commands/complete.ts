import { type Candidate, completionOf, completionText, type LookupCompletion, type PathCompletion } from '../completion/completion.ts';
import { allCommands } from '../find-command.ts';
import { globalOptions } from '../global-options.ts';
import type { ExitCode, Io } from '../io.ts';

/** Milliseconds from the start of the process: who typed TAB gets an answer within 300, or none, and ending takes some of them. */
const patience = 290;

/**
 * What kubectl and the scripts for the shells call on TAB, with the words typed so far. It prints candidates one a line and then
 * the line of the directive; whatever goes wrong, it has no candidates and says nothing about it.
 */
export async function complete(words: readonly string[], io: Io): Promise<ExitCode> {
  let candidates: readonly Candidate[] | 'files' = [];
  try {
    const completion = completionOf(asTyped(words), await allCommands(), globalOptions);
    if (completion.from === 'lookup') candidates = await lookedUp(completion, io);
    else if (completion.from === 'paths') candidates = await pathsFor(completion, io);
    else candidates = completion.from === 'files' ? 'files' : completion.candidates;
  } catch {
    // A half-typed command line may be wrong in every way.
  }
  io.stdout.write(completionText(candidates));
  return 0;
}

/** A shell that loses empty words on the way sends two quotes for one. */
function asTyped(words: readonly string[]): readonly string[] {
  return words.at(-1) === '""' ? [...words.slice(0, -1), ''] : words;
}

async function pathsFor(completion: PathCompletion, io: Io): Promise<readonly Candidate[]> {
  const { lookUpPaths } = await import('../completion/path-lookup.ts');
  return (await lookUpPaths(completion, io)).map((word) => ({ word }));
}

async function lookedUp(completion: LookupCompletion, io: Io): Promise<readonly Candidate[]> {
  const { lookUp } = await import('../completion/completion-lookup.ts');
  const found = await lookUp(completion, io, patienceOf(io.env) - (io.elapsed?.() ?? 0));
  return found === undefined ? [] : completion.candidates(found);
}

/** A slow connection may be worth waiting for: KUBECTL_VMSVC_COMPLETION_TIMEOUT, in milliseconds. */
function patienceOf(env: Io['env']): number {
  const wanted = env.KUBECTL_VMSVC_COMPLETION_TIMEOUT ?? '';
  return /^\d{1,5}$/.test(wanted) ? Number(wanted) : patience;
}
