// The numbered migrations of this version, and whether a database stands exactly there. Both processes refuse one that is behind or ahead,
// each through its own driver; this file only compares.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from './errors.ts';

export type AppliedMigration = {
  number: number;
  name: string;
  checksum: string;
  /** False: the version before it runs on what it made. */
  stopsFormer?: boolean;
};
export type Migration = AppliedMigration & { sql: string; stopsFormer: boolean };

/** A line of a migration that only adds what the version before does not look at: that version then goes on during an update, and may come back. */
const formerRuns = /^-- former-version: runs$/m;

export class SchemaMismatchError extends AppError {
  readonly code = 'schema_mismatch';
  readonly retry = 'after-fix';
}

const folder = new URL('../sql/migrations/', import.meta.url);

function loadMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const sql = readFileSync(new URL(file, folder), 'utf8');
      return {
        number: Number(file.slice(0, 4)),
        name: file.slice(5, -4),
        sql,
        checksum: createHash('sha256').update(sql).digest('hex'),
        stopsFormer: !formerRuns.test(sql),
      };
    });
}

function withoutHarmless(done: readonly AppliedMigration[]): AppliedMigration[] {
  const newest = Math.max(...loadMigrations().map(({ number }) => number));
  return done.filter(({ number, stopsFormer }) => stopsFormer !== false || number <= newest);
}

/** The files that a database with these rows still lacks. Throws when it is ahead, or when an applied file has changed since. */
export function pendingMigrations(done: readonly AppliedMigration[]): Migration[] {
  const known = loadMigrations();
  for (const row of done) {
    const file = known.find((migration) => migration.number === row.number);
    if (!file) {
      throw new SchemaMismatchError(
        `O banco está à frente desta versão (migração ${row.number} ${row.name}). Use a versão do programa que a aplicou, ou uma mais nova.`,
      );
    }
    if (file.checksum !== row.checksum) {
      throw new SchemaMismatchError(
        `A migração ${row.number} ${row.name} foi alterada depois de aplicada. Restaure o arquivo sql/migrations desta versão.`,
      );
    }
  }
  return known.filter((migration) => !done.some((row) => row.number === migration.number));
}

/**
 * Throws SchemaMismatchError, with what to do, unless the rows of schema_migrations are this version's, and beyond them only such as this version runs
 * on too.
 */
export function assertUpToDate(done: readonly AppliedMigration[]): void {
  const missing = pendingMigrations(withoutHarmless(done));
  if (missing.length === 0) return;
  throw new SchemaMismatchError(
    `O banco está atrás desta versão: faltam ${missing.length} migrações, a partir de ${missing[0]!.name}. Rode "npm run carrinho -- migrar" e inicie de novo.`,
  );
}
