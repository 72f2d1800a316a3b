// Credit in rounds of mutually best pairs is the plain rule, best pair first, each cart and each order once (docs/rules.md, credit): on random
// graphs, and on chains, where each pair waits for the one before it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '#shared/ids.ts';
import { decideCredit, refreshCredit } from '#shared/recompute/credit.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { createPool, type Pool, statementsOf, type TenantClient, withTenant } from '../../daemon/db.ts';
import { Random } from '../../start/demo/random.ts';
import { createTestDatabase } from '../support/servers.ts';

type Pair = { position: number; cart: number; order: number };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let owner: Pool;
let daemon: Pool;
let tenantId: TenantId;
beforeAll(async () => {
  database = await createTestDatabase();
  owner = createPool({ url: database.url, role: 'carrinho_owner', name: 'test-owner', max: 1 });
  daemon = createPool({ url: database.url, role: 'carrinho_daemon', name: 'test-daemon', max: 1 });
  const { rows } = await owner.query<{ id: TenantId }>(
    `with company as (insert into tenants (slug, name) values ('correntes', 'Correntes') returning id)
     insert into sites (tenant_id, slug, name) select id, 'loja', 'Loja' from company returning tenant_id as id`,
  );
  tenantId = rows[0]!.id;
});
afterAll(async () => {
  await owner?.end();
  await daemon?.end();
  await database?.drop();
});

/** Runs `work` on empty work tables; tells the statements that it ran and the buffers that it asked for. */
async function inPass(
  work: (db: Statements, client: TenantClient) => Promise<void>,
): Promise<{ names: string[]; buffers: number }> {
  const names: string[] = [];
  const buffers = async () => {
    await daemon.query('select pg_stat_force_next_flush()');
    const { rows } = await daemon.query<{ buffers: string }>(
      `select sum(hits + reads) as buffers from pg_stat_get_backend_io(pg_backend_pid()) where object <> 'wal'`,
    );
    return Number(rows[0]!.buffers);
  };
  const before = await buffers();
  await withTenant(daemon, tenantId, async (client) => {
    await client.query('set local client_min_messages = warning');
    const db = statementsOf(client);
    await db.run('recompute_scratch');
    const noted: Statements = {
      ...db,
      async run(name, values) {
        names.push(name);
        return await db.run(name, values);
      },
    };
    await work(noted, client);
  });
  return { names, buffers: (await buffers()) - before };
}

/** What the statements make of these pairs, as "cart-order", and what it cost. */
async function decide(pairs: Pair[]) {
  let credits: string[] = [];
  const cost = await inPass(async (db, client) => {
    const rows = JSON.stringify(
      pairs.map(({ position, cart, order }) => ({ position, cart_id: cart, order_id: order })),
    );
    await client.query(
      'insert into credit_pairs select * from json_to_recordset($1) as p (position bigint, cart_id bigint, order_id bigint)',
      [rows],
    );
    await db.execute('analyze pg_temp.credit_pairs');
    await decideCredit(db, pairs.length);
    const { rows: taken } = await client.query<{ pair: string }>(
      `select cart_id || '-' || order_id as pair from credits`,
    );
    credits = taken.map(({ pair }) => pair).sort();
  });
  return { credits, ...cost };
}

/** The rule itself. */
function takeBestFirst(pairs: Pair[]): string[] {
  const carts = new Set<number>();
  const orders = new Set<number>();
  const taken: string[] = [];
  for (const { cart, order } of [...pairs].sort((a, b) => a.position - b.position)) {
    if (carts.has(cart) || orders.has(order)) continue;
    carts.add(cart);
    orders.add(order);
    taken.push(`${cart}-${order}`);
  }
  return taken.sort();
}

/** Cart 1 – order 1 – cart 2 – order 2 – …, each pair better than the next: every pair but the first waits for the one before it. */
const chain = (length: number): Pair[] =>
  Array.from({ length }, (_, index) => ({
    position: index + 1,
    cart: 1 + Math.floor((index + 1) / 2),
    order: 1 + Math.floor(index / 2),
  }));

/** Distinct pairs of some carts and orders in a random strict order. */
function drawGraph(seed: number): Pair[] {
  const random = new Random(seed);
  const [carts, orders, most] = [random.int(1, 60), random.int(1, 60), random.int(1, 400)];
  const drawn = new Set<string>();
  for (let tries = 0; tries < most; tries++) drawn.add(`${random.int(1, carts)}-${random.int(1, orders)}`);
  const positions = [...drawn].map((_, index) => index + 1);
  for (let index = positions.length - 1; index > 0; index--) {
    const other = random.int(0, index);
    [positions[index], positions[other]] = [positions[other]!, positions[index]!];
  }
  return [...drawn].map((pair, index) => {
    const [cart, order] = pair.split('-').map(Number);
    return { position: positions[index]!, cart: cart!, order: order! };
  });
}

test('rounds of mutually best pairs take what taking one pair after the other takes, on 60 random graphs', async () => {
  let rounds = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const pairs = drawGraph(seed);
    const { credits, names } = await decide(pairs);
    expect({ seed, credits }).toEqual({ seed, credits: takeBestFirst(pairs) });
    rounds = Math.max(rounds, names.filter((name) => name === 'recompute_credit_round').length);
  }
  expect(rounds).toBeGreaterThan(3);
});

test('a chain of 10,000 pairs is decided in a handful of statements and costs four times one of 2,500', async () => {
  const short = await decide(chain(2_500));
  const long = await decide(chain(10_000));
  expect(long.credits).toEqual(takeBestFirst(chain(10_000)));
  expect(long.credits).toHaveLength(5_000);
  expect(long.names.length).toBeLessThanOrEqual(6);
  expect(long.buffers / short.buffers).toBeLessThan(6);
});

test('an order lost at the end of a chain of carts moves the credit of all of them, at a cost in proportion', async () => {
  const now = new Date('2026-06-01T12:00:00Z');
  const costs: number[] = [];
  for (const { first, length } of [
    { first: 1, length: 500 },
    { first: 10_001, length: 1_500 },
  ]) {
    await writeChain(first, length);
    // As after every pass over so many rows: the plan must not depend on whether autovacuum came by.
    await owner.query('analyze carts, orders, cart_matches, cart_statuses');
    const credits = (later: number) =>
      Array.from({ length }, (_, index) => `${first + index}-${first + index + later}`);
    // the seed is what a pass over the first cart leaves: that cart, and nothing else
    const refresh = async () =>
      await inPass(async (db, client) => {
        await client.query('insert into scope_carts values ($1)', [first]);
        await db.run('recompute_credit_seed', { tenant: tenantId });
        await refreshCredit(db, { now, isFull: false });
      });
    await refresh();
    expect(await creditsFrom(first)).toEqual(credits(0));
    await owner.query('delete from cart_matches where tenant_id = $1 and cart_id = $2 and order_id = $2', [
      tenantId,
      first,
    ]);
    const { names, buffers } = await refresh();
    expect(await creditsFrom(first)).toEqual(credits(1));
    expect(names.length).toBeLessThanOrEqual(10);
    costs.push(buffers);
    // a pass over everything changes nothing of it
    await inPass(async (db) => expect(await refreshCredit(db, { now, isFull: true })).toBe(0));
  }
  expect(costs[1]! / costs[0]!).toBeLessThan(5);
});

/** `length` recovered carts; cart n met order n and, a little farther from its last activity than that, order n + 1. */
async function writeChain(first: number, length: number) {
  const at = `'2026-05-01T12:00:00Z'::timestamptz`;
  for (const statement of [
    `insert into orders (tenant_id, id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, created_at, source_hash, first_seen_at, changed_at)
     overriding system value select $1, n, (select id from sites where tenant_id = $1), n, 'hpos', 'completed', 'paid', 'BRL', 10, 1000, ${at}, n, ${at}, ${at}
     from generate_series($2::bigint, $2::bigint + $3::bigint) n`,
    `insert into carts (tenant_id, id, site_id, source, external_id, session_id, currency, plugin_status, first_activity_at, last_activity_at, source_hash, first_seen_at, changed_at)
     overriding system value select $1, n, (select id from sites where tenant_id = $1), 'cart-abandonment', n, 's' || n, 'BRL', 'abandoned', ${at}, ${at}, n, ${at}, ${at}
     from generate_series($2::bigint, $2::bigint + $3::bigint - 1) n`,
    `insert into cart_matches (tenant_id, cart_id, order_id, order_class, has_email, is_after, key_count, delta_seconds, score, rank)
     select $1, n, n + later, 'paid', true, true, 1, 2 * n + later, 60, 1 + later from generate_series($2::bigint, $2::bigint + $3::bigint - 1) n, generate_series(0, 1) later`,
    `insert into cart_statuses (tenant_id, cart_id, status, reason, has_keys, causal_class, total_minor, first_activity_at, last_activity_at, changed_at)
     select $1, n, 'recovered', 'spontaneous', true, 'spontaneous', 0, ${at}, ${at}, ${at} from generate_series($2::bigint, $2::bigint + $3::bigint - 1) n`,
  ])
    await owner.query(statement, [tenantId, first, length]);
}

async function creditsFrom(first: number): Promise<string[]> {
  const { rows } = await owner.query<{ pair: string }>(
    `select cart_id || '-' || credited_order_id as pair from cart_statuses where tenant_id = $1 and cart_id >= $2 and credited_order_id is not null order by cart_id`,
    [tenantId, first],
  );
  return rows.map(({ pair }) => pair);
}
