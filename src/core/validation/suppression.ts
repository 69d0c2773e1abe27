import type { JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import type { Finding } from '../finding.ts';
import { type FindingCode, findingWords } from '../finding-codes.ts';
import { nudgeKey } from '../nudge.ts';

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

/** An annotation that leaves something out, or was meant to. */
export interface IgnoreAnnotation {
  readonly key: string;
  /** Not how such an annotation is written: it counts for nothing. */
  readonly misspelt: boolean;
  /** Undefined: there is no such code. */
  readonly code: FindingCode | undefined;
  /** Why; an annotation without a reason counts for nothing. */
  readonly reason: string;
}

export function ignoreAnnotations(object: JsonObject): readonly IgnoreAnnotation[] {
  const metadata = isMap(object['metadata']) ? object['metadata'] : {};
  const annotations = isMap(metadata['annotations']) ? metadata['annotations'] : {};
  return Object.entries(annotations).flatMap(([key, value]): IgnoreAnnotation[] => {
    const reason = typeof value === 'string' ? value.trim() : '';
    if (key.startsWith(ignorePrefix))
      return [{ key, misspelt: false, code: parseSuppression(key.slice(ignorePrefix.length))?.code, reason }];
    if (key === nudgeKey || !isOurs(key)) return [];
    return [{ key, misspelt: true, code: codeIn(key), reason }];
  });
}

/** Written below a prefix of this tool, or as what it takes below another: nobody else has such annotations. */
function isOurs(key: string): boolean {
  return /^(kubectl-)?vmsvc\//i.test(key) || /(^|\/)ignore[-_.]?VMS\d{3}$/i.test(key);
}

function codeIn(key: string): FindingCode | undefined {
  return parseSuppression(/VMS\d{3}/i.exec(key)?.[0] ?? '')?.code;
}

/** How an annotation is written that leaves out a code. */
export function ignoreKey(code: FindingCode | undefined): string {
  return `${ignorePrefix}${code ?? 'CODE'}`;
}

export function isSuppressedBy({ code, name }: Suppression, finding: Finding): boolean {
  return finding.code === code && (name === undefined || finding.object.name === name);
}
