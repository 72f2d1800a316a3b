// A backup of an installation that is syncing, and what comes back from it: every table as it was, the sync going on where it stopped; and what is no
// whole backup, or no empty database, is refused with nothing changed.
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseKeep } from '#shared/backup-keep.ts';
import { createLog } from '#shared/log.ts';
import { pendingMigrations } from '#shared/migrations.ts';
import { createSecretBox } from '#shared/secrets.ts';
import { createBackup, listBackups } from '../../daemon/backup/create.ts';
import { restoreBackup } from '../../daemon/backup/restore.ts';
import { runBackupJob } from '../../daemon/backup/scheduled.ts';
import { sealedPlaces } from '../../daemon/cli/segredo-girar.ts';
import { runCli } from '../../daemon/cli.ts';
import { findConnection } from '../../daemon/connections/connection-store.ts';
import { createPool, type Pool, withTenant } from '../../daemon/db.ts';
import { applyMigrations, withSchemaOwner } from '../../daemon/migrate.ts';
import { findFigureDifferences } from '../../daemon/recompute/check-figures.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { runSite } from '../../daemon/sync/run.ts';
import { createTestDatabase, type TestDatabase } from '../support/servers.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
const folder = mkdtempSync(join(tmpdir(), 'cel-backup-'));
const opened: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true });
});
afterAll(async () => {
  for (const close of opened.reverse()) await close();
  await world.drop();
});

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ isEmpty: true });
  opened.push(database.drop);
  return database;
}

function poolOf({ url }: { url: string }, role: 'carrinho_owner' | 'carrinho_daemon' = 'carrinho_owner'): Pool {
  const pool = createPool({ url, role, name: 'test-backup', max: 4 });
  opened.push(() => pool.end());
  return pool;
}

/** Rows and content of every table but those that a backup leaves out, by a text that is not the backup's own. */
async function contentOf(pool: Pool): Promise<Record<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
       and relname not in ('schema_migrations', 'daemons', 'sessions', 'login_links', 'login_failures', 'backups')`,
  );
  const content: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query<{ content: string }>(
      `select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as content from ${name} t`,
    );
    content[name] = rows[0]!.content;
  }
  return content;
}

async function carrinho(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { code: await runCli(args, { env: { DATA_DIR: folder, ...env }, stdout }), text };
}

test('a backup taken in the middle of a sync comes back whole, and the sync goes on there with nothing lost', async () => {
  const syncing = world.sync();
  while ((await world.rows('select from batches')).length < 3) await sleep(5);
  const { path } = await createBackup({ url: world.databaseUrl, folder, now: new Date() });
  expect(await world.rows(`select from runs where state in ('reading', 'writing', 'recomputing')`)).toHaveLength(1);
  await syncing;

  // A target that a start of ours has migrated, with nobody in it.
  const target = await createTestDatabase();
  opened.push(target.drop);
  const { manifest } = await restoreBackup({ url: target.url, path });
  const partial = manifest.tables.find(({ name }) => name === 'batches')!.rowCount;
  expect(partial).toBeGreaterThanOrEqual(3);

  const owner = poolOf(target);
  const pool = poolOf(target, 'carrinho_daemon');
  // As the next daemon finds it: the run of the machine that was lost has no heartbeat any more.
  await owner.query(`update runs set heartbeat_at = now() - interval '1 hour'`);
  const engine = { ...world.engine, pool, daemonId: crypto.randomUUID() };
  const result = await runSite(engine, { ...world, kind: 'poll' });
  expect(result).toMatchObject({ state: 'succeeded', error: null });
  const streams = await compareContent(engine, world);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
  const sums = `select (select count(*) from leads) leads, (select count(*) from carts) carts, (select count(*) from orders) orders,
    (select count(*) from cart_statuses where status = 'recovered') recovered, (select sum(credited_minor) from cart_statuses) credited`;
  expect((await owner.query(sums)).rows).toEqual((await world.owner.query(sums)).rows);
  expect(await withTenant(pool, world.tenantId, findFigureDifferences)).toEqual([]);
});

test('every table comes back with the same content, into a database that had nothing', async () => {
  await world.owner.query(
    `insert into users (email, name, password_hash) values ('ana@example.com', E'Ana\\t"ção"\\\\ 🛒', 'x')`,
  );
  await world.owner.query(`insert into sessions (token_hash, user_id, expires_at) select 'a', id, now() from users`);
  await world.owner.query(
    `insert into tenant_logos (tenant_id, media_type, bytes) select id, 'image/png', '\\x00ff0a5c'::bytea from tenants`,
  );
  const env = { DATABASE_URL: world.databaseUrl, BACKUP_DIR: join(folder, 'whole') };
  const made = await carrinho(env, 'backup', 'criar', '--json');
  expect(made.code).toBe(0);
  const { path, rowCount } = JSON.parse(made.text);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(gunzipSync(readFileSync(path)).toString()).toContain('-- users (id, email, name');
  const listed = await carrinho(env, 'backup', 'listar', '--json');
  expect(JSON.parse(listed.text)).toMatchObject({ path, rowCount, isDamaged: false });

  const target = await emptyDatabase();
  expect(await carrinho({ DATABASE_URL: target.url }, 'backup', 'restaurar', path)).toMatchObject({ code: 0 });
  const owner = poolOf(target);
  expect(await contentOf(owner)).toEqual(await contentOf(world.owner));
  expect((await owner.query('select from sessions')).rowCount).toBe(0);
  const next = await owner.query<{ id: string }>(
    `insert into users (email, name) values ('bia@example.com', 'Bia') returning id`,
  );
  expect(Number(next.rows[0]!.id)).toBeGreaterThan(1);
  const shape = `select relname, relrowsecurity, relforcerowsecurity, (select count(*) from pg_constraint where conrelid = c.oid) as constraints,
     (select count(*) from pg_trigger t where t.tgrelid = c.oid and t.tgenabled = 'O') as triggers
     from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`;
  expect((await owner.query(shape)).rows).toEqual((await world.owner.query(shape)).rows);
});

test('a backup of an older schema is migrated to this one; of a newer one it is refused by name', async () => {
  const [older, target] = [await emptyDatabase(), await emptyDatabase()];
  await withSchemaOwner(older.url, async (client) => {
    await applyMigrations(
      client,
      pendingMigrations([]).filter(({ number }) => number <= 21),
    );
    await client.query(`insert into tenants (slug, name) values ('sol', 'Sol')`);
  });
  const old = await createBackup({ url: older.url, folder: join(folder, 'old'), now: new Date() });
  const { migrated } = await restoreBackup({ url: target.url, path: old.path });
  expect(migrated).toContain('exports');
  expect(await carrinho({ DATABASE_URL: target.url }, 'empresa', 'listar')).toMatchObject({
    code: 0,
    text: /sol/ as never,
  });

  await poolOf(older).query(`insert into schema_migrations (number, name, checksum) values (9999, 'do_futuro', 'x')`);
  const newer = await createBackup({ url: older.url, folder: join(folder, 'newer'), now: new Date() });
  const empty = await emptyDatabase();
  const refused = await carrinho({ DATABASE_URL: empty.url }, 'backup', 'restaurar', newer.path, '--json');
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.text)).toMatchObject({
    error: 'backup_schema',
    message: expect.stringMatching(/9999 do_futuro.*Atualize/),
  });
});

test('what is cut or altered, and a database in use, are refused, and nothing is half restored', async () => {
  const { path } = await createBackup({ url: world.databaseUrl, folder: join(folder, 'damage'), now: new Date() });
  const { size } = statSync(path);
  const empty = await emptyDatabase();
  const owner = poolOf(empty);
  const restore = async (file: string, url = empty.url) => {
    const { code, text } = await carrinho({ DATABASE_URL: url }, 'backup', 'restaurar', file, '--json');
    return { code, ...JSON.parse(text) };
  };
  const cut = join(folder, 'cut.gz');
  const altered = join(folder, 'altered.gz');
  for (const copy of [cut, altered]) copyFileSync(path, copy);
  truncateSync(cut, size - 1);
  const bytes = readFileSync(path);
  bytes[Math.floor(size / 2)]! ^= 0x40;
  writeFileSync(altered, bytes);
  const sentence = expect.stringContaining('cortado ou alterado');
  expect(await restore(cut)).toEqual({ code: 1, error: 'backup_damaged', message: sentence });
  expect(await restore(altered)).toEqual({ code: 1, error: 'backup_damaged', message: sentence });
  expect(await restore(join(folder, 'absent.gz'))).toMatchObject({
    error: 'backup_file',
    message: expect.stringContaining('não existe'),
  });
  expect((await owner.query(`select from pg_class where relnamespace = 'public'::regnamespace`)).rowCount).toBe(0);

  const before = await contentOf(world.owner);
  expect(await restore(path, world.databaseUrl)).toMatchObject({ error: 'backup_target_not_empty' });
  expect(await contentOf(world.owner)).toEqual(before);
  const failed = await carrinho({ DATABASE_URL: world.databaseUrl }, 'backup', 'criar', `--pasta=${cut}/x`, '--json');
  expect(JSON.parse(failed.text)).toMatchObject({
    error: 'backup_file',
    message: expect.stringContaining('não é uma pasta'),
  });
});

test('the daemon thins the folder out, tells when a backup failed, and keeps what was erased beside the backups', async () => {
  const env = { DATABASE_URL: world.databaseUrl, BACKUP_DIR: join(folder, 'thin') };
  await createBackup({ url: world.databaseUrl, folder: env.BACKUP_DIR, now: new Date('2026-01-05T04:30:00Z') });
  await createBackup({ url: world.databaseUrl, folder: env.BACKUP_DIR, now: new Date('2026-01-06T04:30:00Z') });
  const plan = { folder: env.BACKUP_DIR, cron: '30 4 * * *', keep: parseKeep('1d1m')!, url: world.databaseUrl };
  await runBackupJob(
    world.pool,
    plan,
    createLog(() => {}),
  );
  const left = (await listBackups(env.BACKUP_DIR)).map(({ madeAt }) => madeAt.toISOString().slice(0, 10));
  expect(left).toEqual([new Date().toISOString().slice(0, 10)]);
  const stateOf = async () => JSON.parse((await carrinho(env, 'estado', '--json')).text).backup;
  expect(await stateOf()).toMatchObject({ state: 'ok', errorCode: null });
  await runBackupJob(
    world.pool,
    { ...plan, folder: join(folder, 'cut.gz') },
    createLog(() => {}),
  );
  expect(await stateOf()).toMatchObject({ state: 'failed', errorCode: 'backup_file', lastGoodAt: expect.any(String) });
  await world.owner.query(`update backups set finished_at = finished_at - interval '3 days' where path is not null`);
  await world.owner.query('delete from backups where path is null');
  expect(await stateOf()).toMatchObject({ state: 'late' });
});

test('the key of the secrets is changed in one go, twice over, while both keys open', async () => {
  const [oldKey, newKey] = [world.secretKey, randomBytes(32)];
  const keys = (now: Buffer, before?: Buffer) => ({
    DATABASE_URL: world.databaseUrl,
    SECRET_KEY: now.toString('base64'),
    ...(before && { SECRET_KEY_OLD: before.toString('base64') }),
  });
  const sealedColumns = await world.rows<{ place: string }>(
    `select table_name || '.' || column_name as place from information_schema.columns where table_schema = 'public' and column_name like '%\\_sealed'`,
  );
  expect(sealedPlaces.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(
    sealedColumns.map(({ place }) => place).sort(),
  );
  const open = (key: Buffer, before: Buffer | null = null) =>
    withTenant(world.pool, world.tenantId, (client) =>
      findConnection({ client, siteId: world.siteId, box: createSecretBox(key, before) }),
    );
  const password = (await open(oldKey))!.password;

  expect(await carrinho(keys(newKey), 'segredo', 'girar')).toMatchObject({ code: 2 });
  // A daemon that has the old key alone could read nothing afterwards.
  const daemon = `insert into daemons (id, version, host, pid, secret_key_id) values (gen_random_uuid(), '1', 'h', 1, $1)`;
  await world.owner.query(daemon, [createSecretBox(oldKey).keyId]);
  const early = await carrinho(keys(newKey, oldKey), 'segredo', 'girar', '--json');
  expect(JSON.parse(early.text)).toMatchObject({ message: expect.stringContaining('Reinicie-o com as duas chaves') });
  expect((await open(oldKey))!.password).toBe(password);

  await world.owner.query('delete from daemons');
  await world.owner.query(daemon, [createSecretBox(newKey).keyId]);
  const turned = await carrinho(keys(newKey, oldKey), 'segredo', 'girar', '--json');
  expect(JSON.parse(turned.text)).toMatchObject({ count: 1 });
  expect((await open(newKey))!.password).toBe(password);
  await expect(open(oldKey)).rejects.toMatchObject({ code: 'secret_key_mismatch' });
  const again = await carrinho(keys(newKey, oldKey), 'segredo', 'girar', '--json');
  expect(JSON.parse(again.text)).toMatchObject({ count: 0 });

  // The installation's own key file: made new by the command, the old one beside it.
  await world.owner.query('delete from daemons');
  writeFileSync(join(folder, 'secret.key'), `${newKey.toString('base64')}\n`, { mode: 0o600 });
  const own = await carrinho({ DATABASE_URL: world.databaseUrl }, 'segredo', 'girar', '--json');
  expect(JSON.parse(own.text)).toMatchObject({ count: 1, oldKeyId: createSecretBox(newKey).keyId });
  const made = Buffer.from(readFileSync(join(folder, 'secret.key'), 'utf8'), 'base64');
  expect((await open(made))!.password).toBe(password);
  expect(readFileSync(join(folder, 'secret.key.old'), 'utf8').trim()).toBe(newKey.toString('base64'));
});
