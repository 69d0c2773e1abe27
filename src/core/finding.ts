import type { FieldPath } from '../model/field-path.ts';
import { type FindingCode, findingWords } from './finding-codes.ts';

export type Severity = 'error' | 'warning' | 'info';
/** `certain`: the fields prove it. `likely`: they fit one dominant cause. `hint`: something to look at. */
export type Confidence = 'certain' | 'likely' | 'hint';

/** One way to mend it. */
export type Fix =
  /**
   * Word by word: whoever prints it quotes it for the shell. `note` says what the words do not. A `dangerous` one is shown only to
   * somebody who asks for it.
   */
  | { readonly kind: 'command'; readonly words: readonly string[]; readonly note?: string; readonly dangerous?: true }
  /** What no command does. */
  | { readonly kind: 'advice'; readonly text: string };

/** A fix that is no command. */
export function advice(text: string): Fix {
  return { kind: 'advice', text };
}

/** Where in a file the very value stands, counted from 1. */
export interface FindingLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Behind the last sign of it on that line; undefined where there is nothing but a place. */
  readonly endColumn?: number;
}

/** Which part of an object a finding points at: the value of a field, or its key where the name of the field is the point. */
export interface Pointer {
  /** Of a field that is missing: where it should be. */
  readonly path: FieldPath;
  readonly part: 'key' | 'value';
}

/**
 * One thing that is wrong, or worth knowing, about one object: what `validate`, `debug` and `describe` print. Texts are plain,
 * without a full stop, and hold the cluster's own words as they are: whoever prints them makes them safe for a terminal.
 */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly object: { readonly kind: string; readonly name: string; readonly namespace: string | undefined };
  /** `spec.ports[0].name`, spelt as whoever refuses it spells it. */
  readonly field?: string;
  /** Where the value itself stands in the object, which a file turns into a location. */
  readonly at?: Pointer;
  readonly location?: FindingLocation;
  /** One sentence. */
  readonly message: string;
  /** What was seen that proves it, a line each. */
  readonly evidence: readonly string[];
  /** What an attempt showed that changed nothing: the server's own words, a line each. */
  readonly proof?: readonly string[];
  /** How the one follows from the other, where that is not plain. */
  readonly why?: string;
  /** What must not be done now, and why. */
  readonly danger?: string;
  /** What else is worth knowing, a line each. */
  readonly notes?: readonly string[];
  readonly fix: readonly Fix[];
  /** Codes that this one explains, so that they are not told on their own ("so also"). */
  readonly follows: readonly FindingCode[];
}

/** The one word of a code: `SelectorNearMiss`. */
export function reasonOf({ code }: { readonly code: FindingCode }): string {
  return findingWords[code];
}

/** `VirtualMachine/web-3`. */
export function objectText({ object }: Finding): string {
  return `${object.kind}/${object.name}`;
}

const severityRank = { error: 0, warning: 1, info: 2 } as const;

/** Errors first, then warnings. */
export function compareSeverity(left: Severity, right: Severity): number {
  return severityRank[left] - severityRank[right];
}

/** Whether a finding of that severity makes the answer "no", by what `--fail-on` says. */
export function isFailure(severity: Severity, failOn: Severity | 'never'): boolean {
  return failOn !== 'never' && compareSeverity(severity, failOn) <= 0;
}
