import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { resultOfError } from '../../core/probe/errors.ts';
import { type ProbeLine, type ProbeReport, type ProbeTarget, probeLimits } from '../../core/probe/probe.ts';
import { forbiddenHost } from '../../core/probe/targets.ts';
import { aborted } from '../aborted.ts';
import { errorCode } from '../error-code.ts';
import { type Attempt, gaveUp, type ProbeSettings, type TryTarget } from './attempt.ts';
import { probeTcp } from './probe-tcp.ts';
import { probeUdp } from './probe-udp.ts';

/**
 * Tries all targets from this machine: at most eight at a time and thirty seconds in all, never a proxy in between. What did not get
 * its turn says so. Never throws for what a target does.
 */
export async function probeFromHere(
  targets: readonly ProbeTarget[],
  settings: ProbeSettings,
  attempt: TryTarget = overTheNetwork,
): Promise<ProbeReport> {
  const started = performance.now();
  const overall = AbortSignal.any([settings.signal, AbortSignal.timeout(probeLimits.total)]);
  const lines: ProbeLine[] = [];
  const queue = targets.map((target, index) => ({ target, index }));
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      lines[next.index] = await probeOne(next.target, { ...settings, signal: overall }, attempt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(probeLimits.sockets, targets.length) }, worker));
  return {
    vantage: { type: 'laptop' },
    lines,
    milliseconds: Math.round(performance.now() - started),
    notes: proxyNotes(settings.env),
  };
}

/** One connection, or one datagram, from this machine. */
export function overTheNetwork(ip: string, target: ProbeTarget, settings: ProbeSettings): Promise<Attempt> {
  return target.speech === 'udp' ? probeUdp(ip, target, settings) : probeTcp(ip, target, settings);
}

async function probeOne(target: ProbeTarget, settings: ProbeSettings, tryTarget: TryTarget): Promise<ProbeLine> {
  const skip = target.skip ?? forbiddenHost(target.host);
  if (skip !== undefined) return skipped(target, skip);
  const address = await addressOf(target.host, settings.signal);
  if ('line' in address) return { ...address.line, target };
  const forbidden = forbiddenHost(address.ip);
  if (forbidden !== undefined && target.speech !== 'resolve') return skipped(target, forbidden);
  if (target.speech === 'resolve') {
    return { target, result: 'proven', milliseconds: address.milliseconds, tries: 1, source: undefined, bytes: 0, detail: address.ip };
  }
  for (let tries = 1; ; tries++) {
    if (settings.signal.aborted) return skipped(target, gaveUp(settings.signal));
    const { retry, ...attempt } = await tryTarget(address.ip, target, settings);
    if (retry && tries < probeLimits.tries) continue;
    return { ...attempt, source: attempt.source ?? (await ownAddress(address.ip)), target, tries };
  }
}

function skipped(target: ProbeTarget, detail: string): ProbeLine {
  return { target, result: 'skipped', milliseconds: 0, tries: 0, source: undefined, bytes: 0, detail };
}

type Resolved = { readonly ip: string; readonly milliseconds: number } | { readonly line: Omit<ProbeLine, 'target'> };

async function addressOf(host: string, signal: AbortSignal): Promise<Resolved> {
  if (isIP(host) !== 0) return { ip: host, milliseconds: 0 };
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const failed = (code: string) => ({ line: { ...resultOfError(code), milliseconds: elapsed(), tries: 1, source: undefined, bytes: 0 } });
  if (signal.aborted) return { line: { ...skippedWords, detail: gaveUp(signal) } };
  try {
    const found = await Promise.race([lookup(host), givenUp(signal)]);
    if (found !== undefined) return { ip: found.address, milliseconds: elapsed() };
    return signal.aborted ? { line: { ...skippedWords, detail: gaveUp(signal) } } : failed('EAI_AGAIN');
  } catch (error) {
    return failed(errorCode(error));
  }
}

const skippedWords = { result: 'skipped', milliseconds: 0, tries: 0, source: undefined, bytes: 0 } as const;

/** A name server that says nothing is not waited for longer than a connection. */
async function givenUp(signal: AbortSignal): Promise<undefined> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(probeLimits.connect)]);
  await aborted(over);
}

/** The address that this machine uses on the way there, without a packet being sent; undefined where there is no way. */
function ownAddress(ip: string): Promise<string | undefined> {
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  return new Promise<string | undefined>((resolve) => {
    socket.on('error', () => resolve(undefined));
    socket.connect(9, ip, () => resolve(socket.address().address));
  }).finally(() => socket.close());
}

const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

function proxyNotes(env: ProbeSettings['env']): readonly string[] {
  const set = proxyVariables.find((name) => (env[name] ?? '') !== '');
  return set === undefined ? [] : [`${set} is set and was not used: a probe connects directly`];
}
