// The Leads screens on a few thousand rows: filters and tabs count what they list, every page comes from an index, and what a shop's visitors
// typed stays text.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '#shared/ids.ts';
import { openDatabase } from '../../api/db.ts';
import { readPage } from '../../api/lists/read.ts';
import { openList } from '../../api/lists/sources.ts';
import { listLeadForms, loadLeadRows } from '../../api/queries/leads.ts';
import { countTableReads } from '../support/table-reads.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

const hostile = `<script>alert(1)</script> 👩‍🦱 \u202eמריה "><img src=x>`;
let lab: WebLab;
let cookie: string;

beforeAll(async () => {
  lab = await createWebLab();
  cookie = await lab.signIn(lab.sol);
  const { id, siteId } = lab.lua;
  // Whole minutes, so that many leads share one; every 500th has a date that nobody can read.
  await lab.owner`
    insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, page_url, name, phone_raw,
                       phone_e164, phone_status, phone_kind, phone_reason, source_hash, first_seen_at, changed_at)
    select ${id}, ${siteId}, 'form-vibes', n, '-', case when n % 500 > 0 then date_trunc('hour', now()) - make_interval(mins => n / 7) end,
           'elementor', 'f1', 'https://loja.example/contato/', 'Lead ' || n, n::text,
           case when n % 10 > 0 then '+5511' || case when n % 3 = 0 then 34560000 + n else 987650000 + n end end,
           case when n % 10 > 0 then 'valid' else 'invalid' end,
           case when n % 10 = 0 then null when n % 3 = 0 then 'landline' else 'mobile' end,
           case when n % 10 = 0 then 'missing_area_code' end, 1, now(), now()
    from generate_series(2, 4000) n`;
  await lab.owner`
    insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
    select tenant_id, id, case when external_id % 20 = 0 then 'was_customer' when external_id % 33 = 0 then 'became_customer' else 'not_customer' end,
           captured_at, now()
    from leads where tenant_id = ${id} and external_id > 1`;
  await lab.owner`set role none`;
  await lab.owner`vacuum analyze leads, lead_statuses`;
  await lab.owner`set role carrinho_owner`;
});
afterAll(async () => await lab.close());

const rowsOf = (html: string) => [...html.matchAll(/<tr id="lead-(\d+)"/g)].map((match) => match[1]!);
const countOf = (html: string, tab: string) => new RegExp(`id="contagem-${tab}"[^>]*>([^<]+)<`).exec(html)?.[1];
const linkOf = (html: string, rel: string) =>
  new RegExp(`<a href="([^"]+)"[^>]*rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&');

test('what a visitor typed is text in list and page: markup, emoji, right-to-left', async () => {
  await lab.owner`update leads set name = ${hostile}, size = ${hostile}, page_url = ${hostile} where id = ${lab.sol.leadId}`;
  await lab.owner`
    insert into lead_answers (tenant_id, site_id, source, external_id, lead_external_id, key, value, source_hash, first_seen_at, changed_at)
    values (${lab.sol.id}, ${lab.sol.siteId}, 'form-vibes', 1, 1, ${hostile}, ${hostile}, 1, now(), now())`;
  for (const path of ['/e/sol/leads', `/e/sol/leads/${lab.sol.leadId}`]) {
    const html = await (await lab.get(path, cookie)).text();
    expect(html).toContain(
      '<bdi>&lt;script&gt;alert(1)&lt;/script&gt; 👩‍🦱 \u202eמריה &quot;&gt;&lt;img src=x&gt;</bdi>',
    );
    expect([path, /<script>alert|<img src=x/.test(html)]).toEqual([path, false]);
  }
});

test('a lead shows its customer badge with the order, its phone and its form', async () => {
  const html = await (await lab.get('/e/sol/leads', cookie)).text();
  expect(html).toContain('Virou cliente');
  expect(html).toContain(`<a href="/e/sol/pedidos/${lab.sol.orderId}">`);
  expect(html).toContain('R$\u00a0189,90');
  expect(html).toContain('(11) 98765-4321');
  expect(html).toContain('<th scope="col">Tamanho</th>');
});

test('the size column is there only when some lead of the company has a size', async () => {
  const lua = await lab.signIn(lab.lua);
  await lab.owner`update leads set size = null where tenant_id = ${lab.lua.id}`;
  expect(await (await lab.get('/e/lua/leads?periodo=tudo', lua)).text()).not.toContain('Tamanho');
});

test('a viewer sees neither phones nor e-mails, not even inside the answers', async () => {
  await lab.owner`
    insert into lead_answers (tenant_id, site_id, source, external_id, lead_external_id, key, value, source_hash, first_seen_at, changed_at)
    values (${lab.sol.id}, ${lab.sol.siteId}, 'form-vibes', 2, 1, 'zap', '11 98765-4321', 1, now(), now()),
           (${lab.sol.id}, ${lab.sol.siteId}, 'form-vibes', 3, 1, 'Número do sapato', '37', 1, now(), now())`;
  const viewer = await lab.signIn(lab.sol, 'viewer');
  for (const path of ['/e/sol/leads', `/e/sol/leads/${lab.sol.leadId}`]) {
    const html = await (await lab.get(path, viewer)).text();
    expect([path, /98765|cliente-sol@/.test(html)]).toEqual([path, false]);
  }
  expect(await (await lab.get(`/e/sol/leads/${lab.sol.leadId}`, viewer)).text()).toContain('37');
  expect(await (await lab.get(`/e/sol/leads/${lab.sol.leadId}`, cookie)).text()).toContain('11 98765-4321');
});

test('forwards and back over all leads shows each once, those without a date first', async () => {
  const lua = await lab.signIn(lab.lua);
  const forward: string[][] = [];
  let html = '';
  let path: string | undefined = '/e/lua/leads?periodo=tudo&telefone=sem_ddd';
  while (path) {
    html = await (await lab.get(path, lua)).text();
    forward.push(rowsOf(html));
    path = linkOf(html, 'next');
  }
  const expected = await lab.owner<{ id: string }[]>`
    select id from leads where tenant_id = ${lab.lua.id} and phone_reason = 'missing_area_code' order by captured_at desc, id desc`;
  expect(forward.flat()).toEqual(expected.map(({ id }) => id));
  expect(countOf(html, 'todos')).toBe(String(expected.length));
  const back: string[][] = [];
  for (path = linkOf(html, 'prev'); path; path = linkOf(html, 'prev')) {
    html = await (await lab.get(path, lua)).text();
    back.unshift(rowsOf(html));
  }
  expect(back).toEqual(forward.slice(0, -1));
});

test('tabs and filters count what they list', async () => {
  const lua = await lab.signIn(lab.lua);
  const html = await (await lab.get('/e/lua/leads?periodo=tudo&cliente=ja_era&telefone=fixo', lua)).text();
  const [expected] = await lab.owner<{ listed: number; all: number }[]>`
    select count(*) filter (where s.customer_status = 'was_customer')::int as listed, count(*)::int as all
    from leads l join lead_statuses s on s.tenant_id = l.tenant_id and s.lead_id = l.id
    where l.tenant_id = ${lab.lua.id} and l.phone_status = 'valid' and l.phone_kind = 'landline'`;
  expect(countOf(html, 'ja_era')).toBe(String(expected!.listed));
  expect(countOf(html, 'todos')).toBe(expected!.all.toLocaleString('pt-BR'));
  expect(rowsOf(html)).toHaveLength(Math.min(50, expected!.listed));
});

test('a form is shown by the title that the shop gave it, and the list filters by it', async () => {
  const { id, siteId, leadId } = lab.sol;
  await lab.owner`
    insert into form_titles (tenant_id, site_id, form_plugin, form_id, title) values (${id}, ${siteId}, 'elementor', 'f1', 'Avise-me <já>')`;
  for (const path of ['/e/sol/leads', `/e/sol/leads/${leadId}`]) {
    expect(await (await lab.get(path, cookie)).text()).toContain('Avise-me &lt;já&gt;');
  }
  // One form only: nothing to choose.
  expect(await (await lab.get('/e/sol/leads', cookie)).text()).not.toContain('name="formulario"');
  await lab.owner`update leads set form_plugin = 'wp-forms', form_id = '654' where tenant_id = ${lab.lua.id} and external_id in (7, 8)`;
  const lua = await lab.signIn(lab.lua);
  const html = await (await lab.get('/e/lua/leads?periodo=tudo&formulario=wp-forms:654', lua)).text();
  expect(rowsOf(html)).toHaveLength(2);
  expect(countOf(html, 'todos')).toBe('2');
  expect(html).toMatch(/<option value="wp-forms:654" selected[^>]*>654</);
  expect(html).toContain('<option value="elementor:f1">f1</option>');
});

test('every list page reads its rows by index: no table is scanned, whatever the filters and depth', async () => {
  const db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1 });
  const now = new Date();
  const deep = { apos: Buffer.from('2026-01-01 00:00:00+00|5').toString('base64url') };
  try {
    for (const periodo of ['tudo', '30dias']) {
      for (const cliente of ['todos', 'virou'] as const) {
        for (const place of [{}, deep]) {
          const query = { periodo, cliente, ...place };
          const { leads, lead_statuses } = await db.withTenant(lab.lua.id as TenantId, (tx) =>
            countTableReads(tx, ['leads', 'lead_statuses'], async () => {
              const request = { list: 'leads', query, timeZone: 'America/Sao_Paulo', now, isMasked: false } as const;
              const { choice, sql, count } = await openList(tx, request);
              const { rows } = await readPage(tx, sql, choice, query);
              await loadLeadRows(
                tx,
                rows.map(({ rowId }) => rowId),
              );
              await count(tx);
            }),
          );
          expect([cliente, periodo, leads!.scans, lead_statuses!.scans]).toEqual([cliente, periodo, 0, 0]);
          expect(Math.max(leads!.rows, lead_statuses!.rows)).toBeLessThan(200);
        }
      }
    }
    const { leads } = await db.withTenant(lab.lua.id as TenantId, (tx) =>
      countTableReads(tx, ['leads'], () => listLeadForms(tx)),
    );
    expect(leads!.scans).toBe(0);
    expect(leads!.rows).toBeLessThan(20);
  } finally {
    await db.close();
  }
});

test('an empty list says so and shows the way out', async () => {
  const html = await (await lab.get('/e/sol/leads?de=2001-01-01&ate=2001-01-31', cookie)).text();
  expect(html).toContain('Nenhum lead neste período.');
  expect(html).toContain('href="/e/sol/leads?periodo=tudo"');
});
