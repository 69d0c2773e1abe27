import { type Json, type JsonObject, versionOf } from '../../model/object.ts';
import { listAt, mapAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { conversionAnnotation } from '../../model/virtual-machine-service.ts';
import { storedObject } from '../json.ts';
import type { StoredObject } from '../store.ts';
import { carriedObject, carriedText } from './conversion-annotation.ts';
import { restored } from './conversion-restore.ts';
import { present, vmSpecFromHub, vmSpecToHub } from './vm-spec-conversion.ts';
import { vmStatusFromHub, vmStatusToHub, withSeparatePrerequisites } from './vm-status-conversion.ts';

/**
 * A VirtualMachine of the newest version of its release as an older one. The whole object travels along in an annotation, so
 * that writing it back loses nothing. Fields that the older version does not have are still there: its schema prunes them.
 * Mirrors VM Operator's ConvertFrom.
 */
export function vmFromHub(hub: StoredObject, apiVersion: string): StoredObject {
  const { apiVersion: newest, kind } = hub;
  const metadata = mapAt(hub, 'metadata');
  const spec = mapAt(hub, 'spec');
  const status = withLifetimes(mapAt(hub, 'status'));
  const annotations: JsonObject = {
    ...renamedPause(mapAt(metadata, 'annotations'), newest, apiVersion),
    [conversionAnnotation]: carriedText({ apiVersion: newest, kind, spec, status }),
  };
  const hosted = withHostOf(status, apiVersion);
  if (rank(apiVersion) > 1) return storedObject({ apiVersion, kind, metadata: { ...metadata, annotations }, spec, status: hosted });
  const { [configMapAnnotation]: configMap, ...others } = annotations;
  const oldSpec = vmSpecFromHub(spec, configMap !== undefined);
  return storedObject({
    apiVersion,
    kind,
    metadata: { ...metadata, annotations: others },
    spec: oldSpec,
    status: vmStatusFromHub(hosted),
  });
}

/**
 * A VirtualMachine of an older version as it is stored. With the annotation of an earlier read, which is removed, the status is
 * the one in there, and everything that the client left as it was is as before. Mirrors VM Operator's ConvertTo, which restores
 * named fields instead of unchanged ones.
 * @param shown how the older version shows an object of the newest one
 */
export function vmToHub(spoke: StoredObject, apiVersion: string, shown: (hub: StoredObject) => StoredObject): StoredObject {
  const carried = carriedObject(mapAt(mapAt(spoke, 'metadata'), 'annotations')[conversionAnnotation]);
  const written = upgraded(spoke, apiVersion);
  const { spec, status } = { spec: mapAt(written, 'spec'), status: mapAt(written, 'status') };
  if (carried === undefined) {
    const conditions = listAt(status, 'conditions');
    if (rank(spoke.apiVersion) > 1 || conditions.length === 0) return written;
    return storedObject({ ...written, status: { ...status, conditions: withSeparatePrerequisites(conditions, spec) } });
  }
  const whole = { spec: mapAt(carried, 'spec'), status: withHostOf(mapAt(carried, 'status'), apiVersion) };
  const seen = upgraded(shown(storedObject({ ...written, ...whole })), apiVersion);
  const meant = restored(whole.spec, mapAt(seen, 'spec'), spec);
  return storedObject({ ...written, spec: meant ?? {}, status: whole.status });
}

/** Set on VMs whose bootstrap data lie in a ConfigMap, which later versions cannot say. */
const configMapAnnotation = 'vmoperator.vmware.com/v1a1-configmap-md-transport';

const pause = 'vmoperator.vmware.com/pause-reconcile';
const paused = 'vmoperator.vmware.com/paused';

/** What the object itself says, in the newest version's words. */
function upgraded(spoke: StoredObject, apiVersion: string): StoredObject {
  const { annotations: _annotations, ...metadata } = mapAt(spoke, 'metadata');
  const { [conversionAnnotation]: _carried, ...kept } = mapAt(mapAt(spoke, 'metadata'), 'annotations');
  const old = { spec: mapAt(spoke, 'spec'), status: mapAt(spoke, 'status') };
  const first = rank(spoke.apiVersion) === 1;
  const configMap = first && mapAt(old.spec, 'vmMetadata')['configMapName'] ? { [configMapAnnotation]: 'true' } : {};
  const annotations = { ...renamedPause(kept, spoke.apiVersion, apiVersion), ...configMap };
  const status = first ? vmStatusToHub(old.status) : old.status;
  return storedObject({
    apiVersion,
    kind: spoke.kind,
    metadata: { ...metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: first ? vmSpecToHub(old.spec) : old.spec,
    status: withLifetimes(withHostOf(status, apiVersion)),
  });
}

/** The annotation that pauses a VM has another name since v1alpha3. */
function renamedPause(annotations: JsonObject, from: string, to: string): JsonObject {
  const [before, after] = [pauseOf(from), pauseOf(to)];
  if (before === after || annotations[before] === undefined) return annotations;
  const { [before]: value, ...others } = annotations;
  return { ...others, [after]: value };
}

function pauseOf(apiVersion: string): string {
  return rank(apiVersion) < 3 ? pause : paused;
}

/** The host is called `nodeName` since v1alpha4. */
function withHostOf(status: JsonObject, apiVersion: string): JsonObject {
  const { host, nodeName, ...others } = status;
  return present({ ...others, [rank(apiVersion) < 4 ? 'host' : 'nodeName']: nodeName ?? host });
}

/** An address without a lifetime is written with null, which no schema of the server's lets through. */
function withLifetimes(status: JsonObject): JsonObject {
  const network = mapAt(status, 'network');
  if (network['interfaces'] === undefined) return status;
  const interfaces = listAt(network, 'interfaces').map((nic) => {
    const ip = isMap(nic) ? mapAt(nic, 'ip') : {};
    if (!isMap(nic) || ip['addresses'] === undefined) return nic;
    return { ...nic, ip: { ...ip, addresses: listAt(ip, 'addresses').map(withLifetime) } };
  });
  return { ...status, network: { ...network, interfaces } };
}

function withLifetime(address: Json): Json {
  return isMap(address) ? { lifetime: null, ...address } : address;
}

/** 1 for v1alpha1. */
function rank(apiVersion: string): number {
  return Number(/^v1alpha(\d+)$/.exec(versionOf(apiVersion))?.[1] ?? 0);
}
