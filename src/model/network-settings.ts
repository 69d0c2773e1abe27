import type { KubeObject } from './object.ts';
import { objectFields } from './object-shape.ts';
import { asDeclared, type ShapeOf } from './shape.ts';

/** netoperator.vmware.com NetworkSettings: the provider is a top-level field, there is no spec. */
export interface NetworkSettings extends KubeObject {
  readonly provider?: string;
}

const networkSettingsShape: ShapeOf<NetworkSettings> = { fields: { ...objectFields, provider: 'text' } };

/** NetworkSettings read from a cluster or a file. @throws UnreadableObject */
export function networkSettingsOf(object: KubeObject): NetworkSettings {
  return asDeclared(object, networkSettingsShape);
}
