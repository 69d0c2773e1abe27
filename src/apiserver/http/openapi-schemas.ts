import type { JsonObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { blankObject } from '../patch/built-in-types.ts';
import { type WireStruct, type WireType, wireStruct } from '../patch/wire-types.ts';
import type { ResourceEntry } from '../resources.ts';
import type { CustomResourceDefinition } from '../schema/crds.ts';
import { describedFields, describedKinds, valuesOfFields } from './openapi-descriptions.ts';

/** Schemas by the names that they refer to each other with. */
export type NamedSchemas = Map<string, JsonObject>;

/** The name of a kind's schema, the schema, and those of the structs within. */
export type KindSchema = readonly [string, JsonObject, NamedSchemas];

/** The schema of a custom resource: its definition's, with the metadata that every object has. */
export function customSchema(entry: ResourceEntry, definitions: readonly CustomResourceDefinition[]): KindSchema {
  const definition = definitions.find(({ group, kind }) => group === entry.group && kind === entry.kind);
  const schema = definition?.versions.find(({ name }) => name === entry.version)?.schema ?? { type: 'object' };
  const properties = { ...identity, ...mapAt(schema, 'properties'), ...metadata };
  return [`${reversed(entry.group)}.${entry.version}.${entry.kind}`, { ...schema, properties, ...kindOf(entry) }, new Map()];
}

/** The schema of a built-in kind, from the table of its fields; a kind without one only says what every object has. */
export function builtInSchema(entry: ResourceEntry): KindSchema {
  const prefix = `io.k8s.api.${entry.group === '' ? 'core' : (entry.group.split('.')[0] ?? '')}.${entry.version}`;
  const inner: NamedSchemas = new Map();
  const struct = wireStruct(entry.group, entry.kind);
  const described = describedKinds.get(`${entry.group}/${entry.kind}`);
  const fields = struct === undefined ? unknownParts(entry) : propertiesOf(struct, prefix, inner);
  const schema = {
    description: described ?? `${entry.kind}, as Kubernetes has it.`,
    type: 'object',
    properties: { ...identity, ...metadata, ...fields },
    ...(struct === undefined ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...kindOf(entry),
  };
  return [`${prefix}.${entry.kind}`, schema, inner];
}

/** Of a kind without a table of fields it is known at least which parts it has. */
function unknownParts(entry: ResourceEntry): JsonObject {
  const parts = Object.entries(blankObject(entry)).flatMap(([part, blank]) => (part !== 'metadata' && isMap(blank) ? [part] : []));
  return Object.fromEntries(parts.map((part) => [part, { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }]));
}

const intOrStringName = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const metadataName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const identity = {
  apiVersion: { description: 'The group and version of this object: `vmoperator.vmware.com/v1alpha1`, `v1`.', type: 'string' },
  kind: { description: 'What this object is: `VirtualMachineService`, `Service`.', type: 'string' },
};

const metadata = { metadata: described(reference(metadataName), 'Its name, its place, and what is known about it.') };

function text(description: string): JsonObject {
  return { description, type: 'string' };
}

function texts(description: string): JsonObject {
  return { description, type: 'array', items: { type: 'string' } };
}

function textMap(description: string): JsonObject {
  return { description, type: 'object', additionalProperties: { type: 'string' } };
}

function moment(description: string): JsonObject {
  return { description, type: 'string', format: 'date-time' };
}

/** What every document refers to. */
export const sharedSchemas: NamedSchemas = new Map<string, JsonObject>([
  [intOrStringName, { description: 'A number or a name.', format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] }],
  [
    metadataName,
    {
      description: 'What every object has: its name, its place, its labels, and what the server keeps about it.',
      type: 'object',
      properties: {
        name: text('Unique within the namespace; cannot be changed.'),
        generateName: text('A beginning to which the server adds letters, when no name is given.'),
        namespace: text('The namespace that the object lives in; cannot be changed.'),
        labels: textMap('Keys and values that selectors look at.'),
        annotations: textMap('Keys and values for tools; nothing selects by them.'),
        uid: text('Unique in space and time; given by the server.'),
        resourceVersion: text('Changes with every write; a write that names an old one is refused.'),
        generation: { description: 'Rises when the desired state changes.', type: 'integer', format: 'int64' },
        creationTimestamp: moment('When the object was created.'),
        deletionTimestamp: moment('When the object was asked to go; it does so once it has no finalizers.'),
        deletionGracePeriodSeconds: { description: 'Seconds that the object may take to go.', type: 'integer', format: 'int64' },
        finalizers: { ...texts('Who still has to clean up before the object may go.'), 'x-kubernetes-patch-strategy': 'merge' },
        ownerReferences: {
          description: 'The objects that this one belongs to; when all of them are gone, so is it.',
          type: 'array',
          items: reference('io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference'),
          'x-kubernetes-patch-merge-key': 'uid',
          'x-kubernetes-patch-strategy': 'merge',
        },
        managedFields: {
          description: 'Who wrote which field.',
          type: 'array',
          items: reference('io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry'),
        },
        selfLink: text('No longer filled in.'),
      },
    },
  ],
  [
    'io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry',
    {
      description: 'The fields that a client wrote in one way, in one version.',
      type: 'object',
      properties: {
        manager: text('The name of the client.'),
        operation: text('Apply or Update.'),
        apiVersion: text('The version in which the fields are named.'),
        time: moment('When the client last changed which fields it has.'),
        fieldsType: text('FieldsV1.'),
        fieldsV1: reference('io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1'),
        subresource: text('The part of the object that was written, where it was not the whole.'),
      },
    },
  ],
  ['io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1', { description: 'Fields as a tree of their names.', type: 'object' }],
  [
    'io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference',
    {
      description: 'An object in the same namespace, or a cluster-scoped one, that an object belongs to.',
      type: 'object',
      required: ['apiVersion', 'kind', 'name', 'uid'],
      properties: {
        apiVersion: text('The group and version of the owner.'),
        kind: text('The kind of the owner.'),
        name: text('The name of the owner.'),
        uid: text('The uid of the owner: another object of the same name is not the owner.'),
        controller: { description: 'Whether the owner manages the object; at most one does.', type: 'boolean' },
        blockOwnerDeletion: { description: 'Whether the owner waits for the object, when it goes in the foreground.', type: 'boolean' },
      },
    },
  ],
]);

function propertiesOf(struct: WireStruct, prefix: string, inner: NamedSchemas): JsonObject {
  const fields = [...struct.fields].map(([name, type]) => {
    const key = `${struct.name}.${name}`;
    const values = valuesOfFields.get(key);
    const schema = schemaOf(type, prefix, inner);
    return [name, described(values === undefined ? schema : { ...schema, enum: values }, describedFields.get(key))] as const;
  });
  return Object.fromEntries(fields);
}

function schemaOf(type: WireType, prefix: string, inner: NamedSchemas): JsonObject {
  switch (type.as) {
    case 'text':
      return { type: 'string' };
    case 'int32':
      return { type: 'integer', format: 'int32' };
    case 'boolean':
      return { type: 'boolean' };
    case 'time':
      return { type: 'string', format: 'date-time' };
    case 'intOrString':
      return reference(intOrStringName);
    case 'map':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'byteMap':
      return { type: 'object', additionalProperties: { type: 'string', format: 'byte' } };
    case 'list':
      return { type: 'array', items: schemaOf(type.items, prefix, inner) };
    case 'struct': {
      const name = `${prefix}.${type.struct.name}`;
      if (!inner.has(name)) {
        inner.set(name, { type: 'object' });
        const description = describedFields.get(type.struct.name);
        const required = requiredFields(type.struct);
        const properties = propertiesOf(type.struct, prefix, inner);
        inner.set(name, described({ type: 'object', ...(required.length > 0 ? { required } : {}), properties }, description));
      }
      return reference(name);
    }
    default:
      return type satisfies never;
  }
}

/** What is written even when it is empty is what has to be said. */
function requiredFields({ fields }: WireStruct): readonly string[] {
  const said = [...fields].filter(([, { as, presence }]) => presence === 'filled' && (as === 'text' || as === 'int32' || as === 'list'));
  return said.map(([name]) => name);
}

function described(schema: JsonObject, description: string | undefined): JsonObject {
  return description === undefined ? schema : { description, ...schema };
}

function reference(name: string): JsonObject {
  return { allOf: [{ $ref: `#/components/schemas/${name}` }] };
}

function kindOf({ group, version, kind }: ResourceEntry): JsonObject {
  return { 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
}

/** `com.vmware.vmoperator` of `vmoperator.vmware.com`. */
function reversed(group: string): string {
  return group.split('.').reverse().join('.');
}
