import { isList, type Json } from '../model/object.ts';
import { isMap } from '../model/raw-json.ts';
import { compactJson, renderJson } from './documents.ts';
import { goText } from './go-value.ts';
import { evaluateJsonPath } from './jsonpath-evaluate.ts';
import { type JsonPathTemplate, parseJsonPath } from './jsonpath-parse.ts';
import { sanitizeLines } from './sanitize.ts';
import { TemplateError } from './template-error.ts';

/** A `-o jsonpath` template that was read, with its text for messages. */
export interface JsonPath {
  readonly text: string;
  readonly template: JsonPathTemplate;
}

export interface JsonPathOptions {
  /** kubectl's `--allow-missing-template-keys`, true by default: a missing key prints nothing. */
  readonly allowMissingKeys: boolean;
  /** `jsonpath-as-json`: the values of each `{…}` as a JSON list. */
  readonly asJson: boolean;
  /** Values on their way to a terminal are made safe; a pipe gets them as they are. Text of the template is never touched. */
  readonly toTerminal: boolean;
}

/** @throws TemplateError when the template cannot be read: a usage error. */
export function readJsonPath(text: string): JsonPath {
  try {
    return { text, template: parseJsonPath(text) };
  } catch (error) {
    throw error instanceof TemplateError ? new TemplateError(`error parsing jsonpath ${text}, ${error.message}`) : error;
  }
}

/**
 * What `-o jsonpath` prints of a document, without a line end of its own, as kubectl.
 * @throws TemplateError when the template does not fit the document.
 */
export function renderJsonPath(path: JsonPath, document: Json, options: JsonPathOptions): string {
  const shown = (text: string, literal: boolean) => (options.toTerminal && !literal ? sanitizeLines(text) : text);
  try {
    return evaluateJsonPath(path.template, document, options)
      .map(({ values, literal }) =>
        options.asJson ? renderJson(values, 'sorted') : values.map((value) => shown(valueText(value), literal)).join(' '),
      )
      .join('');
  } catch (error) {
    throw error instanceof TemplateError
      ? new TemplateError(`error executing jsonpath ${JSON.stringify(path.text)}: ${error.message}`)
      : error;
  }
}

function valueText(value: Json): string {
  if (value === null) return 'null';
  return isList(value) || isMap(value) ? compactJson(value) : goText(value);
}
