import type { ExitCode } from './io.ts';

/**
 * We said what was wrong; now stop. The message is one sentence for a person, printed after `error: `.
 * `hint` is printed below it, indented by two blanks, a line each.
 */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  readonly hint: readonly string[];

  constructor(message: string, options: { readonly exitCode: ExitCode; readonly hint?: readonly string[]; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.exitCode = options.exitCode;
    this.hint = options.hint ?? [];
  }
}

/** Wrong command line: exit 2, with the command whose help explains it. That of `help` is that of all. */
export function usageError(message: string, command?: string): CliError {
  const help = command === undefined || command === 'help' ? 'kubectl vmsvc -h' : `kubectl vmsvc ${command} -h`;
  return new CliError(message, { exitCode: 2, hint: [`See '${help}' for help and examples`] });
}
