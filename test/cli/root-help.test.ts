import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rootHelp } from '../../src/cli/help.ts';
import { commands } from '../../src/cli/program.ts';

const lines = rootHelp(commands).trimEnd().split('\n');

test('the root help names every command under a heading and fits on a screen of 40 lines', () => {
  const named = lines.flatMap((line) => /^ {2}([a-z-]+) {2,}/.exec(line)?.[1] ?? []);
  assert.deepEqual(
    named.toSorted(),
    commands
      .map(({ name }) => name)
      .filter((name) => name !== 'options')
      .toSorted(),
  );
  assert.equal(lines.length <= 40, true, `${lines.length} lines`);
});

test('the root help ends with the exit codes', () => {
  assert.deepEqual(lines.slice(-4), [
    'Exit codes:',
    '  0  done, and the answer is yes          2  wrong command line, or refused on principle',
    '  1  done, and the answer is no (diff)    3  could not look, or could not write',
    '  70 a bug of this tool                   129, 130, 143  hung up, interrupted, terminated',
  ]);
});
