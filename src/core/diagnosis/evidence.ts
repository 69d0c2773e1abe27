import type { KubeObject } from '../../model/object.ts';
import { fewNames } from '../few-names.ts';

/** Rows as lines whose columns stand below one another, three blanks apart. */
export function alignedLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>((known, row) => {
    for (const [column, cell] of row.entries()) known[column] = Math.max(known[column] ?? 0, cell.length);
    return known;
  }, []);
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

/** How many names stand in a line of evidence. */
const shown = 5;

/** `web-1 web-2 and 3 more`. */
export function nameList(objects: readonly KubeObject[]): string {
  return fewNames(
    objects.map(({ metadata }) => metadata.name),
    shown,
    ' ',
  );
}
