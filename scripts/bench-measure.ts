import { type ChildProcess, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A command that is measured, as words. */
export type Command = readonly string[];

/** One line of the table; in milliseconds, unless `what` names another unit. */
export interface Row {
  readonly what: string;
  readonly runs: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly base: string;
  readonly baseMedian: number;
  readonly ratio: number;
  readonly budget: number | undefined;
  readonly met: boolean | undefined;
}

/** Where things are measured: the tool, a folder of its own, and the kubeconfig that commands use. */
export interface Bench {
  readonly plugin: string;
  /** What it is compared with. */
  readonly kubectl: string;
  readonly folder: string;
  readonly kubeconfig: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether a row of this name was asked for: all are, unless `--only=TEXT` says which. */
  wants(what: string): boolean;
  /** The milliseconds of a command of the tool that must succeed. */
  done(args: Command): number;
  /** The same, and the highest resident set size, in bytes. */
  doneWithin(args: Command): { readonly milliseconds: number; readonly peakMemory: number };
  /** The milliseconds of a script in bare Node. */
  doneRaw(script: string): number;
}

export function benchIn(folder: string, surroundings: Pick<Bench, 'plugin' | 'kubectl' | 'kubeconfig' | 'env' | 'wants'>): Bench {
  const peak = join(folder, 'peak');
  const noted = join(folder, 'note-peak.cjs');
  const text = JSON.stringify(peak);
  writeFileSync(noted, `process.on('exit', () => require('fs').writeFileSync(${text}, String(process.resourceUsage().maxRSS)));`);
  const mustSucceed = (command: Command, env: NodeJS.ProcessEnv): number => {
    const { milliseconds, exitCode, stderr } = once(command, env);
    if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}: ${stderr}`);
    return milliseconds;
  };
  return {
    ...surroundings,
    folder,
    done: (args) => mustSucceed([surroundings.plugin, ...args], surroundings.env),
    doneWithin(args) {
      const milliseconds = mustSucceed([surroundings.plugin, ...args], { ...surroundings.env, NODE_OPTIONS: `--require ${noted}` });
      return { milliseconds, peakMemory: Number(readFileSync(peak, 'utf8')) * 1024 };
    },
    doneRaw(script) {
      const file = join(folder, 'raw.cjs');
      writeFileSync(file, script);
      return mustSucceed([process.execPath, file], surroundings.env);
    },
  };
}

export function row(what: string, values: readonly number[], base: string, baseMedian: number, budget: number | undefined): Row {
  const ratio = median(values) / baseMedian;
  const met = budget === undefined ? undefined : ratio <= budget;
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { what, runs: values.length, median: median(values), min, max, base, baseMedian, ratio, budget, met };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Runs a command once, to its end. */
export function once([program = '', ...args]: Command, env: NodeJS.ProcessEnv) {
  const from = process.hrtime.bigint();
  const { status, stderr, error } = spawnSync(program, args, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const milliseconds = Number(process.hrtime.bigint() - from) / 1e6;
  if (error !== undefined) throw error;
  return { milliseconds, exitCode: status, stderr };
}

/** Waits until a sandbox says that it serves. */
export async function serving(child: ChildProcess): Promise<void> {
  let said = '';
  let up = false;
  const listen = (text: Buffer) => {
    said += text;
    up ||= /^Serving /m.test(said);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  for (let waited = 0; !up; waited += 1) {
    if (child.exitCode !== null || waited > 20_000) throw new Error(`the sandbox does not serve: ${said}`);
    await sleep(1);
  }
}

export function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

export function table(rows: readonly Row[]): string {
  const rounded = (value: number) => value.toFixed(1);
  const cells = rows.map((row) => [
    row.what,
    rounded(row.median),
    `${rounded(row.min)}–${rounded(row.max)}`,
    String(row.runs),
    row.base,
    rounded(row.baseMedian),
    row.ratio.toFixed(2),
    row.budget?.toFixed(2) ?? '<none>',
    row.met === undefined ? '<none>' : row.met ? 'yes' : 'NO',
  ]);
  const all = [['WHAT', 'MEDIAN MS', 'MIN–MAX', 'RUNS', 'AGAINST', 'MEDIAN MS', 'RATIO', 'BUDGET', 'MET'], ...cells];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 3))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}
