import xterm from '@xterm/headless';

/** A terminal as people have one: it wraps, scrolls, and wraps anew when its window changes. */
export interface EmulatedTerminal {
  readonly columns: number;
  readonly rows: number;
  write(data: string): void;
  resize(columns: number, rows: number): Promise<void>;
  /** What can be seen, a row a line, without trailing blanks. */
  window(): Promise<string>;
  /** Everything so far, what scrolled away too. */
  text(): string;
  /** Called whenever something new may be seen. */
  onChange(listener: () => void): void;
}

export function emulatedTerminal(columns: number, rows: number): EmulatedTerminal {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: false, scrollback: 10_000 });
  const listeners: (() => void)[] = [];
  const { active } = terminal.buffer;
  const lines = (from: number): string =>
    Array.from(
      { length: active.length - from },
      (_, row) =>
        active
          .getLine(from + row)
          ?.translateToString(true)
          .trimEnd() ?? '',
    )
      .join('\n')
      .trimEnd();
  const parsed = (): Promise<void> => new Promise((resolve) => terminal.write('', resolve));
  return {
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    write: (data) =>
      terminal.write(data, () => {
        for (const listener of listeners) listener();
      }),
    async resize(newColumns, newRows) {
      await parsed();
      terminal.resize(newColumns, newRows);
    },
    async window() {
      await parsed();
      return lines(active.baseY);
    },
    text: () => lines(0),
    onChange: (listener) => void listeners.push(listener),
  };
}
