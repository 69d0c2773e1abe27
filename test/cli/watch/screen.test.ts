import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screenOn } from '../../../src/cli/watch/screen.ts';

const esc = '\x1b';
const pieces = new RegExp(`${esc}\\[\\d*[ABJKm]|[^${esc}]`, 'g');
const order = new RegExp(`^${esc}\\[(\\d*)([ABJKm])$`);

/** A terminal that understands what a screen writes: line feeds, carriage returns, up, down, erase to the end of line and screen. */
class Terminal {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number, before: readonly string[] = []) {
    this.columns = columns;
    this.rows = rows;
    for (const line of before) this.write(`${line}\n`);
  }

  write(text: string): void {
    for (const [piece = ''] of text.matchAll(pieces)) {
      const [, count = '1', verb = ''] = order.exec(piece) ?? [];
      if (verb === 'A') this.#row -= Number(count || '1');
      else if (verb === 'B') this.#row += Number(count || '1');
      else if (verb === 'K') this.#lines[this.#row] = this.#line().slice(0, this.#column);
      else if (verb === 'J') {
        this.#lines[this.#row] = this.#line().slice(0, this.#column);
        this.#lines.length = this.#row + 1;
      } else if (piece === '\r') this.#column = 0;
      else if (piece === '\n') this.#newline();
      else if (verb === '') this.#put(piece);
      assert.ok(this.#row > this.#lines.length - 1 - this.rows || this.#lines.length <= this.rows, 'a cursor cannot leave the terminal');
    }
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  #line(): string {
    return this.#lines[this.#row] ?? '';
  }

  #newline(): void {
    this.#row += 1;
    this.#column = 0;
    this.#lines[this.#row] ??= '';
  }

  #put(character: string): void {
    if (this.#column === this.columns) this.#newline();
    this.#lines[this.#row] = this.#line().slice(0, this.#column).padEnd(this.#column) + character + this.#line().slice(this.#column + 1);
    this.#column += 1;
  }
}

test('what is drawn again is written over, and what stands above stays', () => {
  const terminal = new Terminal(40, 10, ['$ kubectl vmsvc get -w']);
  const screen = screenOn(terminal);
  screen.draw(['NAME   STATUS', 'web    OK', 'api    OK']);
  screen.draw(['NAME   STATUS', 'web    Degraded', 'api    OK']);
  assert.equal(terminal.text, '$ kubectl vmsvc get -w\nNAME   STATUS\nweb    Degraded\napi    OK\n');
  screen.draw(['NAME   STATUS', 'web    OK']);
  assert.equal(terminal.text, '$ kubectl vmsvc get -w\nNAME   STATUS\nweb    OK\n');
  screen.draw(['NAME   STATUS', 'a      OK', 'b      OK', 'web    OK']);
  assert.equal(terminal.text, '$ kubectl vmsvc get -w\nNAME   STATUS\na      OK\nb      OK\nweb    OK\n');
});

test('only the lines that changed are sent', () => {
  const sent: string[] = [];
  const screen = screenOn({ columns: 40, rows: 10, write: (text) => void sent.push(text) });
  screen.draw(['one', 'two', 'three']);
  screen.draw(['one', 'TWO', 'three']);
  screen.draw(['one', 'TWO', 'three']);
  assert.deepEqual(sent, ['one\ntwo\nthree\n', '\r\x1b[3A\x1b[1BTWO\x1b[K\n\x1b[1B', '\r\x1b[3A\x1b[1B\x1b[1B\x1b[1B']);
});

test('lines that wrap take the rows that they need, before and after', () => {
  const terminal = new Terminal(10, 12, ['above']);
  const screen = screenOn(terminal);
  screen.draw(['short', 'a line that wraps', 'end']);
  screen.draw(['short', 'a line that wraps', 'END']);
  assert.equal(terminal.text, 'above\nshort\na line tha\nt wraps\nEND\n');
  screen.draw(['short', 'no more', 'END', 'more']);
  assert.equal(terminal.text, 'above\nshort\nno more\nEND\nmore\n');
  screen.draw(['a line that wraps now', 'no more', 'END', 'more']);
  assert.equal(terminal.text, 'above\na line tha\nt wraps no\nw\nno more\nEND\nmore\n');
  screen.draw(['a line that wraps old', 'no more', 'END', 'more']);
  assert.equal(terminal.text, 'above\na line tha\nt wraps ol\nd\nno more\nEND\nmore\n');
});

test('colours take no room', () => {
  const terminal = new Terminal(10, 12, ['above']);
  const screen = screenOn(terminal);
  screen.draw(['\x1b[1mten letter\x1b[22m', 'end']);
  screen.draw(['\x1b[1mten letter\x1b[22m', 'END']);
  assert.equal(terminal.text, 'above\nten letter\nEND\n');
});

test('what is more than the terminal holds is counted, for it could not be written over', () => {
  const terminal = new Terminal(60, 6, ['above']);
  const screen = screenOn(terminal);
  const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
  screen.draw(lines);
  screen.draw(lines.with(0, 'LINE 0'));
  assert.equal(terminal.text, 'above\nLINE 0\nline 1\nline 2\nline 3\n… 5 more lines: make the window taller\n');
});
