import type { Unmet } from '../../core/wait-condition.ts';
import { isList, jsonOf, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { goText } from '../../render/go-value.ts';
import type { JsonPath } from '../../render/jsonpath.ts';
import { evaluateJsonPath } from '../../render/jsonpath-evaluate.ts';
import { TemplateError } from '../../render/template-error.ts';
import { usageError } from '../errors.ts';

interface PathCondition {
  readonly text: string;
  readonly path: JsonPath;
  readonly value: string | undefined;
}

/**
 * Whether a field is there, or has a value. Undefined when it holds. Mirrors the JSONPathWait of kubectl's wait.
 * @throws CliError where it can never be told: several values, or a map or list that is held against a text
 */
export function unmetPath({ text, path, value }: PathCondition, object: KubeObject): Unmet | undefined {
  const [found, ...more] = valuesAt(text, path, object);
  if (found === undefined) return { text: `${path.text} is not there` };
  if (more.length > 0) throw usageError(`--for ${JSON.stringify(text)}: the path matches ${more.length + 1} values`, 'wait');
  if (value === undefined) return undefined;
  if (isList(found) || isMap(found)) {
    throw usageError(`--for ${JSON.stringify(text)}: the path leads to a map or a list, which cannot be compared`, 'wait');
  }
  const shown = goText(found);
  return shown.trim() === value.trim() ? undefined : { text: `${path.text} is ${JSON.stringify(shown)}` };
}

function valuesAt(text: string, path: JsonPath, object: KubeObject) {
  try {
    return evaluateJsonPath(path.template, jsonOf(object), { allowMissingKeys: true }).flatMap(({ values }) => values);
  } catch (error) {
    if (error instanceof TemplateError) throw usageError(`--for ${JSON.stringify(text)}: ${error.message}`, 'wait');
    throw error;
  }
}
