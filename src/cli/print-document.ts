import { fileErrorReason, readFileLimited } from '../cluster/files/read-file.ts';
import { mebibyte } from '../core/mebibytes.ts';
import type { Json, JsonObject } from '../model/object.ts';
import { type FieldOrder, renderJson } from '../render/documents.ts';
import { type FormatName, type OutputFormat, parseOutputFormat } from '../render/output-format.ts';
import { sanitizeLayout } from '../render/sanitize.ts';
import { TemplateError } from '../render/template-error.ts';
import { CliError, usageError } from './errors.ts';
import { filePath } from './file-path.ts';
import type { Io } from './io.ts';
import type { Flags } from './spec.ts';

/** The `-o` of a command line. @throws CliError for a format that the command does not have */
export function outputFormat(flags: Flags, allowed: readonly FormatName[], command: string, template?: string): OutputFormat {
  const parsed = parseOutputFormat(flags.text('output'), allowed, template);
  if ('error' in parsed) throw usageError(parsed.error, command);
  return parsed.format;
}

/** A document that goes to stdout in some machine format. */
export interface PrintedDocument {
  /** What `json`, `yaml` and templates see. */
  readonly document: JsonObject;
  readonly order: FieldOrder;
  /** What `custom-columns` makes a line of. */
  readonly rows: readonly Json[];
}

export type DocumentFormat =
  | { readonly kind: 'json' | 'yaml' }
  | Extract<OutputFormat, { readonly template: string } | { readonly file: string } | { readonly spec: string }>;

/**
 * Reads a template before anything is written, so that nobody writes and cannot say what. What a Go template finds in the object shows
 * only when that is there. @throws CliError for one that cannot be read
 */
export async function checkTemplate(format: OutputFormat, io: Io): Promise<void> {
  if (format.kind === 'go-template' || format.kind === 'go-template-file') {
    const { checkGoTemplate } = await import('./go-template.ts');
    return checkGoTemplate(textOf(format, io), io);
  }
  if (format.kind !== 'jsonpath' && format.kind !== 'jsonpath-as-json' && format.kind !== 'jsonpath-file') return undefined;
  return readable(async () => {
    const { readJsonPath } = await import('../render/jsonpath.ts');
    readJsonPath(textOf(format, io));
  });
}

/** @throws CliError for a template that cannot be read */
async function readable(render: () => Promise<void>): Promise<void> {
  try {
    await render();
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(error.message, { exitCode: 2, cause: error });
    throw error;
  }
}

/** Prints in one of the formats that need no knowledge of the command. @throws CliError for a template that cannot be read or run */
export async function printDocument(
  { document, order, rows }: PrintedDocument,
  format: DocumentFormat,
  flags: Flags,
  io: Io,
): Promise<void> {
  return readable(async () => {
    switch (format.kind) {
      case 'json':
        return io.stdout.write(renderJson(document, order));
      case 'yaml':
        return io.stdout.write((await import('../render/yaml-writer.ts')).renderYaml(document, order));
      case 'jsonpath':
        return await writeJsonPath(format.template, document, false, flags, io);
      case 'jsonpath-as-json':
        return await writeJsonPath(format.template, document, true, flags, io);
      case 'jsonpath-file':
        return await writeJsonPath(readTemplate(format.file, io), document, false, flags, io);
      case 'custom-columns':
      case 'custom-columns-file': {
        const { readCustomColumns, readCustomColumnsFile, renderCustomColumns } = await import('../render/custom-columns.ts');
        const columns =
          format.kind === 'custom-columns' ? readCustomColumns(format.spec) : readCustomColumnsFile(readTemplate(format.file, io));
        return io.stdout.write(renderCustomColumns(columns, rows, { noHeaders: flags.on('no-headers') }));
      }
      case 'go-template':
      case 'go-template-file': {
        const { renderGoTemplate } = await import('./go-template.ts');
        const text = await renderGoTemplate(document, textOf(format, io), flags.on('allow-missing-template-keys'), io);
        // kubectl does not tell what it read from what it was told to write, so that a terminal gets neither raw.
        return io.stdout.write(io.stdout.isTTY ? sanitizeLayout(text) : text);
      }
    }
  });
}

export function isDocumentFormat(format: OutputFormat): format is DocumentFormat {
  return 'template' in format || 'file' in format || 'spec' in format || format.kind === 'json' || format.kind === 'yaml';
}

async function writeJsonPath(template: string, document: JsonObject, asJson: boolean, flags: Flags, io: Io): Promise<void> {
  const { readJsonPath, renderJsonPath } = await import('../render/jsonpath.ts');
  const options = { allowMissingKeys: flags.on('allow-missing-template-keys'), asJson, toTerminal: io.stdout.isTTY };
  io.stdout.write(renderJsonPath(readJsonPath(template), document, options));
}

function textOf(format: { readonly template: string } | { readonly file: string }, io: Io): string {
  return 'file' in format ? readTemplate(format.file, io) : format.template;
}

function readTemplate(file: string, io: Io): string {
  try {
    return new TextDecoder().decode(readFileLimited(filePath(io, file), mebibyte));
  } catch (error) {
    throw new CliError(`cannot read the template ${JSON.stringify(file)}: ${fileErrorReason(error)}`, {
      exitCode: 3,
      cause: error,
    });
  }
}
