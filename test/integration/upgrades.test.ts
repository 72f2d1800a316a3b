// A database that an older version made and filled comes to this one in a single step: its structure is the one of a new database, its rows are the same.
// Each version that the numbers below name; with UPGRADES=all every one.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pendingMigrations } from '#shared/migrations.ts';
import { createPool } from '../../daemon/db.ts';
import { applyMigrations, checkSchema, migrate, withSchemaOwner } from '../../daemon/migrate.ts';
import { dumpSchema } from '../../daemon/schema-dump.ts';
import { fillEmptyTables } from '../support/fill-tables.ts';
import { createTestDatabase, type TestDatabase } from '../support/servers.ts';

const all = pendingMigrations([]);
const marked = [4, 10, 18, 24, 29];
const versions = all
  .map(({ number }) => number)
  .filter((number) => process.env.UPGRADES === 'all' || marked.includes(number) || number === all.at(-2)!.number);

type Rows = Record<string, Record<string, unknown>[]>;

let chain: TestDatabase;
/** The structure of a database that was made new. */
let newest: string;
const copies = new Map<number, { name: string; rows: Rows; empty: string[] }>();
const urlOf = (name: string, url = chain.url) => url.replace(/\/[^/?]+\?/, `/${name}?`);

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function readRows(client: pg.Client): Promise<Rows> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'schema_migrations' order by 1`,
  );
  const found: Rows = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${name} t order by t::text`,
    );
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

beforeAll(async () => {
  const made = await createTestDatabase();
  const pool = createPool({ url: made.url, role: 'carrinho_owner', name: 'upgrades' });
  newest = await dumpSchema(pool);
  await pool.end();
  await made.drop();
  chain = await createTestDatabase({ isEmpty: true });
  for (const [index, version] of versions.entries()) {
    const step = all.filter(({ number }) => number > (versions[index - 1] ?? 0) && number <= version);
    await withSchemaOwner(chain.url, (client) => applyMigrations(client, step));
    const state = await withClient(chain.url, async (client) => {
      await client.query('begin');
      await client.query('set local role carrinho_owner');
      const empty = await fillEmptyTables(client);
      await client.query('commit');
      return { rows: await readRows(client), empty };
    });
    const name = `upgrade_${version}_${randomBytes(4).toString('hex')}`;
    await withClient(chain.adminUrl.replace(/\/[^/?]+\?/, '/postgres?'), (admin) =>
      admin.query(`create database ${name} template ${new URL(chain.url).pathname.slice(1)} owner carrinho_owner`),
    );
    copies.set(version, { name, ...state });
  }
});

afterAll(async () => {
  await withClient(chain.adminUrl.replace(/\/[^/?]+\?/, '/postgres?'), async (admin) => {
    for (const { name } of copies.values()) await admin.query(`drop database if exists ${name} with (force)`);
  });
  await chain.drop();
});

test.each(versions)('from %i: the structure is a new database’s, and every row is what it was', async (version) => {
  const { name, rows, empty } = copies.get(version)!;
  expect(empty).toEqual([]);
  await migrate(urlOf(name));
  const pool = createPool({ url: urlOf(name), role: 'carrinho_owner', name: 'upgrades' });
  try {
    await checkSchema(pool);
    expect(await dumpSchema(pool)).toBe(newest);
  } finally {
    await pool.end();
  }
  const after = await withClient(urlOf(name), readRows);
  for (const [table, before] of Object.entries(rows))
    expect([table, after[table]]).toEqual([table, before.map((row) => expect.objectContaining(row))]);
});
