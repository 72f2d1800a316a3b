// Shops that are neighbours: two of one company in one database, a network's second site, one in another database, and another company's. Their ids
// are the same, their tables lie side by side, and nothing of one gets into the other, except that a person is one person in a company.
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { exportCarts, exportLeads, exportOrders } from '../../daemon/cli/list-queries.ts';
import { saveConnection } from '../../daemon/connections/connection-store.ts';
import { withTenant } from '../../daemon/db.ts';
import { loadFigures } from '../../daemon/recompute/figures.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { runSite } from '../../daemon/sync/run.ts';
import { writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { execute, insert, type OrderStorage, type Shop, tableOf } from '../../start/demo/shop.ts';
import { createShop } from '../../start/demo/shop-setup.ts';
import { orderInput } from '../fixtures/wordpress/order-rows.ts';
import { type LoggingShopServer, startLoggingShopServer } from '../support/shop-log.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

const ago = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
type Place = { tenantId: TenantId; siteId: SiteId; shop: Shop };
type Name = 'main' | 'sub' | 'own' | 'far' | 'foreign';

let server: LoggingShopServer;
let world: SyncShop;
let elsewhere: SyncShop;
let places: Record<Name, Place>;
const ids: Record<string, number[]> = {};

beforeAll(async () => {
  server = await startLoggingShopServer();
  // `world` has cli_ (orders in HPOS) and gets wp_ (posts) with its network's second site wp_2_ beside it; `elsewhere` is another database.
  world = await createSyncShop({ shopServer: server });
  elsewhere = await createSyncShop({ shopServer: server });
  const install = (base: SyncShop, prefix: string, orderStorage: OrderStorage) =>
    createShop(base.shop.conn, {
      database: base.shop.database,
      prefix,
      orderStorage,
      name: `Loja ${prefix}`,
      siteUrl: `https://${prefix.replaceAll('_', '')}.example`,
    });
  const main = await install(world, 'wp_', 'legacy');
  const sub = await install(world, 'wp_2_', 'hpos');
  await execute(sub, `drop table ${tableOf(sub, 'users')}, ${tableOf(sub, 'usermeta')}`);
  const foreign = await install(elsewhere, 'out_', 'legacy');
  const company = world.tenantId;
  const { rows } = await world.owner.query<{ id: TenantId }>(
    `insert into tenants (slug, name, area_code) values ('outra', 'Outra', '11') returning id`,
  );
  await world.owner.query(`update sites set table_prefix = 'cli_' where id = $1`, [world.siteId]);
  places = {
    own: { tenantId: company, siteId: world.siteId, shop: world.shop },
    main: await addSite(company, 'rede', main, world),
    sub: await addSite(company, 'rede-dois', sub, world),
    far: await addSite(company, 'longe', elsewhere.shop, elsewhere),
    foreign: await addSite(rows[0]!.id, 'alheia', foreign, elsewhere),
  };
  for (const name of Object.keys(places) as Name[]) ids[name] = await fill(name, places[name].shop);
  await writeUsers(main);
});
afterAll(async () => {
  await world?.drop();
  await elsewhere?.drop();
  await server?.stop();
});

async function addSite(tenantId: TenantId, slug: string, shop: Shop, base: SyncShop): Promise<Place> {
  const siteId = await withTenant(world.pool, tenantId, async (client) => {
    const site = await client.query<{ id: SiteId }>(
      'insert into sites (tenant_id, slug, name, table_prefix) values ($1, $2, $2, $3) returning id',
      [tenantId, slug, shop.prefix],
    );
    const id = site.rows[0]!.id;
    await client.query(
      `insert into field_mappings (tenant_id, site_id, name_key, phone_key) values ($1, $2, 'Nome_3', 'Whatsapp_8')`,
      [tenantId, id],
    );
    const tls = { mode: 'off' } as const;
    const connection = { mode: 'direct', host: '127.0.0.1', port: base.port, ...base.reader, tls } as const;
    await saveConnection({ client, siteId: id, box: world.engine.box }, connection);
    return id;
  });
  return { tenantId, siteId, shop };
}

/** The same acts in each shop, so that all ids are the same; only the people differ. Ana buys everywhere but in cli_, where her cart lies. */
async function fill(name: Name, shop: Shop): Promise<number[]> {
  const person = (who: string, digits: string) => ({
    ...orderInput.billing,
    email: `${who}@cliente.example`,
    phone: `(11) 9${digits}`,
  });
  const ana = person('ana', '8111-0001');
  const own = person(name, `8222-000${Object.keys(places).indexOf(name)}`);
  const order = (billing: typeof ana, minutes: number, cents: number) =>
    placeOrder(shop, {
      ...orderInput,
      billing,
      brazil: {},
      couponCodes: [],
      discountCents: 0,
      shippingCents: 0,
      lines: [{ ...orderInput.lines[0]!, quantity: 1, unitCents: cents }],
      createdAt: ago(minutes),
      updatedAt: ago(minutes),
      paidAt: ago(minutes),
    });
  const { lines } = orderInput;
  const buyer = name === 'own' ? person('ninguem', '8333-0009') : ana;
  const orders = [await order(own, 4000, 1_000), await order(buyer, 600, 10_000)];
  await writeCart(shop, { email: name === 'own' ? ana.email : own.email, phone: '', lines, time: ago(900) });
  await writeFormEntry(shop, {
    at: ago(800),
    answers: [
      ['Nome_3', `Pessoa de ${name}`],
      ['Whatsapp_8', own.phone],
    ],
  });
  return orders;
}

/** One table of users for the network: a customer of each site, and one of both. */
async function writeUsers(main: Shop): Promise<void> {
  const role = 'a:1:{s:8:"customer";b:1;}';
  for (const [id, prefixes] of [
    [101, ['wp_']],
    [102, ['wp_2_']],
    [103, ['wp_', 'wp_2_']],
  ] as const) {
    const registered = '2025-03-01 12:00:00';
    await insert(main, 'users', [[id, `u${id}`, 'x', `u${id}`, `u${id}@cliente.example`, registered, `U ${id}`]]);
    for (const prefix of prefixes) await insert(main, 'usermeta', [[id, `${prefix}capabilities`, role]]);
  }
}

/** Runs one shop and gives the tables of the shop's server that it read rows of. */
async function tablesReadBy(name: Name): Promise<Set<string>> {
  const { tenantId, siteId, shop } = places[name];
  const statements = await server.statementsDuring(shop.database, async () => {
    const result = await runSite(world.engine, { tenantId, siteId, kind: 'poll' });
    expect(result).toMatchObject({ error: null, warnings: [] });
  });
  expect(statements.length).toBeGreaterThan(10);
  return new Set(
    statements.flatMap((sql) => [...sql.matchAll(/`([a-z0-9]+_[a-z0-9_]*)`/gi)].map((match) => match[1]!)),
  );
}

test('each shop is read by itself: no row of a neighbour, and the users of a network where they lie', async () => {
  const [tables] = (await world.shop.conn.query('show tables')) as unknown as [Record<string, string>[]];
  const all = new Set(tables.map((row) => Object.values(row)[0]!));
  const read = async (name: Name) =>
    [...(await tablesReadBy(name))].filter((table) => name === 'far' || name === 'foreign' || all.has(table));
  const users = ['wp_users', 'wp_usermeta'];
  const sub = await read('sub');
  expect(sub.filter((table) => !table.startsWith('wp_2_'))).toEqual(expect.arrayContaining(users));
  expect(sub.filter((table) => !table.startsWith('wp_2_') && !users.includes(table))).toEqual([]);
  expect(sub).toContain('wp_2_wc_orders');
  const main = await read('main');
  expect(main).toContain('wp_posts');
  expect(main.filter((table) => table.startsWith('wp_2_') || table.startsWith('cli_'))).toEqual([]);
  const own = await read('own');
  expect(own).toContain('cli_wc_orders');
  expect(own.filter((table) => table.startsWith('wp_'))).toEqual([]);
  expect((await read('far')).filter((table) => table.startsWith('out_'))).toEqual([]);
  expect((await read('foreign')).filter((table) => table.startsWith('cli_'))).toEqual([]);
});

test('the copies equal their shops, with the same ids in each and nothing of another', async () => {
  for (const name of Object.keys(places) as Name[]) {
    expect(ids[name], name).toEqual(ids.own);
    const streams = await compareContent(world.engine, places[name]);
    expect(
      streams.filter(({ differenceCount }) => differenceCount > 0),
      name,
    ).toEqual([]);
    const rows = await world.rows<{ email: string; name: string }>(
      `select (select email from orders where site_id = $1 and external_id = $2) as email,
              (select name from leads where site_id = $1) as name`,
      [places[name].siteId, ids[name]![0]],
    );
    expect(rows).toEqual([{ email: `${name}@cliente.example`, name: `Pessoa de ${name}` }]);
  }
});

test('of a network each site has its own customers', async () => {
  const customers = async (name: Name) =>
    (
      await world.rows<{ id: string }>(
        'select external_id as id from site_customers where site_id = $1 and missing_since is null order by external_id',
        [places[name].siteId],
      )
    ).map(({ id }) => Number(id));
  expect([await customers('main'), await customers('sub'), await customers('own')]).toEqual([
    [101, 103],
    [102, 103],
    [],
  ]);
});

test('a person is one in the company, across its shops, and nobody in another company', async () => {
  const persons = await world.rows(
    `select m.tenant_id, count(distinct m.person_id)::int as persons, count(distinct o.site_id)::int as sites
     from orders o join person_members m on m.tenant_id = o.tenant_id and m.entity = 'order' and m.entity_id = o.id
     where o.email = 'ana@cliente.example' group by m.tenant_id order by m.tenant_id`,
  );
  expect(persons).toEqual([
    { tenant_id: places.own.tenantId, persons: 1, sites: 3 },
    { tenant_id: places.foreign.tenantId, persons: 1, sites: 1 },
  ]);
});

test("a cart is recovered by an order of another shop of the company; the products' equal ids prove nothing", async () => {
  const [cart] = await world.rows<Record<string, unknown>>(
    `select s.status, s.credited_minor, o.site_id as order_site, o.tenant_id as order_tenant, m.item_share, m.score
     from carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
     join orders o on o.id = s.best_order_id
     join cart_matches m on m.tenant_id = c.tenant_id and m.cart_id = c.id and m.order_id = o.id
     where c.site_id = $1`,
    [places.own.siteId],
  );
  // E-mail 50, 24 hours 10.
  expect(cart).toMatchObject({ status: 'recovered', credited_minor: '10000', item_share: '0.000000', score: 60 });
  expect(cart!.order_tenant).toBe(places.own.tenantId);
  expect([places.main.siteId, places.sub.siteId, places.far.siteId]).toContain(cart!.order_site);
  const matches = await world.rows(
    `select from cart_matches m join orders o on o.id = m.order_id where o.tenant_id <> m.tenant_id`,
  );
  expect(matches).toEqual([]);
});

test("lists and figures are the company's, and a shop's when one is asked for", async () => {
  const { tenantId } = places.own;
  const all = async <T>(rows: AsyncGenerator<T>): Promise<T[]> => {
    const list: T[] = [];
    for await (const row of rows) list.push(row);
    return list;
  };
  await withTenant(world.pool, tenantId, async (client) => {
    expect(await all(exportOrders(client, {}))).toHaveLength(8);
    expect(await all(exportCarts(client, {}))).toHaveLength(4);
    expect(await all(exportLeads(client, {}))).toHaveLength(4);
    for (const name of ['main', 'sub', 'own', 'far'] as const) {
      const { siteId } = places[name];
      const orders = await all(exportOrders(client, { siteId }));
      expect(orders.map(({ sourceId }) => Number(sourceId))).toEqual(ids[name]);
      expect(orders[0]?.emailKey).toBe(`${name}@cliente.example`);
      expect((await all(exportLeads(client, { siteId }))).map((lead) => lead.name)).toEqual([`Pessoa de ${name}`]);
    }
    // Four orders of R$ 10, three of Ana and one of nobody's of R$ 100; one cart of four is recovered.
    expect(await loadFigures(client, { now: new Date() })).toMatchObject({
      ordersByClass: { paid: 8 },
      paidValue: '440.00',
      recoveredValue: '100.00',
      carts: { recovered: 1 },
      leads: 4,
      customers: 6,
    });
  });
});

test('an order that one shop deletes stays what it is in the others', async () => {
  const [first] = ids.main!;
  const { shop, tenantId, siteId } = places.main;
  await execute(shop, `delete from ${tableOf(shop, 'posts')} where ID = ?`, [first!]);
  await runSite(world.engine, { tenantId, siteId, kind: 'reconcile' });
  const missing = await world.rows('select site_id from orders where missing_since is not null');
  expect(missing).toEqual([{ site_id: siteId }]);
});

test('a shop without a chosen prefix is not guessed: the run says which there are', async () => {
  const { tenantId, siteId } = places.own;
  await world.owner.query('update sites set table_prefix = null where id = $1', [siteId]);
  const result = await runSite(world.engine, { tenantId, siteId, kind: 'poll' });
  expect(result?.error).toMatchObject({ code: 'prefix_unclear', facts: { found: 'cli_, wp_, wp_2_' } });
  await world.owner.query(`update sites set table_prefix = 'cli_' where id = $1`, [siteId]);
});

test('a reader that may see only its own site of a network reads it', async () => {
  const { shop, tenantId, siteId } = places.sub;
  const [tables] = (await shop.conn.query(`show tables like 'wp\\\\_2\\\\_%'`)) as unknown as [
    Record<string, string>[],
  ];
  const names = [...tables.map((row) => Object.values(row)[0]!), 'wp_users', 'wp_usermeta'];
  const admin = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
  });
  await admin.query(`create user so_dois@'%' identified by 'segredo'`);
  for (const name of names) await admin.query(`grant select on \`${shop.database}\`.\`${name}\` to so_dois@'%'`);
  await admin.end();
  await withTenant(world.pool, tenantId, (client) =>
    saveConnection(
      { client, siteId, box: world.engine.box },
      {
        mode: 'direct',
        host: server.host,
        port: server.port,
        user: 'so_dois',
        password: 'segredo',
        database: shop.database,
        tls: { mode: 'off' },
      },
    ),
  );
  const at = ago(0);
  const id = await placeOrder(shop, { ...orderInput, createdAt: at, updatedAt: at, paidAt: at });
  expect(await runSite(world.engine, { tenantId, siteId, kind: 'reconcile' })).toMatchObject({
    error: null,
    warnings: [],
  });
  expect(await world.rows('select from orders where site_id = $1 and external_id = $2', [siteId, id])).toHaveLength(1);
  const streams = await compareContent(world.engine, places.sub);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
});
