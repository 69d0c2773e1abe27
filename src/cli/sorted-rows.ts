import type { Json } from '../model/object.ts';
import type { Column } from '../render/table.ts';
import { TemplateError } from '../render/template-error.ts';
import { CliError } from './errors.ts';
import type { Flags } from './spec.ts';

/** Rows in the order of `--sort-by`, or as they come. @throws CliError for a field that there is not, or that has no order */
export async function sortedRows<Row>(
  rows: readonly Row[],
  flags: Flags,
  options: { readonly objectOf: (row: Row) => Json; readonly columns: readonly Column<Row>[] },
): Promise<readonly Row[]> {
  const by = flags.text('sort-by');
  if (by === undefined || by === '') return rows;
  try {
    const { sortRows } = await import('../render/sort-by.ts');
    return sortRows(rows, by, options);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`--sort-by ${JSON.stringify(by)}: ${error.message}`, { exitCode: 2, cause: error });
  }
}
