import { spawn } from 'node:child_process';
import type { FileProblem } from '../cluster/files/manifest-files.ts';
import { limits } from '../cluster/limits.ts';
import { inMebibytes } from '../core/mebibytes.ts';
import type { Io } from './io.ts';

/**
 * What the kustomization in a folder makes, built by the user's own kubectl, which has kustomize in it. It may take as long as it
 * likes: it may fetch parts from elsewhere, and Ctrl-C ends it.
 */
export async function runKustomize(folder: string, io: Io): Promise<Uint8Array | FileProblem> {
  const kubectl = io.env.KUBECTL_PATH || 'kubectl';
  // `--` does not help here: kubectl takes a folder that begins with a dash for a flag even then.
  const child = spawn(kubectl, ['kustomize', folder.startsWith('-') ? `./${folder}` : folder], {
    cwd: io.cwd,
    env: { ...io.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: io.signal,
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  let size = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limits.manifestFileBytes) out.push(chunk);
    else child.kill();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (err.length < stderrChunks) err.push(chunk);
  });
  const ended = await new Promise<number | null | Error>((resolve) => {
    child.on('error', resolve);
    child.on('close', resolve);
  });
  io.signal.throwIfAborted();
  if (ended instanceof Error) return { problem: `kubectl kustomize could not be started: ${kubectl}: ${ended.message}` };
  if (size > limits.manifestFileBytes) return { problem: `it makes more than ${inMebibytes(limits.manifestFileBytes)}` };
  if (ended !== 0) return { problem: `kubectl kustomize: ${lastLine(Buffer.concat(err).toString()) || `it ended with ${ended}`}` };
  return Buffer.concat(out);
}

const stderrChunks = 64;

/** Warnings come before it, and a sentence may be wrapped in a line of a log: `E1128 … run.go:72] "command failed" err="…"`. */
function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  const [, logged] = /^E\d{4} .*\berr="(.*)"$/.exec(line) ?? [];
  return logged?.replaceAll(/\\(["\\])/g, '$1') ?? line.replace(/^error: /, '');
}
