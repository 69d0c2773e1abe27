import type { Json, JsonObject } from '../../model/object.ts';
import { mapAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';

/** How v1alpha1's `vmMetadata` is said since: each transport became a kind of bootstrap. Mirrors VM Operator's conversion. */
export function bootstrapOf(vmMetadata: JsonObject): JsonObject | undefined {
  if (Object.keys(vmMetadata).length === 0) return undefined;
  const name = textAt(vmMetadata, 'secretName') || textAt(vmMetadata, 'configMapName');
  const vAppConfig = name === '' ? {} : { rawProperties: name };
  switch (vmMetadata['transport']) {
    case 'ExtraConfig':
      return { cloudInit: selected('rawCloudConfig', name, extraConfigKey) };
    case 'CloudInit':
      return { cloudInit: selected('rawCloudConfig', name, 'user-data') };
    case 'Sysprep':
      return { sysprep: selected('rawSysprep', name, 'unattend') };
    case 'OvfEnv':
      return { linuxPrep: { hardwareClockIsUTC: true }, vAppConfig };
    case 'vAppConfig':
      return { vAppConfig };
    default:
      return {};
  }
}

/** The reverse; undefined where there is no bootstrap. */
export function vmMetadataOf(bootstrap: JsonObject, withConfigMap: boolean): JsonObject | undefined {
  if (Object.keys(bootstrap).length === 0) return undefined;
  const { transport, name } = transportOf(bootstrap);
  const source = name === '' ? {} : withConfigMap ? { configMapName: name } : { secretName: name };
  return { ...(transport === undefined ? {} : { transport }), ...source };
}

const extraConfigKey = 'guestinfo.userdata';

function selected(field: string, name: string, key: string): JsonObject {
  return name === '' ? {} : { [field]: { name, key } };
}

function transportOf(bootstrap: JsonObject): { readonly transport?: string; readonly name: string } {
  const raw = (kind: string, field: string): JsonObject => mapAt(mapAt(bootstrap, kind), field);
  if (isThere(bootstrap['cloudInit'])) {
    const config = raw('cloudInit', 'rawCloudConfig');
    return { transport: config['key'] === extraConfigKey ? 'ExtraConfig' : 'CloudInit', name: textAt(config, 'name') };
  }
  if (isThere(bootstrap['sysprep'])) return { transport: 'Sysprep', name: textAt(raw('sysprep', 'rawSysprep'), 'name') };
  if (!isThere(bootstrap['vAppConfig'])) return { name: '' };
  const name = textAt(mapAt(bootstrap, 'vAppConfig'), 'rawProperties');
  return { transport: isThere(bootstrap['linuxPrep']) ? 'OvfEnv' : 'vAppConfig', name };
}

function isThere(value: Json | undefined): boolean {
  return isMap(value);
}
