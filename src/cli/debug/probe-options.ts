import { isIP } from 'node:net';
import { parseRequestTimeout } from '../../cluster/kubeconfig/request-timeout.ts';
import { type ProbeMode, probeLimits, probeModes } from '../../core/probe/probe.ts';
import { usageError } from '../errors.ts';
import { filesFlag } from '../files-flag.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { parseTargets } from '../targets.ts';

/** What `--probe` and its companions ask for. */
export interface ProbeOptions {
  readonly mode: ProbeMode;
  readonly from: 'laptop' | { readonly image: string; readonly context: string | undefined };
  readonly to: { readonly host: string; readonly port: number } | undefined;
  /** Milliseconds. */
  readonly hold: number;
  readonly send: Buffer | undefined;
  readonly expect: Buffer | undefined;
  readonly maxVms: number;
}

const companions = ['from', 'to', 'hold', 'send', 'expect', 'max-endpoints', 'probe-image'];

/**
 * Undefined without `--probe`: then nothing is sent to anything but the API server.
 * @throws CliError for what does not go together, and for values that mean nothing
 */
export function probeOptions({ args, flags }: CommandInput): ProbeOptions | undefined {
  if (!flags.given('probe')) {
    const lone = companions.find((name) => flags.given(name));
    if (lone !== undefined) throw usageError(`--${lone} needs --probe: without it no traffic is sent`, 'debug');
    return undefined;
  }
  const mode = probeModes.find((name) => name === flags.text('probe'));
  if (mode === undefined)
    throw usageError(`--probe ${JSON.stringify(flags.text('probe'))}: must be one of ${probeModes.join(', ')}`, 'debug');
  if (args.length === 0 && flags.list('filename').length === 0)
    throw usageError('--probe needs the names of services: it sends traffic, and is no scanner', 'debug');
  if (args.length > 0 && parseTargets(args, 'debug').vmServices.length === 0)
    throw usageError('--probe goes along the ports of services: name the one that the VM stands behind', 'debug');
  if (filesFlag(flags) !== undefined) throw usageError('--probe needs a cluster: what is in files cannot be connected to', 'debug');
  return {
    mode,
    from: vantageOf(flags),
    to: namedTo(flags.text('to')),
    hold: holdOf(flags.text('hold') ?? ''),
    send: bytesOf('send', flags.text('send')),
    expect: bytesOf('expect', flags.text('expect')),
    maxVms: mostVms(flags),
  };
}

function vantageOf(flags: Flags): ProbeOptions['from'] {
  const image = flags.text('probe-image');
  if (flags.text('from') !== 'pod') {
    if (image !== undefined) throw usageError('--probe-image goes with --from=pod', 'debug');
    return 'laptop';
  }
  if (image === undefined || image === '')
    throw usageError('--from=pod needs --probe-image=IMAGE: one that the cluster can pull, with sh and bash, or busybox', 'debug');
  return { image, context: flags.text('from-context') };
}

function mostVms(flags: Flags): number {
  const most = flags.number('max-endpoints', 1) ?? probeLimits.vms;
  if (most > probeLimits.mostVms)
    throw usageError(`--max-endpoints ${most}: at most ${probeLimits.mostVms}; a probe is no scanner`, 'debug');
  return most;
}

function namedTo(text: string | undefined): ProbeOptions['to'] {
  if (text === undefined) return undefined;
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const port = Number(digits);
  const known = bracketed === undefined ? isIP(host) === 4 || /^(?!-)[a-z0-9.-]+$/i.test(host) : isIP(host) === 6;
  if (!known)
    throw usageError(`--to ${JSON.stringify(text)}: must be one HOST:PORT; an IPv6 address stands in brackets: [fd00::1]:443`, 'debug');
  if (port < 1 || port > 65_535) throw usageError(`--to ${JSON.stringify(text)}: port must be between 1 and 65535`, 'debug');
  return { host, port };
}

function holdOf(text: string): number {
  const hold = parseRequestTimeout(text);
  if (hold === undefined || hold < 100 || hold > probeLimits.longestHold)
    throw usageError(`--hold ${JSON.stringify(text)}: must be a duration from 100ms to ${probeLimits.longestHold / 1000}s`, 'debug');
  return hold;
}

/** Text with the escapes that people know from printf: \r \n \t \0 \\ \xHH. */
function bytesOf(name: string, text: string | undefined): Buffer | undefined {
  if (text === undefined) return undefined;
  if (text === '') throw usageError(`--${name} "": must not be empty`, 'debug');
  if (text.length > longestText) throw usageError(`--${name}: at most ${longestText} characters`, 'debug');
  const parts = text.match(/\\x[0-9a-f]{2}|\\[\s\S]?|[^\\]+/gi) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith('\\')) return Buffer.from(part);
      if (/^\\x[0-9a-f]{2}$/i.test(part)) return Buffer.from(part.slice(2), 'hex');
      const byte = escapes.get(part);
      if (byte === undefined)
        throw usageError(
          `--${name} ${JSON.stringify(text)}: ${JSON.stringify(part)} is no escape; there are \\r \\n \\t \\0 \\\\ \\xHH`,
          'debug',
        );
      return Buffer.from([byte]);
    }),
  );
}

const longestText = 4096;

const escapes = new Map([
  ['\\r', 13],
  ['\\n', 10],
  ['\\t', 9],
  ['\\0', 0],
  ['\\\\', 92],
]);
