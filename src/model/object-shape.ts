import type { Condition, ObjectMeta } from './object.ts';
import type { ShapeOf } from './shape.ts';

const metadataShape: ShapeOf<ObjectMeta> = {
  fields: {
    name: { always: 'text' },
    generateName: 'text',
    namespace: 'text',
    uid: 'text',
    resourceVersion: 'text',
    generation: 'number',
    creationTimestamp: 'text',
    deletionTimestamp: 'text',
    deletionGracePeriodSeconds: 'number',
    labels: 'texts',
    annotations: 'texts',
    ownerReferences: {
      listOf: {
        fields: {
          apiVersion: { always: 'text' },
          kind: { always: 'text' },
          name: { always: 'text' },
          uid: { always: 'text' },
          controller: 'flag',
          blockOwnerDeletion: 'flag',
        },
      },
    },
    finalizers: { listOf: 'text' },
    managedFields: { listOf: 'map' },
  },
};

/** `apiVersion`, `kind` and `metadata`, with which every object begins. */
export const objectFields = { apiVersion: { always: 'text' }, kind: { always: 'text' }, metadata: { always: metadataShape } } as const;

export const conditionShape: ShapeOf<Condition> = {
  fields: {
    type: { always: 'text' },
    status: { always: 'text' },
    reason: 'text',
    message: 'text',
    lastTransitionTime: 'text',
    severity: 'text',
  },
};
