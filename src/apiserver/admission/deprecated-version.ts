import { at, type Complaint } from '../../core/validation/refusal.ts';
import { groupOf, type JsonObject, versionOf } from '../../model/object.ts';
import { listAt, mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { virtualMachineServices } from '../../model/resources.ts';
import type { CustomResourceDefinition } from '../schema/crds.ts';

/** Says of an object that it is written in a version of which the server warns. */
export function deprecatedVersions(definitions: readonly CustomResourceDefinition[]): (object: JsonObject) => readonly Complaint[] {
  const own = definitions.find(({ kind }) => kind === virtualMachineServices.kind);
  const versions = own === undefined ? [] : listAt(mapAt(own.source, 'spec'), 'versions');
  const deprecated = new Set(
    versions.flatMap((version) => (isMap(version) && version['deprecated'] === true ? [textAt(version, 'name')] : [])),
  );
  return (object) => {
    const apiVersion = object['apiVersion'];
    if (typeof apiVersion !== 'string' || groupOf(apiVersion) !== own?.group || !deprecated.has(versionOf(apiVersion))) return [];
    return [
      {
        code: 'VMS913',
        severity: 'warning',
        field: 'apiVersion',
        at: at(['apiVersion']),
        message: `apiVersion: ${apiVersion} is deprecated on this release`,
        fix: 'write a newer version: the fields are the same',
      },
    ];
  };
}
