// The figures by day after a history of 50,000 events in random batches: after each batch they are what the rows say, the incremental recompute is
// what the full one makes, and no order is credited twice. Then what the check says when a trigger is broken.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SiteId } from '#shared/ids.ts';
import { runCli } from '../../daemon/cli.ts';
import { runQuery, type TenantClient, withTenant } from '../../daemon/db.ts';
import { checkTruth, findFigureDifferences } from '../../daemon/recompute/check-figures.ts';
import { refreshOrderClasses } from '../../daemon/recompute/order-class.ts';
import { referenceFigures } from '../support/figures-reference.ts';
import { type Company, openWorld, silent, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const now = new Date('2026-06-01T12:00:00Z');
const email = (salt: string) => `'pessoa' || draw('${salt}', i, 500) || '@example.com'`;
const at = (salt: string, days: number) =>
  `timestamptz '2026-06-01 11:00Z' - make_interval(mins => draw('${salt}', i, ${days * 1440}))`;
const pick = (salt: string, ...values: string[]) =>
  `(array['${values.join("', '")}'])[1 + draw('${salt}', i, ${values.length})]`;
const rare = (salt: string, oneIn: number) => `draw('${salt}', i, ${oneIn}) = 0`;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
let company: Company;
let neighbour: Company;
let eventCount = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
  company = await world.createCompany({ siteCount: 2 });
  neighbour = await world.createCompany();
  await neighbour.order({ id: 1, createdAt: '2026-05-01T10:00:00Z', emails: ['vizinha@example.com'] });
  await neighbour.cart({ id: 2, firstAt: '2026-05-01T09:00:00Z', emails: ['vizinha@example.com'] });
  await neighbour.queued(now.toISOString());
  // The same numbers at every run: a failure can be looked at again.
  await world.owner.query(
    `create function draw(salt text, i bigint, below integer) returns integer language sql immutable
     as $$ select abs(hashtextextended(salt || i, 0) % below)::integer $$`,
  );
});
afterAll(async () => {
  await world?.close();
  await database?.drop();
});

/** One statement of the history, over the company ($1) and one of its shops ($2); counts the rows that it wrote as events. */
async function happen(text: string): Promise<void> {
  const site = company.siteIds[eventCount % 2]!;
  const values = text.includes('$2') ? [company.tenantId, site] : [company.tenantId];
  const { rows } = await world.owner.query<{ count: number }>(
    `with done as (${text} returning 1) select count(*)::integer from done`,
    values,
  );
  eventCount += rows[0]!.count;
}

/** The kinds of batches; `salt` makes each of them another one. */
const batches: Record<string, (salt: string, size: number) => string[]> = {
  orders: (salt, size) => [
    `insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, tax_total, shipping_total, created_via,
                         created_at, paid_at, source_hash, first_seen_at, changed_at)
     select $1, $2, draw('${salt}id', i, 2000000000), 'hpos', status, order_class(status, null, false, false, total, 0), ${pick(`${salt}c`, 'BRL', 'BRL', 'BRL', 'BRL', 'USD')},
            total, (100 * total)::bigint, round(total / 10, 2), 12.5, ${pick(`${salt}v`, 'checkout', 'checkout', 'admin', 'subscription')},
            case when not ${rare(`${salt}n`, 60)} then at end, case when status in ('processing', 'completed') then at + interval '5 minutes' end,
            1, at, at
     from (select i, ${pick(`${salt}s`, 'processing', 'completed', 'completed', 'pending', 'on-hold', 'cancelled', 'enviado')} as status,
                  (draw('${salt}t', i, 40000) / 100.0)::numeric(26, 8) as total, ${at(`${salt}a`, 200)} as at
           from generate_series(1, ${size}) i) o
     on conflict do nothing`,
    `insert into match_keys (tenant_id, key, entity, entity_id)
     select $1, 'e:' || ${email(`${salt}e`)}, 'order', i from (select id as i from orders o where tenant_id = $1
       and not exists (select from match_keys k where k.tenant_id = $1 and k.entity = 'order' and k.entity_id = o.id)) o
     on conflict do nothing`,
  ],
  carts: (salt, size) => [
    `insert into carts (tenant_id, site_id, source, external_id, session_id, total, total_minor, currency, plugin_status, first_activity_at, last_activity_at,
                        was_plugin_abandoned, missing_since, source_hash, first_seen_at, changed_at)
     select $1, $2, 'cart-abandonment', draw('${salt}id', i, 2000000000), 's' || i, total, (100 * total)::bigint, ${pick(`${salt}c`, 'BRL', 'BRL', 'USD')},
            ${pick(`${salt}s`, 'abandoned', 'normal', 'completed', 'lost')}, at, at + make_interval(mins => draw('${salt}l', i, 300)), not ${rare(`${salt}w`, 3)},
            case when ${rare(`${salt}m`, 12)} then at + interval '3 hours' end, 1, at, at
     from (select i, (draw('${salt}t', i, 60000) / 100.0)::numeric(26, 8) as total, ${at(`${salt}a`, 200)} as at from generate_series(1, ${size}) i) c
     on conflict do nothing`,
    `insert into match_keys (tenant_id, key, entity, entity_id)
     select $1, 'e:' || ${email(`${salt}e`)}, 'cart', i from (select id as i from carts c where tenant_id = $1 and id % 9 <> 0
       and not exists (select from match_keys k where k.tenant_id = $1 and k.entity = 'cart' and k.entity_id = c.id)) c
     on conflict do nothing`,
  ],
  leads: (salt, size) => [
    `insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, source_hash, first_seen_at, changed_at)
     select $1, $2, 'form-vibes', draw('${salt}id', i, 2000000000), '-', case when not ${rare(`${salt}n`, 40)} then at end, 'wpforms', '1', 1, at, at
     from (select i, ${at(`${salt}a`, 200)} as at from generate_series(1, ${size}) i) l on conflict do nothing`,
    `insert into match_keys (tenant_id, key, entity, entity_id)
     select $1, 'e:' || ${email(`${salt}e`)}, 'lead', i from (select id as i from leads l where tenant_id = $1
       and not exists (select from match_keys k where k.tenant_id = $1 and k.entity = 'lead' and k.entity_id = l.id)) l
     on conflict do nothing`,
  ],
  orderChanges: (salt, size) => [
    `update orders o set wc_status = n.status, total = n.total, total_minor = (100 * n.total)::bigint, currency = n.currency, created_at = n.at, missing_since = n.missing,
            class = order_class(n.status, k.manual_class, coalesce(k.has_paid_order, false), n.missing is not null, n.total, o.refunded)
     from (select i, site_id, ${pick(`${salt}s`, 'processing', 'completed', 'pending', 'cancelled', 'failed', 'enviado')} as status,
                  (draw('${salt}t', i, 40000) / 100.0)::numeric(26, 8) as total, ${pick(`${salt}c`, 'BRL', 'BRL', 'BRL', 'USD')} as currency,
                  case when draw('${salt}d', i, 4) = 0 then ${at(`${salt}a`, 200)} else created_at end as at,
                  case when draw('${salt}m', i, 15) = 0 then now() end as missing
           from (select id as i, * from orders where tenant_id = $1 order by draw('${salt}o', id, 1000000), id limit ${size}) o) n
     left join order_status_classes k on k.tenant_id = $1 and k.site_id = n.site_id and k.wc_status = n.status
     where o.tenant_id = $1 and o.id = n.i`,
  ],
  refunds: (salt, size) => [
    `insert into order_refunds (tenant_id, order_id, external_id, amount, refunded_at)
     select $1, id, draw('${salt}x', id, 2000000000), round(total / (1 + draw('${salt}p', id, 4)), 2), case when draw('${salt}n', id, 50) > 0 then created_at + interval '40 hours' end
     from orders where tenant_id = $1 order by draw('${salt}o', id, 1000000), id limit ${size} on conflict do nothing`,
    `delete from order_refunds where tenant_id = $1 and draw('${salt}d', order_id, 9) = 0`,
    `update orders o set refunded = r.amount, refunded_minor = (100 * r.amount)::bigint,
            class = order_class(o.wc_status, k.manual_class, coalesce(k.has_paid_order, false), o.missing_since is not null, o.total, r.amount)
     from (select o.id, coalesce(sum(r.amount), 0) as amount from orders o left join order_refunds r on r.tenant_id = $1 and r.order_id = o.id
           where o.tenant_id = $1 group by o.id) r
     join orders b on b.tenant_id = $1 and b.id = r.id
     left join order_status_classes k on k.tenant_id = $1 and k.site_id = b.site_id and k.wc_status = b.wc_status
     where o.tenant_id = $1 and o.id = r.id and o.refunded <> r.amount`,
  ],
  cartChanges: (salt, size) => [
    `update carts c set first_activity_at = n.at, last_activity_at = n.at + make_interval(hours => draw('${salt}l', c.id, 70)),
            total = draw('${salt}t', c.id, 500), total_minor = 100 * draw('${salt}t', c.id, 500)
     from (select id, timestamptz '2026-06-01 08:00Z' - make_interval(mins => draw('${salt}a', id, 288000)) - interval '3 days' as at
           from carts where tenant_id = $1 order by draw('${salt}o', id, 1000000), id limit ${size}) n
     where c.tenant_id = $1 and c.id = n.id`,
  ],
  leadChanges: (salt, size) => [
    `update leads l set captured_at = l.captured_at - make_interval(hours => draw('${salt}h', l.id, 900))
     where tenant_id = $1 and id in (select id from leads where tenant_id = $1 order by draw('${salt}o', id, 1000000), id limit ${size})`,
  ],
  keyChanges: (salt, size) => [
    `update match_keys k set key = n.key
     from (select key as old, entity, entity_id, 'e:pessoa' || draw('${salt}e', entity_id, 500) || '@example.com' as key
           from match_keys where tenant_id = $1 order by draw(entity || '${salt}o', entity_id, 1000000), entity, entity_id limit ${size}) n
     where k.tenant_id = $1 and k.key = n.old and k.entity = n.entity and k.entity_id = n.entity_id and n.key <> n.old`,
  ],
  contacts: (salt, size) => [
    `insert into contacts (tenant_id, entity, entity_id, channel, contacted_at)
     select $1, 'cart', id, 'whatsapp', last_activity_at + make_interval(hours => draw('${salt}h', id, 200))
     from carts where tenant_id = $1 order by draw('${salt}o', id, 1000000), id limit ${size}`,
  ],
  erasures: (salt) => [
    `delete from orders where tenant_id = $1 and draw('${salt}', id, 40) = 0`,
    `delete from order_refunds r where tenant_id = $1 and not exists (select from orders o where o.tenant_id = $1 and o.id = r.order_id)`,
    `delete from match_keys k where tenant_id = $1 and entity = 'order' and not exists (select from orders o where o.tenant_id = $1 and o.id = k.entity_id)`,
  ],
  classes: (salt) => [
    `insert into order_status_classes (tenant_id, site_id, wc_status, manual_class)
     select $1, $2, 'enviado', ${pick(salt, 'void', 'awaiting_payment', 'paid').replaceAll(', i,', ', 1,')} on conflict (tenant_id, site_id, wc_status) do update set manual_class = excluded.manual_class`,
  ],
};

/** What the sync's writers do row by row: a changed record waits for the recompute, and so does a key that a record lost. */
const queueing = `
  create function queue_changed() returns trigger language plpgsql as $$
  begin
    case tg_table_name
      when 'match_keys' then
        if tg_op <> 'INSERT' then
          insert into recompute_queue (tenant_id, entity, key) select distinct tenant_id, 'key', key from old_rows;
        end if;
        if tg_op <> 'DELETE' then
          insert into recompute_queue (tenant_id, entity, entity_id) select distinct tenant_id, entity, entity_id from new_rows;
        end if;
      when 'contacts' then
        insert into recompute_queue (tenant_id, entity, entity_id) select distinct tenant_id, entity, entity_id from new_rows;
        insert into recompute_queue (tenant_id, entity, key)
        select distinct k.tenant_id, 'key', k.key from new_rows n join match_keys k using (tenant_id, entity, entity_id);
      else
        insert into recompute_queue (tenant_id, entity, entity_id) select tenant_id, rtrim(tg_table_name, 's'), id from new_rows;
    end case;
    return null;
  end $$;
  do $$
  declare watched text;
  begin
    foreach watched in array array['leads', 'carts', 'orders', 'match_keys', 'contacts'] loop
      execute format('create trigger queue_new after insert on %s referencing new table as new_rows for each statement execute function queue_changed()', watched);
      if watched <> 'contacts' then
        execute format('create trigger queue_changed after update on %s referencing old table as old_rows new table as new_rows for each statement execute function queue_changed()', watched);
      end if;
    end loop;
    create trigger queue_gone after delete on match_keys referencing old table as old_rows for each statement execute function queue_changed();
  end $$`;

const asCompany = <T>(work: (client: TenantClient) => Promise<T>) => withTenant(world.daemon, company.tenantId, work);
const differences = () => asCompany(findFigureDifferences);

/** Credit never exceeds what was paid: each order gives its net once, and only a paid one gives. */
async function creditIsPaid() {
  const { rows } = await world.owner.query<{ credited: string; paid: string; orders: number; carts: number }>(
    `select coalesce(sum(s.credited_minor), 0) as credited, count(*)::integer as carts, count(distinct o.id)::integer as orders,
            (select coalesce(sum(net_minor), 0) from orders p where p.tenant_id = $1 and p.class = 'paid'
               and p.id in (select credited_order_id from cart_statuses where tenant_id = $1)) as paid
     from cart_statuses s join orders o on o.tenant_id = $1 and o.id = s.credited_order_id
     where s.tenant_id = $1 and s.credited_order_id is not null`,
    [company.tenantId],
  );
  expect(rows[0]!.credited).toBe(rows[0]!.paid);
  expect(rows[0]!.carts).toBe(rows[0]!.orders);
  return rows[0]!.carts;
}

/** Every conclusion with its row version: one that is written again is seen. */
async function conclusions(): Promise<string> {
  const tables = [
    'shared_keys',
    'people',
    'person_members',
    'cart_matches',
    'cart_statuses',
    'lead_statuses',
    'cart_days',
    'order_days',
    'refund_days',
    'lead_days',
  ];
  const sums: string[] = [];
  for (const table of tables) {
    const { rows } = await world.owner.query<{ sum: string }>(
      `select count(*) || ' ' || coalesce(sum(hashtextextended(xmin::text || t::text, 0)), 0) as sum from ${table} t where tenant_id = $1`,
      [company.tenantId],
    );
    sums.push(`${table} ${rows[0]!.sum}`);
  }
  return sums.join('\n');
}

/** The statements of the panel against the same questions asked of the rows, over whole days and up to a minute of a day. */
async function expectFigures(from: Date | null, to: Date | null): Promise<void> {
  await asCompany(async (client) => {
    const period = { tenant: company.tenantId, from, to };
    const { original_minor, ...carts } = (await referenceFigures(client, { from, to, now })).carts;
    const { orders, leads } = await referenceFigures(client, { from, to, now });
    const original = await runQuery<{ value_minor: string }>(client, 'get_figures_original_value', period);
    expect((await runQuery(client, 'get_figures_carts', { ...period, now })).rows[0]).toEqual(carts);
    expect((await runQuery(client, 'get_figures_orders', period)).rows[0]).toEqual(orders);
    expect((await runQuery(client, 'get_figures_leads', period)).rows[0]).toEqual(leads);
    expect(original.rows[0]!.value_minor).toBe(original_minor);
  });
}

const zoneOfDays = async () =>
  (
    await world.owner.query<{ zone: string }>('select reporting_time_zone as zone from tenants where id = $1', [
      company.tenantId,
    ])
  ).rows[0]!.zone;

async function carrinho(...args: string[]) {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const code = await runCli(args, { env: { DATABASE_URL: database.url }, stdout });
  return { code, text };
}

describe('a history of 50,000 events', () => {
  const plan: [kind: string, size: number][] = [
    ['orders', 2200],
    ['carts', 1800],
    ['leads', 2000],
    ['recompute', 0],
    ['orderChanges', 2000],
    ['refunds', 1500],
    ['cartChanges', 1500],
    ['leadChanges', 2000],
    ['classes', 0],
    ['keyChanges', 1200],
    ['recompute', 0],
    ['zone', 0],
    ['erasures', 0],
    ['orders', 800],
    ['contacts', 1500],
    ['orderChanges', 2800],
    ['refunds', 1500],
    ['carts', 700],
    ['leadChanges', 2000],
    ['currency', 0],
    ['classes', 1],
    ['cartChanges', 2400],
    ['keyChanges', 1500],
    ['orderChanges', 2800],
    ['leadChanges', 2000],
    ['refunds', 1500],
    ['recompute', 0],
    ['leadChanges', 2000],
    ['orderChanges', 2800],
    ['cartChanges', 2400],
    ['contacts', 1500],
    ['refunds', 1500],
    ['recompute', 0],
  ];

  test('leaves no difference after any batch, and the full recompute nothing to do', async () => {
    await world.owner.query(queueing);
    let credited = 0;
    for (const [step, [kind, size]] of plan.entries()) {
      if (kind === 'recompute') {
        // As a sync does after so many new rows: of tables that nobody has looked at the planner expects one row, and compares all with all.
        await world.owner.query('analyze leads, carts, orders, match_keys');
        for (const siteId of company.siteIds)
          await asCompany((client) => refreshOrderClasses(client, siteId as SiteId, { isWhole: true }));
        await company.queued(now.toISOString());
        await company.due(now.toISOString());
        credited = Math.max(credited, await creditIsPaid());
      } else if (kind === 'zone') {
        // One zone in all shops is the zone of the days; with two of them, or with one that nobody knows, it is the company's own.
        await world.owner.query(`update sites set time_zone = 'Marte/Olimpo' where tenant_id = $1`, [company.tenantId]);
        expect(await zoneOfDays()).toBe('America/Sao_Paulo');
        await world.owner.query(`update sites set time_zone = '+05:30' where tenant_id = $1`, [company.tenantId]);
        expect([await zoneOfDays(), await differences()]).toEqual(['+05:30', []]);
        await expectFigures(new Date('2026-03-09T18:30:00Z'), new Date('2026-05-10T18:30:00Z'));
        await world.owner.query(
          `update sites set time_zone = 'America/Manaus' where tenant_id = $1 and slug = 'loja-1'`,
          [company.tenantId],
        );
        expect(await zoneOfDays()).toBe('America/Sao_Paulo');
      } else if (kind === 'currency') {
        await world.owner.query(`update tenants set currency = 'USD' where id = $1`, [company.tenantId]);
      } else {
        for (const statement of batches[kind]!(`${step}${kind}`, size)) await happen(statement);
        // no record is ever deleted by a sync, so an erasure is followed by a recompute over everything
        if (kind === 'erasures') await company.all(now.toISOString());
      }
      expect([step, kind, await differences()]).toEqual([step, kind, []]);
    }
    expect(eventCount).toBeGreaterThan(50_000);
    expect(credited).toBeGreaterThan(200);

    for (const [from, to] of [
      [null, null],
      ['2026-01-05T03:00:00Z', '2026-03-01T03:00:00Z'],
      ['2026-04-10T03:00:00Z', '2026-05-30T17:23:00Z'],
      [null, '2026-05-01T03:00:00Z'],
      ['2026-05-20T03:00:00Z', null],
    ] as const) {
      await expectFigures(from && new Date(from), to && new Date(to));
    }

    const before = await conclusions();
    expect(
      await checkTruth(world.daemon, { tenantId: company.tenantId, siteId: company.siteIds[0]!, now, log: silent }),
    ).toEqual({ changed: 0, differences: 0 });
    expect(await conclusions()).toBe(before);
  }, 300_000);

  test('a write past the triggers is found, told, and mended on demand', async () => {
    const slug = (
      await world.owner.query<{ slug: string }>('select slug from tenants where id = $1', [neighbour.tenantId])
    ).rows[0]!.slug;
    const alerts = async () =>
      (
        await world.owner.query<{ code: string; facts: object }>(
          'select code, facts from site_alerts where tenant_id = $1 order by code',
          [neighbour.tenantId],
        )
      ).rows;
    const place = { tenantId: neighbour.tenantId, siteId: neighbour.siteIds[0]!, now, log: silent };

    await world.owner.query('alter table orders disable trigger roll_up_changed');
    await world.owner.query(
      `update orders set total_minor = total_minor + 100 where tenant_id = $1 and id = (select min(id) from orders where tenant_id = $1 and class = 'paid')`,
      [neighbour.tenantId],
    );
    await world.owner.query('alter table orders enable trigger roll_up_changed');

    const found = await withTenant(world.daemon, neighbour.tenantId, findFigureDifferences);
    expect(found).toMatchObject([{ kind: 'orders', kept: [{ class: 'paid' }], truth: [{ class: 'paid' }] }]);
    expect(Number(found[0]!.truth[0]!.net_minor) - Number(found[0]!.kept[0]!.net_minor)).toBe(100);
    expect(await checkTruth(world.daemon, place)).toMatchObject({ differences: 1 });
    expect(await alerts()).toEqual([{ code: 'figures_differ', facts: { count: '1' } }]);

    const told = await carrinho('conferir', '--figuras', `--empresa=${slug}`, '--json');
    expect(told.code).toBe(1);
    expect(JSON.parse(told.text)).toMatchObject({
      isEqual: false,
      isRepaired: false,
      differences: [{ kind: 'orders', day: found[0]!.day }],
    });
    const mended = await carrinho('conferir', '--figuras', '--corrigir', `--empresa=${slug}`);
    expect(mended).toMatchObject({
      code: 0,
      text: expect.stringContaining('1 dia difere dos registros; contados de novo, conferem.'),
    });
    expect(await carrinho('conferir', '--figuras', `--empresa=${slug}`)).toMatchObject({ code: 0 });
    await checkTruth(world.daemon, place);
    expect(await alerts()).toEqual([]);
    expect((await carrinho('conferir', '--corrigir', `--empresa=${slug}`)).code).toBe(2);
  });

  test('a conclusion that the incremental passes missed is told once, and right afterwards', async () => {
    const place = { tenantId: neighbour.tenantId, siteId: neighbour.siteIds[0]!, now, log: silent };
    await world.owner.query(
      `update cart_statuses set status = 'removed', reason = 'removed' where tenant_id = $1 and cart_id =
         (select min(cart_id) from cart_statuses where tenant_id = $1)`,
      [neighbour.tenantId],
    );
    expect(await checkTruth(world.daemon, place)).toEqual({ changed: 1, differences: 0 });
    expect(await checkTruth(world.daemon, place)).toEqual({ changed: 0, differences: 0 });
  });
});
