import type { KubeObject } from './object.ts';
import { objectFields } from './object-shape.ts';
import { asDeclared, type Shape } from './shape.ts';

const regarding: Shape = { fields: { kind: 'text', namespace: 'text', name: 'text' } };

/** What is asked of Events: the older of their two APIs says `involvedObject` and `message` where the newer says `regarding` and `note`. */
const eventShape: Shape = {
  fields: { ...objectFields, involvedObject: regarding, regarding, type: 'text', reason: 'text', message: 'text', note: 'text' },
};

/** An Event read from a cluster or a file. @throws UnreadableObject */
export function eventOf(object: KubeObject): KubeObject {
  return asDeclared(object, eventShape);
}
