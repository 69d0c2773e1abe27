import { accessSync, constants, statSync } from 'node:fs';
import { mendText, withoutRepeats } from '../../cluster/files/mend-text.ts';
import { readFileLimited } from '../../cluster/files/read-file.ts';
import { decodedText } from '../../cluster/files/text-decoding.ts';
import { writeErrorReason, writeWholeFile } from '../../cluster/files/whole-file.ts';
import { limits } from '../../cluster/limits.ts';
import { type Finding, reasonOf } from '../../core/finding.ts';
import type { FindingRepair } from '../../core/repair/repairs.ts';
import { unmended } from '../../core/repair/unmended.ts';
import { fieldText } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/object.ts';
import { editText, unmendedText } from '../../render/repair-words.ts';
import { sanitize, sanitizeLayout } from '../../render/sanitize.ts';
import { worst } from '../exit-code.ts';
import { filePath } from '../file-path.ts';
import type { ExitCode, Io } from '../io.ts';
import type { Flags } from '../spec.ts';
import { checkFiles } from './check-files.ts';
import type { TellRest } from './fix-flags.ts';
import { type LoadedFile, loadFiles } from './loaded-files.ts';
import { readManifestSet } from './manifest-set.ts';
import type { Repairs, Verdicts } from './verdicts.ts';

/** A file, and what was mended in it. */
interface MendedFile {
  readonly file: LoadedFile;
  readonly text: string;
  readonly made: readonly FindingRepair[];
}

/**
 * Mends what has one right answer, prints the manifests or writes the files, and tells what is left. What is told goes where the
 * manifests do not: to stderr, or with `--write` to stdout.
 */
export async function fixFiles(flags: Flags, wants: (finding: Finding) => boolean, tell: TellRest, io: Io): Promise<ExitCode> {
  const loaded = await loadFiles(flags, io);
  const written = await readManifestSet(loaded.input(), flags);
  const before = await checkFiles(written, flags, io);
  const repeats = [...written.repeats].filter(wants);
  const mended: MendedFile[] = [];
  for (const file of loaded.files) mended.push(await mendFile(file, before.repairs, repeats, wants));
  const failed = flags.on('write') ? writeFiles(mended, io) : print(mended, io);
  const said = flags.on('write') ? io.stdout : io.stderr;
  const done = mended.filter((one) => !failed.includes(one));
  // What could not be written is what it was.
  const set = await readManifestSet(loaded.input(new Map(done.map(({ file, text }) => [file, text]))), flags);
  const checked = await checkFiles(set, flags, io);
  const left = unmended(leftOver(checked, wants));
  const rest = {
    notes: notesOn(done, stuck(checked, done, wants), unmendedText(left)),
    document: { mended: done.flatMap(mendedDocuments), unmended: left.map((group) => ({ ...group })) },
  };
  if (!flags.on('quiet') && !(flags.on('write') && flags.given('output')))
    for (const line of done.flatMap(mendedLines)) said.write(`${sanitize(line)}\n`);
  return worst([failed.length === 0 ? 0 : 3, await tell(checked, set, rest, flags.on('write') ? io : { ...io, stdout: io.stderr })]);
}

async function mendFile(
  file: LoadedFile,
  repairs: Repairs | undefined,
  repeats: readonly Finding[],
  wants: (finding: Finding) => boolean,
): Promise<MendedFile> {
  const own = repeats.flatMap((finding) => (finding.location?.file === file.name ? [{ finding, place: finding.location }] : []));
  const { text, gone } = await withoutRepeats(
    file.text ?? '',
    own.map(({ place }) => place),
  );
  const single = own.flatMap(({ finding, place }): FindingRepair[] =>
    gone.some(({ line, column }) => line === place.line && column === place.column) ? [{ finding, edits: [] }] : [],
  );
  const mended = await mendText(text, (object) => (repairs?.of(object) ?? []).filter(({ finding }) => wants(finding)));
  return { file, text: mended.text, made: [...single, ...mended.made] };
}

/** One after the other as one stream of documents; what nobody mended is printed as it is, and a terminal, which would act on some signs, sees those escaped. */
function print(mended: readonly MendedFile[], io: Io): readonly MendedFile[] {
  const texts = mended.flatMap(({ file, text }) => (file.text === undefined ? [] : [text]));
  texts.forEach((text, index) => {
    const isSeparated = index === 0 || /^(?:#[^\n]*\n|\s)*---(?:\s|$)/.test(text);
    const ends = text === '' || text.endsWith('\n') || index === texts.length - 1;
    io.stdout.write(
      `${isSeparated ? '' : '---\n'}${io.stdout.isTTY ? sanitizeLayout(text.replaceAll('\r\n', '\n')) : text}${ends ? '' : '\n'}`,
    );
  });
  return [];
}

/** Only those that changed, each whole or not at all. @returns what could not be written */
function writeFiles(mended: readonly MendedFile[], io: Io): readonly MendedFile[] {
  return mended.filter(({ file, text }): boolean => {
    if (text === file.text || file.text === undefined) return false;
    const path = filePath(io, file.name);
    const refuse = (reason: string): true => {
      io.stderr.write(`error: --write ${sanitize(JSON.stringify(file.name))}: ${sanitize(reason)}\n`);
      return true;
    };
    try {
      const stat = statSync(path);
      if (!stat.isFile()) return refuse('it is a pipe or a device: without --write the manifests are printed');
      // A new file in its place asks for no right to write this one, and root has them all.
      if ((stat.mode & 0o222) === 0) return refuse('it is read-only; it was not written; chmod u+w allows it');
      accessSync(path, constants.W_OK);
      const now = textOf(path);
      // A file that was named twice is mended already.
      if (now === text) return false;
      if (now !== file.text) return refuse('somebody changed it meanwhile; it was not written; run again');
      writeWholeFile(path, `${file.marked ? '\ufeff' : ''}${text}`);
      return false;
    } catch (error) {
      return refuse(writeErrorReason(error));
    }
  });
}

/** What is in a file now; undefined where it is no text any more. */
function textOf(path: string): string | undefined {
  const decoded = decodedText(readFileLimited(path, limits.manifestFileBytes));
  return 'text' in decoded ? decoded.text : undefined;
}

/** `web.yaml: mended VMS101 RequiredFieldMissing in VirtualMachineService/web: spec.type: ClusterIP`. */
function mendedLines({ file, made }: MendedFile): readonly string[] {
  return made.map(({ finding, edits }) => {
    const { kind, name } = finding.object;
    const did = edits.length === 0 ? repeatRemoved(finding) : edits.map(editText).join('; ');
    const where = kind === 'File' ? '' : ` in ${kind}/${name}`;
    return `${file.name}: mended ${finding.code} ${reasonOf(finding)}${where}: ${did}`;
  });
}

function mendedDocuments({ file, made }: MendedFile): readonly JsonObject[] {
  return made.map(({ finding, edits }) => ({
    code: finding.code,
    reason: reasonOf(finding),
    object: `${finding.object.kind}/${finding.object.name}`,
    namespace: finding.object.namespace ?? null,
    field: finding.field ?? null,
    file: file.name,
    edits: edits.length === 0 ? [repeatRemoved(finding)] : edits.map(editText),
  }));
}

/** What the value of the object does not show. */
function repeatRemoved({ field, location }: Finding): string {
  return `${field ?? 'the key'} on line ${location?.line} removed: it is there already, with the same value`;
}

/** What has no one right answer. What has one and is there still could not be written; that is said by itself. */
function leftOver({ report, repairs }: Verdicts, wants: (finding: Finding) => boolean): readonly Finding[] {
  return report.findings.flatMap(({ finding }) => (wants(finding) && repairs?.repairable.has(finding) !== true ? [finding] : []));
}

/** How many have one right answer and are still there, in files that were mended. */
function stuck({ report, repairs }: Verdicts, mended: readonly MendedFile[], wants: (finding: Finding) => boolean): number {
  const names = new Set(mended.map(({ file }) => file.name));
  const isStuck = (finding: Finding): boolean => wants(finding) && repairs?.repairable.has(finding) === true;
  return report.findings.filter(({ finding }) => isStuck(finding) && names.has(finding.location?.file ?? '')).length;
}

/** What somebody should know who did not decide it. */
function notesOn(mended: readonly MendedFile[], refused: number, left: string | undefined): readonly string[] {
  const made = mended.flatMap((one) => one.made);
  const isTypeFilledIn = made.some(
    ({ finding, edits }) => finding.code === 'VMS101' && edits.some(({ path }) => fieldText(path) === 'spec.type'),
  );
  return [
    ...(isTypeFilledIn ? ['A type was filled in where there was none. Look at it: it cannot be changed once the service is there.'] : []),
    ...(refused === 0
      ? []
      : [
          `${refused} more ${refused === 1 ? 'has' : 'have'} one right answer, but cannot be mended without changing what stands elsewhere, too.`,
        ]),
    ...(left === undefined ? [] : [left]),
  ];
}
