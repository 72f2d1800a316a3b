// Excel, written as it goes: exceljs keeps no row that is committed, and strings stand in their cells, since a table of shared strings would grow with the
// file. A cell is given a string, a number or a Date and nothing else: an object would become a formula or a link (docs/rules.md, Exports).
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type ExcelJS from 'exceljs';
import { offsetAt } from '../time-zone.ts';
import { audienceHeadings, audienceValues } from './audience.ts';
import type { Cell } from './columns.ts';
import type { Chunk, WriterContext } from './context.ts';
import type { ExportRow } from './row.ts';
import { wellFormed } from './safe-text.ts';

/** Excel's own limit of a cell. */
const maxTextLength = 32_767;
/** `@`: typing in the cell does not make a formula of its text. */
const asText = '@';
const rowsPerTurn = 100;
const dateFormat = 'dd/mm/yyyy hh:mm';

type Sheet = {
  headings: readonly { heading: string; width: number }[];
  cells(row: ExportRow): readonly Cell[];
};

/** The columns of the list, and "Sobre". */
export function writeWorkbook(rows: AsyncIterable<ExportRow>, context: WriterContext): AsyncGenerator<Chunk> {
  const { columns } = context;
  return writeSheets(rows, { headings: columns, cells: (row) => columns.map(({ cell }) => cell(row)) }, context);
}

/** The columns of an audience, all of them text but the value. */
export function writeAudienceWorkbook(rows: AsyncIterable<ExportRow>, context: WriterContext): AsyncGenerator<Chunk> {
  const sheet: Sheet = {
    headings: audienceHeadings.map((heading) => ({ heading, width: context.isHashed ? 30 : 18 })),
    cells(row) {
      const values = audienceValues(row, context);
      const value = values.pop()!;
      const texts = values.map((text): Cell => (text === '' ? null : { kind: 'text', text }));
      return [...texts, value === '' ? null : { kind: 'number', value: Number(value) }];
    },
  };
  return writeSheets(rows, sheet, context);
}

async function* writeSheets(
  rows: AsyncIterable<ExportRow>,
  { headings, cells }: Sheet,
  context: WriterContext,
): AsyncGenerator<Chunk> {
  const output = new PassThrough({ highWaterMark: 256 * 1024 });
  // Half a second that only a workbook costs, not every start of the program.
  const { default: excel } = await import('exceljs');
  const workbook = new excel.stream.xlsx.WorkbookWriter({ stream: output, useStyles: true, useSharedStrings: false });
  const written = (async () => {
    const sheet = workbook.addWorksheet(sheetName(context.title), { views: [{ state: 'frozen', ySplit: 1 }] });
    sheet.columns = headings.map(({ width }) => ({ width }));
    sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: headings.length } };
    addRow(
      sheet,
      headings.map(({ heading }) => ({ kind: 'text', text: heading })),
      context,
      true,
    );
    let count = 0;
    for await (const row of rows) {
      addRow(sheet, cells(row), context);
      count++;
      // exceljs never waits: the zip gets its turns, and a slow reader is waited for, or the rows would pile up between them.
      if (count % rowsPerTurn === 0) await nextTurn();
      if (output.writableNeedDrain) await new Promise((resolve) => output.once('drain', resolve));
    }
    sheet.commit();
    const about = workbook.addWorksheet('Sobre');
    about.columns = [{ width: 26 }, { width: 90 }];
    for (const [label, value] of context.about()) {
      addRow(
        about,
        [
          { kind: 'text', text: label },
          { kind: 'text', text: value },
        ],
        context,
      );
    }
    about.commit();
    await workbook.commit();
  })();
  // A fault ends the reader below, which then meets it here.
  written.catch((error: Error) => output.destroy(error));
  for await (const bytes of output) yield { part: 1, bytes: bytes as Buffer };
  await written;
}

/** At most 31 characters and none of those that Excel refuses. */
export function sheetName(title: string): string {
  return (
    title
      .replace(/[[\]:*?/\\']/g, ' ')
      .slice(0, 31)
      .trim() || 'Dados'
  );
}

/** Writes one row: strings, numbers and dates, nothing that Excel calculates. */
export function addRow(
  sheet: ExcelJS.Worksheet,
  cells: readonly Cell[],
  { timeZone }: Pick<WriterContext, 'timeZone'>,
  isHeading = false,
): void {
  const row = sheet.addRow([]);
  cells.forEach((cell, index) => {
    if (cell === null) return;
    const target = row.getCell(index + 1);
    switch (cell.kind) {
      case 'text':
      case 'id':
        target.value = cellText(cell.text);
        target.numFmt = asText;
        break;
      case 'money':
        target.value = Number(cell.decimal);
        target.numFmt = moneyFormat(cell.currency);
        break;
      case 'number':
        target.value = cell.value;
        break;
      case 'instant':
        // exceljs writes the UTC reading of a Date: the shop's wall clock is put there.
        target.value = new Date(cell.at.getTime() + offsetAt(cell.at.getTime(), timeZone));
        target.numFmt = dateFormat;
        break;
    }
    if (isHeading) target.font = { bold: true };
  });
  row.commit();
}

/** Excel reads `_x0041_` as a character: an underscore that is meant is written so itself. */
function cellText(text: string): string {
  return wellFormed(text)
    .replace(/\r\n?/g, '\n')
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .slice(0, maxTextLength);
}

function moneyFormat(currency: string): string {
  if (currency === 'BRL') return '"R$" #,##0.00';
  return /^[A-Z]{3}$/.test(currency) ? `"${currency}" #,##0.00` : '#,##0.00';
}
