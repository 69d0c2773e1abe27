import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import inquirer from 'inquirer';
import { rowsOf } from '../render/display-width.ts';
import { sanitize } from '../render/sanitize.ts';
import { isDumb } from '../render/terminal.ts';
import type { Io, TextSink } from './io.ts';

/** How a question ended: with an answer; with Ctrl-D, which declines; or with Ctrl-C, which a prompt reads as a key. */
export type Answer<T> = { readonly answer: T } | { readonly ended: 'declined' | 'interrupted' };

/** Where questions are asked. */
export interface Terminal {
  readonly io: Io;
  readonly sink: TextSink;
}

/** One line of a list. Its text is made safe here. */
export interface Choice<T> {
  readonly value: T;
  readonly text: string;
  /** What stands behind the question once it is chosen. */
  readonly short: string;
  /** Why it cannot be chosen. */
  readonly problem?: string;
}

type PromptModule = typeof inquirer.prompt;

/**
 * Asks a question that is answered with yes or no, on the terminal behind `sink`; no is the default, and what Ctrl-D means.
 * Import this file dynamically, and only to ask: it loads inquirer.
 *
 * @returns `interrupted` for Ctrl-C, which a prompt reads as a key.
 */
export async function askYesNo(question: string, io: Io, sink: TextSink): Promise<'yes' | 'no' | 'interrupted'> {
  if (isDumb(io.env)) return askPlainly(question, io, sink);
  // inquirer puts a sign before every question; ours begins with its verb.
  const [first = '', ...rest] = question.split(' ');
  const asked = await asking({ io, sink }, (prompt) =>
    prompt<{ yes: boolean }>([
      {
        type: 'confirm',
        name: 'yes',
        message: rest.join(' '),
        default: false,
        theme: {
          prefix: { idle: first, done: first },
          style: { message: same, defaultAnswer: (hint: string) => `[${hint}]`, answer: same },
        },
      },
    ]),
  );
  if ('answer' in asked) return asked.answer.yes ? 'yes' : 'no';
  return asked.ended === 'interrupted' ? 'interrupted' : 'no';
}

/** The same where nothing can be written over: the question, and what is typed behind it. The end of the input is a no. */
function askPlainly(question: string, io: Io, sink: TextSink): Promise<'yes' | 'no' | 'interrupted'> {
  const { stream } = io.stdin;
  if (stream === undefined) return Promise.resolve('no');
  sink.write(`${question} [y/N] `);
  const lines = createInterface({ input: stream, terminal: false });
  return new Promise((resolve) => {
    const end = (answer: 'yes' | 'no' | 'interrupted'): void => {
      io.signal.removeEventListener('abort', interrupted);
      lines.off('close', ended).close();
      resolve(answer);
    };
    // Nobody pressed Enter behind the question then.
    const endLine = (answer: 'no' | 'interrupted') => (): void => {
      sink.write('\n');
      end(answer);
    };
    const [ended, interrupted] = [endLine('no'), endLine('interrupted')];
    lines.once('line', (line) => end(/^y(es)?$/i.test(line.trim()) ? 'yes' : 'no')).once('close', ended);
    io.signal.addEventListener('abort', interrupted, { once: true });
  });
}

/** Asks for a line of text. `problemOf` says what is wrong with one, and it is asked for again. */
export async function askText(
  question: string,
  terminal: Terminal,
  { suggestion, problemOf }: { readonly suggestion?: string; readonly problemOf: (text: string) => string | undefined },
): Promise<Answer<string>> {
  const asked = await asking(terminal, (prompt) =>
    prompt<{ text: string }>([
      {
        type: 'input',
        name: 'text',
        message: question,
        ...(suggestion !== undefined && { default: suggestion }),
        validate: (text: string) => safe(problemOf(text)) ?? true,
        theme: plainTheme,
      },
    ]),
  );
  return 'answer' in asked ? { answer: asked.answer.text } : asked;
}

/** Asks for one line of a list. */
export async function askOne<T>(question: string, terminal: Terminal, choices: readonly Choice<T>[]): Promise<Answer<T>> {
  const asked = await asking(terminal, (prompt) =>
    prompt<{ at: number }>([
      {
        type: 'select',
        name: 'at',
        message: question,
        choices: listed(choices),
        pageSize: rowsFor(question, terminal),
        loop: false,
        theme: plainTheme,
      },
    ]),
  );
  return 'answer' in asked ? chosen(choices, asked.answer.at) : asked;
}

/** Asks for any number of lines of a list. */
export async function askMany<T>(question: string, terminal: Terminal, choices: readonly Choice<T>[]): Promise<Answer<readonly T[]>> {
  const asked = await asking(terminal, (prompt) =>
    prompt<{ at: readonly number[] }>([
      {
        type: 'checkbox',
        name: 'at',
        message: question,
        choices: listed(choices),
        pageSize: rowsFor(question, terminal),
        loop: false,
        theme: manyTheme,
      },
    ]),
  );
  if ('ended' in asked) return asked;
  return { answer: asked.answer.at.flatMap((at) => choices.slice(at, at + 1).map(({ value }) => value)) };
}

/** Asks for a text that is looked up with every key: `choicesFor` says what it comes to so far. */
export async function askLive<T>(
  question: string,
  terminal: Terminal,
  choicesFor: (text: string) => readonly Choice<T>[],
): Promise<Answer<T>> {
  let last: readonly Choice<T>[] = [];
  const asked = await asking(terminal, (prompt) =>
    prompt<{ at: number }>([
      {
        type: 'search',
        name: 'at',
        message: question,
        pageSize: rowsFor(question, terminal),
        source: (text: string | undefined) => {
          const taken = last.find((choice) => sanitize(choice.text) === text);
          if (taken !== undefined && taken.short !== text) retype(taken.short, terminal.io);
          last = choicesFor(taken?.short ?? text ?? '');
          return listed(last);
        },
        theme: plainTheme,
      },
    ]),
  );
  return 'answer' in asked ? chosen(last, asked.answer.at) : asked;
}

/** Tab takes over the line that the arrow is at, and inquirer writes all that it says: what it stands for is typed in its place. */
function retype(text: string, { stdin }: Io): void {
  const eraseLine = '\x15';
  setImmediate(() => stdin.stream?.emit('data', Buffer.from(`${eraseLine}${text}`)));
}

/** Lines of a list that are shown at a time. */
const longest = 12;

/** The rows that are left for a list between the question and the keys: what does not fit would push the question off the screen. */
function rowsFor(question: string, { sink }: Terminal): number {
  const columns = sink.columns || 80;
  const others = rowsOf(`? ${question}`, columns) + 1 + rowsOf('-'.repeat(longestHelp), columns) + 1;
  return Math.max(1, Math.min(longest, (sink.rows || 24) - others));
}

/** Columns of the longest line of keys, that of `askMany`. */
const longestHelp = 68;

function listed<T>(choices: readonly Choice<T>[]) {
  return choices.map(({ text, short, problem }, value) => ({
    value,
    name: sanitize(text),
    short: sanitize(short),
    ...(problem !== undefined && { disabled: sanitize(problem) }),
  }));
}

function chosen<T>(choices: readonly Choice<T>[], at: number): Answer<T> {
  const choice = choices[at];
  if (choice === undefined) throw new Error('a prompt answered with a line that it does not have');
  return { answer: choice.value };
}

/** Signs and words that every terminal has, and no colour that would mean something. */
const plainTheme = {
  prefix: { idle: '?', done: '?' },
  icon: { cursor: '>', checked: '[x]', unchecked: '[ ]', disabledChecked: '[x]', disabledUnchecked: '   ' },
  style: {
    message: same,
    answer: same,
    highlight: same,
    help: same,
    searchTerm: same,
    disabled: same,
    error: same,
    defaultAnswer: (text: string) => `[${text}]`,
    keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) =>
      `(${keys.map(([key, action]) => `${keyWords.get(key) ?? key}: ${action}`).join(', ')})`,
  },
};

/** What was marked stands behind the question: as many as the list had shown at a time, and the rest counted. */
const manyTheme = {
  ...plainTheme,
  style: {
    ...plainTheme.style,
    renderSelectedChoices: (marked: readonly { readonly short: string }[]) => {
      const names = marked.slice(0, marked.length <= longest ? longest : longest - 1).map(({ short }) => short);
      return [...names, ...(marked.length > names.length ? [`and ${marked.length - names.length} more`] : [])].join(', ');
    },
  },
};

const keyWords: ReadonlyMap<string, string> = new Map([
  ['↑↓', 'arrows'],
  ['⏎', 'enter'],
]);

/** Asks on a terminal, and says how it ended whatever ended it. */
async function asking<T>({ io, sink }: Terminal, ask: (prompt: PromptModule) => Promise<T>): Promise<Answer<T>> {
  const { stream } = io.stdin;
  if (stream === undefined) return { ended: 'declined' };
  const closed = new AbortController();
  const onClose = (): void => closed.abort();
  const output = new Writable({
    write(chunk, _encoding, done) {
      sink.write(String(chunk));
      done();
    },
  });
  // Lists are wrapped at the width of what they are written to, which may change while somebody answers.
  Object.defineProperty(output, 'columns', { get: () => sink.columns ?? 80 });
  // Ctrl-D ends the line editor, and inquirer would wait for ever: all that can be seen of it is that nobody reads any more.
  const prompt = inquirer.createPromptModule({ input: stream, output, signal: AbortSignal.any([closed.signal, io.signal]) });
  try {
    const answer = ask(prompt);
    stream.once('pause', onClose).once('end', onClose);
    return { answer: await answer };
  } catch (error) {
    // Where the terminal is gone, giving it back fails as well.
    if (io.signal.aborted) return { ended: 'interrupted' };
    if (error instanceof Error && error.name === 'AbortPromptError') return { ended: 'declined' };
    if (error instanceof Error && error.name === 'ExitPromptError') return { ended: 'interrupted' };
    throw error;
  } finally {
    stream.off('pause', onClose).off('end', onClose);
  }
}

function safe(text: string | undefined): string | undefined {
  return text === undefined ? undefined : sanitize(text);
}

function same(text: string): string {
  return text;
}
