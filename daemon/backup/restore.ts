// Brings a backup back, whole or not at all: one transaction makes the tables as they were then, loads and compares them with the manifest, and
// migrates them to this version. Triggers and foreign keys sleep meanwhile: what they would compute is in the backup.
import { from as copyFrom } from 'pg-copy-streams';
import { pendingMigrations, SchemaMismatchError } from '#shared/migrations.ts';
import type { Client } from '../db.ts';
import { applyMigrations, withSchemaOwner } from '../migrate.ts';
import { BackupSchemaError, BackupTargetError } from './errors.ts';
import { damaged, type Manifest, readManifest, readTable } from './file.ts';
import { fingerprint, listTables, textSettings } from './tables.ts';

export type Restored = {
  manifest: Manifest /** Names of the migrations that came after the backup. */;
  migrated: string[];
};

/**
 * Restores `path` into the database of `url` (its owner). The database has nothing of ours yet, or tables in which no company and no user is. Throws
 * BackupDamagedError, BackupSchemaError, BackupTargetError or BackupFileError; then the database is as it was. `isReplacing`: in the place of whatever
 * companies and users are there. `isAsItWas`: without the migrations that came after, for the version of then.
 */
export async function restoreBackup({
  url,
  path,
  isReplacing = false,
  isAsItWas = false,
}: {
  url: string;
  path: string;
  isReplacing?: boolean;
  isAsItWas?: boolean;
}): Promise<Restored> {
  const manifest = await readManifest(path);
  const { earlier, later: missing } = divideMigrations(manifest, path);
  const later = isAsItWas ? [] : missing;
  return await withSchemaOwner(url, async (client) => {
    await client.query(textSettings);
    await assertNobodyIn(client, { isReplacing });
    await dropEverything(client);
    await applyMigrations(client, earlier);
    await load(client, manifest, path);
    await applyMigrations(client, later);
    return { manifest, migrated: later.map(({ name }) => name) };
  });
}

/** The migrations that the backup had, and those of this version that it lacks. */
function divideMigrations({ migrations, version }: Manifest, path: string) {
  const known = pendingMigrations([]);
  const newer = migrations.find((had) => !known.some(({ number }) => number === had.number));
  if (newer)
    throw new BackupSchemaError(
      `${path} é da versão ${version} do programa, com a migração ${newer.number} ${newer.name}, que esta versão não tem. Atualize o programa e tente de novo.`,
    );
  try {
    const later = pendingMigrations(migrations);
    return { earlier: known.filter(({ number }) => migrations.some((had) => had.number === number)), later };
  } catch (error) {
    if (!(error instanceof SchemaMismatchError)) throw error;
    throw new BackupSchemaError(`${path}: ${error.message}`, { cause: error });
  }
}

async function assertNobodyIn(client: Client, { isReplacing }: { isReplacing: boolean }): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'schema_migrations'`,
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name);
  const isOurs = ['tenants', 'users', 'daemons'].every((name) => names.includes(name));
  const found = isOurs
    ? await client.query<{ isUsed: boolean; isRead: boolean }>(
        `select exists (select from tenants) or exists (select from users) as "isUsed",
                exists (select from daemons where heartbeat_at > now() - interval '30 seconds') as "isRead"`,
      )
    : null;
  if (!found || (found.rows[0]!.isUsed && !isReplacing))
    throw new BackupTargetError(
      'O banco de destino não está vazio. Crie um banco novo e aponte DATABASE_URL para ele, ou ponha o backup no lugar do que há com --substituir.',
    );
  if (found.rows[0]!.isRead)
    throw new BackupTargetError('Um daemon está usando o banco de destino. Pare o daemon e a API e tente de novo.');
}

/** What a start of ours made in a database that nobody uses yet. */
async function dropEverything(client: Client): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('drop %s if exists %I cascade', case relkind when 'v' then 'view' else 'table' end, relname) as statement
     from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and relowner = current_user::regrole and relname <> 'schema_migrations'
     union all
     select format('drop function if exists %s cascade', oid::regprocedure)
     from pg_proc where pronamespace = 'public'::regnamespace and proowner = current_user::regrole
     union all
     select format('drop schema if exists %I cascade', nspname)
     from pg_namespace where nspowner = current_user::regrole and nspname not in ('public', 'graphile_worker') and nspname !~ '^pg_'`,
  );
  for (const { statement } of rows) await client.query(statement);
  await client.query('delete from schema_migrations');
}

async function load(client: Client, manifest: Manifest, path: string): Promise<void> {
  const names = manifest.tables.map(({ name }) => name);
  const shapes = await listTables(client);
  const unknown = names.find((name) => !shapes.some((shape) => shape.name === name));
  if (unknown !== undefined) throw damaged(path, new Error(`no table ${unknown}`));
  const wake = await putToSleep(client);
  await client.query(`truncate ${names.join(', ')}`);
  for (const part of manifest.tables) {
    await readTable(path, part, client.query(copyFrom(`copy ${part.name} (${part.columns.join(', ')}) from stdin`)));
  }
  for (const part of manifest.tables) {
    const shape = shapes.find(({ name }) => name === part.name)!;
    const { rowCount, sha256 } = await fingerprint(client, { ...shape, columns: part.columns });
    if (rowCount !== part.rowCount || sha256 !== part.sha256)
      throw damaged(path, new Error(`table ${part.name} has other rows than the manifest says`));
  }
  for (const { table, column, lastValue, isCalled } of manifest.sequences) {
    await client.query('select setval(pg_get_serial_sequence($1, $2), $3, $4)', [table, column, lastValue, isCalled]);
  }
  await wake();
}

/**
 * Lets rows in as they are: no foreign keys (tables come in any order, and millions of rows are checked at once instead of one by one), no triggers of
 * ours, and no forced row security, under which COPY refuses. Gives what puts everything back.
 */
async function putToSleep(client: Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ sleep: string; wake: string }>(
    `select format('alter table %I drop constraint %I', c.relname, k.conname) as sleep,
            format('alter table %I add constraint %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) as wake
     from pg_constraint k join pg_class c on c.oid = k.conrelid where c.relnamespace = 'public'::regnamespace and k.contype = 'f'
     union all
     select format('alter table %I disable trigger user', relname), format('alter table %I enable trigger user', relname)
     from pg_class c where relnamespace = 'public'::regnamespace and exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
     union all
     select format('alter table %I no force row level security', relname), format('alter table %I force row level security', relname)
     from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relforcerowsecurity`,
  );
  for (const { sleep } of rows) await client.query(sleep);
  return async () => {
    for (const { wake } of rows) await client.query(wake);
  };
}
