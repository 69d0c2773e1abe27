import type { JsonObject } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';

/** What the server needs of one version of a custom resource. The rest of the definition stays in `source`. */
export interface DefinedVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  /** `schema.openAPIV3Schema`: structural, as apiextensions.k8s.io/v1 requires. */
  readonly schema: JsonObject;
}

export interface CustomResourceDefinition {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly DefinedVersion[];
  /** The definition as it would be answered to `kubectl get crd -o json`. */
  readonly source: JsonObject;
}

/**
 * Reads a file of definitions: a JSON list of CustomResourceDefinition objects.
 * @throws Error when the text is not that; `name` says in the message which file it was.
 */
export function parseDefinitions(text: string, name: string): readonly CustomResourceDefinition[] {
  const parsed: unknown = parseJson(text, name);
  if (!Array.isArray(parsed)) throw new Error(`${name} is not a list of custom resource definitions`);
  return parsed.map((source: unknown) => definitionOf(source, name));
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${name} is not JSON`, { cause });
  }
}

function definitionOf(source: unknown, name: string): CustomResourceDefinition {
  if (!isMap(source) || source['kind'] !== 'CustomResourceDefinition') {
    throw new Error(`${name} contains something that is not a CustomResourceDefinition`);
  }
  const spec = mapAt(source, 'spec');
  const versions = listAt(spec, 'versions').filter(isMap).map(versionOf);
  return { group: textAt(spec, 'group'), kind: textAt(mapAt(spec, 'names'), 'kind'), versions, source };
}

function versionOf(version: JsonObject): DefinedVersion {
  return {
    name: textAt(version, 'name'),
    served: version['served'] === true,
    storage: version['storage'] === true,
    schema: mapAt(mapAt(version, 'schema'), 'openAPIV3Schema'),
  };
}
