import { type Finding, type Fix, objectText, reasonOf } from '../core/finding.ts';
import type { JsonObject } from '../model/object.ts';
import { shellQuote } from './shell-quote.ts';

/** A finding as every document has it: lists even when empty, what does not apply is null. */
export function findingDocument(finding: Finding): JsonObject {
  const { code, severity, confidence, object, field, location, message, evidence, proof, why, danger, notes, fix, follows } = finding;
  return {
    code,
    reason: reasonOf(finding),
    severity,
    confidence,
    object: objectText(finding),
    namespace: object.namespace ?? null,
    field: field ?? null,
    location: location === undefined ? null : { file: location.file, line: location.line, column: location.column },
    message,
    evidence,
    proof: proof ?? [],
    why: why ?? null,
    danger: danger ?? null,
    notes: notes ?? [],
    fix: fix.map(fixDocument),
    follows,
  };
}

function fixDocument(fix: Fix): JsonObject {
  if (fix.kind === 'advice') return { advice: fix.text };
  const { words, note, dangerous } = fix;
  return {
    command: words.map(shellQuote).join(' '),
    ...(note !== undefined && { note }),
    ...(dangerous === true && { dangerous }),
  };
}
