// The file of a backup: gzip members one after the other, so that it is written as it comes and `zcat` shows it as text. First a line that says what
// it is, then each table's rows as COPY text under a heading, then the manifest (what is where, how many rows, SHA-256 of each table), and a last
// member of fixed length that says where the manifest begins: a file without it was cut.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { BackupDamagedError, BackupSchemaError, fileError } from './errors.ts';

const format = 1;

const partSchema = z.object({
  name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
  columns: z.array(z.string().regex(/^[a-z0-9_]+$/)).min(1),
  rowCount: z.number().int(),
  /** Of the COPY text in the order of the table's key, before compression. */
  sha256: z.string(),
  byteCount: z.number().int(),
  /** Where its member lies in the file. */
  begin: z.number().int(),
  end: z.number().int(),
});
const manifestSchema = z.object({
  format: z.number().int(),
  /** Of the program that made it. */
  version: z.string(),
  postgres: z.string(),
  madeAt: z.iso.datetime(),
  migrations: z.array(z.object({ number: z.number().int(), name: z.string(), checksum: z.string() })).min(1),
  /** Which keys sealed the shops' passwords in it (shared/secrets.ts): without them they stay shut. */
  keyIds: z.array(z.string()),
  tables: z.array(partSchema),
  sequences: z.array(
    z.object({ table: z.string(), column: z.string(), lastValue: z.string().regex(/^\d+$/), isCalled: z.boolean() }),
  ),
});

export type TablePart = z.infer<typeof partSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** Passes a table's COPY text on, hashed and counted. */
export function measure() {
  const hash = createHash('sha256');
  let byteCount = 0;
  return {
    async *through(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        byteCount += chunk.length;
        yield chunk;
      }
    },
    result: () => ({ sha256: hash.digest('hex'), byteCount }),
  };
}

/** Writes a backup's members into an open file, in their order. */
export function writeBackup(file: FileHandle) {
  let position = 0;

  async function addStream(source: Readable) {
    const begin = position;
    const measured = measure();
    await pipeline(source, measured.through, createGzip(), async (compressed) => {
      for await (const chunk of compressed as AsyncIterable<Buffer>) {
        await file.appendFile(chunk);
        position += chunk.length;
      }
    });
    return { ...measured.result(), begin, end: position };
  }

  async function addText(text: string, level?: number): Promise<void> {
    const member = gzipSync(text, level === undefined ? {} : { level });
    await file.appendFile(member);
    position += member.length;
  }

  return {
    addText,
    /** A table's COPY text as it comes. */
    addStream,
    async finish(manifest: Omit<Manifest, 'format'>): Promise<number> {
      const begin = position;
      await addText(`${JSON.stringify({ format, ...manifest })}\n`);
      await addText(pointerText(begin), 0);
      await file.sync();
      return position;
    },
  };
}

const pointerText = (begin: number) => `carrinho-backup ${format}, manifest at ${String(begin).padStart(16, '0')}\n`;
const pointerLength = gzipSync(pointerText(0), { level: 0 }).length;

/** What a file holds. Throws BackupDamagedError, BackupSchemaError (another format) or BackupFileError. */
export async function readManifest(path: string): Promise<Manifest & { byteCount: number }> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const { size } = await file.stat();
    const tail = await readAt(file, Math.max(0, size - pointerLength), size);
    const begin = Number(/manifest at (\d{16})\n$/.exec(unzip(tail, path))?.[1] ?? Number.NaN);
    if (!(begin < size)) throw damaged(path);
    const text = unzip(await readAt(file, begin, size - pointerLength), path);
    const told = z.object({ format: z.number() }).safeParse(JSON.parse(text));
    if (told.data && told.data.format > format)
      throw new BackupSchemaError(
        `${path} foi feito por uma versão mais nova deste programa. Atualize e tente de novo.`,
      );
    return { ...manifestSchema.parse(JSON.parse(text)), byteCount: size };
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) throw damaged(path, error);
    throw fileError(path, error);
  } finally {
    await file?.close();
  }
}

async function readAt(file: FileHandle, begin: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - begin);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, begin);
  return bytes.subarray(0, bytesRead);
}

function unzip(bytes: Buffer, path: string): string {
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (error) {
    throw damaged(path, error);
  }
}

export const damaged = (path: string, cause?: unknown) =>
  new BackupDamagedError(`${path} não é um backup inteiro: está cortado ou alterado. Use outra cópia.`, { cause });

/** Sends one table's COPY text into `sink`; throws BackupDamagedError when it is not what was written. */
export async function readTable(path: string, part: TablePart, sink: NodeJS.WritableStream): Promise<void> {
  const measured = measure();
  try {
    const { begin, end } = part;
    await pipeline(
      createReadStream(path, { start: begin, end: end - 1 }),
      createGunzip(),
      measured.through,
      // Refused before the last byte goes on: what COPY has not been told to end is not written.
      async function* (chunks: AsyncIterable<Buffer>) {
        yield* chunks;
        const { sha256, byteCount } = measured.result();
        if (sha256 !== part.sha256 || byteCount !== part.byteCount) throw damaged(path);
      },
      sink,
    );
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw code.startsWith('Z_') ? damaged(path, error) : fileError(path, error);
  }
}
