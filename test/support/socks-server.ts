import { connect, createServer, type Socket } from 'node:net';
import { portOf } from '../cluster/fault-server.ts';

export interface SocksServer extends AsyncDisposable {
  readonly port: number;
  /** `HOST:PORT` as it was asked for, with the user name and password that came before. */
  readonly asked: readonly string[];
}

/**
 * A SOCKS5 proxy. It leads every request to `upstream`, whatever host was asked for: names mean something to proxies that they do
 * not mean here.
 */
export async function socksServer(options: {
  readonly upstream: number;
  /** `USER:PASSWORD` that it insists on. */
  readonly login?: string;
  /** The reply instead of success. */
  readonly reply?: number;
}): Promise<SocksServer> {
  const asked: string[] = [];
  const serve = async (socket: Socket): Promise<void> => {
    const take = reader(socket);
    const [, methods = 0] = await take(2);
    const offered = [...(await take(methods))];
    const method = options.login === undefined ? 0 : 2;
    if (!offered.includes(method)) return void socket.end(Buffer.from([5, 0xff]));
    socket.write(Buffer.from([5, method]));
    let login = '';
    if (method === 2) {
      const [, nameLength = 0] = await take(2);
      const name = await take(nameLength);
      const [passwordLength = 0] = await take(1);
      login = `${name}:${await take(passwordLength)}`;
      socket.write(Buffer.from([1, login === options.login ? 0 : 1]));
      if (login !== options.login) return void socket.end();
    }
    const [, , , kind] = await take(4);
    const host = kind === 3 ? String(await take((await take(1))[0] ?? 0)) : (await take(kind === 4 ? 16 : 4)).toString('hex');
    asked.push(`${login}${login === '' ? '' : '@'}${host}:${(await take(2)).readUInt16BE()}`);
    // An address of IPv6 and one byte at a time: both are allowed, and both have been forgotten.
    const reply = Buffer.from([5, options.reply ?? 0, 0, 4, ...Array.from({ length: 18 }, () => 0)]);
    if (options.reply !== undefined) return void socket.end(reply);
    const upstream = connect(options.upstream, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    for (const byte of reply) socket.write(Buffer.from([byte]));
    upstream.pipe(socket).pipe(upstream);
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    serve(socket).catch(() => socket.destroy());
  });
  const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => resolve(portOf(server.address()))));
  return {
    port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reader(socket: Socket): (count: number) => Promise<Buffer> {
  return async (count) => {
    for (;;) {
      const bytes: Buffer | null = count === 0 ? Buffer.alloc(0) : socket.read(count);
      if (bytes !== null) return bytes;
      await new Promise((resolve, reject) => {
        socket.once('readable', resolve);
        socket.once('close', reject);
      });
    }
  };
}
