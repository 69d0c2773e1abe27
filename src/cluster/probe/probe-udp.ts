import { createSocket } from 'node:dgram';
import { resultOfError } from '../../core/probe/errors.ts';
import type { ProbeTarget } from '../../core/probe/probe.ts';
import { errorCode } from '../error-code.ts';
import { type Attempt, bytesText, gaveUp, type ProbeSettings } from './attempt.ts';

/** Sends one datagram and waits for one. An answer proves somebody, a refusal that came back proves nobody, silence proves nothing. */
export function probeUdp(ip: string, target: ProbeTarget, { send, expect, hold, signal }: ProbeSettings): Promise<Attempt> {
  const started = performance.now();
  const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    let done = false;
    let source: string | undefined;
    const finish = (result: Attempt['result'], detail: string, bytes = 0) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.close();
      resolve({ result, detail, bytes, source, retry: false, milliseconds: Math.round(performance.now() - started) });
    };
    const abort = () => finish('skipped', gaveUp(signal));
    const timer = setTimeout(() => finish('unanswered', 'which says nothing about UDP'), hold);
    signal.addEventListener('abort', abort, { once: true });
    socket.on('error', (error) => {
      const { result, detail } = resultOfError(errorCode(error));
      finish(result, detail);
    });
    socket.on('message', (message) => {
      const wanted = expect === undefined || message.includes(expect);
      if (wanted) finish('proven', expect === undefined ? `answered ${bytesText(message.length)}` : 'answered as expected', message.length);
      else finish('connected', `answered ${bytesText(message.length)}, not what was expected`, message.length);
    });
    // Only a connected socket hears of a refusal.
    socket.connect(target.port, ip, () => {
      source = socket.address().address;
      socket.send(send ?? new Uint8Array());
    });
  });
}
