import { compareSeverity, type Severity } from '../../core/finding.ts';
import { checkedServices } from '../../core/validation/checked-services.ts';
import { suppressByFlag } from '../../core/validation/suppress.ts';
import { parseSuppression, type Suppression } from '../../core/validation/suppression.ts';
import { isFailure, type ValidationReport } from '../../core/validation/validation-report.ts';
import { type FormatName, reportFormats } from '../../render/output-format.ts';
import { sanitize } from '../../render/sanitize.ts';
import { validationDocument } from '../../render/validation-document.ts';
import { renderValidation } from '../../render/validation-text.ts';
import { usageError } from '../errors.ts';
import { worst } from '../exit-code.ts';
import type { ExitCode, Io } from '../io.ts';
import { manifestErrorLines } from '../manifest-errors.ts';
import type { Origin } from '../open-cluster.ts';
import { printReports } from '../print-reports.ts';
import { headOf } from '../report-head.ts';
import { reportOutputs } from '../report-outputs.ts';
import type { CommandInput, Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import { checkFiles } from '../validate/check-files.ts';
import { readManifestSet } from '../validate/manifest-set.ts';

const formats: readonly FormatName[] = [...reportFormats.filter((name) => name !== 'name'), 'sarif', 'junit', 'tap', 'github'];

/** Says what would be refused of manifests, and what is legal but wrong. */
export async function validate({ flags, args }: CommandInput, io: Io): Promise<ExitCode> {
  const outputs = reportOutputs(flags, formats, 'validate');
  const ignored = suppressions(flags);
  if (args.length > 0 && flags.list('filename').length > 0) throw usageError('names and -f cannot be given together', 'validate');
  const set = await readManifestSet(flags, io);
  const checked = await checkFiles(set, flags, io);
  const report = withoutIgnored(checked.report, ignored, flags, io);
  const origin: Origin = { type: 'files', files: set.sources };
  const body = validationDocument(report);
  const notes =
    checked.vmsSeen || report.services.length === 0 ? [] : ['Selectors were not looked at: there is no VirtualMachine in the input.'];
  const printed = await printReports(
    {
      checked: checkedServices(report, { vmsSeen: checked.vmsSeen, failOn: failOn(flags) }),
      document: { ...headOf('ValidationReport', { origin }, checked.facts, io.now()), ...body },
      rows: body.findings,
      text: async () => renderValidation(report, { frames: io.stdout.isTTY, notes }, await styleFor(io.stdout, flags, io)),
    },
    outputs,
    flags,
    io,
  );
  if (set.unreadable.length > 0) io.stderr.write(`${manifestErrorLines(set.unreadable).map(sanitize).join('\n')}\n`);
  return worst([isFailure(report, failOn(flags)) ? 1 : 0, set.unreadable.length > 0 ? 3 : 0, printed]);
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

function failOn(flags: Flags): Severity | 'never' {
  const limit = flags.text('fail-on');
  return limit === 'warning' || limit === 'info' || limit === 'never' ? limit : 'error';
}

/** Leaves out what `--ignore` and `--min-severity` say; what `--ignore` did not hit is said. */
function withoutIgnored(report: ValidationReport, ignored: readonly Suppression[], flags: Flags, io: Io): ValidationReport {
  const { findings, suppressed, unused } = suppressByFlag(report.findings, ignored);
  for (const { code, name } of unused) {
    io.stderr.write(`Warning: --ignore ${sanitize(name === undefined ? code : `${code}=${name}`)} left nothing out\n`);
  }
  const least = flags.text('min-severity');
  const limit: Severity = least === 'error' || least === 'warning' ? least : 'info';
  return {
    ...report,
    findings: findings.filter(({ finding }) => compareSeverity(finding.severity, limit) <= 0),
    suppressed: [...report.suppressed, ...suppressed],
  };
}
