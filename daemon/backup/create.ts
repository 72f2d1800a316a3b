// Makes a backup: every table in one snapshot, so that rows and what points at them belong together however much is written meanwhile. Memory stays
// flat; the file has its name only when it is whole.
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppliedMigration } from '#shared/migrations.ts';
import { version } from '#shared/version.ts';
import { createPool, withTransaction } from '../db.ts';
import { fileError } from './errors.ts';
import { type Manifest, readManifest, writeBackup } from './file.ts';
import { listKeyIds, listSequences, listTables, readRows, textSettings } from './tables.ts';

export type Backup = { path: string; madeAt: Date; version: string; byteCount: number; rowCount: number };

const fileName = (now: Date) => `carrinho-${now.toISOString().slice(0, 19).replaceAll(':', '')}Z.gz`;
const isFileName = (name: string) => /^carrinho-\d{4}-\d{2}-\d{2}T\d{6}Z\.gz$/.test(name);

/** Writes a backup into `folder`. `url` is the database's owner. Throws BackupFileError, or Postgres' own error. */
export async function createBackup({ url, folder, now }: { url: string; folder: string; now: Date }): Promise<Backup> {
  const path = join(folder, fileName(now));
  const unfinished = join(folder, `.${fileName(now)}.${randomBytes(4).toString('hex')}`);
  let file: FileHandle | undefined;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    file = await open(unfinished, 'wx', 0o600);
    const made = await writeDatabase(url, file, now);
    await file.close();
    file = undefined;
    await rename(unfinished, path);
    return { path, madeAt: now, version, ...made };
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await file?.close().catch(() => undefined);
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

async function writeDatabase(
  url: string,
  file: FileHandle,
  now: Date,
): Promise<{ byteCount: number; rowCount: number }> {
  const pool = createPool({ url, role: 'carrinho_owner', name: 'carrinho-backup', max: 1 });
  try {
    return await withTransaction(pool, async (client) => {
      await client.query(`set transaction isolation level repeatable read, read only; ${textSettings}`);
      const tables = await listTables(client);
      const { rows: migrations } = await client.query<AppliedMigration>(
        'select number, name, checksum from schema_migrations order by number',
      );
      const { rows: server } = await client.query<{ server_version: string }>('show server_version');
      const writer = writeBackup(file);
      await writer.addText(`-- carrinho ${version}, ${now.toISOString()}, Postgres ${server[0]!.server_version}\n`);
      const parts: Manifest['tables'] = [];
      for (const shape of tables) {
        await writer.addText(`\n-- ${shape.name} (${shape.columns.join(', ')})\n`);
        const rows = readRows(client, shape);
        const written = await writer.addStream(rows);
        parts.push({ name: shape.name, columns: shape.columns, rowCount: rows.rowCount, ...written });
      }
      const byteCount = await writer.finish({
        version,
        postgres: server[0]!.server_version,
        madeAt: now.toISOString(),
        migrations,
        keyIds: await listKeyIds(client, tables),
        tables: parts,
        sequences: await listSequences(client, tables),
      });
      return { byteCount, rowCount: parts.reduce((sum, part) => sum + part.rowCount, 0) };
    });
  } finally {
    await pool.end();
  }
}

/** The backups of a folder, newest first. What is cut or no backup has no manifest and is left out, but for `isDamaged`. */
export async function listBackups(folder: string): Promise<(Backup & { isDamaged: boolean })[]> {
  const names = await readdir(folder).catch((error) => {
    throw fileError(folder, error);
  });
  const backups: (Backup & { isDamaged: boolean })[] = [];
  for (const name of names.filter(isFileName).sort().reverse()) {
    const path = join(folder, name);
    const manifest = await readManifest(path).catch(() => null);
    const madeAt = new Date(`${name.slice(9, 22)}:${name.slice(22, 24)}:${name.slice(24, 26)}Z`);
    backups.push({
      path,
      madeAt,
      version: manifest?.version ?? '?',
      byteCount: manifest?.byteCount ?? 0,
      rowCount: manifest?.tables.reduce((sum, { rowCount }) => sum + rowCount, 0) ?? 0,
      isDamaged: manifest === null,
    });
  }
  return backups;
}
