import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Screen, screenOn } from '../../../src/cli/watch/screen.ts';
import { emulatedTerminal } from '../../support/emulated-terminal.ts';

/** A terminal in which something stands already, and a screen below it. */
function aScreen(columns: number, rows: number, before: readonly string[] = ['above']) {
  const terminal = emulatedTerminal(columns, rows);
  // What a terminal's driver makes of a line feed.
  const write = (text: string): void => terminal.write(text.replaceAll('\n', '\r\n'));
  for (const line of before) write(`${line}\n`);
  const sink = {
    write,
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
  };
  return { terminal, screen: screenOn(sink), shows: async (...lines: string[]) => assert.equal(await terminal.window(), lines.join('\n')) };
}

const services = (count: number, status = 'OK') => [
  'NAME      STATUS',
  ...Array.from({ length: count }, (_, index) => `svc-${String(index).padStart(3, '0')}   ${status}`),
];

/** Draws the same with other words, so that a row in the wrong place would be seen. */
function drawTwice(screen: Screen, lines: readonly string[], foot?: string): void {
  screen.draw(
    lines.map((line) => line.replace('OK', 'Degraded')),
    foot,
  );
  screen.draw(lines, foot);
}

test('what is drawn again is written over, and what stands above stays', async () => {
  const { screen, shows } = aScreen(40, 10, ['$ kubectl vmsvc get -w']);
  screen.draw(['NAME   STATUS', 'web    OK', 'api    OK']);
  screen.draw(['NAME   STATUS', 'web    Degraded', 'api    OK']);
  await shows('$ kubectl vmsvc get -w', 'NAME   STATUS', 'web    Degraded', 'api    OK');
  screen.draw(['NAME   STATUS', 'web    OK']);
  await shows('$ kubectl vmsvc get -w', 'NAME   STATUS', 'web    OK');
  screen.draw(['NAME   STATUS', 'a      OK', 'b      OK', 'web    OK']);
  await shows('$ kubectl vmsvc get -w', 'NAME   STATUS', 'a      OK', 'b      OK', 'web    OK');
});

test('only the lines that changed are sent', () => {
  const sent: string[] = [];
  const screen = screenOn({ columns: 40, rows: 10, write: (text) => void sent.push(text) });
  screen.draw(['one', 'two', 'three']);
  screen.draw(['one', 'TWO', 'three']);
  screen.draw(['one', 'TWO', 'three']);
  assert.deepEqual(sent, ['one\ntwo\nthree\n', '\r\x1b[3A\x1b[1B\x1b[KTWO\n\x1b[1B', '\r\x1b[3A\x1b[1B\x1b[1B\x1b[1B']);
});

test('lines that wrap take the rows that they need, before and after', async () => {
  const { screen, shows } = aScreen(10, 12);
  screen.draw(['short', 'a line that wraps', 'end']);
  screen.draw(['short', 'a line that wraps', 'END']);
  await shows('above', 'short', 'a line tha', 't wraps', 'END');
  screen.draw(['short', 'no more', 'END', 'more']);
  await shows('above', 'short', 'no more', 'END', 'more');
  screen.draw(['a line that wraps now', 'no more', 'END', 'more']);
  await shows('above', 'a line tha', 't wraps no', 'w', 'no more', 'END', 'more');
  screen.draw(['a line that wraps old', 'no more', 'END', 'more']);
  await shows('above', 'a line tha', 't wraps ol', 'd', 'no more', 'END', 'more');
});

test('colours take no room, and a line that fills its row keeps its last letter', async () => {
  const { screen, shows } = aScreen(10, 12);
  screen.draw(['\x1b[1mten letter\x1b[22m', 'end']);
  screen.draw(['\x1b[1mTEN LETTER\x1b[22m', 'END']);
  await shows('above', 'TEN LETTER', 'END');
});

test('wide letters are not cut in two at the end of a row, which then is a column short', async () => {
  const { screen, shows } = aScreen(5, 12);
  drawTwice(screen, ['負荷分散', 'e\u0301e\u0301e\u0301e\u0301e\u0301', 'OK']);
  await shows('above', '負荷', '分散', 'e\u0301e\u0301e\u0301e\u0301e\u0301', 'OK');
});

test('what is more than the terminal holds is counted, for it could not be written over', async () => {
  const { terminal, screen, shows } = aScreen(60, 6);
  drawTwice(screen, services(200));
  await shows('NAME      STATUS', 'svc-000   OK', 'svc-001   OK', 'svc-002   OK', '... 197 more lines: make the window taller');
  assert.equal(terminal.text().split('\n').length, 6, 'nothing was left behind');
});

test('a foot is seen however much is above it', async () => {
  const { screen, shows } = aScreen(60, 6);
  drawTwice(screen, services(200), 'the server is away');
  await shows('NAME      STATUS', 'svc-000   OK', 'svc-001   OK', '... 198 more lines: make the window taller', 'the server is away');
  screen.draw(services(1));
  await shows('NAME      STATUS', 'svc-000   OK');
});

test('a terminal that is made narrower, lower, wider and taller again shows the table and nothing else of it', async () => {
  const { terminal, screen, shows } = aScreen(40, 12);
  drawTwice(screen, services(200));
  await terminal.resize(12, 12);
  drawTwice(screen, services(200));
  await shows(
    'NAME      ST',
    'ATUS',
    ...[0, 1, 2, 3].flatMap((index) => [`svc-00${index}   OK`]),
    ...[4, 5, 6, 7].map((index) => `svc-00${index}   OK`),
    '... 192 more',
  );
  await terminal.resize(12, 5);
  drawTwice(screen, services(200));
  await shows('NAME      ST', 'ATUS', 'svc-000   OK', '... 199 more');
  await terminal.resize(40, 8);
  drawTwice(screen, services(3));
  await shows('NAME      STATUS', 'svc-000   OK', 'svc-001   OK', 'svc-002   OK');
});

test('a short table keeps what stands above it when the window changes', async () => {
  const { terminal, screen, shows } = aScreen(40, 12, ['$ date', '$ kubectl vmsvc get -w']);
  drawTwice(screen, services(2));
  for (const [columns, rows] of [
    [12, 12],
    [40, 12],
    [40, 30],
    [24, 9],
  ] as const) {
    await terminal.resize(columns, rows);
    drawTwice(screen, services(2));
  }
  await shows('$ date', '$ kubectl vmsvc get -w', 'NAME      STATUS', 'svc-000   OK', 'svc-001   OK');
});

test('a terminal of two rows has room for a number', async () => {
  const { screen, shows } = aScreen(10, 2, []);
  drawTwice(screen, services(3));
  await shows('... 4 more');
});
