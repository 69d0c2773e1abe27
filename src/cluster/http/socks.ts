import { isIP, isIPv4, connect as netConnect, type Socket } from 'node:net';
import type { ServerAddress } from '../kubeconfig/server-address.ts';
import type { Dialling } from './dialling.ts';
import type { ProxyServer } from './proxy.ts';

/** Where a tunnel leads. */
export type Target = Pick<ServerAddress, 'hostname' | 'port'>;

/**
 * A connection to `target` through a SOCKS5 proxy (RFC 1928, RFC 1929). Names are looked up by the proxy, as kubectl has it.
 * @throws Error that says what the proxy did, without its password
 */
export function socksTunnel(proxy: ProxyServer, target: Target): Dialling {
  const socket = netConnect(proxy.port, proxy.hostname);
  return { socket: handshake(socket, proxy, target), abandon: () => void socket.destroy() };
}

async function handshake(socket: Socket, { login }: ProxyServer, target: Target): Promise<Socket> {
  const answers = new Answers(socket);
  try {
    socket.write(Buffer.from([version, ...(login === undefined ? [1, method.none] : [2, method.none, method.password])]));
    const [spoken, chosen] = await answers.take(2);
    if (spoken !== version) throw new Error('it does not speak SOCKS5');
    if (chosen === method.password && login !== undefined) {
      socket.write(Buffer.concat([Buffer.from([1]), counted(login.username), counted(login.password.reveal())]));
      const [, refused] = await answers.take(2);
      if (refused !== 0) throw new Error('it refuses the user name or password');
    } else if (chosen !== method.none) {
      throw new Error(login === undefined ? 'it asks for a user name and password' : 'it takes no user name and password');
    }
    socket.write(Buffer.concat([Buffer.from([version, connectCommand, 0]), addressOf(target), portOf(target)]));
    const [, reply, , kind] = await answers.take(4);
    if (reply !== 0) throw new Error(`it answered: ${replies[reply ?? 0] ?? `failure ${reply}`}`);
    // Where it connected from is of no use, but stands before what the server says.
    await answers.take((kind === addressKind.name ? ((await answers.take(1))[0] ?? 0) : kind === addressKind.v6 ? 16 : 4) + 2);
    answers.end();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

const version = 5;
const connectCommand = 1;
const method = { none: 0, password: 2 } as const;
const addressKind = { v4: 1, name: 3, v6: 4 } as const;

/** By their numbers in RFC 1928. */
const replies = [
  'success',
  'general failure',
  'not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'time to live expired',
  'command not supported',
  'address type not supported',
];

function addressOf({ hostname }: Target): Buffer {
  if (isIPv4(hostname)) return Buffer.from([addressKind.v4, ...hostname.split('.').map(Number)]);
  if (isIP(hostname) === 6) return Buffer.from([addressKind.v6, ...bytesOfIpv6(hostname)]);
  return Buffer.concat([Buffer.from([addressKind.name]), counted(hostname)]);
}

/** An address of the URL parser, which writes IPv6 in hexadecimal groups alone. */
function bytesOfIpv6(address: string): number[] {
  const [left = '', right] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const head = [...left];
  const tail = right ?? [];
  const groups = right === undefined ? head : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  return groups.map((group) => Number.parseInt(group, 16)).flatMap((value) => [value >> 8, value & 0xff]);
}

function portOf({ port }: Target): Buffer {
  return Buffer.from([port >> 8, port & 0xff]);
}

/** @throws Error when it is longer than the protocol can say */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new Error('a name or password is longer than 255 bytes');
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** What the proxy answers, as many bytes at a time as are wanted. */
class Answers {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;
  #wake: () => void = () => {};
  readonly #read = (): void => {
    for (let more: Buffer | null = this.#socket.read(); more !== null; more = this.#socket.read()) {
      this.#bytes = Buffer.concat([this.#bytes, more]);
    }
    this.#wake();
  };
  readonly #fail = (error?: Error): void => {
    this.#failure ??= error ?? new Error('it closed the connection');
    this.#wake();
  };
  readonly #closed = (): void => this.#fail();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('readable', this.#read);
    socket.on('error', this.#fail);
    socket.on('close', this.#closed);
  }

  async take(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }

  /** Whatever came beyond the handshake belongs to whoever reads the socket next. */
  end(): void {
    this.#socket.off('readable', this.#read);
    this.#socket.off('error', this.#fail);
    this.#socket.off('close', this.#closed);
    if (this.#bytes.length > 0) this.#socket.unshift(this.#bytes);
  }
}
