import type { FieldPath } from '../../model/field-path.ts';
import type { Json, JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { dns1123Label } from '../name-rules.ts';
import { jsonEqual } from '../patch.ts';
import { portLabel, portName, wellKnownPort } from '../port-names.ts';
import { type Protocol, protocols } from '../port-notation.ts';
import type { Edit } from './edit.ts';
import { isEmpty, listAt, mapAt } from './manifest-fields.ts';
import type { WrittenManifest } from './written-manifest.ts';

/** What mends a field of a port. */
export function portRepair(path: FieldPath, manifest: WrittenManifest): readonly Edit[] | undefined {
  const [, , index, field] = path;
  if (path.length === 2) return isOnePort(mapAt(manifest.object, path)) ? [{ kind: 'wrap', path }] : undefined;
  if (typeof index !== 'number') return undefined;
  if (path.length === 3) return repeatRepair(path, index, manifest.object);
  if (path.length !== 4) return undefined;
  const port = mapAt(manifest.object, path.slice(0, 3));
  if (port === undefined) return undefined;
  switch (field) {
    case 'name':
      return nameRepair(path, port, manifest);
    case 'protocol':
      return protocolRepair(path, port);
    case 'port':
      return numberRepair(path, port['port']);
    case 'targetPort':
      return targetPortRepair(path, port);
    default:
      return undefined;
  }
}

/** A port that was written where the list of them stands. A mapping of names to numbers, for one, is none. */
function isOnePort(written: JsonObject | undefined): boolean {
  const fields = Object.keys(written ?? {});
  return fields.includes('port') && fields.every((field) => fieldsOfPort.includes(field));
}

/** Also those that a Service alone has: they are mended, or told of, once there is a list. */
const fieldsOfPort = ['name', 'protocol', 'port', 'targetPort', 'nodePort', 'appProtocol'];

/** A port that is there twice, word for word. Where the two differ, only their owner knows which of them is meant. */
function repeatRepair(path: FieldPath, index: number, object: JsonObject): readonly Edit[] | undefined {
  const ports = listAt(object, ['spec', 'ports']) ?? [];
  const port = ports[index];
  return isMap(port) && ports.slice(0, index).some((before) => jsonEqual(before, port)) ? [{ kind: 'remove', path }] : undefined;
}

function nameRepair(path: FieldPath, port: JsonObject, { object, writtenAt }: WrittenManifest): readonly Edit[] | undefined {
  const { name } = port;
  const free = (value: string | undefined): string | undefined => freeName(value, otherNames(object, path));
  const value = isEmpty(name)
    ? missingPortName(object, path)
    : typeof name === 'string'
      ? free(portLabel(name))
      : typeof name === 'number' || typeof name === 'boolean'
        ? free(writtenAt(path))
        : undefined;
  if (value === undefined || value === name) return undefined;
  return [name === undefined ? { kind: 'set', path, value, first: true } : { kind: 'set', path, value }];
}

/** The name of a port that has none, which is what to write and what `--fix` writes; undefined where another port has it. */
export function missingPortName(object: JsonObject, path: FieldPath): string | undefined {
  const port = mapAt(object, path.slice(0, 3));
  const others = otherNames(object, path);
  return port === undefined ? undefined : freeName(nameOfPort(port, others), others);
}

function freeName(value: string | undefined, others: readonly (Json | undefined)[]): string | undefined {
  return value !== undefined && dns1123Label(value).length === 0 && !others.includes(value) ? value : undefined;
}

function otherNames(object: JsonObject, [, , own]: FieldPath): readonly (Json | undefined)[] {
  return (listAt(object, ['spec', 'ports']) ?? []).filter((_, index) => index !== own).map(nameOf);
}

function nameOf(port: Json): Json | undefined {
  return isMap(port) ? port['name'] : undefined;
}

/** The one that `create` would give it, of a port that says its number. */
function nameOfPort(port: JsonObject, others: readonly (Json | undefined)[]): string | undefined {
  const number = numberOf(port['port']);
  const protocol = isEmpty(port['protocol']) ? 'TCP' : protocolOf(port['protocol']);
  return number === undefined || protocol === undefined
    ? undefined
    : portName(protocol, number, new Set(others.filter((name) => typeof name === 'string')));
}

function protocolOf(value: Json | undefined): Protocol | undefined {
  return typeof value === 'string' ? protocols.find((known) => known === value.trim().toUpperCase()) : undefined;
}

/** TCP, as in a Service that says none. */
function protocolRepair(path: FieldPath, port: JsonObject): readonly Edit[] | undefined {
  const { protocol } = port;
  const value = isEmpty(protocol) ? 'TCP' : protocolOf(protocol);
  return value === undefined || value === protocol ? undefined : [{ kind: 'set', path, value }];
}

/** A number in quotes. */
function numberRepair(path: FieldPath, written: Json | undefined): readonly Edit[] | undefined {
  const value = typeof written === 'string' ? numberOf(written) : undefined;
  return value === undefined ? undefined : [{ kind: 'set', path, value }];
}

/**
 * The number of the port, as in a Service that says none. A name stands for a number of the program in the VM, which only its owner
 * knows, unless it is the name that everybody knows the port itself by.
 */
function targetPortRepair(path: FieldPath, port: JsonObject): readonly Edit[] | undefined {
  const { targetPort } = port;
  const number = numberOf(port['port']);
  if (isEmpty(targetPort)) return number === undefined ? undefined : [{ kind: 'set', path, value: number }];
  if (typeof targetPort === 'string' && number !== undefined && wellKnownPort(targetPort.trim().toLowerCase()) === number) {
    return [{ kind: 'set', path, value: number }];
  }
  return numberRepair(path, targetPort);
}

function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^ *\d{1,5} *$/.test(value) ? Number(value) : undefined;
  return number !== undefined && Number.isInteger(number) && number >= 1 && number <= 65535 ? number : undefined;
}
