import { isList, type Json, type JsonObject } from '../../src/model/object.ts';
import type { RawAnswer } from './kubeconfig-requests.ts';

/**
 * Reads the answers of one server, in their order, and puts a word in the place of each value that a server draws: the first uid
 * becomes `<uid 1>`, wherever it stands, the second `<uid 2>`. Two servers that behave alike then give the same texts, and one that
 * draws a new value where the other keeps an old one does not.
 */
export function answerWords(): (answer: RawAnswer) => JsonObject {
  const drawn = new Map<string, string>();
  const counts = new Map<string, number>();
  const word = (kind: string, value: string): string => {
    const known = drawn.get(`${kind} ${value}`);
    if (known !== undefined) return known;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const made = `<${kind} ${count}>`;
    drawn.set(`${kind} ${value}`, made);
    return made;
  };
  const text = (value: string): string =>
    value
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, (uid) =>
        uid === sentUid(uid) ? uid : word('uid', uid),
      )
      .replaceAll(/\b10\.96\.\d{1,3}\.\d{1,3}\b/g, (ip) => (/^10\.96\.0\./.test(ip) ? ip : word('IPv4', ip)))
      .replaceAll(/\bfd00:10:96::([0-9a-f]{1,4})\b/g, (ip, last: string) => (Number.parseInt(last, 16) <= 256 ? ip : word('IPv6', ip)))
      .replaceAll(/\b3[0-2]\d{3}\b/g, (port) => portWord(Number(port), word))
      .replaceAll(/(?<=in record \()\d+(?=\))/g, (version) => word('version', version))
      .replaceAll(/\(0x[0-9a-f]{9,}\)/g, '(<pointer>)')
      // A patched object that cannot be read is repeated whole, its fields in any order.
      .replaceAll(/(?<=Invalid value: )"\{\\".*\}"(?=: )/gs, '<the object>')
      // Which fields of an object are looked at before the first wrong one is chance.
      .replaceAll(/(?<=^failed to create typed patch object [^;]*; [^)]*\): ).*$/gs, '<why>');

  const value = (json: Json, field: string): Json => {
    if (typeof json === 'string')
      return times.has(field) ? '<time>' : field === 'resourceVersion' && /^\d+$/.test(json) ? word('version', json) : text(json);
    if (typeof json === 'number') return /[nN]odePort$/.test(field) ? (json >= 30086 && json <= 32767 ? portWord(json, word) : json) : json;
    if (isList(json))
      return sortedWhereOrderIsChance(
        field,
        json.map((entry) => value(entry, '')),
      );
    return json === null || typeof json !== 'object' ? json : object(json);
  };
  const object = (json: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.keys(json)
        .sort()
        .map((field) => [text(field), json[field] === undefined ? json[field] : value(json[field], field)]),
    );

  return ({ code, body, warnings }) => {
    const { metadata, ...rest } = body;
    // A list's version counts what everybody did on the server, and how it remembers its place is its own business.
    const listed = isList(body.items) && typeof metadata === 'object' && metadata !== null && !isList(metadata);
    const own = listed
      ? { metadata: { ...metadata, resourceVersion: '<any>', ...(metadata.continue !== undefined && { continue: '<any>' }) } }
      : { metadata };
    return { code, warnings: warnings.map(text), body: withoutOrder(object({ ...rest, ...(metadata !== undefined && own) })) };
  };
}

const times: ReadonlySet<string> = new Set(['creationTimestamp', 'deletionTimestamp', 'time']);

function portWord(port: number, word: (kind: string, value: string) => string): string {
  return port < 30086 || port > 32767 ? String(port) : word('port', String(port));
}

/** Faults of a custom resource come in any order; the causes, which are sorted here, say them all. */
function withoutOrder(body: JsonObject): JsonObject {
  const { details, message } = body;
  if (typeof details !== 'object' || details === null || isList(details) || typeof message !== 'string') return body;
  const isCustom = details.group !== undefined && isList(details.causes) && details.causes.length > 1;
  return isCustom ? { ...body, message: message.replace(/(?<=is invalid: ).*$/s, '<causes>') } : body;
}

/** What the generators send is not drawn by a server. */
function sentUid(uid: string): string | undefined {
  return /^[12]1111111-/.test(uid) ? uid : undefined;
}

/** Managers are sorted by a clock, causes by the chance of how a server walks its maps. */
function sortedWhereOrderIsChance(field: string, entries: readonly Json[]): readonly Json[] {
  if (field !== 'managedFields' && field !== 'causes') return entries;
  return entries.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
}
