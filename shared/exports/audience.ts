// A list for adverts in Meta's column names. Values are normalised as Meta asks before it compares: lower case without punctuation, digits, country as
// two letters; hashed ones are the SHA-256 of exactly that. `value` is never hashed.
import { createHash } from 'node:crypto';
import { minorToDecimal } from '../money.ts';
import { type Chunk, inChunks, type WriterContext } from './context.ts';
import type { ExportRow } from './row.ts';
import { csvLine, safeText, wellFormed } from './safe-text.ts';

export const audienceHeadings = ['phone', 'email', 'fn', 'ln', 'ct', 'st', 'zip', 'country', 'value'] as const;

const lettersOnly = (text: string | null) =>
  (text ?? '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\s]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();

/** The nine values of a row, in the order of the headings; empty where nothing is known. */
export function audienceValues(row: ExportRow, { isHashed }: { isHashed: boolean }): string[] {
  const [first = '', ...rest] = lettersOnly(row.name).split(' ');
  const known = [
    row.phoneStatus === 'valid' ? (row.phoneE164 ?? '').replace(/\D/g, '') : '',
    wellFormed(row.email?.trim().toLowerCase() ?? ''),
    first,
    rest.join(' '),
    lettersOnly(row.city).replaceAll(' ', ''),
    lettersOnly(row.state).replaceAll(' ', ''),
    (row.postcode ?? '').replace(/\D/g, ''),
    lettersOnly(row.country).replaceAll(' ', '').slice(0, 2),
  ];
  const value = row.valueMinor === null ? '' : minorToDecimal(BigInt(row.valueMinor));
  const hashed = (text: string) => (text === '' ? '' : createHash('sha256').update(text).digest('hex'));
  return [...(isHashed ? known.map(hashed) : known), value];
}

/** Commas and no BOM: Meta's importer reads the first heading as it stands. */
export async function* writeAudience(rows: AsyncIterable<ExportRow>, context: WriterContext): AsyncGenerator<Chunk> {
  yield* inChunks(
    (async function* () {
      yield csvLine(audienceHeadings, ',');
      for await (const row of rows) {
        const [phone, ...others] = audienceValues(row, context);
        const value = others.pop()!;
        yield csvLine([phone!, ...others.map(safeText), value], ',');
      }
    })(),
  );
}
