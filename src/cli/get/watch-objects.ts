import type { WatchEvent } from '../../cluster/cluster.ts';
import { notFoundError } from '../../cluster/load-snapshot.ts';
import { type JsonObject, jsonOf, type KubeObject } from '../../model/object.ts';
import { virtualMachineServices } from '../../model/resources.ts';
import { compactJson, objectDocument, renderNames } from '../../render/documents.ts';
import { signalExitCode } from '../interruption.ts';
import type { ExitCode, Io } from '../io.ts';
import { isDocumentFormat, printDocument } from '../print-document.ts';
import { reportNotFound } from '../report-gaps.ts';
import { refuseSelector, type Scope } from '../scope.ts';
import type { Flags } from '../spec.ts';
import { troubleNotes } from '../watch/trouble-notes.ts';
import { type GetView, showsManagedFields } from './get-view.ts';

/** The API's own objects as they come, one after the other and each on its own, as `kubectl get -w -o json` prints them. */
export async function watchObjects(scope: Scope, view: GetView, flags: Flags, io: Io): Promise<ExitCode> {
  const { source, namespace, names } = scope;
  const { labelSelector, fieldSelector, version } = scope.request(names);
  const events = source.cluster.watch(virtualMachineServices, await version, {
    namespace,
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
    ...(names.length === 1 && { fieldSelector: `metadata.name=${names[0]}` }),
    signal: io.signal,
    onTrouble: troubleNotes(io),
  });
  try {
    return await showAll(events, names, view, flags, io);
  } catch (error) {
    refuseSelector(error, scope, 'get');
  }
}

async function showAll(
  events: AsyncIterable<WatchEvent>,
  names: readonly string[],
  view: GetView,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const print = printer(view, flags, io);
  const isShown = ({ metadata }: KubeObject): boolean => names.length === 0 || names.includes(metadata.name);
  for await (const event of events) {
    if (event.type !== 'Listed') {
      if (isShown(event.object)) await print(event.type, event.object);
      continue;
    }
    const missing = names.filter((name) => !event.objects.some(({ metadata }) => metadata.name === name));
    const notFound = missing.map((name) => ({ name, error: notFoundError(virtualMachineServices, name) }));
    const code = flags.on('ignore-not-found') ? 0 : reportNotFound(notFound, io);
    if (code !== 0) return code;
    if (flags.on('watch-only')) continue;
    for (const object of event.objects) if (isShown(object)) await print('Added', object);
  }
  return signalExitCode(io.signal) ?? 0;
}

function printer({ format }: GetView, flags: Flags, io: Io): (type: string, object: KubeObject) => Promise<void> {
  let isFirst = true;
  return async (type, object) => {
    if (format.kind === 'name') return io.stdout.write(renderNames([object]));
    if (!isDocumentFormat(format)) return;
    const shown = objectDocument([object], { single: true, showManagedFields: showsManagedFields(format, flags) });
    const withEvents = flags.on('output-watch-events');
    const event = type.toUpperCase();
    if (withEvents && format.kind === 'json') return io.stdout.write(`{"type":"${event}","object":${compactJson(shown)}}\n`);
    if (format.kind === 'yaml' && !isFirst) io.stdout.write('---\n');
    const document: JsonObject = withEvents ? { object: shown, type: event } : shown;
    // The header of custom columns stands above the first line alone.
    const noHeaders = !isFirst;
    const on = (name: string) => (name === 'no-headers' && noHeaders) || flags.on(name);
    isFirst = false;
    await printDocument({ document, order: 'sorted', rows: [withEvents ? document : jsonOf(object)] }, format, { ...flags, on }, io);
  };
}
