import { type Finding, type FindingLocation, isFailure, type Severity } from './finding.ts';
import { type Family, familyOf } from './finding-family.ts';

/** What a run judged and what it found, as reports for other tools need it: besides the findings, all that is well. */
export interface Checked {
  readonly command: 'validate' | 'debug';
  /** Every object that was judged, in the order in which it is told of. */
  readonly objects: readonly CheckedObject[];
  readonly findings: readonly Finding[];
  /** The families whose rules ran on each object. */
  readonly families: readonly Family[];
  /** Rules that could not run, for whatever they needed could not be read. */
  readonly unknown: readonly UnknownRules[];
  /** What could not be read though no rule came to need it, a sentence each. */
  readonly unread?: readonly string[];
  /** Findings of this severity and graver ones count as failures. */
  readonly failOn: Severity | 'never';
}

export interface CheckedObject {
  readonly object: Finding['object'];
  /** Where it begins; undefined for objects of a cluster. */
  readonly location?: FindingLocation;
}

export interface UnknownRules {
  readonly object: Finding['object'];
  readonly family: Family;
  /** Why, in one sentence. */
  readonly reason: string;
}

/** One object seen through the rules of one family: a test case. */
export interface Case {
  readonly subject: CheckedObject;
  readonly family: Family;
  readonly failures: readonly Finding[];
  /** What was found and does not count as a failure. */
  readonly remarks: readonly Finding[];
  readonly unknown: readonly string[];
}

/**
 * The findings as test cases: each object with each family, in the order of the objects. What was found in none of the objects, a file
 * that cannot be read for example, is a case of its own.
 */
export function casesOf({ objects, findings, families, unknown, failOn }: Checked): readonly Case[] {
  const found = Map.groupBy(findings, (finding) => keyOf(finding));
  const unknownOf = Map.groupBy(unknown, ({ object }) => keyOf({ object }));
  const known = new Map(objects.map((subject) => [keyOf(subject), subject]));
  const strays = findings.filter((finding) => !known.has(keyOf(finding))).map(({ object, location }) => subjectOf(object, location));
  for (const subject of strays) if (!known.has(keyOf(subject))) known.set(keyOf(subject), subject);
  return [...known].flatMap(([key, subject]) => {
    const own = found.get(key) ?? [];
    const gaps = unknownOf.get(keyOf({ object: subject.object })) ?? [];
    const ran = objects.includes(subject) ? families : [];
    const all = [...new Set([...ran, ...own.map(({ code }) => familyOf(code)), ...gaps.map(({ family }) => family)])].sort();
    return all.map((family): Case => {
      const here = own.filter(({ code }) => familyOf(code) === family);
      const failures = here.filter(({ severity }) => isFailure(severity, failOn));
      return {
        subject,
        family,
        failures,
        remarks: here.filter((finding) => !failures.includes(finding)),
        unknown: [...new Set(gaps.filter((gap) => gap.family === family).map(({ reason }) => reason))],
      };
    });
  });
}

function subjectOf(object: Finding['object'], location: FindingLocation | undefined): CheckedObject {
  return location === undefined ? { object } : { object, location };
}

/** The same name may be in several files. */
function keyOf({ object, location }: CheckedObject): string {
  return [location?.file ?? '', object.namespace ?? '', object.kind, object.name].join('\0');
}
