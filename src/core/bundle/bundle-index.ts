import type { JsonObject, KubeObject } from '../../model/object.ts';
import type { Status } from '../../model/status.ts';

/** One question that was asked of the server, and what it said: a denial is kept like any answer. */
export interface RecordedRead {
  readonly verb: 'get' | 'list';
  readonly group: string;
  readonly version: string;
  /** The plural. */
  readonly resource: string;
  readonly kind: string;
  /** Null: of all namespaces, or of the cluster. */
  readonly namespace: string | null;
  /** Of a get. */
  readonly name?: string;
  readonly labelSelector?: string;
  readonly answer: RecordedAnswer;
}

export type RecordedAnswer =
  | { readonly read: number }
  | { readonly refused: Status }
  /** The server could not be asked, with the sentence. */
  | { readonly failed: string };

export interface RecordedReview {
  readonly attributes: JsonObject;
  readonly answer: { readonly allowed: boolean; readonly reason: string } | { readonly failed: string };
}

/** A write that the server was asked to rehearse. */
export interface RecordedRehearsal {
  readonly verb: 'create' | 'patch';
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly answer: { readonly accepted: true } | { readonly refused: Status } | { readonly failed: string };
}

export interface RecordedGroup {
  readonly name: string;
  readonly versions: readonly string[];
  readonly preferredVersion: string;
}

export interface RecordedResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What the server has, as far as it was asked. */
export interface RecordedDiscovery {
  readonly groups: readonly RecordedGroup[];
  /** Undefined: nobody asked for more than single groups. */
  readonly resources: readonly RecordedResource[] | undefined;
  readonly unavailable: readonly { readonly group: string; readonly reason: string }[];
  /** Groups that were asked for one by one, and are not served. */
  readonly absent: readonly string[];
  readonly failed: string | undefined;
}

/** Everything that a run asked of a cluster, and what came back. */
export interface Recording {
  readonly objects: readonly KubeObject[];
  readonly reads: readonly RecordedRead[];
  readonly reviews: readonly RecordedReview[];
  readonly rehearsals: readonly RecordedRehearsal[];
  readonly discovery: RecordedDiscovery;
  /** `1.33`; null where nobody asked or it was not said. */
  readonly kubernetesVersion: string | null;
}

/** Something that is not in a bundle though it was in the cluster. */
export interface Omission {
  /** `VirtualMachine team-a/web-1`. */
  readonly object: string;
  readonly field: string;
}

/** What stands in `index.json`: all but the objects. */
export interface BundleIndex extends Omit<Recording, 'objects'> {
  readonly apiVersion: 'vmsvc/v1';
  readonly kind: 'Bundle';
  /** Readers of another format say that they are too old or too new. */
  readonly format: number;
  readonly toolVersion: string;
  /** The server's clock, RFC 3339. */
  readonly takenAt: string;
  /** The clock of the machine that it was taken on. */
  readonly localTime: string;
  readonly context: string;
  readonly namespace: string;
  readonly names: readonly string[];
  readonly redacted: boolean;
  readonly omitted: readonly Omission[];
  /** What is left of `kubectl apply`'s memory: names of fields, and labels. By `Kind namespace/name`. */
  readonly lastApplied: Readonly<Record<string, JsonObject>>;
}

export const bundleFormat = 1;

/** `VirtualMachine team-a/web-1`, `Namespace team-a`. */
export function objectLabel({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
