// Brings a database to this version: roles, numbered migrations (forward only, with checksums, one process at a time), the job engine's own
// tables, and the rights on them. A process that finds a database behind or ahead of its files refuses to start, with what to do.
import { readFileSync } from 'node:fs';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { type AppliedMigration, assertUpToDate, type Migration, pendingMigrations } from '#shared/migrations.ts';
import { type Client, createPool, type Pool, withTransaction } from './db.ts';

/**
 * Applies what is missing and gives the names applied. `url` is the owner of the database (DATABASE_URL); everything is created as
 * carrinho_owner. Safe to run at the same time from several processes.
 */
export async function migrate(url: string): Promise<string[]> {
  return await withSchemaOwner(url, async (client) => {
    const missing = pendingMigrations(await appliedMigrations(client));
    await applyMigrations(client, missing);
    return missing.map((migration) => `${String(migration.number).padStart(4, '0')}_${migration.name}`);
  });
}

/**
 * Runs `work` as carrinho_owner in one transaction while nobody else migrates; the table schema_migrations is there. Afterwards the job engine's tables
 * and rights are brought up to date.
 */
export async function withSchemaOwner<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url, application_name: 'carrinho-migrar' });
  await admin.connect();
  try {
    await admin.query(readFileSync(new URL('../sql/roles.sql', import.meta.url), 'utf8'));
  } finally {
    await admin.end();
  }
  const pool = createPool({ url, role: 'carrinho_owner', name: 'carrinho-migrar', max: 2 });
  try {
    const result = await withTransaction(pool, async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtext('carrinho-e-leads migrations'))`);
      await client.query(`
        create table if not exists schema_migrations (
          number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now(),
          stops_former boolean not null default true)`);
      await client.query(
        'alter table schema_migrations add column if not exists stops_former boolean not null default true',
      );
      const made = await work(client);
      await client.query('grant select on schema_migrations to carrinho_daemon, carrinho_api');
      return made;
    });
    await runMigrations({ pgPool: pool });
    await pool.query(readFileSync(new URL('../sql/jobs.sql', import.meta.url), 'utf8'));
    return result;
  } finally {
    await pool.end();
  }
}

/** Applies these in their order. */
export async function applyMigrations(client: Client, migrations: readonly Migration[]): Promise<void> {
  for (const migration of migrations) {
    await client.query(migration.sql);
    await client.query('insert into schema_migrations (number, name, checksum, stops_former) values ($1, $2, $3, $4)', [
      migration.number,
      migration.name,
      migration.checksum,
      migration.stopsFormer,
    ]);
  }
}

/** Throws SchemaMismatchError unless the database is exactly at this version. */
export async function checkSchema(pool: Pool): Promise<void> {
  assertUpToDate(await findApplied(pool));
}

/** What `migrate` would apply. Throws SchemaMismatchError for a database that is ahead. */
export async function findMissing(pool: Pool): Promise<Migration[]> {
  return pendingMigrations(await findApplied(pool));
}

async function findApplied(pool: Pool): Promise<AppliedMigration[]> {
  const { rows } = await pool.query<{ exists: boolean }>(
    `select to_regclass('schema_migrations') is not null as exists`,
  );
  return rows[0]?.exists ? await appliedMigrations(pool) : [];
}

async function appliedMigrations(client: Pick<Pool, 'query'>): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    // A database of before the column has only migrations that everybody knows.
    `select number, name, checksum, coalesce((to_jsonb(m) ->> 'stops_former')::boolean, true) as "stopsFormer" from schema_migrations m order by number`,
  );
  return rows;
}
