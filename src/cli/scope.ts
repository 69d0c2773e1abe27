import type { SnapshotRequest } from '../cluster/load-snapshot.ts';
import { counted } from '../core/counted.ts';
import type { LegName } from '../core/snapshot.ts';
import { virtualMachineServices, virtualMachines } from '../model/resources.ts';
import { ApiError } from '../model/status.ts';
import type { AskedService } from './asked-services.ts';
import { usageError } from './errors.ts';
import { worst } from './exit-code.ts';
import type { ExitCode, Io } from './io.ts';
import { manifestFlag } from './manifest-input.ts';
import type { NamedPlace } from './manifest-names.ts';
import { type Places, placesOf, severalNamespaces } from './named-places.ts';
import { openSource, type Source, type Through } from './source.ts';
import type { CommandInput } from './spec.ts';
import { parseTargets, type Targets } from './targets.ts';

/** What a command reads, and how it takes names. */
export interface WorldRequest {
  /** Loads what is needed when the server has answered. */
  readonly meanwhile?: () => Promise<unknown>;
  readonly command: string;
  readonly legs: readonly LegName[];
  /** Of VirtualMachineServices, in the API's syntax. */
  readonly fieldSelector?: string;
  /** The API's own objects are printed, in the version that a type word names; otherwise it only has to be served. */
  readonly inNamedVersion?: boolean;
  /** Who wrote the objects is looked at. */
  readonly writers?: boolean | 'fields';
  /** With `writers`: everything of a VM is looked at, not only what decides about its endpoint. */
  readonly wholeVms?: boolean;
  /** A name that nothing has may be the beginning of names, as kubectl's describe takes it. Never for a command that writes. */
  readonly prefixes?: boolean;
  /** Whether the Supervisor's capabilities matter; true by default. */
  readonly capabilities?: boolean;
  /** Read what stands around, too: quotas, policies, what load balancers and networks keep. */
  readonly surroundings?: boolean;
  /**
   * Everything of the namespace is looked at, whatever was named: names that nothing has are then for the command to find. Where
   * listing is denied, what was named is asked for by name.
   */
  readonly whole?: boolean;
  /** Half a picture of a namespace is of no use: where files name several, one that cannot be seen whole is left out. */
  readonly wholePlaces?: boolean;
  /** Sees what is asked of a live cluster. */
  readonly through?: Through;
}

/** What the rules of `debug` are asked about, by whichever command: also who wrote what when, since what changed a moment ago is no fault yet. */
export const askedByRules = { writers: true, wholeVms: true } as const satisfies Partial<WorldRequest>;

/** What a command line names, and where, before anything of it was read. */
export interface Scope {
  readonly source: Source;
  /** Undefined: all namespaces, or those of `places`. */
  readonly namespace: string | undefined;
  readonly places: Places;
  readonly targets: Targets;
  readonly asked: readonly AskedService[];
  /** Names of VirtualMachineServices; none means all of them. */
  readonly names: readonly string[];
  /** What to read for some names, with the flags that say how. */
  request(names: readonly string[]): SnapshotRequest;
  readonly selector: string | undefined;
  readonly fieldSelector: string | undefined;
}

/**
 * Opens the source and reads no object: for a command that does not read once.
 * @throws CliError for words and flags that contradict each other
 */
export function withScope(input: CommandInput, io: Io, request: WorldRequest, use: (scope: Scope) => Promise<ExitCode>): Promise<ExitCode> {
  return openScope(input, io, { ...request, takesPlaces: false }, use);
}

/**
 * Opens the source, and closes it when it was used.
 * @param takesPlaces whether files may name services of several namespaces
 * @throws CliError for words and flags that contradict each other
 */
export async function openScope(
  input: CommandInput,
  io: Io,
  request: WorldRequest & { readonly takesPlaces: boolean },
  use: (scope: Scope) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { flags } = input;
  const { command, through, takesPlaces } = request;
  const line = await readLine(input, io, request);
  const { targets } = line;
  const source = await openSource(input, io, command, through);
  try {
    const places = placesOf(line.fromFiles, source.namespace, command);
    if (places.size > 1 && (!takesPlaces || targets.vms.length > 0)) throw severalNamespaces(places, command);
    const code = await use(scopeOf(line, places, source, request));
    return flags.on('warnings-as-errors') ? worst([code, countWarnings(source, io)]) : code;
  } finally {
    await source.close();
  }
}

/** What words, files and flags say, before anything is asked. */
interface Line {
  readonly fromFiles: readonly NamedPlace[];
  readonly targets: Targets;
  readonly everywhere: boolean;
  readonly selector: string | undefined;
  /** Undefined: whatever costs the server less. */
  readonly chunkSize: number | undefined;
}

async function readLine(input: CommandInput, io: Io, { command, fieldSelector }: WorldRequest): Promise<Line> {
  const { args, flags } = input;
  const fromFiles = flags.on('offline') ? [] : await namesInFiles(input, io, command);
  const targets = parseTargets([...args, ...fromFiles.map(({ word }) => word)], command);
  const everywhere = flags.on('all-namespaces');
  if (everywhere && args.length > 0) throw usageError('a resource cannot be retrieved by name across all namespaces', command);
  const selector = flags.text('selector');
  if ((selector !== undefined || fieldSelector !== undefined) && args.length > 0) {
    throw usageError('selectors and names cannot be given together', command);
  }
  const pageSize = flags.number('chunk-size', 0);
  // Only somebody who says so gets pages and nothing else.
  const chunkSize = flags.given('chunk-size') ? pageSize : undefined;
  return { fromFiles, targets, everywhere, selector, chunkSize };
}

function scopeOf(
  { fromFiles, targets, everywhere, selector, chunkSize }: Line,
  places: Places,
  source: Source,
  { legs, fieldSelector, inNamedVersion = false, writers = false, wholeVms = false }: WorldRequest,
): Scope {
  const namespace = everywhere || places.size > 1 ? undefined : ([...places.keys()][0] ?? source.namespace);
  const ofVms = targets.vms.length > 0;
  const named =
    targets.version === undefined ? undefined : source.served(targets.version, ofVms ? virtualMachines : virtualMachineServices);
  // Whoever reads in it hears of its failure.
  named?.catch(() => {});
  const asNamed = inNamedVersion && named !== undefined;
  const asked = targets.said.map(({ name }, at) => ({ namespace: fromFiles[at]?.namespace ?? source.namespace, name }));
  return {
    source,
    namespace,
    places,
    targets,
    asked: ofVms ? [] : asked,
    names: ofVms ? [] : targets.vmServices,
    selector,
    fieldSelector,
    request: (names) => ({
      namespace,
      names,
      ...(selector !== undefined && { labelSelector: selector }),
      ...(fieldSelector !== undefined && { fieldSelector }),
      ...(chunkSize !== undefined && { chunkSize }),
      version: asNamed ? named : (named?.then(() => source.version) ?? source.version),
      likelyVersion: asNamed ? targets.version : source.likelyVersion,
      legs,
      writers,
      wholeVms,
    }),
  };
}

/** As kubectl: `error: 1 warning received`. */
export function countWarnings(source: Source, io: Io): ExitCode {
  const count = source.warnings();
  if (count === 0) return 0;
  io.stderr.write(`error: ${counted(count, 'warning')} received\n`);
  return 1;
}

/** The server reads the selectors; what it cannot read is a mistake on the command line. */
export function refuseSelector(
  error: unknown,
  { selector, fieldSelector }: Pick<Scope, 'selector' | 'fieldSelector'>,
  command: string,
): never {
  if (!(error instanceof ApiError) || error.code !== 400) throw error;
  const aboutFields = selector === undefined || /invalid selector|field label|field selector/.test(error.message);
  const [flag, text] = fieldSelector !== undefined && aboutFields ? ['--field-selector', fieldSelector] : ['--selector', selector];
  if (text === undefined) throw error;
  throw usageError(`${flag} ${JSON.stringify(text)}: ${error.message}`, command);
}

/** `-f` names live objects, as for kubectl: the VirtualMachineServices and VMs in the files. */
async function namesInFiles({ args, flags }: CommandInput, io: Io, command: string): Promise<readonly NamedPlace[]> {
  const flag = manifestFlag(flags);
  if (flag === undefined) return [];
  if (args.length > 0 || flags.on('all-namespaces') || flags.given('selector')) {
    throw usageError(`${flag} names the objects: give it without names, -A and -l`, command);
  }
  const { namesOfManifests } = await import('./manifest-names.ts');
  return namesOfManifests(flags, io, command);
}
