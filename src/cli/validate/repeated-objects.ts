import type { ManifestValue } from '../../cluster/files/manifest-values.ts';
import { groupOf, type JsonObject } from '../../model/object.ts';
import type { ManifestSet } from './manifest-set.ts';
import { metadataText } from './metadata-text.ts';

/**
 * Objects that the files hold more than once, as two overlays do: the last one counts with `kubectl apply`, and a second `kubectl create`
 * of it fails. A sentence each.
 */
export function repeatedObjects({ services, context }: ManifestSet, place: string): readonly string[] {
  const all: readonly { readonly object: JsonObject; readonly written: ManifestValue }[] = [
    ...services,
    ...context.map(({ written }) => ({ object: Object(written.value), written })),
  ];
  const named = Map.groupBy(all, ({ object }) => {
    const name = metadataText(object, 'name');
    return name === undefined
      ? undefined
      : JSON.stringify([groupOf(String(object['apiVersion'])), object['kind'], metadataText(object, 'namespace') ?? place, name]);
  });
  return [...named].flatMap(([key, [first, ...others]]) => {
    if (key === undefined || first === undefined || others.length === 0) return [];
    const places = [first, ...others].map(({ written: { file, position } }) => `${file}:${position.line}`);
    const what = `${first.object['kind']}/${metadataText(first.object, 'name')}`;
    const times = places.length === 2 ? 'twice' : `${places.length} times`;
    return [`${what} is there ${times} (${places.join(', ')}): kubectl create would fail at the second, kubectl apply would keep the last`];
  });
}
