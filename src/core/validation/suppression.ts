import type { JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { Finding } from '../finding.ts';
import { type FindingCode, findingWords } from '../finding-codes.ts';

/** Annotations that begin like this leave out a code on their object: `vmsvc/ignore-VMS206: "shared on purpose"`. */
const ignorePrefix = 'vmsvc/ignore-';

/** One code that is to be left out, on one object or on all. */
export interface Suppression {
  readonly code: FindingCode;
  /** Only on objects of this name. */
  readonly name: string | undefined;
}

/** Reads `CODE` or `CODE=NAME`; the code may be its word. Flag and annotation mean the same. Undefined for anything else. */
export function parseSuppression(text: string): Suppression | undefined {
  const equals = text.indexOf('=');
  const word = (equals < 0 ? text : text.slice(0, equals)).trim().toLowerCase();
  const name = equals < 0 ? undefined : text.slice(equals + 1).trim();
  if (name === '') return undefined;
  for (const [code, reason] of Object.entries(findingWords)) {
    if (isCode(code) && (code.toLowerCase() === word || reason.toLowerCase() === word)) return { code, name };
  }
  return undefined;
}

function isCode(text: string): text is FindingCode {
  return Object.hasOwn(findingWords, text);
}

/** An annotation that leaves something out. */
export interface IgnoreAnnotation {
  readonly key: string;
  /** Undefined: there is no such code. */
  readonly code: FindingCode | undefined;
  /** Why; an annotation without a reason counts for nothing. */
  readonly reason: string;
}

export function ignoreAnnotations(object: JsonObject): readonly IgnoreAnnotation[] {
  const metadata = isMap(object['metadata']) ? object['metadata'] : {};
  const annotations = isMap(metadata['annotations']) ? metadata['annotations'] : {};
  return Object.entries(annotations).flatMap(([key, value]): IgnoreAnnotation[] => {
    if (!key.startsWith(ignorePrefix)) return [];
    const code = parseSuppression(key.slice(ignorePrefix.length))?.code;
    return [{ key, code, reason: typeof value === 'string' ? value.trim() : '' }];
  });
}

export function isSuppressedBy({ code, name }: Suppression, finding: Finding): boolean {
  return finding.code === code && (name === undefined || finding.object.name === name);
}
