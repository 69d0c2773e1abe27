import { writeErrorReason, writeWholeFile } from '../cluster/files/whole-file.ts';
import type { Finding } from '../core/finding.ts';
import type { Checked } from '../core/test-cases.ts';
import { timestampOf } from '../core/timestamp.ts';
import type { Json, JsonObject } from '../model/object.ts';
import { renderJson } from '../render/documents.ts';
import { sanitize } from '../render/sanitize.ts';
import type { FileEdit } from '../render/sarif.ts';
import { filePath } from './file-path.ts';
import type { ExitCode, Io } from './io.ts';
import { isDocumentFormat, printDocument } from './print-document.ts';
import type { FileFormat, ReportOutputs } from './report-outputs.ts';
import type { Flags } from './spec.ts';
import { toolVersion } from './tool-version.ts';

/** One report in all the forms that it may be asked for. */
export interface Report {
  readonly checked: Checked;
  /** For `json`, `yaml` and templates. */
  readonly document: JsonObject;
  /** What `custom-columns` makes a line of. */
  readonly rows: readonly Json[];
  /** For people. */
  readonly text: () => Promise<string> | string;
  /** Finds the one right way to mend a finding in its file; absent where there are no files. */
  readonly edits?: (() => Promise<(finding: Finding) => readonly FileEdit[] | undefined>) | undefined;
}

/**
 * Prints a report and writes its files. Files first, so that they are there when somebody reads that the run is over.
 * @returns 3 when a file could not be written, which changes nothing about the others, else 0
 */
export async function printReports(report: Report, { stdout, files }: ReportOutputs, flags: Flags, io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  for (const { format, name } of files) {
    try {
      // Whoever may look into the folder may read a report.
      writeWholeFile(filePath(io, name), await reportText(report, format, io), 0o644);
    } catch (error) {
      io.stderr.write(`error: -o ${format}=${sanitize(JSON.stringify(name))}: ${sanitize(writeErrorReason(error))}\n`);
      code = 3;
    }
  }
  if (isDocumentFormat(stdout)) await printDocument({ document: report.document, order: 'given', rows: report.rows }, stdout, flags, io);
  else if (isFileFormat(stdout.kind)) io.stdout.write(await reportText(report, stdout.kind, io));
  else io.stdout.write(await report.text());
  return code;
}

function isFileFormat(kind: string): kind is FileFormat {
  return kind === 'sarif' || kind === 'junit' || kind === 'tap' || kind === 'github';
}

/** Each form is loaded when it is wanted. */
async function reportText({ checked, document, edits }: Report, format: FileFormat, io: Io): Promise<string> {
  switch (format) {
    case 'json':
      return renderJson(document, 'given');
    case 'yaml':
      return (await import('../render/yaml-writer.ts')).renderYaml(document, 'given');
    case 'sarif': {
      const [{ renderSarif }, { catalogue }] = await Promise.all([import('../render/sarif.ts'), import('../core/catalogue/catalogue.ts')]);
      const editsOf = await edits?.();
      return renderSarif(checked, { toolVersion, articleOf: (code) => catalogue[code], ...(editsOf !== undefined && { editsOf }) });
    }
    case 'junit': {
      const { renderFindingsJunit } = await import('../render/findings-junit.ts');
      return renderFindingsJunit(checked, timestampOf(io.now()));
    }
    case 'tap':
      return (await import('../render/tap.ts')).renderTap(checked);
    case 'github':
      return (await import('../render/github-annotations.ts')).renderGithubAnnotations(checked.findings);
  }
}
