import { preferredVersion } from '../../cluster/preferred-version.ts';
import { askRights } from '../../cluster/reconcile/rights.ts';
import { type RightsCommand, rightsCommands } from '../../core/rights/commands.ts';
import { type CommandRights, commandRights, rightsReport, rightsRows } from '../../core/rights/report.ts';
import { neededRights, type RightsOptions, settingsDecide, type Verdict } from '../../core/rights/rights.ts';
import { minimalRole } from '../../core/rights/role.ts';
import { virtualMachineServices, vmOperatorGroup } from '../../model/resources.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import { renderRights, roleNotes } from '../../render/rights.ts';
import { sanitize } from '../../render/sanitize.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { isDocumentFormat, outputFormat, printDocument } from '../print-document.ts';
import { headOf } from '../report-head.ts';
import { openLiveSource, type Source } from '../source.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';

/** Says which commands somebody can run in a namespace, and what is missing for the others; or which Role would do. */
export async function canI(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags } = input;
  const format = outputFormat(flags, ['json', 'yaml'], 'can-i');
  const command = commandOf(input);
  if (flags.on('as-role') && command === undefined) throw usageError('--as-role needs a COMMAND', 'can-i');
  const source = await openLiveSource(input, io);
  try {
    const facts = await source.facts({ askCapabilities: true });
    const decide = settingsDecide(facts);
    const options = {
      asController: flags.on('as-controller'),
      skipStatus: flags.on('skip-status'),
      serviceOnly: flags.on('service-only'),
      settingsDecide: decide,
    };
    if (flags.on('as-role') && command !== undefined) return await printRole(command, options, source, format, flags, io);

    const needed = (command === undefined ? rightsCommands : [command]).map((name) => ({ name, rights: neededRights(name, options) }));
    const { namespace } = source;
    const asking = [{ namespace, rights: needed.flatMap(({ rights }) => rights) }];
    const [answers] = await Promise.all([askRights(source.cluster, asking), checkServed(source)]);
    const found = needed.map(({ name, rights }) =>
      commandRights(
        name,
        rights.map((right) => ({ ...right, ...answers.of(namespace, right) })),
      ),
    );
    if (!flags.on('quiet')) {
      if (isDocumentFormat(format)) {
        const document = { ...headOf('Rights', source, facts, source.now()), ...rightsReport(namespace, found) };
        await printDocument({ document, order: 'given', rows: [] }, format, flags, io);
      } else {
        io.stdout.write(renderRights(rightsRows(found), { noHeaders: flags.on('no-headers') }, await styleFor(io.stdout, flags, io)));
      }
      reportUnknown(found, io);
    }
    return worst(found.map(({ verdict }) => exitCodes[verdict]));
  } finally {
    await source.close();
  }
}

/**
 * The group may be served without the kind: a right to that is a right to nothing, and the server grants it all the same.
 * @throws ConnectionError where that is sure
 */
async function checkServed({ cluster, origin }: Source): Promise<void> {
  const discovery = await cluster.discover().catch(() => undefined);
  const isWhole = discovery?.unavailable.every(({ group }) => group !== '*' && !group.startsWith(vmOperatorGroup));
  if (discovery !== undefined && isWhole) preferredVersion(discovery, virtualMachineServices, contextOf(origin));
}

function contextOf(origin: Source['origin']): string | undefined {
  return origin.type === 'cluster' ? origin.context : undefined;
}

const exitCodes: Readonly<Record<Verdict, ExitCode>> = { yes: 0, partly: 0, no: 1, unknown: 3 };

/** @throws CliError for a word that is no command that takes rights */
function commandOf({ args }: CommandInput): RightsCommand | undefined {
  const [word, ...more] = args;
  if (word === undefined) return undefined;
  if (more.length > 0) throw usageError('can-i takes one COMMAND', 'can-i');
  const found = rightsCommands.find((command) => command === (aliases.get(word) ?? word));
  if (found === undefined) throw usageError(`can-i ${JSON.stringify(word)}: must be one of ${rightsCommands.join(', ')}`, 'can-i');
  return found;
}

const aliases: ReadonlyMap<string, RightsCommand> = new Map([
  ['inspect', 'describe'],
  ['expose', 'create'],
]);

/** What the server, or the network, said instead of an answer, each sentence once. */
function reportUnknown(found: readonly CommandRights[], io: Io): void {
  const reasons = found.flatMap(({ rights }) => rights.flatMap(({ answer, reason }) => (answer === 'unknown' ? [reason] : [])));
  for (const reason of new Set(reasons)) io.stderr.write(`Warning: rights unknown: ${sanitize(reason)}\n`);
}

async function printRole(
  command: RightsCommand,
  options: RightsOptions,
  { namespace }: Source,
  format: OutputFormat,
  flags: Flags,
  io: Io,
): Promise<ExitCode> {
  const document = minimalRole(command, namespace, neededRights(command, options));
  const notes = roleNotes(command, namespace);
  const withNotes = !isDocumentFormat(format);
  if (withNotes) io.stdout.write(notes.before);
  await printDocument({ document, order: 'given', rows: [] }, withNotes ? { kind: 'yaml' } : format, flags, io);
  if (withNotes) io.stdout.write(notes.after);
  return 0;
}
