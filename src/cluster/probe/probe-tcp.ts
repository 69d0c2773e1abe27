import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { resultOfError } from '../../core/probe/errors.ts';
import { type ProbeTarget, probeLimits } from '../../core/probe/probe.ts';
import { errorCode } from '../error-code.ts';
import { type Attempt, bytesText, gaveUp, type ProbeSettings } from './attempt.ts';

/**
 * Connects once, says what the target's speech says, and waits: bytes prove that somebody is there, an early end that nobody was
 * behind it, silence nothing. A refused connection and one that nobody answers are told apart.
 */
export function probeTcp(ip: string, target: ProbeTarget, settings: ProbeSettings): Promise<Attempt> {
  return new Promise((resolve) => new TcpProbe(ip, target, settings, resolve).start());
}

class TcpProbe {
  readonly #target: ProbeTarget;
  readonly #settings: ProbeSettings;
  readonly #resolve: (attempt: Attempt) => void;
  readonly #started = performance.now();
  readonly #socket: Socket;
  readonly #received: Uint8Array[] = [];
  #connectedAt: number | undefined;
  #source: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #done = false;
  /** Of a handshake that was done: somebody is there, whatever is said afterwards. */
  #certificate: string | undefined;
  #bytes = 0;

  constructor(ip: string, target: ProbeTarget, settings: ProbeSettings, resolve: (attempt: Attempt) => void) {
    this.#target = target;
    this.#settings = settings;
    this.#resolve = resolve;
    this.#socket = connectTcp({ host: ip, port: target.port });
  }

  start(): void {
    const { connectTimeout, signal } = this.#settings;
    this.#timer = setTimeout(() => this.#finish('filtered', 'no answer', true), connectTimeout);
    signal.addEventListener('abort', this.#abort, { once: true });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('error', (error) => this.#failed(error));
  }

  readonly #abort = () => this.#finish('skipped', gaveUp(this.#settings.signal));

  #connected(): void {
    this.#connectedAt = performance.now();
    this.#source = this.#socket.localAddress;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#silent(), this.#settings.hold);
    const { speech } = this.#target;
    if (speech === 'tls' || speech === 'https') {
      this.#secure(speech === 'https');
      return;
    }
    this.#listen(this.#socket);
    const words = this.#settings.send ?? (speech === 'http' ? headRequest(this.#target.host) : undefined);
    if (words !== undefined) this.#socket.write(words);
  }

  #listen(stream: Socket): void {
    stream.on('data', (chunk: Uint8Array) => this.#data(chunk));
    stream.on('end', () => this.#ended());
    stream.on('close', () => this.#ended());
  }

  /** Without looking whom the certificate is from: this asks whether somebody is there, and sends nothing that is a secret. */
  #secure(http: boolean): void {
    const secured = connectTls({ socket: this.#socket, rejectUnauthorized: false, ...serverName(this.#target.host) });
    this.#socket.on('close', () => this.#ended());
    secured.on('error', (error) => {
      if (this.#socket.bytesRead > 0 && !isReset(error)) this.#finish('proven', handshakeWords(errorCode(error)));
      else this.#failed(error);
    });
    secured.on('secureConnect', () => {
      const { subject, valid_from, valid_to } = secured.getPeerCertificate();
      const detail = certificateWords(subject?.CN ?? '', { from: valid_from, to: valid_to }, this.#settings.now);
      this.#bytes = this.#socket.bytesRead;
      this.#certificate = detail;
      const { send } = this.#settings;
      if (http || send !== undefined) {
        this.#listen(secured);
        secured.write(send ?? headRequest(this.#target.host));
      } else this.#finish('proven', detail);
    });
  }

  #data(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#received.push(chunk);
    const text = Buffer.concat(this.#received);
    const { expect } = this.#settings;
    const { speech } = this.#target;
    const isFull = this.#bytes > probeLimits.bytes;
    if (expect !== undefined && text.includes(expect)) this.#finish('proven', 'answered as expected');
    else if (expect !== undefined && isFull) this.#finish('connected', 'answered more than was waited for');
    else if (expect !== undefined) return;
    else if (speech !== 'http' && speech !== 'https') this.#finish('proven', `answered ${bytesText(this.#bytes)}`);
    else if (isFull || text.includes('\n')) this.#statusLine(text);
  }

  /** A load balancer that has nobody to ask answers by itself, and says so with one of these. */
  #statusLine(text: Buffer): void {
    const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(text.subarray(0, longestStatus).toString('latin1'))?.[1];
    const byProxy = this.#target.stage !== 'vm' && ['502', '503', '504'].includes(status ?? '');
    if (status === undefined) this.#finish('proven', 'answered, but not in HTTP');
    else if (byProxy) this.#finish('connected', `HTTP ${status}, which may be the load balancer's own answer`);
    else this.#finish('proven', `HTTP ${status}`);
  }

  #silent(): void {
    const secure = this.#target.speech === 'tls' || this.#target.speech === 'https';
    if (this.#bytes > 0) this.#unexpected();
    else this.#finish('connected', secure ? 'did not answer in TLS' : '');
  }

  #ended(): void {
    if (this.#bytes > 0) this.#unexpected();
    else this.#finish('closed-early', '');
  }

  #unexpected(): void {
    if (this.#certificate !== undefined && this.#settings.expect === undefined && this.#received.length === 0) {
      this.#finish('proven', `${this.#certificate}; then nothing`);
    } else if (this.#settings.expect === undefined) this.#statusLine(Buffer.concat(this.#received));
    else this.#finish('connected', `answered ${bytesText(this.#bytes)}, not what was expected`);
  }

  #failed(error: Error): void {
    const code = errorCode(error);
    const { result, detail } = resultOfError(code);
    if (this.#connectedAt === undefined) this.#finish(result === 'closed-early' ? 'refused' : result, detail, code === 'ETIMEDOUT');
    else if (this.#bytes > 0) this.#ended();
    else this.#finish('closed-early', isReset(error) ? 'reset' : '');
  }

  #finish(result: Attempt['result'], detail: string, retry = false): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#settings.signal.removeEventListener('abort', this.#abort);
    // What still arrives concerns nobody any more.
    this.#socket.on('error', () => {});
    this.#socket.destroy();
    const since = result === 'closed-early' ? (this.#connectedAt ?? this.#started) : this.#started;
    this.#resolve({
      result,
      detail,
      retry,
      source: this.#source,
      bytes: this.#bytes,
      milliseconds: Math.round(performance.now() - since),
    });
  }
}

function isReset(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(errorCode(error));
}

/** Names are told to the server, addresses are not: TLS has no place for them. */
function serverName(host: string): { readonly servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}

function headRequest(host: string): Uint8Array {
  return new TextEncoder().encode(`HEAD / HTTP/1.0\r\nHost: ${host.includes(':') ? `[${host}]` : host}\r\nConnection: close\r\n\r\n`);
}

/** `HTTP/1.1 200` is all that is read of a status line. */
const longestStatus = 16;

/**
 * What a handshake that failed says of who answered. A server of TLS that wants another version, a name or a cipher sends an alert; what
 * speaks something else sends no record of TLS at all.
 */
function handshakeWords(code: string): string {
  const alert = /(?:TLSV1\d?_)?(?:ALERT_|TLSV1_)([A-Z_]+)$/.exec(code)?.[1];
  if (alert !== undefined) return `answered, and refused TLS: ${alert.toLowerCase().replaceAll('_', ' ')}`;
  if (code === 'ERR_SSL_UNSUPPORTED_PROTOCOL') return 'answered in a version of TLS that is not in use any more';
  return 'answered, but not in TLS';
}

/** `TLS answered: CN=web.example.test, valid until 2026-12-31`; one whose time is over, or to come, is said to be so. */
function certificateWords(name: string | readonly string[], valid: { readonly from?: string; readonly to?: string }, now: Date): string {
  const subject = typeof name === 'string' ? name : name.join(', ');
  const words = [...(subject === '' ? [] : [`CN=${subject}`]), ...validityWords(valid, now)];
  return words.length === 0 ? 'TLS answered' : `TLS answered: ${words.join(', ')}`;
}

function validityWords({ from, to }: { readonly from?: string; readonly to?: string }, now: Date): readonly string[] {
  const [begin, end] = [dateOf(from), dateOf(to)];
  if (begin !== undefined && begin > now) return [`not valid before ${dayOf(begin)}`];
  if (end === undefined) return [];
  return [end < now ? `EXPIRED on ${dayOf(end)}` : `valid until ${dayOf(end)}`];
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
