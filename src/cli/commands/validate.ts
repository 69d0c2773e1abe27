import { normalize } from 'node:path';
import { notFoundError } from '../../cluster/load-snapshot.ts';
import { compareSeverity, type Finding } from '../../core/finding.ts';
import { isSeen } from '../../core/snapshot.ts';
import { checkedServices } from '../../core/validation/checked-services.ts';
import { suppressByFlag } from '../../core/validation/suppress.ts';
import { parseSuppression, type Suppression } from '../../core/validation/suppression.ts';
import { hasFailure, type ValidationReport } from '../../core/validation/validation-report.ts';
import type { JsonObject } from '../../model/object.ts';
import { namespaces, virtualMachineServices } from '../../model/resources.ts';
import { type FormatName, reportFormats } from '../../render/output-format.ts';
import { sanitize } from '../../render/sanitize.ts';
import type { Style } from '../../render/style.ts';
import { validationDocument } from '../../render/validation-document.ts';
import { renderValidation } from '../../render/validation-text.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { type LoadedWorld, withWorld } from '../load-world.ts';
import { manifestErrorLines } from '../manifest-errors.ts';
import { manifestFlag } from '../manifest-input.ts';
import type { Origin } from '../open-cluster.ts';
import { printReports } from '../print-reports.ts';
import { withProgress } from '../progress.ts';
import { reportHoles, reportNotFound, reportNothing } from '../report-gaps.ts';
import { headOf } from '../report-head.ts';
import { type ReportOutputs, reportOutputs } from '../report-outputs.ts';
import { failOnOf, minSeverityOf } from '../severity-flags.ts';
import { openLiveSource } from '../source.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import { checkFiles } from '../validate/check-files.ts';
import { checkLive } from '../validate/check-live.ts';
import type { EditsOf } from '../validate/file-edits.ts';
import { checkFixFlags, fixHint, type MendableOf, type TellRest } from '../validate/fix-flags.ts';
import { loadFiles } from '../validate/loaded-files.ts';
import { type ManifestSet, readManifestSet } from '../validate/manifest-set.ts';
import { repeatedObjects } from '../validate/repeated-objects.ts';
import type { Verdicts } from '../validate/verdicts.ts';

const formats: readonly FormatName[] = [...reportFormats.filter((name) => name !== 'name'), 'sarif', 'junit', 'tap', 'github'];

/** Says what would be refused of manifests, or of live objects, and what is legal but wrong. */
export async function validate(input: CommandInput, io: Io): Promise<ExitCode> {
  const { flags, args } = input;
  if (flags.on('list-rules')) {
    const { stdout, files } = reportOutputs(flags, formats, 'validate');
    if (files.length > 0) throw usageError('--list-rules is printed: give -o a format without a file', 'validate');
    return (await import('../validate/list-rules.ts')).listRules(stdout, flags, io);
  }
  const readsFiles = manifestFlag(flags) !== undefined;
  const printer = printerOf(flags, readsFiles);
  if (!readsFiles) {
    return withWorld(input, io, { command: 'validate', legs, whole: true }, (loaded) => validateLive(loaded, flags, printer, io));
  }
  if (args.length > 0) throw usageError('give names, or files, not both', 'validate');
  const tell: TellRest = async (checked, set, rest, to) => {
    const unseen =
      checked.vmsSeen || set.services.length === 0 ? [] : ['Selectors were not looked at: there is no VirtualMachine in the input.'];
    const occasion = { origin: { type: 'files', files: set.sources }, now: io.now() } as const;
    for (const repeated of repeatedObjects(set, flags.text('namespace') ?? 'default')) io.stderr.write(`warning: ${sanitize(repeated)}\n`);
    const { notes: odd = [] } = checked;
    // Who reads a document on stdout has to hear of it, too.
    if (!flags.on('quiet')) for (const note of odd) io.stderr.write(`note: ${sanitize(note)}\n`);
    const code = await printer.print(checked, { ...occasion, ...rest, notes: [...odd.map(sentence), ...rest.notes, ...unseen] }, to);
    return worst([code, reportUnreadable(set, io)]);
  };
  if (flags.on('fix')) return (await import('../validate/fix.ts')).fixFiles(flags, printer.shows, tell, io);
  const loaded = await loadFiles(flags, io);
  const set = await readManifestSet(loaded.input(), flags);
  // Of files that nobody could read, nothing is to be said but that.
  if (set.objects === 0 && set.findings.length === 0 && set.unreadable.length > 0) return reportUnreadable(set, io);
  if (flags.on('live')) return validateOverlay(set, input, printer, io);
  const checked = await checkFiles(set, flags, io);
  const edits = async () => (await import('../validate/file-edits.ts')).fileEdits(loaded.files, checked.repairs, set.repeats);
  const { repairs } = checked;
  const mendable: MendableOf | undefined =
    repairs && (async (findings) => (await import('../validate/mendable-findings.ts')).mendableFindings(findings, loaded.files, repairs));
  return tell(checked, set, { notes: [], edits, ...(mendable !== undefined && { mendable }) }, io);
}

function sentence(note: string): string {
  return `${note}.`;
}

function reportUnreadable({ unreadable }: ManifestSet, io: Io): ExitCode {
  if (unreadable.length === 0) return 0;
  io.stderr.write(`${manifestErrorLines(unreadable).map(sanitize).join('\n')}\n`);
  return 3;
}

/** What the files would do in the cluster. */
async function validateOverlay(set: ManifestSet, input: CommandInput, printer: Printer, io: Io): Promise<ExitCode> {
  const { checkOverlay } = await import('../validate/check-overlay.ts');
  const { renderLiveChanges } = await import('../../render/live-change.ts');
  const { liveChangeDocument } = await import('../../render/live-change-document.ts');
  const source = await openLiveSource(input, io);
  try {
    const overlay = await withProgress('Laying the files over the cluster', input.flags, io, checkOverlay(set, source, input.flags));
    const code = await printer.print(
      overlay,
      {
        origin: source.origin,
        now: source.now(),
        notes: [],
        document: { changes: overlay.changes.map(liveChangeDocument) },
        text: (report, style) => renderLiveChanges(overlay.changes, report, style),
      },
      io,
    );
    const missing = overlay.missingNamespaces.map((name) => ({ name, error: notFoundError(namespaces, name) }));
    return worst([code, await reportHoles({ world: overlay.before, source }, io), reportNotFound(missing, io), reportUnreadable(set, io)]);
  } finally {
    await source.close();
  }
}

const legs = ['vmServices', 'vms', 'services', 'endpoints', 'networkSettings'] as const;

async function validateLive(loaded: LoadedWorld, flags: Flags, printer: Printer, io: Io): Promise<ExitCode> {
  const { world, source, targets } = loaded;
  const holes = await reportHoles(loaded, io);
  if (!isSeen(world.snapshot.vmServices)) return worst([holes, 3]);
  const checked = await checkLive(loaded, flags, source.now());
  const present = new Set(checked.report.services.map(({ name }) => name));
  const missing = reportNotFound(
    targets.vmServices.flatMap((name) => (present.has(name) ? [] : [{ name, error: notFoundError(virtualMachineServices, name) }])),
    io,
  );
  if (present.size === 0) {
    if (missing === 0) await reportNothing(loaded, io);
    return worst([holes, missing]);
  }
  const code = await printer.print(checked, { origin: source.origin, now: source.now(), notes: [] }, io);
  return worst([code, holes, missing]);
}

/** What stands around a report. */
interface Occasion {
  readonly origin: Origin;
  readonly now: Date;
  /** What was not looked at, and what else is worth knowing, a sentence each. */
  readonly notes: readonly string[];
  /** More for documents. */
  readonly document?: JsonObject;
  /** Another text for people. */
  readonly text?: (report: ValidationReport, style: Style) => string;
  readonly edits?: () => Promise<EditsOf>;
  readonly mendable?: MendableOf;
}

interface Printer {
  /** Prints in every format that was asked for, and says what the findings mean for the exit code. */
  print(verdicts: Verdicts, occasion: Occasion, io: Io): Promise<ExitCode>;
  /** Whether the flags leave a finding in. */
  shows(finding: Finding): boolean;
}

/** @throws CliError for flags that make no sense, before anything is read */
function printerOf(flags: Flags, readsFiles: boolean): Printer {
  const outputs = reportOutputs(flags, formats, 'validate');
  refuseOneFileTwice(outputs, flags);
  refuseNothingToLay(flags, readsFiles);
  const ignored = suppressions(flags);
  const limit = failOnOf(flags);
  checkFixFlags(flags, { readsFiles, printsDocument: outputs.stdout.kind !== 'table' });
  return {
    async print(verdicts, { origin, now, notes, document = {}, text, edits, mendable }, io) {
      const { report: everything, facts, vmsSeen } = verdicts;
      const kept = withoutIgnored(everything, ignored, vmsSeen);
      const report = severeEnough(kept, flags);
      const body = validationDocument(report);
      const printed = await printReports(
        {
          get checked() {
            return checkedServices(report, { vmsSeen, failOn: limit });
          },
          document: { ...headOf('ValidationReport', { origin }, facts, now), ...body, notes, ...document },
          rows: body.findings,
          edits,
          text: async () => {
            const style = await styleFor(io.stdout, flags, io);
            if (text !== undefined) return text(report, style);
            const hint = flags.on('fix') ? [] : await fixHint(verdicts, report, mendable, flags);
            return renderValidation(
              report,
              { columns: io.stdout.isTTY ? (io.stdout.columns ?? Number.POSITIVE_INFINITY) : undefined, notes: [...hint, ...notes] },
              style,
            );
          },
        },
        outputs,
        flags,
        io,
      );
      return worst([hasFailure(kept, limit) ? 1 : 0, printed]);
    },
    shows: (finding) => isSevereEnough(finding, flags) && suppressByFlag([{ finding, source: undefined }], ignored).findings.length > 0,
  };
}

/** @throws CliError for stdin that would be read twice, and a report that would take the place of a manifest */
function refuseOneFileTwice({ files }: ReportOutputs, flags: Flags): void {
  const sources = flags.list('filename');
  if (sources.includes('-') && flags.text('old') === '-') throw usageError('-f and --old cannot both be read from stdin', 'validate');
  const read = new Set([...sources, flags.text('old') ?? '-'].map((name) => normalize(name)));
  const report = files.find(({ name }) => read.has(normalize(name)));
  if (report === undefined) return;
  throw usageError(`-o ${report.format}=${JSON.stringify(report.name)} would take the place of the manifest`, 'validate');
}

/** @throws CliError where there are no files of which somebody says what is to be compared with them, or where that is said twice */
function refuseNothingToLay(flags: Flags, readsFiles: boolean): void {
  const [old, live] = [flags.given('old'), flags.on('live')];
  if (old && live) throw usageError('--old and --live both say what is stored: give one of the two', 'validate');
  if (readsFiles) return;
  if (old) throw usageError('--old judges files as a change: name them with -f', 'validate');
  if (live) throw usageError('--live lays files over the cluster: name them with -f', 'validate');
}

/** @throws CliError for a code that there is not */
function suppressions(flags: Flags): readonly Suppression[] {
  return flags
    .list('ignore')
    .flatMap((list) => list.split(','))
    .map((text) => {
      const suppression = parseSuppression(text);
      if (suppression !== undefined) return suppression;
      throw usageError(`--ignore ${JSON.stringify(text)}: must be a code or its word, or CODE=NAME for one object`, 'validate');
    });
}

/** Leaves out what `--ignore` says. Of selectors nothing can be found where no VM is known. */
function withoutIgnored(report: ValidationReport, ignored: readonly Suppression[], vmsSeen: boolean): ValidationReport {
  const { findings, suppressed } = suppressByFlag(report.findings, ignored, (code) => vmsSeen || !code.startsWith('VMS2'));
  return { ...report, findings, suppressed: [...report.suppressed, ...suppressed] };
}

/** What is shown. The exit code does not depend on it. */
function severeEnough(report: ValidationReport, flags: Flags): ValidationReport {
  return { ...report, findings: report.findings.filter(({ finding }) => isSevereEnough(finding, flags)) };
}

function isSevereEnough({ severity }: Finding, flags: Flags): boolean {
  return compareSeverity(severity, minSeverityOf(flags)) <= 0;
}
