/** What `-o` asked for, understood. */
export type OutputFormat =
  | { readonly kind: 'table'; readonly wide: boolean }
  | { readonly kind: PlainFormat }
  | { readonly kind: 'jsonpath'; readonly template: string }
  | { readonly kind: 'jsonpath-as-json'; readonly template: string }
  | { readonly kind: 'jsonpath-file'; readonly file: string }
  | { readonly kind: 'custom-columns'; readonly spec: string }
  | { readonly kind: 'custom-columns-file'; readonly file: string }
  /** The user's own kubectl renders these. */
  | { readonly kind: 'go-template'; readonly template: string }
  | { readonly kind: 'go-template-file'; readonly file: string };

/** Formats that are one word and take nothing. */
export type PlainFormat = 'json' | 'yaml' | 'name' | 'mermaid' | 'dot' | 'unified' | 'sarif' | 'junit' | 'tap' | 'github';

/** A word that may stand in a command's list of allowed formats. */
export type FormatName = PlainFormat | 'wide' | TemplateFormat | FileFormat;

type TemplateFormat = 'jsonpath' | 'jsonpath-as-json' | 'custom-columns' | 'go-template';
type FileFormat = 'jsonpath-file' | 'custom-columns-file' | 'go-template-file';

/** What kubectl's `get` takes. */
export const getFormats: readonly FormatName[] = [
  'custom-columns',
  'custom-columns-file',
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'name',
  'wide',
  'yaml',
];

/** What a report takes that has one text: everything that needs a document. */
export const reportFormats: readonly FormatName[] = getFormats.filter((name) => name !== 'wide');

/** What `describe` takes: the same, and pictures. */
export const describeFormats: readonly FormatName[] = [...reportFormats, 'mermaid', 'dot'];

/**
 * Reads the value of `-o` (undefined: the flag was not given). `template` is the value of `--template`, which stands in for
 * what follows the `=`, and alone means a Go template, as in kubectl.
 * @returns the format, or the sentence that says what is wrong: a usage error.
 */
export function parseOutputFormat(
  value: string | undefined,
  allowed: readonly FormatName[],
  template?: string,
): { readonly format: OutputFormat } | { readonly error: string } {
  if (value === undefined || value === '') {
    return template === undefined || template === ''
      ? { format: { kind: 'table', wide: false } }
      : { format: { kind: 'go-template', template } };
  }
  const equals = value.indexOf('=');
  const name = equals < 0 ? value : value.slice(0, equals);
  const argument = equals < 0 ? template : value.slice(equals + 1);
  const known = allowed.find((word) => word === (synonyms.get(name) ?? (anyCase.has(name.toLowerCase()) ? name.toLowerCase() : name)));
  if (known === undefined) return noMatch(value, allowed);

  switch (known) {
    case 'jsonpath':
    case 'jsonpath-as-json':
    case 'go-template':
      return argument ? { format: { kind: known, template: argument } } : { error: 'template format specified but no template given' };
    case 'jsonpath-file':
    case 'go-template-file':
      return argument ? { format: { kind: known, file: argument } } : { error: 'template format specified but no template given' };
    case 'custom-columns':
      return argument ? { format: { kind: known, spec: argument } } : { error: noColumns };
    case 'custom-columns-file':
      return argument ? { format: { kind: known, file: argument } } : { error: noColumns };
    case 'wide':
      return equals < 0 ? { format: { kind: 'table', wide: true } } : noMatch(value, allowed);
    default:
      return equals < 0 ? { format: { kind: known } } : noMatch(value, allowed);
  }
}

const noColumns = 'custom-columns format specified but no custom columns given';

/** Of these kubectl does not mind the case. */
const anyCase = new Set(['json', 'yaml', 'name']);

/** kubectl's older names. */
const synonyms = new Map([
  ['template', 'go-template'],
  ['templatefile', 'go-template-file'],
]);

function noMatch(value: string, allowed: readonly FormatName[]): { readonly error: string } {
  const words = [...allowed].sort().join(',');
  return { error: `unable to match a printer suitable for the output format ${JSON.stringify(value)}, allowed formats are: ${words}` };
}
