import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagsOf } from '../../src/cli/flags.ts';
import { statusLine } from '../../src/cli/status-line.ts';
import { emulatedTerminal } from '../support/emulated-terminal.ts';
import { testIo } from '../support/test-io.ts';

test('a line that is written over stays one line: cut to the terminal, in wide letters too, and when that is made narrower', async () => {
  const terminal = emulatedTerminal(30, 6);
  const io = testIo(['wait'], { tty: { stderr: true } });
  const stderr = {
    ...io.stderr,
    write: terminal.write,
    get columns() {
      return terminal.columns;
    },
  };
  const line = statusLine(flagsOf(new Map(), [{ name: 'quiet', kind: 'boolean', fallback: 'false', text: '' }], 'wait'), { ...io, stderr });
  terminal.write('$ kubectl vmsvc wait web\r\n');
  line.show('web: Ready is False (負荷分散が利用できない) (1s)');
  assert.equal(await terminal.window(), '$ kubectl vmsvc wait web\nweb: Ready is False (負荷分散');
  line.show('web: no address (2s)');
  assert.equal(await terminal.window(), '$ kubectl vmsvc wait web\nweb: no address (2s)');
  await terminal.resize(12, 6);
  line.show('web: no address (3s)');
  assert.equal(await terminal.window(), '$ kubectl vm\nsvc wait web\nweb: no add');
  line.show('web: no address (4s)');
  assert.equal(await terminal.window(), '$ kubectl vm\nsvc wait web\nweb: no add');
  line.clear();
  terminal.write('done');
  assert.equal(await terminal.window(), '$ kubectl vm\nsvc wait web\ndone');
});
