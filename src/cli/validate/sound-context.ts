import { decodeBuiltIn } from '../../apiserver/decode.ts';
import { isKubeObject } from '../../cluster/kube-object.ts';
import { groupOf, isList, type Json, type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { endpoints, services, virtualMachines, vmOperatorGroup } from '../../model/resources.ts';

/**
 * An object of another kind as a cluster would have it; undefined for one that no cluster would take. What is wrong with it is nobody's
 * business here, but it must not be mistaken for a sound one.
 */
export function soundContext(object: KubeObject): KubeObject | undefined {
  const json = jsonOf(object);
  if (object.apiVersion === 'v1' && (object.kind === services.kind || object.kind === endpoints.kind)) {
    const decoded = decodeBuiltIn(json, { ...(object.kind === services.kind ? services : endpoints), version: 'v1' });
    if ('error' in decoded) return undefined;
    const whole = object.kind === services.kind && decoded.object['spec'] === undefined ? { ...decoded.object, spec: {} } : decoded.object;
    return isKubeObject(whole) ? whole : undefined;
  }
  if (!areMaps(json, ['spec', 'status', 'data'])) return undefined;
  if (groupOf(object.apiVersion) === vmOperatorGroup && object.kind === virtualMachines.kind && !isSoundVm(json)) return undefined;
  return object;
}

/** What the rules about selection and endpoints look at. */
function isSoundVm(vm: JsonObject): boolean {
  const spec = isMap(vm['spec']) ? vm['spec'] : {};
  const status = isMap(vm['status']) ? vm['status'] : {};
  const network = isMap(status['network']) ? status['network'] : {};
  return (
    areMaps(spec, ['readinessProbe', 'network']) &&
    areMaps(status, ['network']) &&
    areTexts(status, ['vmIp', 'powerState']) &&
    areTexts(network, ['primaryIP4', 'primaryIP6']) &&
    areMapsIn(status['conditions']) &&
    areMapsIn(network['interfaces'])
  );
}

function areMaps(object: JsonObject, fields: readonly string[]): boolean {
  return fields.every((field) => isNothing(object[field]) || isMap(object[field]));
}

function areTexts(object: JsonObject, fields: readonly string[]): boolean {
  return fields.every((field) => isNothing(object[field]) || typeof object[field] === 'string');
}

function areMapsIn(list: Json | undefined): boolean {
  return isNothing(list) || (isList(list) && list.every(isMap));
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null;
}
