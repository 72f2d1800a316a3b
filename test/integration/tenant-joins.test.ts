// Each statement of sql/queries reaches a company's rows by tenant_id alone, without row security to help: bound to a tenant, or joined to what is. So
// the rows may be laid out by company, one machine or many (docs/scaling.md). Read from the plans, so that a new file can't be forgotten.
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSql } from '#shared/sql-files.ts';
import { type Client, createPool, type Pool } from '../../daemon/db.ts';
import { createTestDatabase } from '../support/servers.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let owner: Pool;
let client: Client;
let tenantTables: Set<string>;

const names = readdirSync(new URL('../../sql/queries/', import.meta.url))
  .map((file) => file.replace(/\.sql$/, ''))
  .sort();
/** They only make work tables. */
const scratch = names.filter((name) => name.startsWith('stage_') || name.endsWith('_scratch'));

beforeAll(async () => {
  database = await createTestDatabase();
  owner = createPool({ url: database.url, role: 'carrinho_owner', name: 'tenant-joins-test', max: 1 });
  client = await owner.connect();
  const { rows } = await client.query<{ table: string }>(
    `select table_name as table from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'`,
  );
  tenantTables = new Set(rows.map(({ table }) => table));
  await client.query('begin');
  for (const name of scratch) await client.query(loadSql(name).text);
});
afterAll(async () => {
  client?.release(true);
  await owner?.end();
  await database?.drop();
});

type Plan = { 'Node Type': string; 'Relation Name'?: string; Plans?: Plan[] } & Partial<Record<Condition, string>>;
type Condition = (typeof conditions)[number];
const conditions = ['Index Cond', 'Recheck Cond', 'Filter', 'Hash Cond', 'Merge Cond', 'Join Filter'] as const;

/** The scans of company tables that neither they nor a join above them bind by tenant_id. */
function findUnbound(plan: Plan, above = ''): string[] {
  const own = conditions.map((condition) => plan[condition] ?? '').join(' ');
  const table = plan['Relation Name'];
  const isScan = table !== undefined && plan['Node Type'] !== 'ModifyTable' && tenantTables.has(table);
  const unbound = isScan && !`${above} ${own}`.includes('tenant_id') ? [table] : [];
  return [...unbound, ...(plan.Plans ?? []).flatMap((part) => findUnbound(part, `${above} ${own}`))];
}

async function explain(text: string): Promise<string[]> {
  const statement = `explain (generic_plan, format json, costs off) ${text.trim().replace(/;$/, '')}`;
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(statement);
  return rows.flatMap((row) => findUnbound(row['QUERY PLAN'][0].Plan));
}

test('every statement of sql/queries is bound to a tenant in each scan of a company’s table', async () => {
  const unbound: string[] = [];
  const planned = names.filter((name) => !scratch.includes(name));
  for (const name of planned) {
    for (const table of await explain(loadSql(name).text)) unbound.push(`${name}: ${table}`);
  }
  expect(unbound).toEqual([]);
  expect(planned.length).toBeGreaterThan(180);
});

test('a join that forgets the tenant is found', async () => {
  expect(await explain('select from carts c join orders o on o.id = c.id where c.tenant_id = $1')).toEqual(['orders']);
  expect(await explain('update carts set name = null where id = $1')).toEqual(['carts']);
});

test('no key sets rows of another table to null as a whole: only what a distributed table may do', async () => {
  const { rows } = await client.query(
    `select conname, conrelid::regclass::text as table from pg_constraint
      where contype = 'f' and (confdeltype in ('n', 'd') and confdelsetcols is null or confupdtype <> 'a')`,
  );
  expect(rows).toEqual([]);
});
