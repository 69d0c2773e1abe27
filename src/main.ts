import { getEventListeners } from 'node:events';
import type { ExitCode, Io, TextSink } from './cli/io.ts';
import { explain, run } from './cli/run.ts';

/** The only file that touches `process`: it makes the Io of a run, and turns the run's exit code into the process's. */
const environment = { ...process.env };
// Node would switch the verification of servers off for it. The kubeconfig decides that, and nothing else.
delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const interruption = new AbortController();
const insistence = new AbortController();

for (const [signal, code] of Object.entries(signals)) {
  process.on(signal, () => {
    // That the terminal is gone may have been noticed already: it is no second wish.
    if (signal === 'SIGHUP' && interruption.signal.reason === 'SIGHUP') return;
    // The first asks to end, the second insists; where nobody is in the middle of something there is nothing to wait for.
    const next = interruption.signal.aborted ? insistence : interruption;
    if (next.signal.aborted || getEventListeners(next.signal, 'abort').length === 0) process.exit(code);
    next.abort(signal);
  });
}

/** A terminal that is gone fails to be read and written, often before its signal comes: the run ends as after that. */
function hangUp(): void {
  if (interruption.signal.aborted) return;
  if (getEventListeners(interruption.signal, 'abort').length === 0) process.exit(signals.SIGHUP);
  interruption.abort('SIGHUP');
}

/** Whoever listens for a second signal is writing to a cluster, and finishes that whether or not somebody reads about it. */
const isWriting = (): boolean => getEventListeners(insistence.signal, 'abort').length > 0;

/** What the loss of an output makes of the exit code. */
let lost: ExitCode = 0;

// A reader that had enough, as in `… | head`, is no failure. Anything else means that the answer was lost.
for (const stream of [process.stdout, process.stderr]) {
  stream.once('error', (error: NodeJS.ErrnoException) => {
    stream.on('error', () => {});
    if (error.code === 'EIO' && stream.isTTY) return hangUp();
    // What is said beside the answer may meet nobody: the answer, and what is to be written for it, does not depend on that.
    if (error.code === 'EPIPE' && stream === process.stderr) return;
    if (error.code !== 'EPIPE') {
      lost = 3;
      if (stream === process.stdout) process.stderr.write(`error: cannot write output: ${error.message}\n`);
    }
    if (!isWriting()) process.exit(lost);
  });
}

/** Whether something failed outside of the run, where nobody waits for it: a bug of ours, which the exit code tells. */
let buggy = false;

// Without this, Node would print a stack and cut off the writes under way. They are ended as after a signal, and named.
process.on('uncaughtException', (error: unknown) => {
  // Node's line editor wants to give back the terminal that it asked on.
  if (error instanceof Error && 'syscall' in error && error.syscall === 'setRawMode') return hangUp();
  const isFirst = !buggy;
  buggy = true;
  if (!isFirst) return;
  explain(error, realIo()).then(
    () => {
      if (isWriting()) interruption.abort('bug');
      else leave(70);
    },
    () => leave(70),
  );
});

run(realIo()).then(leave, (error: unknown) => {
  process.stderr.write(`error: this is a bug in kubectl-vmsvc: ${error instanceof Error ? error.message : String(error)}\n`);
  leave(70);
});

/** Ends at once what has been said: an idle socket must not keep the shell waiting. That an output failed is told before. */
function leave(said: ExitCode): void {
  const code = buggy ? 70 : said;
  process.stdout.write('', () => process.stderr.write('', () => setImmediate(() => process.exit(code === 0 ? lost : code))));
}

function realIo(): Io {
  return {
    argv: process.argv.slice(2),
    env: environment,
    runtime: { node: process.versions.node, platform: process.platform, arch: process.arch },
    get cwd() {
      return workingFolder();
    },
    stdin: {
      // process.stdin would know, too; making it takes a tenth of a short command's time, and node:tty a fiftieth.
      get isTTY() {
        return process.getBuiltinModule('node:tty').isatty(0);
      },
      read: (limit) => {
        piped ??= readStdin(limit);
        return piped;
      },
      get stream() {
        // Nobody else listens, and what nobody listens to would be taken for a bug.
        if (process.stdin.listenerCount('error', hangUp) === 0) process.stdin.on('error', hangUp);
        return process.stdin;
      },
    },
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    now: () => new Date(),
    // performance.now() would say the same, after it has loaded all else that measures performance.
    elapsed: () => process.uptime() * 1000,
    signal: interruption.signal,
    insistence: insistence.signal,
  };
}

/**
 * A working folder that was deleted has no name any more, and Node throws where it is asked for it. Linux has one that leads there all
 * the same: nothing is found in it, and programs can be started in it. Elsewhere this is a folder of nothing.
 */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.platform === 'linux' ? '/proc/self/cwd' : '/dev/null';
  }
}

function sink(stream: NodeJS.WriteStream): TextSink {
  return {
    write: (text) => void stream.write(text),
    writeBytes: (bytes) => void stream.write(bytes),
    isTTY: stream.isTTY === true,
    // A terminal that does not know its size says that it has none.
    get columns() {
      return stream.isTTY ? stream.columns || undefined : undefined;
    },
    get rows() {
      return stream.isTTY ? stream.rows || undefined : undefined;
    },
  };
}

/** Judged, mended and judged again: it can be read once. */
let piped: Promise<Uint8Array> | undefined;

/** `yes | kubectl vmsvc …` would never end. */
async function readStdin(limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk);
    total += chunk.length;
    if (total > limit) break;
  }
  return Buffer.concat(chunks);
}
