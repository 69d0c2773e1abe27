import { type Finding, objectText } from '../finding.ts';
import type { Diagnosis } from './diagnose.ts';
import type { DiagnosisReport } from './report.ts';

/** A finding, and the service, VM or namespace that it was told of. */
export interface ToldFinding {
  readonly place: string;
  readonly finding: Finding;
}

/** What one diagnosis says and those before it did not, and the other way round. */
export interface ChangedFindings {
  readonly appeared: readonly ToldFinding[];
  readonly cleared: readonly ToldFinding[];
  /** What was found before and is not now, because something may not be looked at any more: it may be there still. */
  readonly hidden: readonly ToldFinding[];
  /** What was hidden, and is there now that it can be looked at again. */
  readonly visible: readonly ToldFinding[];
}

/** What several diagnoses, one after the other, have found so far. */
export interface KnownFindings {
  readonly told: ReadonlyMap<string, ToldFinding>;
  /** Keys of those which the last diagnosis could not look for. */
  readonly hidden: ReadonlySet<string>;
  /** What each rule could not look at, a key for each. */
  readonly holes: ReadonlySet<string>;
}

/** What a first diagnosis says. */
export function firstFindings(report: DiagnosisReport): KnownFindings {
  const places = placesOf(report);
  return { told: toldIn(places), hidden: new Set(), holes: holesIn(places) };
}

/**
 * What another diagnosis changes of that. Two findings are the same if they say the same code of the same object: words and ages may differ.
 */
export function changedFindings(before: KnownFindings, report: DiagnosisReport): ChangedFindings & { readonly known: KnownFindings } {
  const places = placesOf(report);
  const [told, holes] = [toldIn(places), holesIn(places)];
  const absent = [...before.told].filter(([key]) => !told.has(key));
  // What another finding explains now is told under that one: it has not cleared.
  const explained = explainedIn(places);
  const isFolded = ([, { place, finding }]: (typeof absent)[number]) => explained.has(askerKey(place, finding.code));
  const folded = absent.filter(isFolded);
  const gone = absent.filter((entry) => !isFolded(entry));
  const newHoles = new Set([...holes].filter((hole) => !before.holes.has(hole)).map(askerOf));
  const asking = new Set([...holes].map(askerOf));
  // What a rule found in spite of what it could not look at, it would find again.
  const hidden = gone.filter(([key, { place, finding }]) =>
    (before.hidden.has(key) ? asking : newHoles).has(askerKey(place, finding.code)),
  );
  const isHidden = new Set(hidden.map(([key]) => key));
  const of = (entries: readonly (readonly [string, ToldFinding])[]) => entries.map(([, one]) => one);
  const appeared = [...told].filter(([key]) => !before.told.has(key));
  return {
    appeared: of(appeared),
    cleared: of(gone.filter(([key]) => !isHidden.has(key))),
    hidden: of(hidden.filter(([key]) => !before.hidden.has(key))),
    visible: of([...told].filter(([key]) => before.hidden.has(key))),
    known: { told: new Map([...told, ...folded, ...hidden]), hidden: isHidden, holes },
  };
}

/** Whether there is anything to tell. */
export function isAnyChanged({ appeared, cleared, hidden, visible }: ChangedFindings): boolean {
  return [appeared, cleared, hidden, visible].some((some) => some.length > 0);
}

interface Place {
  readonly place: string;
  readonly diagnosis: Diagnosis;
}

function placesOf({ services, vms, namespaces }: DiagnosisReport): readonly Place[] {
  return [
    ...services.map((diagnosis) => ({ place: nameOf(diagnosis.subject.vmService.metadata), diagnosis })),
    ...vms.map((diagnosis) => ({ place: nameOf(diagnosis.vm.metadata), diagnosis })),
    ...namespaces.map((diagnosis) => ({ place: diagnosis.namespace, diagnosis })),
  ];
}

function nameOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function toldIn(places: readonly Place[]): ReadonlyMap<string, ToldFinding> {
  return new Map(
    places.flatMap(({ place, diagnosis }) =>
      diagnosis.findings.map(
        (finding) => [`${place} ${finding.code} ${finding.severity} ${objectText(finding)}`, { place, finding }] as const,
      ),
    ),
  );
}

function explainedIn(places: readonly Place[]): ReadonlySet<string> {
  return new Set(
    places.flatMap(({ place, diagnosis }) => diagnosis.findings.flatMap(({ follows }) => follows.map((code) => askerKey(place, code)))),
  );
}

function holesIn(places: readonly Place[]): ReadonlySet<string> {
  return new Set(
    places.flatMap(({ place, diagnosis }) =>
      diagnosis.skipped.flatMap(({ code, missing }) =>
        missing.map(({ verb, resource, group }) => `${askerKey(place, code)}\0${verb} ${resource}.${group}`),
      ),
    ),
  );
}

function askerKey(place: string, code: string): string {
  return `${place} ${code}`;
}

function askerOf(hole: string): string {
  return hole.slice(0, hole.indexOf('\0'));
}
