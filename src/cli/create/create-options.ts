import type { DryRun } from '../../core/reconcile-report.ts';
import { getFormats, type OutputFormat } from '../../render/output-format.ts';
import { isDumb } from '../../render/terminal.ts';
import { usageError } from '../errors.ts';
import { fieldManagerOf } from '../field-manager.ts';
import { filesFlag } from '../files-flag.ts';
import type { Io } from '../io.ts';
import { manifestFlag } from '../manifest-input.ts';
import { outputFormat } from '../print-document.ts';
import { dryRunOf } from '../reconcile/reconcile-options.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { type Timeout, timeoutOfWait } from '../wait/timeout.ts';

/** How a service is created, whatever it is. */
export interface CreateOptions {
  readonly dryRun: DryRun;
  readonly format: OutputFormat;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly saveConfig: boolean;
  readonly wait: CreateWait | undefined;
  /** Nobody is asked for consent. */
  readonly yes: boolean;
  /** There is somebody to ask. */
  readonly terminal: boolean;
  /** Everything is asked for. */
  readonly interactive: boolean;
}

export interface CreateWait {
  readonly for: 'address' | 'endpoints';
  readonly timeout: Timeout;
}

/** @throws CliError for values that an option cannot have, and for options that contradict each other */
export function createOptions({ word, flags }: CommandInput, io: Io): CreateOptions {
  const format = outputFormat(flags, createFormats, word, flags.text('template'));
  const dryRun = dryRunOf(flags);
  const files = manifestFlag(flags) !== undefined;
  const offline = filesFlag(flags) !== undefined;
  const wait = waitOf(flags, word);
  if (files && !offline)
    throw usageError(`${word} makes an object of flags; kubectl create -f makes those of a file (-f and -k here go with --offline)`, word);
  if (flags.on('recursive') && !files) throw usageError('-R says how deep -f reads, which goes with --offline here: give all three', word);
  if (offline && dryRun !== 'client') throw usageError('files cannot be written to: --offline and --bundle go with --dry-run=client', word);
  if (wait !== undefined && dryRun !== 'none') throw usageError('a dry run creates nothing that --wait could wait for', word);
  const terminal = io.stdin.isTTY && io.stdout.isTTY;
  const interactive = flags.on('interactive');
  if (interactive && !terminal) throw usageError('-i asks questions, and there is no terminal to ask them on', word);
  if (interactive && isDumb(io.env)) throw usageError('-i shows lists to choose from, which a terminal with TERM=dumb cannot', word);
  return {
    dryRun,
    format,
    fieldManager: fieldManagerOf(flags, word),
    fieldValidation: validations[flags.text('validate') ?? 'strict'] ?? 'Strict',
    saveConfig: flags.on('save-config'),
    wait,
    yes: flags.on('yes'),
    terminal,
    interactive,
  };
}

/** Those that kubectl's create has. */
const createFormats = getFormats.filter((name) => name !== 'wide' && name !== 'custom-columns' && name !== 'custom-columns-file');

/** kubectl's words; `true` and `false` are its older ones. */
const validations: Readonly<Record<string, CreateOptions['fieldValidation']>> = {
  strict: 'Strict',
  true: 'Strict',
  warn: 'Warn',
  ignore: 'Ignore',
  false: 'Ignore',
};

function waitOf(flags: Flags, command: string): CreateWait | undefined {
  const timeout = timeoutOfWait(flags, command);
  const what = flags.text('wait');
  return what === undefined ? undefined : { for: what === 'endpoints' ? 'endpoints' : 'address', timeout };
}
