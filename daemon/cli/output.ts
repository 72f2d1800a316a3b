// What a command prints: lines and tables for people, JSON for programs. Results go to standard output, everything else to standard error.

import type { Writable } from 'node:stream';

export type Output = {
  isJson: boolean;
  /** One line for a person; nothing when the output is JSON. */
  line(text?: string): void;
  /** One result object: a line of JSON, or what `human` makes of it. */
  result(value: unknown, human: () => void): void;
  /** Rows under headings, aligned; JSON: one object a line. */
  table<Row extends Record<string, unknown>>(
    rows: Row[],
    columns: { [heading: string]: (row: Row) => string | number | null | undefined },
  ): void;
  /** Waits while the reader of a pipe is slower than we are. */
  json(value: unknown): Promise<void>;
};

export function createOutput({ isJson, stdout }: { isJson: boolean; stdout: Writable }): Output {
  const line = (text = '') => {
    if (!isJson) stdout.write(`${text}\n`);
  };
  const json = async (value: unknown) => {
    if (!stdout.write(`${JSON.stringify(value)}\n`)) await new Promise((resolve) => stdout.once('drain', resolve));
  };
  return {
    isJson,
    line,
    json,
    result(value, human) {
      if (isJson) stdout.write(`${JSON.stringify(value)}\n`);
      else human();
    },
    table(rows, columns) {
      if (isJson) {
        for (const row of rows) stdout.write(`${JSON.stringify(row)}\n`);
        return;
      }
      const headings = Object.keys(columns);
      const cells = rows.map((row) => Object.values(columns).map((column) => String(column(row) ?? '–')));
      const widths = headings.map((heading, index) =>
        Math.max(heading.length, ...cells.map((cell) => cell[index]!.length)),
      );
      const format = (values: string[]) =>
        values
          .map((value, index) => value.padEnd(widths[index]!))
          .join('  ')
          .trimEnd();
      line(format(headings));
      line(widths.map((width) => '─'.repeat(width)).join('  '));
      for (const cell of cells) line(format(cell));
    },
  };
}
