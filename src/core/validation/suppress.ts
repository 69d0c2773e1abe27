import type { JsonObject } from '../../model/object.ts';
import type { Finding } from '../finding.ts';
import { at, type Complaint } from './refusal.ts';
import { type IgnoreAnnotation, ignoreAnnotations, ignoreKey, isSuppressedBy, type Suppression } from './suppression.ts';
import type { ReportedFinding, SuppressedFinding } from './validation-report.ts';

/** The findings on one object, with what its annotations leave out, and what is wrong with those annotations. */
export interface ObjectVerdict {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** About annotations that leave nothing out. */
  readonly complaints: readonly Complaint[];
}

/** @param asked whether a code could have been found at all: what nobody asked for does not make a suppression useless */
export function suppressByAnnotation(
  object: JsonObject,
  findings: readonly Finding[],
  asked: (code: Finding['code']) => boolean,
): ObjectVerdict {
  const annotations = ignoreAnnotations(object);
  if (annotations.length === 0) return { findings, suppressed: [], complaints: [] };
  const valid = new Map(
    annotations.flatMap(({ code, reason, misspelt }) => (misspelt || code === undefined || reason === '' ? [] : [[code, reason] as const])),
  );
  const kept = findings.filter(({ code }) => !valid.has(code));
  const left = findings.filter(({ code }) => valid.has(code));
  const hit = new Set(left.map(({ code }) => code));
  const complaints = annotations.flatMap((annotation): Complaint[] => {
    const why = uselessness(annotation, hit, asked);
    if (why === undefined) return [];
    const field = `metadata.annotations[${annotation.key}]`;
    return [
      {
        code: 'VMS125',
        severity: 'warning',
        field,
        at: at(['metadata', 'annotations', annotation.key], 'key'),
        message: `${field}: ${why}`,
        fix: mended(annotation),
      },
    ];
  });
  return { findings: kept, suppressed: left.map((finding) => ({ finding, reason: valid.get(finding.code) })), complaints };
}

function mended({ code, reason, misspelt }: IgnoreAnnotation): string {
  if (misspelt) return `write ${ignoreKey(code)}, or remove it`;
  return reason === '' && code !== undefined ? 'say why as its value' : 'remove it';
}

function uselessness(
  { code, reason, misspelt }: IgnoreAnnotation,
  hit: ReadonlySet<Finding['code']>,
  asked: (code: Finding['code']) => boolean,
): string | undefined {
  if (misspelt) return 'there is no such annotation, and so it leaves nothing out';
  if (code === undefined) return 'there is no such code';
  if (reason === '') return 'it gives no reason, and so leaves nothing out';
  return hit.has(code) || !asked(code) ? undefined : 'it leaves nothing out: nothing of that code was found here';
}

/**
 * The same for what the command line leaves out.
 * @param asked as above; absent where it does not matter which of them are of use
 */
export function suppressByFlag(
  findings: readonly ReportedFinding[],
  flags: readonly Suppression[],
  asked: (code: Finding['code']) => boolean = () => false,
): { readonly findings: readonly ReportedFinding[]; readonly suppressed: readonly SuppressedFinding[] } {
  const used = new Set<Suppression>();
  const suppressed: SuppressedFinding[] = [];
  const kept = findings.filter(({ finding }) => {
    const hits = flags.filter((flag) => isSuppressedBy(flag, finding));
    if (hits.length === 0) return true;
    for (const hit of hits) used.add(hit);
    suppressed.push({ finding, reason: undefined });
    return false;
  });
  // Whoever leaves this out wants to hear of no flag.
  const isTold = !flags.some(({ code, name }) => code === 'VMS125' && name === undefined);
  const unused = isTold ? flags.filter((flag) => !used.has(flag) && asked(flag.code)).map(uselessFlag) : [];
  return { findings: [...kept, ...unused], suppressed };
}

/** It belongs to no object, and stands in no file. */
function uselessFlag({ code, name }: Suppression): ReportedFinding {
  const where = name === undefined ? 'here' : `on an object called ${name}`;
  const finding: Finding = {
    code: 'VMS125',
    severity: 'warning',
    confidence: 'certain',
    object: { kind: 'Flag', name: `--ignore=${name === undefined ? code : `${code}=${name}`}`, namespace: undefined },
    message: `it leaves nothing out: nothing of that code was found ${where}`,
    evidence: [],
    fix: [{ kind: 'advice', text: 'remove it' }],
    follows: [],
  };
  return { finding, source: undefined };
}
