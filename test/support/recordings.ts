import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The lines of a gzipped file of JSON lines under `test/`. The caller says what a line is by the type of what it assigns to. */
export function recordedLines<Line>(file: string): readonly Line[] {
  const text = gunzipSync(readFileSync(join(import.meta.dirname, '..', file))).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}
