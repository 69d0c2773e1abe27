import { Writable } from 'node:stream';
import inquirer from 'inquirer';
import type { Io, TextSink } from './io.ts';

/**
 * Asks a question that is answered with yes or no, on the terminal behind `sink`; no is the default, and what Ctrl-D means.
 * Import this file dynamically, and only to ask: it loads inquirer.
 *
 * @returns `interrupted` for Ctrl-C, which a prompt reads as a key.
 */
export async function askYesNo(question: string, io: Io, sink: TextSink): Promise<'yes' | 'no' | 'interrupted'> {
  const { stream } = io.stdin;
  if (stream === undefined) return 'no';
  const closed = new AbortController();
  const onClose = (): void => closed.abort();
  const output = new Writable({
    write(chunk, _encoding, done) {
      sink.write(String(chunk));
      done();
    },
  });
  // Ctrl-D ends the line editor, and inquirer would wait for ever: all that can be seen of it is that nobody reads any more.
  const prompt = inquirer.createPromptModule({ input: stream, output, signal: AbortSignal.any([closed.signal, io.signal]) });
  const [first = '', ...rest] = question.split(' ');
  try {
    const asking = prompt<{ yes: boolean }>([
      {
        type: 'confirm',
        name: 'yes',
        message: rest.join(' '),
        default: false,
        // inquirer puts a sign before every question; ours begins with its verb.
        theme: {
          prefix: { idle: first, done: first },
          style: { message: same, defaultAnswer: (hint: string) => `[${hint}]`, answer: same },
        },
      },
    ]);
    stream.once('pause', onClose).once('end', onClose);
    return (await asking).yes ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortPromptError') return io.signal.aborted ? 'interrupted' : 'no';
    if (error instanceof Error && error.name === 'ExitPromptError') return 'interrupted';
    throw error;
  } finally {
    stream.off('pause', onClose).off('end', onClose);
  }
}

function same(text: string): string {
  return text;
}
