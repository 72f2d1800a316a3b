// What a writer is told beside the rows.
import type { TimeZone } from '../time-zone.ts';
import type { Column } from './columns.ts';

export type WriterContext = {
  title: string;
  columns: readonly Column[];
  /** Of the wall clock that dates are written in. */
  timeZone: TimeZone;
  /** ISO 8601 instead of `31/01/2026 14:30` in CSV. */
  hasIsoDates: boolean;
  /** WhatsApp CSV: the message, with {nome}, {primeiro_nome}, {produtos} and {valor} to be filled in. */
  message: string;
  /** vCard: what stands before each name and in the note, so that the contacts are found again. */
  tag: string;
  /** Audiences: SHA-256 instead of plain values. */
  isHashed: boolean;
  /** The second sheet of a workbook, asked for after the last row. */
  about(): readonly (readonly [label: string, value: string])[];
};

/** A piece of a file; `part` counts from 1 where an export has several files. */
export type Chunk = { part: number; bytes: Buffer };

const chunkBytes = 64 * 1024;

/** Texts as UTF-8 in pieces of some 64 KB. */
export async function* inChunks(texts: AsyncIterable<string>, part = 1): AsyncGenerator<Chunk> {
  let pending: string[] = [];
  let length = 0;
  for await (const text of texts) {
    pending.push(text);
    length += text.length;
    if (length < chunkBytes) continue;
    yield { part, bytes: Buffer.from(pending.join('')) };
    [pending, length] = [[], 0];
  }
  if (pending.length > 0) yield { part, bytes: Buffer.from(pending.join('')) };
}
