import { readManifestValues } from '../../cluster/files/manifest-values.ts';
import { fewNames } from '../../core/few-names.ts';
import type { JsonObject } from '../../model/object.ts';
import { isMap } from '../../model/raw-json.ts';
import { virtualMachineServices } from '../../model/resources.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { manifestErrors } from '../manifest-errors.ts';
import type { Flags } from '../spec.ts';
import type { WrittenService } from './manifest-set.ts';
import { metadataText } from './metadata-text.ts';

export interface StoredObjects {
  /** The stored object that a service changes; undefined where it is judged as a new one. */
  of(service: Pick<WrittenService, 'object'>): JsonObject | undefined;
  /** Which services are judged otherwise than somebody might think, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The stored object of each service, from `--old`: the one of the same name, in the same namespace where both say one; where both sides
 * have one service, that one.
 * @throws CliError when the file cannot be read or has none
 */
export async function storedObjects(services: readonly WrittenService[], flags: Flags, io: Io): Promise<StoredObjects> {
  const file = flags.text('old');
  if (file === undefined) return { of: () => undefined, notes: [] };
  const { values, errors } = await readManifestValues([file], { cwd: io.cwd, readStdin: (limit) => io.stdin.read(limit) });
  if (errors.length > 0) throw manifestErrors(errors);
  const stored = values.flatMap(({ value }) => (isMap(value) && value['kind'] === virtualMachineServices.kind ? [value] : []));
  const [only] = stored;
  if (only === undefined) throw new CliError(`--old ${JSON.stringify(file)}: there is no VirtualMachineService in it`, { exitCode: 3 });
  const place = flags.text('namespace');
  const [service, ...others] = services;
  if (stored.length === 1 && service !== undefined && others.length === 0) {
    const [now, before] = [shownName(service.object, place), shownName(only, place)];
    return {
      of: () => only,
      notes:
        metadataText(service.object, 'name') === metadataText(only, 'name')
          ? []
          : [`${now} is judged as a change of ${before}, which is all that --old has: a cluster would keep both`],
    };
  }
  const byName = Map.groupBy(stored, (object) => metadataText(object, 'name'));
  const of: StoredObjects['of'] = ({ object }) => {
    const namespace = metadataText(object, 'namespace') ?? place;
    // Of two that are called the same, the one that says its namespace is meant before the one that does not.
    const alike = byName.get(metadataText(object, 'name')) ?? [];
    return (
      alike.find((old) => metadataText(old, 'namespace') === namespace) ??
      alike.find((old) => namespace === undefined || metadataText(old, 'namespace') === undefined)
    );
  };
  const fresh = services.filter((one) => of(one) === undefined).map(({ object }) => shownName(object, place));
  return {
    of,
    notes: fresh.length === 0 ? [] : [`${fewNames(fresh, mostNamed)} ${fresh.length === 1 ? 'is' : 'are'} not in --old, and judged as new`],
  };
}

/** As many as a sentence can hold. */
const mostNamed = 10;

function shownName(object: JsonObject, place: string | undefined): string {
  const namespace = metadataText(object, 'namespace') ?? place;
  const name = metadataText(object, 'name') ?? metadataText(object, 'generateName') ?? '';
  return `${virtualMachineServices.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
