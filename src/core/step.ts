import { type JsonObject, type KubeObject, kindAndName, type ObjectRef, refOf } from '../model/object.ts';
import type { Status } from '../model/status.ts';

export type Operation = 'created' | 'updated' | 'unchanged' | 'deleted';

/** What happened, or would happen, to one object. */
export interface Step {
  readonly ref: ObjectRef;
  readonly operation: Operation;
  /** Absent when the object was created. */
  readonly before?: KubeObject;
  /** As the server answered; absent when the object was deleted. */
  readonly after?: KubeObject;
  /** What was sent, in the order it was sent; empty when nothing was. */
  readonly writes: readonly JsonObject[];
}

export function unchangedStep(object: KubeObject): Step {
  return { ref: refOf(object), operation: 'unchanged', before: object, after: object, writes: [] };
}

/** `Service/web`: how reports name a step's object. */
export function stepObject(step: Step): string {
  return kindAndName(step.ref);
}

export function changes(step: Step): boolean {
  return step.operation !== 'unchanged';
}

/** Why one VirtualMachineService was not, or not wholly, reconciled. */
export interface ReconcileError {
  /** The API's own reason (`Forbidden`, `Conflict`, `Invalid`), or one of ours (`OwnedByAnotherController` …). */
  readonly reason: string;
  readonly message: string;
  /** 2: refused on principle. 3: could not look or could not write. */
  readonly exitCode: 2 | 3;
  /** What the API server said, where it said something. */
  readonly status?: Status;
}

/**
 * What became of one object: `Done`, it is as it should be, whether or not that took a write; `NotDone`, nothing or not all of it
 * was written; `Unknown`, a write was sent and nobody can tell whether it happened.
 */
export interface ObjectOutcome {
  readonly ref: ObjectRef;
  readonly outcome: 'Done' | 'NotDone' | 'Unknown';
}

/** One entry of a ReconcileReport. */
export interface ReconcileItem {
  readonly namespace: string;
  readonly name: string;
  readonly error: ReconcileError | null;
  /** In the order of the writes. */
  readonly steps: readonly Step[];
  /** Every object that the item is about, in the order of the writes; empty where it was not begun. */
  readonly outcomes: readonly ObjectOutcome[];
  /** What a person should know although nothing failed. */
  readonly warnings: readonly string[];
}
