import type { KubeObject } from '../../model/object.ts';

/** What an object of one kind comes to as another. */
export interface Conversion {
  /** The fields in the order in which a person would write them. */
  readonly objects: readonly KubeObject[];
  /** What it said and they do not. */
  readonly losses: readonly Loss[];
  /** What stays true and is worth knowing. */
  readonly notes: readonly string[];
}

export interface Loss {
  /** `spec.ports[0].appProtocol`. */
  readonly field: string;
  readonly why: string;
}
