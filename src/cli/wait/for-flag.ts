import type { TraceCondition } from '../../core/wait-condition.ts';
import { type JsonPath, readJsonPath } from '../../render/jsonpath.ts';
import { relaxedJsonPath } from '../../render/relaxed-jsonpath.ts';
import { TemplateError } from '../../render/template-error.ts';
import { usageError } from '../errors.ts';
import type { ReconcileOptions } from '../reconcile/reconcile-options.ts';
import type { Flags } from '../spec.ts';

/** One `--for`. */
export type WaitFor = {
  /** As it was typed. */
  readonly text: string;
} & (
  | TraceCondition
  | { readonly kind: 'create' }
  | { readonly kind: 'delete' }
  /** No finding about it is an error. */
  | { readonly kind: 'healthy' }
  /** `diff` would find nothing to do. */
  | { readonly kind: 'reconciled' }
  /** The same of one child, by the same options as the run that wrote it: `reconcile --wait`, and no word of `--for`. */
  | { readonly kind: 'stored'; readonly child: 'Endpoints'; readonly options: ReconcileOptions }
  /** Without a value it is enough that there is something. */
  | { readonly kind: 'jsonpath'; readonly path: JsonPath; readonly value: string | undefined }
  | { readonly kind: 'condition'; readonly type: string; readonly status: string }
);

/** Every `--for` of a command line. @throws CliError for none, for one that means nothing, and for some that can never hold together */
export function waitFors(flags: Flags): readonly WaitFor[] {
  const given = flags.list('for').map(readFor);
  if (given.length === 0) throw usageError(`say what to wait for: --for=address, --for=endpoints=2, …; one of ${forms}`, 'wait');
  const other = given.find(({ kind }) => kind !== 'delete');
  if (other !== undefined && given.some(({ kind }) => kind === 'delete')) {
    throw usageError(`--for=delete and --for=${other.text} can never hold together`, 'wait');
  }
  return given;
}

const forms = 'address, endpoints[=N|all], reconciled, healthy, create, delete, jsonpath={.a.b}[=VALUE], condition=TYPE[=STATUS]';

function readFor(text: string): WaitFor {
  const at = text.indexOf('=');
  const word = (at < 0 ? text : text.slice(0, at)).toLowerCase();
  const value = at < 0 ? undefined : text.slice(at + 1);
  switch (word) {
    case 'address':
    case 'reconciled':
    case 'healthy':
    case 'create':
    case 'delete':
      if (value !== undefined) throw wrong(text, `${word} takes no value`);
      return { text, kind: word };
    case 'endpoints':
      return { text, kind: word, least: leastOf(text, value ?? '1') };
    case 'condition': {
      const [type = '', ...status] = (value ?? '').split('=');
      if (type === '') throw wrong(text, 'condition needs a TYPE, as in condition=Ready or condition=Ready=False');
      return { text, kind: word, type, status: status.length === 0 ? 'true' : status.join('=') };
    }
    case 'jsonpath':
      return { text, kind: word, ...pathOf(text, value ?? '') };
    default:
      throw wrong(text, `must be one of ${forms}`);
  }
}

function leastOf(text: string, value: string): number | 'all' {
  if (value.toLowerCase() === 'all') return 'all';
  if (/^\d{1,9}$/.test(value) && Number(value) > 0) return Number(value);
  throw wrong(text, 'the number of endpoints must be a whole number of at least 1, or all');
}

/**
 * `{.a}=v`, `{.a}`, and without the braces. An `=` within the path is one of a filter, and written twice there.
 * Mirrors splitJSONPathInput of kubectl's wait.
 */
function pathOf(text: string, input: string): { readonly path: JsonPath; readonly value: string | undefined } {
  const [path = '', value, ...more] = input
    .replaceAll('==', '\0')
    .split('=')
    .map((part) => part.replaceAll('\0', '=='));
  if (path === '' || more.length > 0) throw wrong(text, "must look like jsonpath='{.status.a}'=VALUE or jsonpath='{.status.a}'");
  const wanted = value?.replace(/^['"]+|['"]+$/g, '');
  if (wanted === '') throw wrong(text, "there is no value behind the equal sign, as in jsonpath='{.status.a}'=VALUE");
  try {
    return { path: readJsonPath(relaxedJsonPath(path)), value: wanted };
  } catch (error) {
    if (error instanceof TemplateError) throw wrong(text, error.message);
    throw error;
  }
}

function wrong(text: string, rule: string): Error {
  return usageError(`--for ${JSON.stringify(text)}: ${rule}`, 'wait');
}
