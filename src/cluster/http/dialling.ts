import type { Socket } from 'node:net';
import { hungUp } from './answer-reader.ts';

/** An attempt to connect. */
export interface Dialling {
  /** Ready for HTTP: verified, where TLS is spoken. */
  readonly socket: Promise<Socket>;
  /** Gives up; what was opened is closed. */
  abandon(): void;
}

/** A socket on its way. */
export function dialling(socket: Socket, secure: boolean): Dialling {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const closed = (): void => reject(hungUp('socket hang up'));
  socket.on('error', reject);
  socket.on('close', closed);
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    socket.off('error', reject);
    socket.off('close', closed);
    // Small requests go out at once, and a server that went away is noticed.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveDelay);
    resolve(socket);
  });
  return { socket: promise, abandon: () => void socket.destroy() };
}

const keepAliveDelay = 1000;
