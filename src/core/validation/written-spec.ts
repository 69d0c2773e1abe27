import { isList, type Json, type JsonObject } from '../../model/object.ts';
import { isMap, rawNumber } from '../../model/raw-json.ts';

/** A port as it was written: what is not there, or of a wrong type, is empty. */
export interface WrittenPort {
  readonly index: number;
  readonly name: string;
  readonly protocol: string;
  /** As an int32 sees it. */
  readonly port: number | undefined;
  readonly targetPort: number | undefined;
}

/** A VirtualMachineService's spec as Go reads it, from any JSON: absent, null and a wrong type are empty. */
export interface WrittenSpec {
  readonly type: string;
  readonly clusterIp: string;
  readonly externalName: string;
  readonly loadBalancerIP: string;
  readonly ports: readonly WrittenPort[];
  readonly selector: ReadonlyMap<string, string>;
  /** A selector is there, and is no map of texts. */
  readonly brokenSelector: boolean;
  readonly sourceRanges: readonly { readonly text: string; readonly index: number }[];
  readonly ipFamilies: readonly string[];
  readonly ipFamilyPolicy: string | undefined;
}

export function readSpec(object: JsonObject): WrittenSpec {
  const spec = isMap(object['spec']) ? object['spec'] : {};
  return {
    type: text(spec['type']),
    clusterIp: text(spec['clusterIp']),
    externalName: text(spec['externalName']),
    loadBalancerIP: text(spec['loadBalancerIP']),
    ports: list(spec['ports']).map(readPort),
    selector: readSelector(spec['selector']),
    brokenSelector: isBroken(spec['selector']),
    sourceRanges: list(spec['loadBalancerSourceRanges']).flatMap((value, index) =>
      typeof value === 'string' ? [{ text: value, index }] : [],
    ),
    ipFamilies: list(spec['ipFamilies']).filter((value) => typeof value === 'string'),
    ipFamilyPolicy: typeof spec['ipFamilyPolicy'] === 'string' ? spec['ipFamilyPolicy'] : undefined,
  };
}

function readPort(value: Json, index: number): WrittenPort {
  const port = isMap(value) ? value : {};
  return {
    index,
    name: text(port['name']),
    protocol: text(port['protocol']),
    port: int32(port['port']),
    targetPort: int32(port['targetPort']),
  };
}

function readSelector(value: Json | undefined): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  if (!isMap(value)) return pairs;
  for (const key of Object.keys(value)) {
    const label = value[key];
    if (typeof label === 'string') pairs.set(key, label);
  }
  return pairs;
}

/** A null in it is dropped by the server. */
function isBroken(value: Json | undefined): boolean {
  if (value === undefined || value === null) return false;
  return !isMap(value) || Object.values(value).some((label) => typeof label !== 'string' && label !== null);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function list(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** The schema does not enforce int32: larger integers reach the webhook wrapped. */
function int32(value: Json | undefined): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31) return value;
  const digits = typeof value === 'number' ? (Number.isInteger(value) ? String(BigInt(value)) : undefined) : rawNumber(value);
  return digits === undefined || !/^-?\d+$/.test(digits) ? undefined : Number(BigInt.asIntN(32, BigInt(digits)));
}
