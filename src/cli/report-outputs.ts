import { normalize } from 'node:path';
import { type FormatName, type OutputFormat, parseOutputFormat } from '../render/output-format.ts';
import { usageError } from './errors.ts';
import type { Flags } from './spec.ts';

/** Formats that a report may have in a file. */
const fileFormats = ['json', 'yaml', 'sarif', 'junit', 'tap', 'github'] as const;
export type FileFormat = (typeof fileFormats)[number];

/** What a run prints, and the files that it writes besides: one computation, told several times. */
export interface ReportOutputs {
  readonly stdout: OutputFormat;
  readonly files: readonly ReportFile[];
}

export interface ReportFile {
  readonly format: FileFormat;
  /** As it was named. */
  readonly name: string;
}

/**
 * The `-o` of a command that may be given several times: `-o FORMAT` is printed, `-o FORMAT=FILE` goes to a file. Without one that is
 * printed, stdout has the text for people.
 * @throws CliError for a format that the command does not have, two that are to be printed, and two for one file
 */
export function reportOutputs(flags: Flags, allowed: readonly FormatName[], command: string): ReportOutputs {
  const values = flags.list('output');
  const files = values.flatMap((value) => fileOf(value, allowed, command));
  const printed = values.filter((value) => fileOf(value, allowed, command).length === 0).map((value) => value.replace(/^(\w+)=-$/, '$1'));
  const [first, second] = printed;
  if (second !== undefined) {
    const message = `-o ${JSON.stringify(first)} and -o ${JSON.stringify(second)} would both be printed: one of them must go to a file, as -o FORMAT=FILE`;
    throw usageError(message, command);
  }
  const twice = files.find(({ name }, index) => files.findIndex((other) => normalize(other.name) === normalize(name)) < index);
  if (twice !== undefined) throw usageError(`-o writes two reports to ${JSON.stringify(twice.name)}`, command);
  const template = flags.text('template');
  const parsed = parseOutputFormat(first, allowed, template);
  if ('error' in parsed) throw usageError(parsed.error, command);
  return { stdout: parsed.format, files };
}

/** Templates take something behind their `=` that is no file. @throws CliError for a file without a name */
function fileOf(value: string, allowed: readonly FormatName[], command: string): readonly ReportFile[] {
  const [, word = '', name = ''] = /^(\w+)=(.*)$/s.exec(value) ?? [];
  const format = fileFormats.find((known) => known === word && allowed.includes(known));
  if (format === undefined || name === '-') return [];
  if (name === '') throw usageError(`-o ${JSON.stringify(value)}: there must be a file behind the =`, command);
  return [{ format, name }];
}
