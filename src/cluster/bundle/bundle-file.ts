import { constants, createGunzip, gzipSync } from 'node:zlib';
import { type BundleIndex, bundleFormat, type RecordedRead } from '../../core/bundle/bundle-index.ts';
import { inMebibytes } from '../../core/mebibytes.ts';
import { groupOf, type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { listAt, textAt } from '../../model/raw-fields.ts';
import { isMap } from '../../model/raw-json.ts';
import { compareText } from '../../model/text-order.ts';
import { parseJson, printJson } from '../json.ts';
import { kubeObjectOf } from '../kube-object.ts';
import { limits } from '../limits.ts';
import { ArchiveError } from './archive-error.ts';
import { readTar, type TarMember, writeTar } from './tar.ts';

/** What a bundle holds: the index, and the objects as they were. */
export interface Bundle {
  readonly index: BundleIndex;
  readonly objects: readonly KubeObject[];
}

const indexName = 'index.json';

/** A gzipped tar archive with the index, and a List for each kind. The same bundle gives the same bytes. */
export function packBundle({ index, objects }: Bundle): Buffer {
  const byKind = Map.groupBy(objects, ({ apiVersion, kind }) => memberName(groupOf(apiVersion), kind));
  const lists = [...byKind]
    .toSorted(([left], [right]) => compareText(left, right))
    .map(([name, items]): TarMember => ({ name, content: documentOf({ apiVersion: 'v1', kind: 'List', items }) }));
  const members = [{ name: indexName, content: documentOf(index) }, ...lists];
  return gzipSync(writeTar(members, new Date(index.takenAt)), { level: 9 });
}

function documentOf(value: object): Buffer {
  return Buffer.from(`${printJson(value)}\n`);
}

/**
 * Reads a bundle, whoever made it: within limits, into memory alone, and by what is in it rather than by names. With `partial`, of one
 * that is cut short what is whole; the kinds that are not are as unknown as if nobody had been able to look.
 * @throws ArchiveError with one sentence
 */
export async function unpackBundle(bytes: Uint8Array, { partial }: { readonly partial: boolean } = { partial: false }): Promise<Bundle> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw new ArchiveError('it is not gzipped: a bundle is what kubectl vmsvc bundle writes');
  const members = readTar(await decompressed(bytes, partial), { members: limits.bundleMembers, name: limits.bundleNameBytes, partial });
  const indexMember = members.find(({ name }) => name === indexName);
  if (indexMember === undefined)
    throw new ArchiveError(partial ? 'nothing of it is whole' : `it has no ${indexName}: no bundle of kubectl vmsvc`);
  const index = indexOf(documentIn(indexMember));
  const objects = members.filter(({ name }) => /^objects\/[A-Za-z0-9.-]+\.json$/.test(name)).flatMap((member) => objectsOf(member));
  const { reads } = index;
  const whole = new Set(members.map(({ name }) => name));
  const lost = reads.find((read) => isLost(read, whole));
  if (lost !== undefined && !partial)
    throw new ArchiveError(`it has no ${memberName(lost.group, lost.kind)}, which its ${indexName} says was read`);
  return { index: partial ? { ...index, reads: reads.map((read) => asFarAsWhole(read, whole)) } : index, objects };
}

/** What was read and did not come along was not looked at. */
function asFarAsWhole(read: RecordedRead, members: ReadonlySet<string>): RecordedRead {
  return isLost(read, members) ? { ...read, answer: { failed: `the bundle is cut short before its ${read.resource}` } } : read;
}

function isLost({ answer, group, kind }: RecordedRead, members: ReadonlySet<string>): boolean {
  return 'read' in answer && answer.read > 0 && !members.has(memberName(group, kind));
}

function memberName(group: string, kind: string): string {
  return `objects/${group || 'core'}.${kind}.json`;
}

/** Stops as soon as more comes out than any bundle has, whatever the file says about its size. */
async function decompressed(bytes: Uint8Array, partial: boolean): Promise<Buffer> {
  const gunzip = createGunzip(partial ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
  const chunks: Buffer[] = [];
  let total = 0;
  const ended = new Promise<void>((resolve, reject) => {
    gunzip.on('data', (chunk: Buffer) => {
      total += chunk.length;
      if (total > limits.bundleBytes) reject(new ArchiveError(`it unpacks to more than ${inMebibytes(limits.bundleBytes)}`));
      else if (total > limits.bundleRatioFrom && total > bytes.length * limits.bundleRatio)
        reject(new ArchiveError(`it unpacks to more than ${limits.bundleRatio} times its size`));
      else chunks.push(chunk);
    });
    gunzip.on('end', resolve);
    gunzip.on('error', (error: Error & { readonly code?: string }) => {
      reject(new ArchiveError(error.code === 'Z_BUF_ERROR' ? 'it is cut short' : 'it is damaged: it cannot be unpacked', { cause: error }));
    });
  });
  gunzip.end(bytes);
  try {
    await ended;
  } finally {
    gunzip.destroy();
  }
  return Buffer.concat(chunks);
}

function documentIn({ name, content }: TarMember): JsonObject {
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (error) {
    throw new ArchiveError(`${name} is no JSON`, { cause: error });
  }
  if (!isFields(value)) throw new ArchiveError(`${name} is no JSON object`);
  return value;
}

function isFields(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws ArchiveError for what is no index, or one of another format */
function indexOf(value: JsonObject): BundleIndex {
  if (value['kind'] !== 'Bundle' || value['apiVersion'] !== 'vmsvc/v1') throw new ArchiveError(`${indexName} is no index of a bundle`);
  const { format } = value;
  if (format !== bundleFormat) {
    throw new ArchiveError(
      typeof format === 'number' && format > bundleFormat
        ? 'it was made by a newer version: update kubectl-vmsvc'
        : 'its format is not known',
    );
  }
  if (!isIndex(value)) throw new ArchiveError(`${indexName} does not hold what an index holds`);
  return value;
}

function isIndex(value: object): value is BundleIndex {
  const fields = jsonOf({ apiVersion: '', kind: '', metadata: { name: '' }, ...value });
  const lists = ['reads', 'reviews', 'rehearsals', 'names', 'omitted'].every((field) => Array.isArray(fields[field]));
  const texts = ['takenAt', 'namespace', 'context', 'toolVersion', 'localTime'].every((field) => typeof fields[field] === 'string');
  const { discovery, lastApplied } = fields;
  return (
    lists &&
    texts &&
    isMap(lastApplied) &&
    isMap(discovery) &&
    Array.isArray(discovery['groups']) &&
    !Number.isNaN(Date.parse(textAt(fields, 'takenAt'))) &&
    listAt(fields, 'reads').every((read) => isMap(read) && isMap(read['answer']) && typeof read['resource'] === 'string') &&
    listAt(fields, 'reviews').every((review) => isMap(review) && isMap(review['answer']) && isMap(review['attributes'])) &&
    listAt(fields, 'rehearsals').every((rehearsal) => isMap(rehearsal) && isMap(rehearsal['answer']))
  );
}

/** Kinds that no bundle has are not read: somebody else put them there. */
const neverRead = ['Secret', 'ConfigMap'];

function objectsOf(member: TarMember): readonly KubeObject[] {
  const document = documentIn(member);
  if (!Array.isArray(document['items'])) throw new ArchiveError(`${member.name} is no List`);
  return listAt(document, 'items').flatMap((item) => {
    const object = isMap(item) ? kubeObjectOf(item, { apiVersion: '', kind: '' }) : undefined;
    if (object === undefined) throw new ArchiveError(`${member.name} holds something that is no object`);
    return neverRead.includes(object.kind) ? [] : [object];
  });
}
