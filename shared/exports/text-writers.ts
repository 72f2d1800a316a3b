// The formats that are lines of text: numbers for WhatsApp, CSV and vCard, as docs/rules.md, Exports, has them.
import { formatMoney } from '../money.ts';
import { offsetAt, type TimeZone } from '../time-zone.ts';
import type { Cell } from './columns.ts';
import { type Chunk, inChunks, type WriterContext } from './context.ts';
import type { ExportRow } from './row.ts';
import { csvLine, safeText, wellFormed } from './safe-text.ts';

type Rows = AsyncIterable<ExportRow>;

const bom = '\ufeff';
/** Who reaches a writer of numbers has passed the sieve. */
const digitsOf = ({ phoneE164 }: ExportRow) => phoneE164!.replace(/\D/g, '');
const typedText = (text: string) => safeText(wellFormed(text));

/** One number a line, `5511987654321`, without heading. */
export async function* writeNumbers(rows: Rows): AsyncGenerator<Chunk> {
  yield* inChunks(
    (async function* () {
      for await (const row of rows) yield `${digitsOf(row)}\n`;
    })(),
  );
}

/** The message of one person; what a row does not have is left out. */
export function fillMessage(message: string, row: ExportRow): string {
  const name = row.name?.trim() ?? '';
  const values: Record<string, string> = {
    nome: name,
    primeiro_nome: name.split(/\s+/)[0] ?? '',
    produtos: row.products ?? '',
    valor:
      row.valueMinor === null ? '' : formatMoney(BigInt(row.valueMinor), row.currency ?? '').replaceAll('\u00a0', ' '),
  };
  return message.replace(/\{([a-z_]+)\}/g, (whole, key: string) => (Object.hasOwn(values, key) ? values[key]! : whole));
}

/** `nome;telefone;mensagem` for the tools that send from a list. */
export async function* writeMessages(rows: Rows, { message }: WriterContext): AsyncGenerator<Chunk> {
  yield* inChunks(
    (async function* () {
      yield `${bom}${csvLine(['nome', 'telefone', 'mensagem'], ';')}`;
      for await (const row of rows) {
        yield csvLine([typedText(row.name ?? ''), digitsOf(row), typedText(fillMessage(message, row))], ';');
      }
    })(),
  );
}

/** The columns of the list under their headings. */
export async function* writeCsv(rows: Rows, { columns, timeZone, hasIsoDates }: WriterContext): AsyncGenerator<Chunk> {
  yield* inChunks(
    (async function* () {
      const headings = columns.map(({ heading }) => heading);
      yield `${bom}${csvLine(headings, ';')}`;
      for await (const row of rows) {
        yield csvLine(
          columns.map(({ cell }) => csvField(cell(row), { timeZone, hasIsoDates })),
          ';',
        );
      }
    })(),
  );
}

/** One cell as text that no spreadsheet calculates. */
export function csvField(cell: Cell, { timeZone, hasIsoDates }: { timeZone: TimeZone; hasIsoDates: boolean }): string {
  if (cell === null) return '';
  switch (cell.kind) {
    case 'text':
      return typedText(cell.text);
    case 'id':
      return cell.text;
    case 'money':
      return cell.decimal.replace('.', ',');
    case 'number':
      return String(cell.value).replace('.', ',');
    case 'instant':
      return hasIsoDates ? isoText(cell.at, timeZone) : localText(cell.at, timeZone);
  }
}

const wallClock = (at: Date, timeZone: TimeZone) =>
  new Date(at.getTime() + offsetAt(at.getTime(), timeZone)).toISOString();

/** `31/01/2026 14:30`. */
export function localText(at: Date, timeZone: TimeZone): string {
  const text = wallClock(at, timeZone);
  return `${text.slice(8, 10)}/${text.slice(5, 7)}/${text.slice(0, 4)} ${text.slice(11, 16)}`;
}

/** `2026-01-31T14:30:00-03:00`. */
function isoText(at: Date, timeZone: TimeZone): string {
  const minutes = Math.round(offsetAt(at.getTime(), timeZone) / 60_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const offset = `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  return `${wallClock(at, timeZone).slice(0, 19)}${offset}`;
}

/** What a WhatsApp broadcast list takes. */
const contactsPerFile = 256;

/** vCard 3.0 in files of 256 contacts. */
export async function* writeContacts(rows: Rows, { tag }: WriterContext): AsyncGenerator<Chunk> {
  let cards: string[] = [];
  let part = 1;
  for await (const row of rows) {
    if (cards.length === contactsPerFile) {
      yield { part, bytes: Buffer.from(cards.join('')) };
      [cards, part] = [[], part + 1];
    }
    cards.push(contactCard(row, tag));
  }
  if (cards.length > 0) yield { part, bytes: Buffer.from(cards.join('')) };
}

function contactCard(row: ExportRow, tag: string): string {
  const name = row.name?.trim() || digitsOf(row);
  const shown = vcardText(tag ? `${tag} · ${name}` : name);
  return [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${shown}`,
    `N:;${shown};;;`,
    `TEL;TYPE=CELL:+${digitsOf(row)}`,
    ...(tag ? [`NOTE:${vcardText(tag)}`] : []),
    'END:VCARD',
  ]
    .map((line) => `${folded(line)}\r\n`)
    .join('');
}

/** A value of RFC 2426: no line ever ends inside it. */
function vcardText(text: string): string {
  return wellFormed(text)
    .replace(/\\/g, '\\\\')
    .replace(/([;,])/g, '\\$1')
    .replace(/\r\n|[\r\n\u2028\u2029\u0085]/g, '\\n');
}

/** Lines of at most 75 bytes; a continuation begins with a space. */
function folded(line: string): string {
  let text = '';
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > 75) {
      text += '\r\n ';
      bytes = 1;
    }
    text += character;
    bytes += size;
  }
  return text;
}
