// Small tables of figures as files: one table as CSV, all of them as the sheets of a workbook. The cells are written as those of the exports are.
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TimeZone } from '../time-zone.ts';
import type { Cell } from './columns.ts';
import { csvLine, safeText, wellFormed } from './safe-text.ts';
import { csvField } from './text-writers.ts';
import { addRow, sheetName } from './workbook.ts';

export type FileTable = { title: string; headings: readonly string[]; rows: readonly (readonly Cell[])[] };

/** UTF-8 with BOM, `;`, CRLF. */
export function tableCsv({ headings, rows }: FileTable, timeZone: TimeZone): string {
  const heading = csvLine(
    headings.map((text) => safeText(wellFormed(text))),
    ';',
  );
  const lines = rows.map((cells) =>
    csvLine(
      cells.map((cell) => csvField(cell, { timeZone, hasIsoDates: false })),
      ';',
    ),
  );
  return `\ufeff${heading}${lines.join('')}`;
}

/** A sheet for each table, and "Sobre". */
export async function tablesWorkbook(
  tables: readonly FileTable[],
  { timeZone, about }: { timeZone: TimeZone; about: readonly (readonly [label: string, value: string])[] },
): Promise<Buffer> {
  const output = new PassThrough();
  const whole = buffer(output);
  const { default: excel } = await import('exceljs');
  const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: output, useStyles: true, useSharedStrings: false });
  const text = (value: string): Cell => ({ kind: 'text', text: value });
  for (const [index, { title, headings, rows }] of tables.entries()) {
    const sheet = workbook.addWorksheet(`${index + 1} ${sheetName(title)}`.slice(0, 31).trim(), {
      views: [{ state: 'frozen', ySplit: 1 }],
    });
    sheet.columns = headings.map((_, column) => ({ width: column === 0 ? 34 : 16 }));
    addRow(sheet, headings.map(text), { timeZone }, true);
    for (const cells of rows) addRow(sheet, cells, { timeZone });
    sheet.commit();
  }
  const sheet = workbook.addWorksheet('Sobre');
  sheet.columns = [{ width: 22 }, { width: 110 }];
  for (const line of about) addRow(sheet, line.map(text), { timeZone });
  sheet.commit();
  await workbook.commit();
  return await whole;
}
