// What a recompute reads and writes, counted in buffers and rows, on a company large enough for its statements to choose the plans of a large one
// (bench/README.md has the measurements at full size).
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '#shared/ids.ts';
import { changeOrders } from '../../bench/changed-orders.ts';
import { companyNow, writeCompany } from '../../bench/company-rows.ts';
import { measure } from '../../bench/measure.ts';
import { createPool, type Pool, runQuery, withTenant } from '../../daemon/db.ts';
import { recomputeAll, recomputeQueued } from '../../daemon/recompute/recompute.ts';
import { createStagingTables } from '../../daemon/sync/staging.ts';
import { silent } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const size = { carts: 4_000, orders: 8_000, leads: 400 };
// the same share of the orders as 1,000 of two million
const batch = 4;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let owner: Pool;
let daemon: Pool;
let tenantId: TenantId;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = createPool({ url: database.url, role: 'carrinho_owner', name: 'test-owner', max: 1 });
  daemon = createPool({ url: database.url, role: 'carrinho_daemon', name: 'test-daemon', max: 1 });
  const client = await owner.connect();
  tenantId = await writeCompany(client, size);
  client.release();
  await daemon.query('select analyze_copies()');
});
afterAll(async () => {
  await owner?.end();
  await daemon?.end();
  await database?.drop();
});

const recompute = { now: companyNow, log: silent };

test('a second full pass writes no row; a batch of changed orders reads a few buffers an order, and a full pass finds nothing to add to it', async () => {
  const all = () => measure(daemon, () => recomputeAll(daemon, tenantId, recompute));
  const first = await all();
  expect(first.rowsWritten).toBeGreaterThan(size.orders);
  await daemon.query('select analyze_copies()');
  const second = await all();
  expect(second.rowsWritten).toBe(0);

  const change = async (round: number) => {
    await changeOrders(owner, { tenantId, orders: size.orders, count: batch, round });
    return await measure(daemon, () => recomputeQueued(daemon, tenantId, recompute));
  };
  // the first one of a connection fills its catalog cache
  await change(0);
  const changed = await change(1);
  expect(changed.rowsWritten).toBeGreaterThan(batch);
  // 50 times fewer at full size (bench/README.md). Here what every pass costs is most of a batch: seen 4,800 beside 88,000.
  expect(changed.buffers).toBeLessThan(7_000);
  expect(second.buffers).toBeLessThan(130_000);

  // a full pass takes the bounds of the customers' fifths anew (docs/rules.md, customers)
  const { tables } = await all();
  expect(tables.filter((table) => table !== 'customer_statuses' && table !== 'customer_bounds')).toEqual([]);
}, 300_000);

test('a batch looks up what it needs, also where people meet: no table is walked, by a scan or along an index', async () => {
  // the tables of a test are so small that a scan would be right
  await daemon.query('set enable_seqscan = off');
  try {
    await changeOrders(owner, { tenantId, orders: size.orders, count: 10, round: 2 });
    await shareEmails(10);
    const before = await countReads();
    await recomputeQueued(daemon, tenantId, recompute);
    const after = await countReads();
    const changes = await withTenant(daemon, tenantId, (client) =>
      client.query('select distinct kind from person_changes where tenant_id = $1', [tenantId]),
    );
    expect(changes.rows).toEqual([{ kind: 'merged' }]);
    for (const { table, rows, read } of after) {
      const inBatch = read - before.find((other) => other.table === table)!.read;
      expect.soft(inBatch, `${table}: ${rows} rows`).toBeLessThan(rows / 4);
    }
  } finally {
    await daemon.query('reset enable_seqscan');
  }
}, 300_000);

test('of the paid orders of somebody, a batch reads only those that changed', async () => {
  await daemon.query('set enable_seqscan = off');
  try {
    const { rows } = await owner.query<{ person_id: string; paid: number; unpaid: number }>(
      `select m.person_id, count(p.order_id)::integer as paid, count(*)::integer - count(p.order_id)::integer as unpaid
       from person_members m left join person_orders p on p.tenant_id = m.tenant_id and p.order_id = m.entity_id and m.entity = 'order'
       where m.tenant_id = $1
       group by m.person_id having bool_and(m.entity = 'order')
       order by paid desc, m.person_id limit 1`,
      [tenantId],
    );
    const { person_id, paid, unpaid } = rows[0]!;
    expect(paid).toBeGreaterThan(unpaid + 4);
    await owner.query(
      `with touched as (
         update orders set refunded = 1, refunded_minor = 100
         where tenant_id = $1 and id = (select order_id from person_orders where tenant_id = $1 and person_id = $2 and nth = 2)
         returning id)
       insert into recompute_queue (tenant_id, entity, entity_id) select $1, 'order', id from touched`,
      [tenantId, person_id],
    );
    await owner.query('select pg_stat_force_next_flush()');
    const read = async () => (await countReads()).find(({ table }) => table === 'orders')!.read;
    const before = await read();
    await recomputeQueued(daemon, tenantId, recompute);
    // what changed, for its carts and among its person's, as it is and as an index still has it
    expect((await read()) - before).toBeLessThanOrEqual(unpaid + 4);
  } finally {
    await daemon.query('reset enable_seqscan');
  }
});

test('a page of changed orders finds its keys and items by their index', async () => {
  const tables = ['match_keys', 'order_items', 'order_refunds', 'order_coupons'];
  await withTenant(daemon, tenantId, async (client) => {
    await createStagingTables(client);
    await client.query('insert into staged_touched select external_id, id from orders where id % 20 = 0');
    await client.query(
      `insert into staged_keys select t.external_id, k.key, k.phone_kind, k.is_presumed
       from staged_touched t join match_keys k on k.tenant_id = $1 and k.entity = 'order' and k.entity_id = t.entity_id`,
      [tenantId],
    );
    const countScans = async () => {
      const { rows } = await client.query<{ name: string; scans: number }>(
        'select relname as name, seq_scan::int as scans from pg_stat_xact_user_tables where relname = any($1) order by 1',
        [tables],
      );
      return rows;
    };
    const before = await countScans();
    const kept = await runQuery(client, 'merge_match_keys', { tenant: tenantId, entity: 'order' });
    const lost = await runQuery(client, 'delete_lost_keys', { tenant: tenantId, entity: 'order' });
    expect([kept.rowCount, lost.rowCount]).toEqual([0, 0]);
    for (const child of tables.slice(1)) await runQuery(client, `clear_${child}`, { tenant: tenantId });
    expect(await countScans()).toEqual(before);
  });
});

/** Orders that have the e-mail of an order of somebody else as well, some with three keys by that. */
async function shareEmails(count: number): Promise<void> {
  await owner.query(
    `with gained as (
       insert into match_keys (tenant_id, key, entity, entity_id)
       select tenant_id, key, 'order', entity_id - 1000 from match_keys
       where tenant_id = $1 and entity = 'order' and key < 'p:' and entity_id between 2000 and 2000 + 10 * $2::integer and entity_id % 10 = 0
       on conflict do nothing
       returning tenant_id, entity_id)
     insert into recompute_queue (tenant_id, entity, entity_id) select tenant_id, 'order', entity_id from gained`,
    [tenantId, count],
  );
}

/** Rows of the large tables and how many of them, or entries of their indexes, were ever read. */
async function countReads(): Promise<{ table: string; rows: number; read: number }[]> {
  await daemon.query('select pg_stat_force_next_flush()');
  const { rows } = await daemon.query(
    `select relname as table, n_live_tup::float8 as rows,
            (seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes i where i.relid = t.relid))::float8 as read
     from pg_stat_user_tables t
     where relname in ('match_keys', 'person_members', 'people', 'orders', 'carts', 'person_orders', 'cart_matches', 'cart_statuses', 'customer_statuses')`,
  );
  return rows;
}
