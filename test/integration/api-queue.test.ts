// Fila de hoje as browsers ask for it: who is in it and in which order, what an act brings, who is left out and who comes back; and that of
// thousands of open carts only the first are looked at (docs/rules.md, Work queue).
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '#shared/ids.ts';
import { openDatabase } from '../../api/db.ts';
import { createKeep } from '../../api/kept.ts';
import { listKeptQueue } from '../../api/kept-queue.ts';
import { listQueue, type QueueEntry } from '../../api/queries/queue.ts';
import { countTableReads } from '../support/table-reads.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let ana: string;
let bia: string;

type Wish = {
  name: string;
  entity?: 'cart' | 'order' | 'lead';
  minor?: number;
  hoursAgo?: number;
  phone?: 'valid' | 'invalid';
  paid?: number;
};
let number = 100;
const people = new Map<string, { personId: string; id: string; record: string }>();

/** Somebody with one cart, unpaid order or lead, and a person of their own. */
async function add({ name, entity = 'cart', minor = 10000, hoursAgo = 2, phone = 'valid', paid = 0 }: Wish) {
  number += 1;
  const sql = lab.owner;
  const { id: tenant, siteId } = lab.sol;
  const at = new Date(Date.now() - hoursAgo * 3_600_000);
  const e164 = phone === 'valid' ? `+55119876${String(number).padStart(5, '0')}` : null;
  const reach = { e164, status: phone, kind: e164 ? 'mobile' : null, reason: e164 ? null : 'missing_area_code' };
  const [row] =
    entity === 'cart'
      ? await sql<{ id: string }[]>`
          insert into carts (tenant_id, site_id, source, external_id, session_id, name, phone_e164, phone_status, phone_kind, phone_reason, total, total_minor,
                             currency, item_count, plugin_status, first_activity_at, last_activity_at, source_hash, first_seen_at, changed_at)
          values (${tenant}, ${siteId}, 'cart-abandonment', ${number}, 's', ${name}, ${reach.e164}, ${reach.status}, ${reach.kind}, ${reach.reason}, 1,
                  ${minor}, 'BRL', 1, 'abandoned', ${at}, ${at}, 1, now(), now()) returning id`
      : entity === 'order'
        ? await sql<{ id: string }[]>`
          insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, first_name, phone_e164, phone_status,
                              phone_kind, created_at, source_hash, first_seen_at, changed_at)
          values (${tenant}, ${siteId}, ${number}, 'hpos', 'pending', 'awaiting_payment', 'BRL', 1, ${minor}, ${name}, ${reach.e164}, ${reach.status},
                  ${reach.kind}, ${at}, 1, now(), now()) returning id`
        : await sql<{ id: string }[]>`
          insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, phone_e164, phone_status,
                             phone_kind, source_hash, first_seen_at, changed_at)
          values (${tenant}, ${siteId}, 'form-vibes', ${number}, '-', ${at}, 'wpforms', '1', ${name}, ${reach.e164}, ${reach.status}, ${reach.kind}, 1,
                  now(), now()) returning id`;
  const id = row!.id;
  if (entity === 'cart')
    await sql`insert into cart_statuses (tenant_id, cart_id, status, reason, has_keys, total_minor, first_activity_at, last_activity_at, changed_at)
              values (${tenant}, ${id}, 'abandoned', 'window_open', true, ${minor}, ${at}, ${at}, now())`;
  if (entity === 'lead')
    await sql`insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at) values (${tenant}, ${id}, 'not_customer', ${at}, now())`;
  const [person] = await sql<
    { id: string }[]
  >`insert into people (tenant_id, paid_order_count) values (${tenant}, ${paid}) returning id`;
  await sql`insert into person_members (tenant_id, entity, entity_id, person_id) values (${tenant}, ${entity}, ${id}, ${person!.id})`;
  const key = e164 ? `p:${e164}` : `e:p${number}@example.com`;
  await sql`insert into match_keys (tenant_id, key, entity, entity_id, phone_kind) values (${tenant}, ${key}, ${entity}, ${id}, ${reach.kind})`;
  const word = { cart: 'carrinho', order: 'pedido', lead: 'lead' }[entity];
  people.set(name, { personId: person!.id, id, record: `${word}:${id}` });
}

/** The queue's names in order, as one user has it. */
async function names(as = ana): Promise<string[]> {
  const db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1 });
  const [user] = await lab.owner<
    { id: string }[]
  >`select id from users where name = ${as === ana ? 'Ana Lima' : 'Bia Reis'}`;
  const wish = { tenantId: lab.sol.id, userId: user!.id, now: new Date(), limit: 500 } as Parameters<
    typeof listQueue
  >[1];
  const entries = await db.withTenant(wish.tenantId, (tx) => listQueue(tx, wish));
  await db.close();
  const of = new Map([...people].map(([name, { personId }]) => [personId, name]));
  return entries.map(({ personId }) => of.get(personId) ?? '?').filter((name) => name !== '?');
}

const htmx = { 'HX-Request': 'true', 'HX-Request-Type': 'partial', 'HX-Target': 'div#fila' };
async function act(name: string, form: Record<string, string>, as = ana) {
  const { personId, record } = people.get(name)!;
  const response = await lab.post(`/e/sol/fila/${personId}/acao`, { registro: record, ...form }, as, htmx);
  return { status: response.status, html: await response.text() };
}
const shownIn = (html: string) => /id="fila-pessoa"[^>]*><a[^>]*><bdi>([^<]*)/.exec(html)?.[1];

beforeAll(async () => {
  lab = await createWebLab();
  ana = await lab.signIn(lab.sol, 'operator');
  await lab.owner`update users set name = 'Ana Lima' where id = (select max(id) from users)`;
  bia = await lab.signIn(lab.sol, 'operator');
  await lab.owner`update users set name = 'Bia Reis' where id = (select max(id) from users)`;
  await add({ name: 'Pix', entity: 'order', minor: 10000, hoursAgo: 2 }); // ln(101) · 0,8 · 1,5 = 5,54
  await add({ name: 'Quente', minor: 10000, hoursAgo: 0.5 }); // 4,62
  await add({ name: 'Cliente', minor: 10000, paid: 3 }); // · 0,8 · 1,2 = 4,43
  await add({ name: 'Carrinho', minor: 10000 }); // · 0,8 = 3,69
  await add({ name: 'Antigo caro', minor: 500000, hoursAgo: 50 }); // ln(5001) · 0,5 = 4,26
  await add({ name: 'Lead', entity: 'lead' });
  await add({ name: 'Velho', hoursAgo: 24 * 10 });
  await add({ name: 'Fora da janela', hoursAgo: 24 * 60 });
  await add({ name: 'Sem DDD', phone: 'invalid' });
});
afterAll(async () => await lab.close());

test('people come by value, freshness and signal; who can’t be written to and what is over is not there', async () => {
  expect(await names()).toEqual(['Pix', 'Quente', 'Cliente', 'Antigo caro', 'Carrinho', 'Lead', 'Velho']);
  const page = await (await lab.get('/e/sol/fila', ana)).text();
  expect(shownIn(page)).toBe('Pix');
  expect(page).toMatch(/id="fila-total"[^>]*>1 de \d/);
  // Bia sees who has the same person open.
  expect(await (await lab.get('/e/sol/fila', bia)).text()).toMatch(
    /<bdi>Ana<\/bdi> <?abriu agora|<bdi>Ana<\/bdi> abriu/,
  );
});

test('an act brings the next person, is undone on the spot, and a colleague who is slower is asked', async () => {
  const sent = await act('Pix', { acao: 'whatsapp', n: 'clique' });
  expect([sent.status, shownIn(sent.html)]).toEqual([200, 'Quente']);
  expect(sent.html).toMatch(/WhatsApp marcado como enviado\..*Desfazer/s);
  expect(await lab.owner`select template, code from contacts where undone_at is null`).toMatchObject([
    { template: 'Pagamento pendente' },
  ]);
  const late = await act('Pix', { acao: 'whatsapp', n: 'outro' }, bia);
  expect([late.status, shownIn(late.html)]).toEqual([409, 'Pix']);
  expect(late.html).toContain('Ana falou com esta pessoa agora (WhatsApp).');
  const contact = /name="contato" value="(\d+)"/.exec(sent.html)![1]!;
  const undone = await act('Pix', { acao: 'desfazer', contato: contact });
  expect(shownIn(undone.html)).toBe('Pix');
});

test('snooze, skip, reminder, opt-out', async () => {
  await act('Quente', { acao: 'adiar', quanto: 'amanha' });
  await act('Cliente', { acao: 'pular' });
  expect(await names()).not.toContain('Quente');
  expect(await names()).not.toContain('Cliente');
  // Skipped by one, not by all.
  expect(await names(bia)).toContain('Cliente');
  await act('Carrinho', { acao: 'whatsapp' });
  expect(await names()).not.toContain('Carrinho');
  // On its day the reminder wins over the contact of before, whatever became of the cart.
  const { id } = people.get('Carrinho')!;
  await lab.owner`update contacts set contacted_at = now() - interval '2 hours' where entity_id = ${id} and undone_at is null`;
  await lab.owner`insert into reminders (tenant_id, entity, entity_id, remind_at, note, created_at)
                  values (${lab.sol.id}, 'cart', ${id}, now() - interval '1 hour', 'ligar de novo', now())`;
  expect(await names()).toContain('Carrinho');
  const card = await (await lab.get(`/e/sol/fila?pessoa=${people.get('Carrinho')!.personId}`, ana)).text();
  expect(card).toContain('ligar de novo');
  await act('Carrinho', { acao: 'nao_contatar' });
  expect(await names()).not.toContain('Carrinho');
  expect(await names(bia)).not.toContain('Carrinho');
  // Contacted long ago about another cart: this one is new.
  await lab.owner`insert into contacts (tenant_id, entity, entity_id, channel, code, contacted_at)
                  values (${lab.sol.id}, 'cart', ${people.get('Antigo caro')!.id}, 'whatsapp', 'codigo0009', now() - interval '60 hours')`;
  expect(await names()).toContain('Antigo caro');
  await lab.owner`update contacts set contacted_at = now() - interval '40 hours' where code = 'codigo0009'`;
  expect(await names()).not.toContain('Antigo caro');
});

test('a viewer sees nobody’s number and acts on nobody', async () => {
  const viewer = await lab.signIn(lab.sol, 'viewer');
  const page = await (await lab.get('/e/sol/fila', viewer)).text();
  expect(page).not.toMatch(/98765-4321|fila-whatsapp|9876-?\d{5}/);
  expect((await act('Pix', { acao: 'whatsapp' }, viewer)).status).toBe(403);
});

/** 50000 with CARRINHO_LONG=1: what is read of the copies does not depend on it. */
const openCarts = process.env.CARRINHO_LONG ? 50_000 : 4000;

test('of thousands of open carts the newest are ranked and the first looked at; their number is kept until something changes', async () => {
  const sql = lab.owner;
  const { id: tenant, siteId } = lab.lua;
  await sql`
    with new as (
      insert into carts (tenant_id, site_id, source, external_id, session_id, phone_e164, phone_status, phone_kind, total, total_minor, currency,
                         plugin_status, first_activity_at, last_activity_at, source_hash, first_seen_at, changed_at)
      select ${tenant}, ${siteId}, 'cart-abandonment', 1000 + i, 's', '+551197' || lpad(i::text, 7, '0'), 'valid', 'mobile', 1, 100 + i, 'BRL', 'abandoned',
             now() - make_interval(mins => i % 40000), now() - make_interval(mins => i % 40000), 1, now(), now()
      from generate_series(1, ${openCarts}) i returning *
    ), status as (
      insert into cart_statuses (tenant_id, cart_id, status, reason, has_keys, total_minor, first_activity_at, last_activity_at, changed_at)
      select tenant_id, id, 'abandoned', 'window_open', true, total_minor, first_activity_at, last_activity_at, now() from new
    ), person as (
      insert into people (tenant_id, id) overriding system value select tenant_id, 1000000 + id from new
    )
    insert into person_members (tenant_id, entity, entity_id, person_id) select tenant_id, 'cart', id, 1000000 + id from new`;
  await sql`analyze carts, cart_statuses, people, person_members`;
  const db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1 });
  const wish = { tenantId: tenant, userId: '1', now: new Date(), limit: 100 } as Parameters<typeof listQueue>[1];
  const reads = await db.withTenant(wish.tenantId, (tx) =>
    countTableReads(tx, ['carts', 'cart_statuses', 'leads', 'orders', 'match_keys', 'opt_outs'], async () => {
      expect(await listQueue(tx, wish)).toHaveLength(100);
    }),
  );
  for (const [table, { scans, rows }] of Object.entries(reads)) {
    const most = table === 'cart_statuses' ? 3100 : 1000;
    expect([table, rows]).toEqual([table, expect.toSatisfy((count: number) => count < most)]);
    if (table === 'carts' || table === 'cart_statuses') expect([table, scans]).toEqual([table, 0]);
  }

  let changedAtMs = 0;
  const keep = createKeep({ feed: { changedAtMs: () => changedAtMs }, db });
  const kept = (userId: UserId) =>
    db.withTenant(wish.tenantId, async (tx) => {
      let people: QueueEntry[] = [];
      const tables = await countTableReads(tx, ['cart_statuses', 'people', 'match_keys'], async () => {
        people = await listKeptQueue(keep, tx, { ...wish, userId });
      });
      return { people, rows: Object.values(tables).reduce((sum, { rows }) => sum + rows, 0) };
    });
  const first = await kept('1' as UserId);
  expect(first.people).toHaveLength(100);
  expect(first.rows).toBeGreaterThan(1000);
  await sql`
    insert into queue_pauses (tenant_id, entity, entity_id, until, is_personal, user_id, created_at)
    select tenant_id, entity, entity_id, now() + interval '30 minutes', true, (select min(id) from users), now()
    from person_members where tenant_id = ${tenant} and person_id = ${first.people[0]!.personId}`;
  const [user] = await sql<{ id: UserId }[]>`select min(id) as id from users`;
  const again = await kept(user!.id);
  expect([again.rows, again.people.slice(0, 99)]).toEqual([0, first.people.slice(1)]);
  changedAtMs = performance.now();
  expect((await kept(user!.id)).rows).toBeGreaterThan(1000);
  await db.close();
});
