const introducer = '\u001b';

/** What a terminal of some width shows: enough of one for prompts, which move, write over and erase. */
export class Screen {
  readonly #columns: number;
  #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  #pending = '';

  constructor(columns: number) {
    this.#columns = columns;
  }

  /** The lines so far, scrolled ones too, without trailing blanks. */
  text(): string {
    return this.#lines
      .map((line) =>
        Array.from(line, (cell) => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd();
  }

  write(data: string): void {
    let rest = this.#pending + data;
    this.#pending = '';
    while (rest !== '') {
      if (rest.startsWith(introducer)) {
        const sequence = /^\[([?\d;]*)([A-Za-z])/.exec(rest.slice(1));
        if (sequence === null) {
          // The rest of it is yet to come.
          this.#pending = rest;
          return;
        }
        this.#control(sequence[1] ?? '', sequence[2] ?? '');
        rest = rest.slice(1 + sequence[0].length);
      } else {
        const [character = ''] = rest;
        this.#put(character);
        rest = rest.slice(character.length);
      }
    }
  }

  #put(character: string): void {
    switch (character) {
      case '\n':
        this.#move(this.#row + 1, this.#column);
        break;
      case '\r':
        this.#column = 0;
        break;
      case '\b':
        this.#column = Math.max(0, this.#column - 1);
        break;
      case '\u0007':
        break;
      default:
        if (this.#column >= this.#columns) this.#move(this.#row + 1, 0);
        this.#line()[this.#column] = character;
        this.#column += 1;
    }
  }

  /** @throws Error for a sequence that nothing of ours sends: whoever does should be looked at. */
  #control(parameters: string, letter: string): void {
    const count = Math.max(1, Number(parameters.split(';', 1)[0] || '1'));
    switch (letter) {
      case 'A':
        this.#move(this.#row - count, this.#column);
        return;
      case 'B':
        this.#move(this.#row + count, this.#column);
        return;
      case 'C':
        this.#move(this.#row, this.#column + count);
        return;
      case 'D':
        this.#move(this.#row, this.#column - count);
        return;
      case 'G':
        this.#move(this.#row, count - 1);
        return;
      case 'J':
        this.#lines = this.#lines.slice(0, this.#row + 1);
        this.#line().length = Math.min(this.#line().length, this.#column);
        return;
      case 'K':
        if (parameters === '2') this.#line().length = 0;
        else this.#line().length = Math.min(this.#line().length, this.#column);
        return;
      case 'h':
      case 'l':
      case 'm':
      case 'n':
        return;
      default:
        throw new Error(`the screen does not know ESC [ ${parameters} ${letter}`);
    }
  }

  #move(row: number, column: number): void {
    this.#row = Math.max(0, row);
    this.#column = Math.max(0, column);
    while (this.#lines.length <= this.#row) this.#lines.push([]);
  }

  #line(): string[] {
    const line = this.#lines[this.#row] ?? [];
    this.#lines[this.#row] = line;
    return line;
  }
}
