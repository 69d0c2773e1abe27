import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const root = resolve(import.meta.dirname, '..');

/** Every process of a run reads the same sources: one takes their types out, and the others run what it left here. */
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/compiled-tests');

/** As node:test counts. */
export interface Counts {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  readonly todo: number;
}

export const noCounts: Counts = { tests: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };

export interface RunOptions {
  /** Patterns of files that are left out. */
  readonly without?: readonly string[];
  /** How many files run at once. */
  readonly beside?: number;
}

/**
 * Runs test files, each in its own process, and prints what they say, with node:test's summary at the end. Patterns that fit no
 * file count as a failure.
 */
export async function runFiles(patterns: readonly string[], options: RunOptions = {}): Promise<Counts> {
  const { without = [], beside = availableParallelism() } = options;
  const exclude = new Set(without.flatMap((pattern) => globSync(pattern, { cwd: root })));
  const found = patterns.flatMap((pattern) => globSync(pattern, { cwd: root }).sort());
  const files = [...new Set(found)].filter((file) => !exclude.has(file)).map((file) => join(root, file));
  if (files.length === 0) {
    console.error(`no tests in ${patterns.join(', ')}`);
    return { ...noCounts, failed: 1 };
  }
  let counts = noCounts;
  const events = run({ files, cwd: root, concurrency: beside }).on('test:summary', ({ file, counts: counted }) => {
    // Each file has a summary, too; the one of no file is the whole.
    if (file !== undefined) return;
    const { tests, passed, cancelled, skipped, todo } = counted;
    counts = { tests, passed, failed: tests - passed - cancelled - skipped - todo, cancelled, skipped, todo };
  });
  for await (const text of events.compose(spec())) process.stdout.write(text);
  return counts;
}

export function sum(one: Counts, other: Counts): Counts {
  return {
    tests: one.tests + other.tests,
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    cancelled: one.cancelled + other.cancelled,
    skipped: one.skipped + other.skipped,
    todo: one.todo + other.todo,
  };
}

/** Several runs as one, in the lines of node:test's own summary. */
export function countsLines({ tests, passed, failed, cancelled, skipped, todo }: Counts, milliseconds: number): string {
  const rows = { tests, pass: passed, fail: failed, cancelled, skipped, todo, duration_ms: Math.round(milliseconds) };
  return Object.entries(rows)
    .map(([name, count]) => `ℹ ${name} ${count}`)
    .join('\n');
}
