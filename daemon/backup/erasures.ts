// What was erased since a backup lies beside the backups, as HMACs that name nobody, so that a restored backup loses it again (docs/lgpd.md).
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from '../db.ts';
import { type ErasureFile, erasureFile, readErasures } from '../erasure/reapply.ts';
import { BackupDamagedError, fileError } from './errors.ts';

/** Beside the backups of a folder. */
export const erasuresPath = (folder: string): string => join(folder, 'eliminacoes.json');

/** Writes the file anew when something was erased since it was written, or says so itself. Nothing where nobody was ever erased. */
export async function keepErasures(pool: Pool, folder: string, now: Date): Promise<void> {
  const path = erasuresPath(folder);
  const erasures = await readErasures(pool, now);
  const written = await findErasures(path);
  const sizeOf = (file: ErasureFile | null) => JSON.stringify(file?.companies ?? []);
  if (sizeOf(erasures) === sizeOf(written)) return;
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(draft, `${JSON.stringify(erasures)}\n`, { mode: 0o600, flush: true });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw fileError(path, error);
  }
}

/** The file's content; null when there is none. */
export async function findErasures(path: string): Promise<ErasureFile | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw fileError(path, error);
  }
  try {
    return erasureFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new BackupDamagedError(`${path} não é um arquivo de eliminações inteiro.`, { cause });
  }
}
