import type { ManifestProblem } from '../cluster/files/manifest-values.ts';
import { CliError } from './errors.ts';

/** What is wrong with files, as one error: `file:line:column: message`, the line with a caret, and what to do. */
export function manifestErrors(problems: readonly ManifestProblem[]): CliError {
  const [first = [], ...others] = problems.map(problemLines);
  const [head = 'the files could not be read', ...rest] = first;
  return new CliError(head, { exitCode: 3, hint: [...rest, ...others.flatMap(([line = '', ...more]) => [`error: ${line}`, ...more])] });
}

function problemLines({ file, position, message, hint, excerpt }: ManifestProblem): string[] {
  const place = position === undefined ? file : `${file}:${position.line}:${position.column}`;
  return [`${place}: ${message}`, ...(excerpt === undefined ? [] : excerpt.split('\n')), ...(hint === undefined ? [] : [`  ${hint}`])];
}

/** The same as lines for a command that goes on. */
export function manifestErrorLines(problems: readonly ManifestProblem[]): readonly string[] {
  return problems.flatMap((problem) => {
    const [line = '', ...more] = problemLines(problem);
    return [`error: ${line}`, ...more];
  });
}
