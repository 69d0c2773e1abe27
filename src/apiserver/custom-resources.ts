import { patchAlgorithms } from './patch/patch-algorithms.ts';
import type { CustomResourceDefinition } from './schema/crds.ts';
import { customResourceSchemas, schemaLookup } from './schema/schema.ts';
import type { CustomResourceSchemas, PatchAlgorithms } from './schema/schema-types.ts';

/** What a server needs to know of its custom resources: how they look, and how patches change them. */
export function customResources(definitions: readonly CustomResourceDefinition[]): {
  readonly schemas: CustomResourceSchemas;
  readonly patches: PatchAlgorithms;
} {
  const lookup = schemaLookup(definitions);
  return { schemas: customResourceSchemas(lookup), patches: patchAlgorithms(lookup) };
}
