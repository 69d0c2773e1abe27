import { apiVersionOf, pathOf, type Resource } from '../../model/resources.ts';
import { ConnectionError, type WatchEvent, type WatchOptions } from '../cluster.ts';
import { limits } from '../limits.ts';
import { type Watchable, watchChanges } from '../watch-changes.ts';
import { readWatchFrame, type WatchFrame } from '../watch-frame.ts';
import { type Asked, refusal, UndecodableError } from './api-answer.ts';
import { listAll } from './live-list.ts';
import type { Transport } from './transport.ts';
import { withWantedManagedFields } from './wanted-managed-fields.ts';

export interface LiveWatch {
  readonly transport: Transport;
  readonly at: Omit<Asked, 'call'>;
  readonly resource: Resource;
  readonly version: string;
  readonly options: WatchOptions;
}

/** The promise of `Cluster.watch`, over HTTP. */
export function watchLive(watch: LiveWatch, time: Pick<Watchable, 'clock' | 'random'>): AsyncIterable<WatchEvent> {
  const { transport, at, resource, version, options } = watch;
  return watchChanges({
    ...time,
    signal: options.signal,
    onTrouble: options.onTrouble ?? ignore,
    list: () => listAll(transport, at, resource, version, options),
    frames: (resourceVersion, onOpen) => framesAfter(watch, resourceVersion, onOpen),
  });
}

const ignore = (): void => {};

/**
 * What the server tells after a version, over one connection. Half a line at its end is not an event.
 * @throws ApiError for a refusal, and for an `ERROR` within the stream; ConnectionError
 */
async function* framesAfter(watch: LiveWatch, resourceVersion: string, onOpen: () => void): AsyncGenerator<WatchFrame> {
  const { transport, at, resource, version, options } = watch;
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(limits.watchSeconds),
  });
  if (options.labelSelector) query.set('labelSelector', options.labelSelector);
  if (options.fieldSelector) query.set('fieldSelector', options.fieldSelector);
  const apiVersion = apiVersionOf(resource, version);
  const call = { method: 'GET', path: `${pathOf(resource, apiVersion, { namespace: options.namespace })}?${query}` } as const;
  const asked = { ...at, call };
  const answer = await transport.stream(call, options.signal);
  if (answer.code !== 200) throw refusal({ ...answer, body: await answer.body() }, asked);
  onOpen();
  const mediaType = (answer.headers['content-type'] ?? '').split(';', 1)[0];
  for await (const line of linesOf(answer.chunks)) {
    if (mediaType !== 'application/json') throw new ConnectionError(`${at.host} answered a watch with ${mediaType || 'no media type'}`);
    const text = withWantedManagedFields(line, options);
    const frame = readWatchFrame(text.toString('utf8'), { apiVersion, kind: resource.kind });
    if (frame === undefined) throw new UndecodableError(`what ${at.host} told of ${resource.plural} cannot be understood`);
    yield frame.type === 'BOOKMARK' || options.keep === undefined ? frame : { ...frame, object: options.keep(frame.object) };
  }
}

const newline = 0x0a;

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]);
      parts = [];
      size = 0;
      from = end + 1;
      if (line.length > 0) yield line;
    }
    if (from === chunk.length) continue;
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > limits.responseBytes) throw new ConnectionError("one of the server's watch events is too large");
  }
}
