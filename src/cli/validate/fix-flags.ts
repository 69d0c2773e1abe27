import type { Finding } from '../../core/finding.ts';
import type { ValidationReport } from '../../core/validation/validation-report.ts';
import type { JsonObject } from '../../model/object.ts';
import { shellQuote } from '../../render/shell-quote.ts';
import { usageError } from '../errors.ts';
import type { ExitCode, Io } from '../io.ts';
import type { Flags } from '../spec.ts';
import type { EditsOf } from './file-edits.ts';
import type { ManifestSet } from './manifest-set.ts';
import type { Verdicts } from './verdicts.ts';

/** Tells what files hold, or what is left of it. `document` is more for documents. */
export type TellRest = (
  checked: Verdicts,
  set: ManifestSet,
  rest: {
    readonly notes: readonly string[];
    readonly document?: JsonObject;
    readonly edits?: () => Promise<EditsOf>;
    readonly mendable?: MendableOf;
  },
  io: Io,
) => Promise<ExitCode>;

/** @throws CliError for flags that make no sense together */
export function checkFixFlags(
  flags: Flags,
  { readsFiles, printsDocument }: { readonly readsFiles: boolean; readonly printsDocument: boolean },
): void {
  const [fix, write] = [flags.on('fix'), flags.on('write')];
  if (write && !fix) throw usageError('--write goes with --fix', 'validate');
  if (!fix) return;
  if (flags.on('live')) throw usageError('--fix looks at files alone, and does not go with --live', 'validate');
  if (!readsFiles) throw usageError('--fix mends files: name them with -f', 'validate');
  if (write) refuseUnwritable(flags);
  else if (printsDocument) {
    throw usageError(
      '--fix prints the manifests: let the report go to a file, as -o FORMAT=FILE, or write the manifests, with --write',
      'validate',
    );
  }
}

/** @throws CliError for what is no file that can be written */
function refuseUnwritable(flags: Flags): void {
  if (flags.given('kustomize')) throw usageError('--write changes files, and what a kustomization makes is none', 'validate');
  const source = flags.list('filename').find((name) => name === '-' || /^https?:/i.test(name));
  if (source === undefined) return;
  const what = source === '-' ? 'stdin' : JSON.stringify(source);
  throw usageError(`--write cannot write to ${what}: without --write the manifests are printed`, 'validate');
}

/** Finds those of some findings with one right answer that can be mended in their files; undefined where that would take long. */
export type MendableOf = (findings: readonly Finding[]) => Promise<readonly Finding[] | undefined>;

/** `4 can be mended: kubectl vmsvc validate -f deploy/ --fix`, where some can. */
export async function fixHint(
  { repairs }: Verdicts,
  { findings }: ValidationReport,
  mendable: MendableOf | undefined,
  flags: Flags,
): Promise<readonly string[]> {
  const answered = findings.flatMap(({ finding }) => (repairs?.repairable.has(finding) === true ? [finding] : []));
  if (answered.length === 0) return [];
  const tried = await mendable?.(answered);
  const count = (tried ?? answered).length;
  if (count === 0) return [];
  const sources = flags.given('kustomize') ? ['-k', flags.text('kustomize') ?? ''] : flags.list('filename').flatMap((name) => ['-f', name]);
  const release = flags.given('release') ? [`--release=${flags.text('release')}`] : [];
  const lists = ['capability', 'ignore'].flatMap((flag) => flags.list(flag).map((value) => `--${flag}=${value}`));
  const words = ['kubectl', 'vmsvc', 'validate', ...sources, ...(flags.on('recursive') ? ['-R'] : []), ...release, ...lists, '--fix'];
  return [
    `${tried === undefined ? 'up to ' : ''}${count} can be mended: ${words.map(shellQuote).join(' ')}   (prints; --write changes the files)`,
  ];
}
