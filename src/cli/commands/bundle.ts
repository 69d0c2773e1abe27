import { recorder } from '../../cluster/bundle/recording-cluster.ts';
import { notFoundError } from '../../cluster/load-snapshot.ts';
import { counted } from '../../core/counted.ts';
import { holesOf, isEssential, isSeen } from '../../core/snapshot.ts';
import { virtualMachineServices } from '../../model/resources.ts';
import { sanitize } from '../../render/sanitize.ts';
import { pasteableCommand } from '../../render/shell-quote.ts';
import { sortedServices } from '../asked-services.ts';
import { type PackedBundle, packedBundle, sizeText, writeBundleFile } from '../bundle/write-bundle.ts';
import { debugRequest, lookAround } from '../debug/look-around.ts';
import { usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, withWorld } from '../load-world.ts';
import { reportNotFound } from '../report-gaps.ts';
import type { CommandInput, Flags } from '../spec.ts';

/**
 * Asks what a diagnosis asks, and writes down what came back: raw objects without secrets, and what could not be looked at. A
 * bundle in which something essential is missing is written all the same, and the exit code is 3, as it is of reading commands.
 */
export async function bundle(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const file = flags.text('file');
  if (file === '') throw usageError('--file "": must name a file, or - for stdout', 'bundle');
  if (file === '-' && io.stdout.isTTY) throw usageError('--file=- writes bytes that no terminal shows: pipe it somewhere', 'bundle');
  const { through, recording } = recorder();
  const reading = { ...input, flags: readingFlags(flags) };
  return withWorld(reading, io, { command: 'bundle', ...debugRequest, through }, async (loaded) => {
    await Promise.all([lookAround(loaded, reading, io, { ages: false }), loaded.source.cluster.kubernetesVersion().catch(() => undefined)]);
    const missing = missingNames(loaded);
    if (missing.length > 0) return reportNotFound(missing, io);
    const packed = packedBundle({ loaded, recording: recording(), redact: flags.on('redact') }, io);
    if (file === '-') {
      io.stdout.writeBytes(packed.bytes);
      return said(packed, 'stdout', loaded, flags, io);
    }
    const name = file ?? fileName(loaded);
    writeBundleFile(name, packed.bytes, io);
    return said(packed, name, loaded, flags, io);
  });
}

/** The options of reading commands that this one does not have, as if nobody had given them. */
function readingFlags(flags: Flags): Flags {
  const absent = [
    'offline',
    'partial',
    'bundle',
    'filename',
    'kustomize',
    'recursive',
    'all-namespaces',
    'selector',
    'from-context',
    'also-namespaces',
  ];
  const has = (name: string) => !absent.includes(name);
  return {
    given: (name) => has(name) && flags.given(name),
    text: (name) => (has(name) ? flags.text(name) : undefined),
    list: (name) => (has(name) ? flags.list(name) : []),
    on: (name) => has(name) && flags.on(name),
    number: (name, least) => (has(name) ? flags.number(name, least) : undefined),
  };
}

function missingNames({ world, targets }: LoadedWorld) {
  if (!isSeen(world.snapshot.vmServices)) return [];
  const present = new Set(sortedServices(world).map(({ metadata }) => metadata.name));
  return targets.vmServices
    .filter((name) => !present.has(name))
    .map((name) => ({ name, error: notFoundError(virtualMachineServices, name) }));
}

/** `vmsvc-team-a-web-20261120-1200.tgz`: by the server's clock. */
function fileName({ source, targets }: LoadedWorld): string {
  const time = source.now().toISOString();
  const stamp = `${time.slice(0, 10).replaceAll('-', '')}-${time.slice(11, 16).replace(':', '')}`;
  const [first] = targets.vmServices;
  const what = first === undefined ? source.namespace : `${source.namespace}-${first}`;
  return `vmsvc-${what}-${stamp}.tgz`;
}

function said(packed: PackedBundle, name: string, { world, targets, source }: LoadedWorld, flags: Flags, io: Io): ExitCode {
  const code = holesOf(world.snapshot).some(isEssential) ? 3 : 0;
  const { objects, bytes, holes, omitted } = packed;
  const out = name === 'stdout' ? io.stderr : io.stdout;
  const left = omitted === 0 ? '' : `, ${counted(omitted, 'field')} left out`;
  const masked = flags.on('redact') ? 'names and addresses masked' : 'addresses kept: use --redact to mask';
  out.write(`wrote ${sanitize(name)} (${objects} objects, ${sizeText(bytes.length)}; no Secrets${left}, ${masked})\n`);
  for (const hole of holes) io.stderr.write(`could not look: ${sanitize(hole)}\n`);
  if (name === 'stdout' || flags.on('quiet')) return code;
  const shown = flags.on('redact') ? [] : targets.vmServices;
  const command = pasteableCommand(['kubectl', 'vmsvc', 'debug', ...shown, '--bundle', name], [...shown, source.namespace]);
  if (command !== undefined) out.write(`look at it anywhere: ${command}\n`);
  return code;
}
