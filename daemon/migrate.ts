// Brings a database to this version: roles, numbered migrations (forward only, with checksums, one process at a time), the job engine's own
// tables, and the rights on them. A process that finds a database behind or ahead of its files refuses to start, with what to do.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { AppError } from '#shared/errors.ts';
import { createPool, type Pool, withTransaction } from './db.ts';

type Migration = { number: number; name: string; sql: string; checksum: string };

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
      };
    });
}

/**
 * Applies what is missing and gives the names applied. `url` is the owner of the database (DATABASE_URL); everything is created as
 * carrinho_owner. Safe to run at the same time from several processes.
 */
export async function migrate(url: string): Promise<string[]> {
  const admin = new pg.Client({ connectionString: url, application_name: 'carrinho-migrar' });
  await admin.connect();
  try {
    await admin.query(readFileSync(new URL('../sql/roles.sql', import.meta.url), 'utf8'));
  } finally {
    await admin.end();
  }
  const pool = createPool({ url, role: 'carrinho_owner', name: 'carrinho-migrar', max: 2 });
  try {
    const applied = await withTransaction(pool, async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtext('carrinho-e-leads migrations'))`);
      await client.query(`
        create table if not exists schema_migrations (
          number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
      const done = await appliedMigrations(client);
      const missing = pendingMigrations(done);
      for (const migration of missing) {
        await client.query(migration.sql);
        await client.query('insert into schema_migrations (number, name, checksum) values ($1, $2, $3)', [
          migration.number,
          migration.name,
          migration.checksum,
        ]);
      }
      await client.query('grant select on schema_migrations to carrinho_daemon, carrinho_api');
      return missing.map((migration) => `${String(migration.number).padStart(4, '0')}_${migration.name}`);
    });
    await runMigrations({ pgPool: pool });
    await pool.query(readFileSync(new URL('../sql/jobs.sql', import.meta.url), 'utf8'));
    return applied;
  } finally {
    await pool.end();
  }
}

/** Throws SchemaMismatchError unless the database is exactly at this version. */
export async function checkSchema(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ exists: boolean }>(
    `select to_regclass('schema_migrations') is not null as exists`,
  );
  const missing = pendingMigrations(rows[0]?.exists ? await appliedMigrations(pool) : []);
  if (missing.length > 0) {
    throw new SchemaMismatchError(
      `O banco está atrás desta versão: faltam ${missing.length} migrações, a partir de ${missing[0]!.name}. Rode "npm run carrinho -- migrar" e inicie de novo.`,
    );
  }
}

type Applied = { number: number; name: string; checksum: string };

async function appliedMigrations(client: Pick<Pool, 'query'>): Promise<Applied[]> {
  const { rows } = await client.query<Applied>('select number, name, checksum from schema_migrations order by number');
  return rows;
}

function pendingMigrations(done: Applied[]): Migration[] {
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
