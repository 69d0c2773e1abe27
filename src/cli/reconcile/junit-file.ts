import { writeErrorReason, writeWholeFile } from '../../cluster/files/whole-file.ts';
import type { DryRun } from '../../core/reconcile-report.ts';
import type { ReconcileItem } from '../../core/step.ts';
import { sanitize } from '../../render/sanitize.ts';
import { filePath } from '../file-path.ts';
import type { ExitCode, Io } from '../io.ts';
import type { Flags } from '../spec.ts';

/** Writes the file of `--junit`, where that was given; 3 when it cannot be written, which changes nothing of what the run did. */
export async function writeJunit(items: readonly ReconcileItem[], dryRun: DryRun, now: Date, flags: Flags, io: Io): Promise<ExitCode> {
  const name = flags.text('junit');
  if (name === undefined) return 0;
  const { renderJunit } = await import('../../render/junit.ts');
  try {
    writeWholeFile(filePath(io, name), renderJunit(items, { dryRun, time: `${now.toISOString().slice(0, 19)}Z` }));
    return 0;
  } catch (error) {
    io.stderr.write(`error: --junit ${sanitize(JSON.stringify(name))}: ${sanitize(writeErrorReason(error))}\n`);
    return 3;
  }
}
