import { asVersion } from '../apiserver/conversion/conversion.ts';
import { openWatch } from '../apiserver/http/watch.ts';
import { storedObject } from '../apiserver/json.ts';
import type { ResourceEntry } from '../apiserver/resources.ts';
import { selectionOf } from '../apiserver/selection.ts';
import type { ApiServer } from '../apiserver/server.ts';
import { apiVersionOf } from '../model/resources.ts';
import type { WatchOptions } from './cluster.ts';
import { readWatchFrame, type WatchFrame } from './watch-frame.ts';

/** What an in-memory server tells after a version. @throws ApiError when it has forgotten what came after it */
export async function* memoryFrames(
  server: ApiServer,
  entry: ResourceEntry,
  options: WatchOptions,
  resourceVersion: string,
): AsyncGenerator<WatchFrame> {
  const { namespace, signal, keep = (object) => object } = options;
  const selects = selectionOf(entry, options);
  const watch = openWatch(server, {
    resource: entry.storage,
    start: { after: resourceVersion },
    selects: (object) => (namespace === undefined || object.metadata.namespace === namespace) && selects(object),
    view: (object) => asVersion(storedObject(object), entry, server.config),
    present: (object) => object,
    bookmark: (metadata) => ({ metadata }),
    announcesInitialEnd: false,
    allowsBookmarks: false,
    timeoutSeconds: 0,
  });
  const lines: string[] = [];
  let wake = (): void => {};
  let ended = signal.aborted;
  const end = (): void => {
    ended = true;
    wake();
  };
  signal.addEventListener('abort', end, { once: true });
  watch.start((line) => {
    lines.push(line);
    wake();
  }, end);
  try {
    const identity = { apiVersion: apiVersionOf(entry, entry.version), kind: entry.kind };
    for (;;) {
      for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
        const frame = readWatchFrame(line, identity);
        if (frame !== undefined) yield { ...frame, object: keep(frame.object) };
      }
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', end);
    watch.stop();
  }
}
