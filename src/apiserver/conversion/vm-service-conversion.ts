import type { JsonObject } from '../../model/object.ts';
import { mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { conversionAnnotation } from '../../model/virtual-machine-service.ts';
import { wireForm } from '../decode.ts';
import { storedObject } from '../json.ts';
import { vmServiceWire } from '../patch/wire-types.ts';
import type { StoredObject } from '../store.ts';
import { carriedObject, carriedText } from './conversion-annotation.ts';

/**
 * A VirtualMachineService of the newest version as an older one. The whole object travels along in an annotation, so that
 * writing it back loses nothing. Mirrors VM Operator's ConvertFrom.
 */
export function vmServiceFromHub(hub: StoredObject, apiVersion: string): StoredObject {
  const { apiVersion: newest, kind, metadata: _metadata, ...fields } = hub;
  const metadata = mapAt(hub, 'metadata');
  const whole = wireForm(fields, vmServiceWire) ?? fields;
  const annotations = { ...mapAt(metadata, 'annotations'), [conversionAnnotation]: carriedText({ apiVersion: newest, kind, ...whole }) };
  const { ipFamilies: _families, ipFamilyPolicy: _policy, ...spec } = mapAt(whole, 'spec');
  const { conditions: _conditions, ...status } = mapAt(whole, 'status');
  return storedObject({ apiVersion, kind, metadata: { ...metadata, annotations }, spec, status });
}

/**
 * A VirtualMachineService of an older version as it is stored: families and the whole status come from the annotation of an
 * earlier read, which is removed. Without it they are what the older version can say. Mirrors VM Operator's ConvertTo.
 */
export function vmServiceToHub(spoke: StoredObject, apiVersion: string): StoredObject {
  const { apiVersion: _older, kind, metadata: _metadata, ...fields } = spoke;
  const { annotations, ...metadata } = mapAt(spoke, 'metadata');
  const { [conversionAnnotation]: carried, ...kept } = isMap(annotations) ? annotations : {};
  const whole = wireForm(fields, vmServiceWire) ?? fields;
  const restored = carriedObject(carried);
  const withAnnotations = { ...metadata, ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }) };
  const spec = { ...mapAt(whole, 'spec'), ...familiesOf(restored) };
  const status = restored === undefined ? mapAt(whole, 'status') : mapAt(restored, 'status');
  const converted = wireForm({ spec, status }, vmServiceWire) ?? { spec, status };
  return storedObject({ apiVersion, kind, metadata: withAnnotations, ...converted });
}

function familiesOf(hub: JsonObject | undefined): JsonObject {
  const { ipFamilies, ipFamilyPolicy } = mapAt(hub ?? {}, 'spec');
  return { ...(ipFamilies === undefined ? {} : { ipFamilies }), ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }) };
}
