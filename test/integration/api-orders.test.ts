// The Pedidos screens on a few thousand rows: figures, tabs and filter agree with the rows, every page comes from an index, and what a shop
// wrote stays text.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '#shared/ids.ts';
import { openDatabase } from '../../api/db.ts';
import { readPage } from '../../api/lists/read.ts';
import { openList } from '../../api/lists/sources.ts';
import { loadOrderRows } from '../../api/queries/orders.ts';
import { countTableReads } from '../support/table-reads.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

const hostile = `<script>alert(1)</script> 👩‍🦱 \u202eמריה "><img src=x>`;
let lab: WebLab;
let cookie: string;
let secondSite: string;

beforeAll(async () => {
  lab = await createWebLab();
  cookie = await lab.signIn(lab.sol);
  const { id, siteId } = lab.lua;
  const [site] = await lab.owner<{ id: string }[]>`
    insert into sites (tenant_id, slug, name) values (${id}, 'outra', 'Outra loja') returning id`;
  secondSite = site!.id;
  // Whole minutes, so that many orders share one; every 500th has a date that nobody can read; 1 in 40 is void.
  await lab.owner`
    insert into orders (tenant_id, site_id, external_id, order_number, storage, wc_status, class, currency, total, total_minor, first_name, email,
                        created_at, paid_at, source_hash, first_seen_at, changed_at)
    select ${id}, case when n % 4 = 0 then ${secondSite}::bigint else ${siteId}::bigint end, 10000 + n, 'N' || n, 'hpos',
           case when n % 40 = 0 then 'cancelled' else 'completed' end, case when n % 40 = 0 then 'void' else 'paid' end, 'BRL', 10, 1000,
           'Pessoa ' || n, 'p' || n % 1000 || '@exemplo.example',
           case when n % 500 > 0 then date_trunc('hour', now()) - make_interval(mins => n / 7) end, null, 1, now(), now()
    from generate_series(1, 4000) n`;
  await lab.owner`set role none`;
  await lab.owner`vacuum analyze orders`;
  await lab.owner`set role carrinho_owner`;
});
afterAll(async () => await lab.close());

const rowsOf = (html: string) => [...html.matchAll(/<tr id="pedido-(\d+)"/g)].map((match) => match[1]!);
const countOf = (html: string, tab: string) => new RegExp(`id="contagem-${tab}"[^>]*>([^<]+)<`).exec(html)?.[1];
const tileOf = (html: string, id: string) =>
  new RegExp(`id="${id}".*?<p class="tile-value">(?:<a [^>]*>)?([^<]+)<`, 's').exec(html)?.[1];
const linkOf = (html: string, rel: string) =>
  new RegExp(`<a href="([^"]+)"[^>]*rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&');

/** Another order of Sol's one person; the first is the lab's, an hour old. */
async function addOrder(values: { number: string; ageHours: number; orderClass: string; status: string }) {
  const { id, siteId } = lab.sol;
  const [order] = await lab.owner<{ id: string }[]>`
    insert into orders (tenant_id, site_id, external_id, order_number, storage, wc_status, class, currency, total, total_minor, refunded,
                        refunded_minor, email, created_at, source_hash, first_seen_at, changed_at)
    values (${id}, ${siteId}, ${values.ageHours}, ${values.number}, 'hpos', ${values.status}, ${values.orderClass}, 'BRL', 100, 10000, 40, 4000,
            'cliente-sol@exemplo.example', now() - make_interval(hours => ${values.ageHours}), 1, now(), now()) returning id`;
  return order!.id;
}

test('figures, first and later purchases, refunds and the recovered cart stand beside each order', async () => {
  const { id, orderId, cartId, personId } = lab.sol;
  const earlier = await addOrder({ number: 'A1', ageHours: 30, orderClass: 'paid', status: 'completed' });
  const unpaid = await addOrder({ number: 'A2', ageHours: 20, orderClass: 'awaiting_payment', status: 'on-hold' });
  for (const order of [orderId, earlier, unpaid]) {
    await lab.owner`
      insert into person_members (tenant_id, entity, entity_id, person_id) values (${id}, 'order', ${order}, ${personId})`;
  }
  await lab.owner`
    insert into person_orders (tenant_id, order_id, person_id, nth, created_at, next_at, net_minor)
    select tenant_id, ${earlier}, person_id, 1, created_at - interval '29 hours', created_at, 6000 from person_orders
    where tenant_id = ${id} and order_id = ${orderId}`;
  await lab.owner`update person_orders set nth = 2, gap_seconds = 29 * 3600 where tenant_id = ${id} and order_id = ${orderId}`;
  const html = await (await lab.get('/e/sol/pedidos', cookie)).text();
  expect(rowsOf(html)).toEqual([orderId, unpaid, earlier]);
  const [newest, waiting, oldest] = html.split('<tr id="pedido-').slice(1) as [string, string, string];
  expect(newest).toContain(`<a href="/e/sol/carrinhos/${cartId}">Sim, ver carrinho</a>`);
  expect(newest).toContain('espontânea · R$\u00a0189,90');
  expect(newest).toContain('Recorrente');
  expect(waiting).toMatch(/Aguardando.*Não/s);
  expect(waiting).not.toMatch(/1ª compra|Recorrente/);
  expect(oldest).toContain('1ª compra');
  expect(oldest).toContain('−R$\u00a040,00 reembolsado');
  // 189,90 + (100 − 40), two paid orders, one person who came twice
  expect(tileOf(html, 'pedidos-faturamento')).toBe('R$\u00a0249,90');
  expect(tileOf(html, 'pedidos-pagos')).toBe('2');
  expect(tileOf(html, 'pedidos-ticket')).toBe('R$\u00a0124,95');
  expect(tileOf(html, 'pedidos-recorrentes')).toBe('100,0%');

  const detail = await (await lab.get(`/e/sol/pedidos/${orderId}`, cookie)).text();
  expect(detail).toContain(`href="/e/sol/pedidos/${earlier}"`);
  expect(detail).toContain(`href="/e/sol/pedidos/${unpaid}"`);
  expect(detail).toContain('Creditado a este carrinho: R$\u00a0189,90');
});

test('what a shop wrote is text in list and page: markup, emoji, right-to-left', async () => {
  const { id, orderId } = lab.sol;
  await lab.owner`
    update orders set first_name = ${hostile}, order_number = ${hostile}, payment_method_title = ${hostile}, city = ${hostile}, wc_status = ${hostile}
    where id = ${orderId}`;
  await lab.owner`
    insert into order_items (tenant_id, order_id, external_id, kind, name, quantity, total) values (${id}, ${orderId}, 1, 'line_item', ${hostile}, 2, 1)`;
  await lab.owner`insert into order_refunds (tenant_id, order_id, external_id, amount, reason) values (${id}, ${orderId}, 1, 5, ${hostile})`;
  await lab.owner`insert into order_coupons (tenant_id, order_id, external_id, code) values (${id}, ${orderId}, 1, ${hostile})`;
  await lab.owner`update carts set name = ${hostile} where tenant_id = ${id}`;
  for (const path of ['/e/sol/pedidos', `/e/sol/pedidos/${orderId}`]) {
    const html = await (await lab.get(path, cookie)).text();
    expect(html).toContain(
      '<bdi>&lt;script&gt;alert(1)&lt;/script&gt; 👩‍🦱 \u202eמריה &quot;&gt;&lt;img src=x&gt;</bdi>',
    );
    expect([path, /<script>alert|<img src=x/.test(html)]).toEqual([path, false]);
  }
});

test('a viewer sees masked e-mails only', async () => {
  const viewer = await lab.signIn(lab.sol, 'viewer');
  for (const path of ['/e/sol/pedidos', `/e/sol/pedidos/${lab.sol.orderId}`]) {
    const html = await (await lab.get(path, viewer)).text();
    expect([path, html.includes('cliente-sol@'), html.includes('c***@')]).toEqual([path, false, true]);
  }
});

test('forwards and back over a shop’s orders shows each once, those without a date first', async () => {
  const lua = await lab.signIn(lab.lua);
  const forward: string[][] = [];
  let html = '';
  let path: string | undefined = '/e/lua/pedidos?periodo=tudo&loja=outra';
  while (path) {
    html = await (await lab.get(path, lua)).text();
    forward.push(rowsOf(html));
    path = linkOf(html, 'next');
  }
  const expected = await lab.owner<{ id: string }[]>`
    select id from orders where tenant_id = ${lab.lua.id} and site_id = ${secondSite} order by created_at desc, id desc`;
  expect(forward.flat()).toEqual(expected.map(({ id }) => id));
  expect(countOf(html, 'todos')).toBe('1.000');
  expect(countOf(html, 'anulado')).toBe('100');
  const back: string[][] = [];
  for (path = linkOf(html, 'prev'); path; path = linkOf(html, 'prev')) {
    html = await (await lab.get(path, lua)).text();
    back.unshift(rowsOf(html));
  }
  expect(back).toEqual(forward.slice(0, -1));
});

test('every list page reads its rows by index: no table is scanned, whatever the tab and depth', async () => {
  const db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1 });
  const now = new Date();
  const deep = { apos: Buffer.from('2026-01-01 00:00:00+00|5').toString('base64url') };
  try {
    for (const periodo of ['tudo', '30dias']) {
      for (const classe of ['todos', 'pago', 'anulado'] as const) {
        for (const place of [{}, deep]) {
          const query = { periodo, classe, ...place };
          const { orders } = await db.withTenant(lab.lua.id as TenantId, (tx) =>
            countTableReads(tx, ['orders'], async () => {
              const request = { list: 'pedidos', query, timeZone: 'America/Sao_Paulo', now, isMasked: false } as const;
              const { choice, sql } = await openList(tx, request);
              const { rows } = await readPage(tx, sql, choice, query);
              await loadOrderRows(
                tx,
                rows.map(({ rowId }) => rowId),
                choice.period,
              );
            }),
          );
          expect([classe, periodo, orders!.scans]).toEqual([classe, periodo, 0]);
          expect(orders!.rows).toBeLessThan(200);
        }
      }
    }
  } finally {
    await db.close();
  }
});

test('an order that is not this company’s is 404', async () => {
  expect((await lab.get(`/e/sol/pedidos/${lab.lua.orderId}`, cookie)).status).toBe(404);
});
