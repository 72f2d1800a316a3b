// The Clientes screens on a thousand people: the tabs count what they list, the two lists behind the panel's figures are those figures, every page
// comes from an index, and a person's page leads to its records.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parsePeriod } from '#web/period.ts';
import { openDatabase } from '../../api/db.ts';
import { readPage } from '../../api/lists/read.ts';
import { openList } from '../../api/lists/sources.ts';
import { loadCustomerRows } from '../../api/queries/customers.ts';
import { loadFigures } from '../../api/queries/figures.ts';
import { countTableReads } from '../support/table-reads.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

const hostile = `<script>alert(1)</script> 👩‍🦱 "><img src=x>`;
let lab: WebLab;
let cookie: string;
let lua: string;

beforeAll(async () => {
  lab = await createWebLab();
  cookie = await lab.signIn(lab.sol);
  lua = await lab.signIn(lab.lua);
  const { id, siteId } = lab.lua;
  // Person n has one order, every third a second one 20 days before it; 71 minutes a person.
  await lab.owner`
    insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, first_name, email, created_at, paid_at,
                        source_hash, first_seen_at, changed_at)
    select ${id}, ${siteId}, 10000 + 2 * n + k, 'hpos', 'completed', 'paid', 'BRL', 10, 1000, 'Pessoa ' || n, 'p' || n || '@exemplo.example',
           now() - make_interval(mins => 71 * n + 30000 * (1 - k)), now(), 1, now(), now()
    from generate_series(1, 1000) n, generate_series(0, 1) k where k = 1 or n % 3 = 0`;
  await lab.owner`
    insert into people (tenant_id, id, paid_order_count, net_minor, last_paid_at)
    overriding system value
    select ${id}, 100000 + n, 1 + (n % 3 = 0)::int, 1000 * (1 + (n % 3 = 0)::int), now() - make_interval(mins => 71 * n) from generate_series(1, 1000) n`;
  await lab.owner`
    insert into person_members (tenant_id, entity, entity_id, person_id)
    select tenant_id, 'order', id, 100000 + (external_id - 10000 - external_id % 2) / 2 from orders where tenant_id = ${id} and external_id >= 10000`;
  await lab.owner`
    insert into person_orders (tenant_id, order_id, person_id, nth, gap_seconds, created_at, next_at, net_minor)
    select o.tenant_id, o.id, m.person_id, row_number() over w, extract(epoch from o.created_at - lag(o.created_at) over w), o.created_at,
           lead(o.created_at) over w, o.net_minor
    from orders o join person_members m on m.tenant_id = o.tenant_id and m.entity = 'order' and m.entity_id = o.id
    where o.tenant_id = ${id} and o.external_id >= 10000 window w as (partition by m.person_id order by o.created_at)`;
  await lab.owner`
    insert into customer_statuses (tenant_id, person_id, status, recent_order_count, recent_net_minor, last_seen_at, changed_at)
    select tenant_id, id, case when paid_order_count = 2 then 'recurring' else 'first_purchase' end, paid_order_count, net_minor, last_paid_at, now()
    from people where tenant_id = ${id} and id > 100000`;
  await lab.owner`set role none`;
  await lab.owner`vacuum analyze orders, people, person_members, person_orders, customer_statuses`;
  await lab.owner`set role carrinho_owner`;
});
afterAll(async () => await lab?.close());

const rowsOf = (html: string) => [...html.matchAll(/<tr id="cliente-(\d+)"/g)].map((match) => match[1]!);
const countOf = (html: string, tab: string) => new RegExp(`id="contagem-${tab}"[^>]*>([^<]+)<`).exec(html)?.[1];
const linkOf = (html: string, rel: string) =>
  new RegExp(`<a href="([^"]+)"[^>]*rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&');

/** Every row of a list, page after page. */
async function walk(start: string): Promise<{ ids: string[]; html: string }> {
  const ids: string[] = [];
  let html = '';
  for (let path: string | undefined = start; path; path = linkOf(html, 'next')) {
    html = await (await lab.get(path, lua)).text();
    ids.push(...rowsOf(html));
  }
  return { ids, html };
}

test('the lists behind the two figures of a period hold exactly their people, each once', async () => {
  const now = new Date();
  const db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1 });
  try {
    for (const name of ['7dias', '30dias']) {
      const period = parsePeriod({ periodo: name }, { timeZone: 'America/Sao_Paulo', now });
      const figures = await db.withTenant(lab.lua.id as never, (tx) =>
        loadFigures(tx, { tenantId: lab.lua.id, period, now }),
      );
      for (const [filter, expected] of [
        ['com_pedido', figures.customers],
        ['recorrentes', figures.repeatCustomers],
      ] as const) {
        const { ids, html } = await walk(`/e/lua/clientes?${filter}=1&periodo=${name}`);
        expect([name, filter, ids.length]).toEqual([name, filter, expected]);
        expect(new Set(ids).size).toBe(ids.length);
        expect(countOf(html, 'todos')).toBe(expected.toLocaleString('pt-BR'));
      }
      expect(figures.repeatCustomers).toBeGreaterThan(20);
    }
  } finally {
    await db.close();
  }
});

test('tabs and the last purchase count what they list; back again shows the same', async () => {
  const { ids, html } = await walk('/e/lua/clientes?periodo=tudo&situacao=recorrente&ultima_compra=30');
  // 71 minutes a person: 30 days are the first 608, every third of them bought twice
  expect(ids).toHaveLength(202);
  expect(countOf(html, 'recorrente')).toBe('202');
  const back = await (await lab.get(linkOf(html, 'prev')!, lua)).text();
  const first = ids.indexOf(rowsOf(html)[0]!);
  expect(rowsOf(back)).toEqual(ids.slice(first - 50, first));
  expect(new Set(ids).size).toBe(ids.length);
});

test('a page of the list comes from an index, whatever the choice', async () => {
  const db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1 });
  const now = new Date();
  const tables = ['customer_statuses', 'person_orders', 'people', 'orders', 'person_members'];
  try {
    for (const purchase of [
      {},
      { com_pedido: '1' },
      { recorrentes: '1' },
      { ordem: 'maior_valor' },
      { ordem: 'ultima_compra' },
    ]) {
      for (const situacao of ['todos', 'primeira_compra']) {
        if ('recorrentes' in purchase && situacao === 'primeira_compra') continue;
        const query = { periodo: 'tudo', situacao, ...purchase };
        const reads = await db.withTenant(lab.lua.id as never, (tx) =>
          countTableReads(tx, tables, async () => {
            const request = { list: 'clientes', query, timeZone: 'America/Sao_Paulo', now, isMasked: false } as const;
            const { choice, sql } = await openList(tx, request);
            const { rows } = await readPage(tx, sql, choice, query);
            await loadCustomerRows(
              tx,
              rows.map(({ rowId }) => rowId),
            );
          }),
        );
        for (const table of tables) {
          expect([query, table, reads[table]!.scans]).toEqual([query, table, 0]);
          expect(reads[table]!.rows).toBeLessThan(600);
        }
      }
    }
  } finally {
    await db.close();
  }
});

test('a person’s page says what was bought, by which contacts, and leads to the records', async () => {
  const { sol } = lab;
  await lab.owner`update leads set name = ${hostile} where id = ${sol.leadId}`;
  await lab.owner`update carts set name = ${hostile} where id = ${sol.cartId}`;
  const html = await (await lab.get(`/e/sol/clientes/${sol.personId}`, cookie)).text();
  for (const part of [
    '1ª compra',
    'R$\u00a0189,90',
    'cliente-sol@exemplo.example',
    `href="/e/sol/leads/${sol.leadId}"`,
    `href="/e/sol/carrinhos/${sol.cartId}"`,
  ])
    expect(html).toContain(part);
  expect(html).not.toMatch(/<script>alert|<img src=x/);
  expect(await (await lab.get(`/e/sol/leads/${sol.leadId}`, cookie)).text()).toContain(
    `href="/e/sol/clientes/${sol.personId}"`,
  );
  expect(await (await lab.get(`/e/sol/carrinhos/${sol.cartId}`, cookie)).text()).toContain(
    `href="/e/sol/clientes/${sol.personId}"`,
  );
});

test('a viewer sees no contact, another company sees nobody, a merged person leads to the one who took it in', async () => {
  const { sol } = lab;
  const viewer = await lab.signIn(sol, 'viewer');
  for (const path of ['/e/sol/clientes', `/e/sol/clientes/${sol.personId}`]) {
    const html = await (await lab.get(path, viewer)).text();
    expect([path, /cliente-sol@|98765/.test(html)]).toEqual([path, false]);
  }
  expect((await lab.get(`/e/lua/clientes/${sol.personId}`, lua)).status).toBe(404);
  expect((await lab.get('/e/sol/clientes/abc', cookie)).status).toBe(404);
  await lab.owner`
    insert into person_changes (tenant_id, kind, person_id, other_person_id, changed_at) values (${sol.id}, 'merged', 999999, ${sol.personId}, now())`;
  const moved = await lab.get('/e/sol/clientes/999999', cookie);
  expect([moved.status, moved.headers.get('Location')]).toEqual([302, `/e/sol/clientes/${sol.personId}`]);
});

test('a list without people says so and offers the whole period', async () => {
  const html = await (await lab.get('/e/sol/clientes?situacao=vip&periodo=ontem', cookie)).text();
  expect(html).toContain('Ninguém com a situação “VIP” neste período.');
  expect(html).toContain('/e/sol/clientes?situacao=vip&amp;periodo=tudo');
});
