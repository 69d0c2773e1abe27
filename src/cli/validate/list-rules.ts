import { catalogue } from '../../core/catalogue/catalogue.ts';
import type { FindingCode } from '../../core/finding-codes.ts';
import { findingCodes } from '../../core/finding-family.ts';
import { articleDocument, renderCodeList } from '../../render/explain.ts';
import type { OutputFormat } from '../../render/output-format.ts';
import type { ExitCode, Io } from '../io.ts';
import { isDocumentFormat, printDocument } from '../print-document.ts';
import type { Flags } from '../spec.ts';
import { styleFor } from '../terminal.ts';
import { toolVersion } from '../tool-version.ts';

/** What `validate` may find beyond the spec and the selection: refusals of the child Service and of Endpoints, and versions. */
const others: ReadonlySet<FindingCode> = new Set([
  'VMS402',
  'VMS403',
  'VMS409',
  'VMS513',
  'VMS605',
  'VMS606',
  'VMS613',
  'VMS913',
  'VMS917',
]);

/** About single VMs, which `debug` looks at. */
const vmRules: ReadonlySet<FindingCode> = new Set(['VMS208', 'VMS209', 'VMS210', 'VMS211', 'VMS212', 'VMS213']);

/** Every code that `validate` looks for, as `explain` lists them. */
export async function listRules(format: OutputFormat, flags: Flags, io: Io): Promise<ExitCode> {
  const codes = findingCodes.filter(
    (code) => code.startsWith('VMS1') || (code.startsWith('VMS2') && !vmRules.has(code)) || others.has(code),
  );
  const articles = codes.map((code) => ({ code, article: catalogue[code] }));
  if (isDocumentFormat(format)) {
    const items = articles.map(articleDocument);
    await printDocument(
      { document: { apiVersion: 'vmsvc/v1', kind: 'CodeList', toolVersion, items }, order: 'given', rows: items },
      format,
      flags,
      io,
    );
  } else {
    io.stdout.write(renderCodeList(articles, { noHeaders: flags.on('no-headers') }, await styleFor(io.stdout, flags, io)));
  }
  return 0;
}
