import { completionScript } from '../completion/completion-scripts.ts';
import { shells } from '../completion/shells.ts';
import { usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import type { CommandInput } from '../spec.ts';

/** Prints the script that makes TAB work for kubectl-vmsvc in a shell. @throws CliError unless one shell was named */
export async function completion({ args }: CommandInput, io: Io): Promise<ExitCode> {
  const [name, ...more] = args;
  const shell = shells.find((candidate) => candidate === name);
  if (name === undefined) throw usageError(`which shell? one of ${shells.join(', ')}`, 'completion');
  if (shell === undefined)
    throw usageError(`there is no script for ${JSON.stringify(name)}: the shell must be one of ${shells.join(', ')}`, 'completion');
  if (more.length > 0) throw usageError(`completion takes one shell, not ${args.length}`, 'completion');
  io.stdout.write(completionScript(shell));
  return 0;
}
