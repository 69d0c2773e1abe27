import type { OptionSpec } from '../spec.ts';

/** Those of kubectl that take a template, or a file of one. */
export const templateFormats = [
  'jsonpath=',
  'jsonpath-file=',
  'jsonpath-as-json=',
  'custom-columns=',
  'custom-columns-file=',
  'go-template=',
  'go-template-file=',
];

/** `-o` with the formats that a command has, those that take something with their `=`, and what else help says of them. */
export function outputOf(formats: readonly string[], note = ''): OptionSpec {
  const list = formats.map((format) => (format.endsWith('=') ? `${format}…` : format)).join(', ');
  return {
    name: 'output',
    short: 'o',
    kind: 'text',
    completes: formats,
    filesBehind: formats.filter((format) => format.endsWith('-file=')).map((format) => format.slice(0, -1)),
    text: `${list}.${note === '' ? '' : ` ${note}`}`,
  };
}

/** The `-o` of a report, which may be given several times: `FORMAT=FILE` writes it to a file. */
export function reportOutputOf(formats: readonly string[], note: string): OptionSpec {
  const output = outputOf(formats, note);
  const toFiles = formats.filter((format) => !format.endsWith('='));
  return { ...output, kind: 'list', whole: true, filesBehind: [...toFiles, ...(output.filesBehind ?? [])] };
}

/** What goes with `-o jsonpath` and `-o go-template`. */
export const templateOptions: readonly OptionSpec[] = [
  {
    name: 'template',
    kind: 'text',
    text: 'Template string or file for -o go-template and -o go-template-file.',
  },
  {
    name: 'allow-missing-template-keys',
    kind: 'boolean',
    fallback: 'true',
    text: 'It is no error if a template names a field or key that the object does not have.',
  },
];

export const noHeaders: OptionSpec = { name: 'no-headers', kind: 'boolean', fallback: 'false', text: 'Do not print the header line.' };
