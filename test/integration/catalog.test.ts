// The structure keeps its promises whatever migration comes next: tenant first in every key, row security forced with a policy for each role,
// and the dump in sql/schema.sql is what the migrations make. Read from pg_catalog, so that a new table can't be forgotten.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SchemaMismatchError } from '#shared/migrations.ts';
import { createPool, type Pool } from '../../daemon/db.ts';
import { checkSchema, migrate } from '../../daemon/migrate.ts';
import { dumpSchema } from '../../daemon/schema-dump.ts';
import { createTestDatabase } from '../support/servers.ts';

// Rows of the installation, not of a company.
const installationTables = [
  'tenants',
  'users',
  'sessions',
  'login_links',
  'login_failures',
  'second_factors',
  'recovery_codes',
  'source_types',
  'sealing_keys',
  'daemons',
  'backups',
  'schema_migrations',
];

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let owner: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = createPool({ url: database.url, role: 'carrinho_owner', name: 'catalog-test' });
});
afterAll(async () => {
  await owner?.end();
  await database?.drop();
});

async function tenantTables(): Promise<string[]> {
  const { rows } = await owner.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> all($1) order by 1`,
    [installationTables],
  );
  return rows.map((row) => row.relname);
}

test('every table that is not the installation’s has tenant_id', async () => {
  const { rows } = await owner.query<{ table_name: string }>(
    `select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where table_schema = 'public' and column_name = 'tenant_id' and t.table_type = 'BASE TABLE' order by 1`,
  );
  expect(rows.map((row) => row.table_name)).toEqual(await tenantTables());
});

test('tenant_id is the first column of every primary key, unique key and foreign key of a tenant table', async () => {
  const { rows } = await owner.query<{ name: string }>(
    `select c.conname as name from pg_constraint c join pg_class t on t.oid = c.conrelid
       join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where t.relname = any($1) and c.contype in ('p', 'u', 'f') and a.attname <> 'tenant_id'
        and not (c.contype = 'f' and c.confrelid = 'users'::regclass)
     union all
     select i.indexrelid::regclass::text from pg_index i join pg_class t on t.oid = i.indrelid
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where t.relname = any($1) and i.indisunique and a.attname <> 'tenant_id'`,
    [await tenantTables()],
  );
  expect(rows).toEqual([]);
});

/** Tables with those that they point at before them, by name where nothing else decides. */
function inKeyOrder(tables: readonly string[], keys: readonly { from: string; to: string }[]): string[] {
  const ordered: string[] = [];
  while (ordered.length < tables.length) {
    const next = tables.filter(
      (table) =>
        !ordered.includes(table) &&
        keys.every(({ from, to }) => from !== table || to === table || !tables.includes(to) || ordered.includes(to)),
    );
    if (next.length === 0) throw new Error('the keys go round in a circle');
    ordered.push(...next);
  }
  return ordered;
}

test('docs/scaling.md distributes every table, those that others point at first', async () => {
  const { rows: keys } = await owner.query<{ from: string; to: string }>(
    `select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
      where contype = 'f' and connamespace = 'public'::regnamespace order by 1, 2`,
  );
  const tables = await tenantTables();
  const references = inKeyOrder([...installationTables].sort(), keys).map(
    (t) => `select create_reference_table('${t}');`,
  );
  // One group of shards: a company's rows of all tables lie together.
  const distributed = inKeyOrder(tables, keys).map((table, at, all) => {
    const group = at === 0 ? 'none' : all[0];
    return `select create_distributed_table('${table}', 'tenant_id', colocate_with => '${group}');`;
  });
  const statements = [...references, ...distributed];
  const doc = readFileSync(new URL('../../docs/scaling.md', import.meta.url), 'utf8');
  const [, block] = doc.match(/<!-- citus: [^>]*-->\n```sql\n([\s\S]*?)```/)!;
  expect(block!.trim().split('\n')).toEqual(statements);
});

test('row security is enabled and forced on every tenant table, with a policy for the owner and one by tenant', async () => {
  const { rows } = await owner.query<{ relname: string; secure: boolean; policies: string[] }>(
    `select relname, relrowsecurity and relforcerowsecurity as secure,
            (select array_agg(polname::text order by polname) from pg_policy where polrelid = c.oid) as policies
       from pg_class c where relname = any($1)`,
    [await tenantTables()],
  );
  for (const table of rows) {
    expect(table, table.relname).toMatchObject({ secure: true });
    expect(table.policies, table.relname).toEqual(expect.arrayContaining(['owner_sees_all', 'tenant_rows']));
  }
});

test('a view sees no more than who asks: it takes the reader’s row security', async () => {
  const { rows } = await owner.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'
        and not coalesce(reloptions, '{}') @> '{security_invoker=true}'`,
  );
  expect(rows).toEqual([]);
});

test('the processes’ roles own nothing and cannot bypass row security', async () => {
  const { rows } = await owner.query(
    `select rolname from pg_roles where rolname in ('carrinho_daemon', 'carrinho_api')
        and (rolsuper or rolbypassrls or exists (select from pg_class where relowner = pg_roles.oid))`,
  );
  expect(rows).toEqual([]);
});

test('without a tenant both roles see no row of any company’s data; with one, only its own', async () => {
  const ids: string[] = [];
  for (const slug of ['empresa-a', 'empresa-b']) {
    const { rows } = await owner.query<{ id: string }>(
      'insert into tenants (slug, name) values ($1, $1) returning id',
      [slug],
    );
    ids.push(rows[0]!.id);
    await owner.query(`insert into sites (tenant_id, slug, name) values ($1, 'loja', 'Loja')`, [rows[0]!.id]);
    await owner.query(
      `insert into match_keys (tenant_id, key, entity, entity_id) values ($1, 'e:ana@loja.example', 'lead', 1)`,
      [rows[0]!.id],
    );
  }
  for (const role of ['carrinho_daemon', 'carrinho_api'] as const) {
    const pool = createPool({ url: database.url, role, name: 'catalog-test' });
    try {
      for (const table of ['match_keys', 'leads', 'carts', 'orders', 'cart_statuses', 'people']) {
        expect((await pool.query(`select from ${table}`)).rowCount, `${role} ${table}`).toBe(0);
      }
      const client = await pool.connect();
      await client.query('begin');
      await client.query(`select set_config('app.tenant_id', $1, true)`, [ids[0]]);
      expect((await client.query('select tenant_id from match_keys')).rows).toEqual([{ tenant_id: ids[0] }]);
      await client.query('rollback');
      client.release();
    } finally {
      await pool.end();
    }
  }
});

test('the daemon may not write another company’s row, whatever the statement says', async () => {
  const { rows } = await owner.query<{ id: string }>('select id from tenants order by id limit 2');
  const pool = createPool({ url: database.url, role: 'carrinho_daemon', name: 'catalog-test' });
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('app.tenant_id', $1, true)`, [rows[0]!.id]);
    await expect(
      client.query(
        `insert into match_keys (tenant_id, key, entity, entity_id) values ($1, 'e:x@y.example', 'lead', 2)`,
        [rows[1]!.id],
      ),
    ).rejects.toThrow(/row-level security/);
    await client.query('rollback');
  } finally {
    client.release();
    await pool.end();
  }
});

test('a job is enqueued only for a shop of the current company', async () => {
  const { rows } = await owner.query<{ tenant_id: string; id: string }>(
    'select tenant_id, id from sites order by id limit 2',
  );
  const pool = createPool({ url: database.url, role: 'carrinho_api', name: 'catalog-test' });
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query(`select set_config('app.tenant_id', $1, true)`, [rows[0]!.tenant_id]);
    await client.query('select enqueue_job($1)', [rows[0]!.id]);
    await expect(client.query('select enqueue_job($1)', [rows[1]!.id])).rejects.toThrow(/not of the current tenant/);
    await client.query('rollback');
  } finally {
    client.release();
    await pool.end();
  }
});

test('migrating again changes nothing', async () => {
  expect(await migrate(database.url)).toEqual([]);
});

test('a database behind or ahead of the files is refused with what to do', async () => {
  await checkSchema(owner);
  const { rows } = await owner.query(
    'delete from schema_migrations where number = (select max(number) from schema_migrations) returning *',
  );
  await expect(checkSchema(owner)).rejects.toThrow(/atrás desta versão.*carrinho -- migrar/);
  await owner.query('insert into schema_migrations select * from json_populate_record(null::schema_migrations, $1)', [
    JSON.stringify(rows[0]),
  ]);
  await owner.query(`insert into schema_migrations (number, name, checksum) values (9999, 'futuro', '')`);
  await expect(checkSchema(owner)).rejects.toThrow(SchemaMismatchError);
  await owner.query('delete from schema_migrations where number = 9999');
});

test('sql/schema.sql is what the migrations make', async () => {
  expect(await dumpSchema(owner)).toBe(readFileSync(new URL('../../sql/schema.sql', import.meta.url), 'utf8'));
});
