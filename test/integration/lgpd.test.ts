// Somebody asks to be erased (docs/lgpd.md): nothing in the database tells who it was, figures stay, everybody else is untouched, and neither polls nor
// digests nor full passes over a shop that still has everything bring anything back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveManualLead } from '#shared/manual-lead.ts';
import { runCli } from '../../daemon/cli.ts';
import { statementsOf, withTenant } from '../../daemon/db.ts';
import { erasePerson } from '../../daemon/erasure/erase.ts';
import { carryOutErasures } from '../../daemon/erasure/round.ts';
import { recomputeAll } from '../../daemon/recompute/recompute.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { scheduleEmails, sendEmail, unsubscribe, writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { editOrder, placeOrder } from '../../start/demo/order-writer.ts';
import { execute, tableOf } from '../../start/demo/shop.ts';
import { orderInput } from '../fixtures/wordpress/order-rows.ts';
import { writeUser } from '../fixtures/wordpress/wordpress-customers.ts';
import { createSyncShop, rowVersions, type SyncShop } from '../support/sync-shop.ts';

const ago = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
const lineFor = ({ firstName }: { firstName: string }) => ({
  ...orderInput.lines[0]!,
  attributes: { gravação: firstName },
});
const zuleica = {
  email: 'Zuleica.Prova@cliente.example',
  phone: '(11) 98713-2040',
  firstName: 'Zuleica',
  lastName: 'Andiroba',
};
const bruna = { email: 'bruna@cliente.example', phone: '(21) 98800-1122', firstName: 'Bruna', lastName: 'Castanheira' };
/** However a shop, a key, a log or a search writes them. */
const traces = [
  'zuleica',
  'andiroba',
  '987132040',
  '98713-2040',
  '87132040',
  'rua das provas',
  '39053344705',
  'ligar à tarde',
  'maria-de-zuleica',
  '1b2c3d-pagina',
  '01310-100',
];

let world: SyncShop;
let [cart, order]: [{ id: number; sessionId: string }, number] = [{ id: 0, sessionId: '' }, 0];

async function shopFor(person: typeof zuleica, minutes: number) {
  const { shop } = world;
  await writeFormEntry(shop, {
    at: ago(minutes),
    url: `https://loja.example/${person === zuleica ? '1b2c3d-pagina' : 'p'}`,
    answers: [
      ['Nome_3', `${person.firstName} ${person.lastName}`],
      ['Whatsapp_8', person.phone],
      ['E-mail_2', person.email],
      ['Mensagem_4', person === zuleica ? 'ligar à tarde' : 'Bruna espera'],
      ['Quem_indicou_5', zuleica.email],
    ],
  });
  const postcode = person === zuleica ? '01310-100' : '20040-020';
  const made = await writeCart(shop, {
    ...person,
    lines: [lineFor(person)],
    time: ago(minutes - 10),
    city: 'São Paulo',
    state: 'SP',
    postcode,
  });
  const [email] = await scheduleEmails(shop, { sessionId: made.sessionId, at: ago(minutes - 10) });
  await sendEmail(shop, email!);
  const billing = {
    ...person,
    address1: person === zuleica ? 'Rua das Provas' : 'Rua B',
    city: 'São Paulo',
    state: 'SP',
    postcode,
  };
  const at = ago(minutes - 400);
  const id = await placeOrder(shop, {
    ...orderInput,
    lines: [lineFor(person)],
    billing,
    brazil: {
      ...orderInput.brazil,
      cellphone: person.phone,
      cpf: person === zuleica ? '390.533.447-05' : '111.444.777-35',
    },
    createdAt: at,
    updatedAt: at,
    paidAt: at,
    couponCodes: [],
  });
  return [made, id] as const;
}

beforeAll(async () => {
  world = await createSyncShop();
  const { shop } = world;
  [cart, order] = await shopFor(zuleica, 1_000);
  await shopFor(bruna, 900);
  await unsubscribe(shop, cart.sessionId);
  const customer = { [`${shop.prefix}capabilities`]: 'a:1:{s:8:"customer";b:1;}' };
  await writeUser(
    shop,
    { id: 7, email: zuleica.email },
    { ...customer, first_name: 'Zuleica', billing_phone: zuleica.phone },
  );
  await writeUser(shop, { id: 8, email: bruna.email }, customer);
  const { id } = await writeCart(shop, {
    ...zuleica,
    email: `outra.${zuleica.email}`,
    sessionId: 'quebrado',
    lines: [lineFor(zuleica)],
    time: ago(2_000),
  });
  await execute(shop, `update ${tableOf(shop, shop.cartTable)} set time = null where id = ${id}`);
  await world.sync();
});
afterAll(async () => await world.drop());

/** Every table of the database whose rows hold one of the texts, with the first such row. */
async function findTraces(texts: string[]): Promise<string[]> {
  const tables = await world.rows<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await world.rows<{ row: string }>(
      `select row_to_json(t)::text as row from ${name} t where lower(row_to_json(t)::text) like any ($1::text[]) limit 1`,
      [texts.map((text) => `%${text}%`)],
    );
    if (rows[0]) found.push(`${name}: ${rows[0].row}`);
  }
  return found;
}

/** What is concluded of everybody, without names. */
async function conclusions() {
  const of = (sql: string) => world.rows(sql);
  return {
    carts: await of(
      `select c.external_id, s.status, s.reason, s.has_keys, s.score, s.causal_class, s.credited_minor, s.total_minor from cart_statuses s
       join carts c on c.id = s.cart_id order by c.id`,
    ),
    leads: await of('select lead_id, customer_status, order_id, first_paid_at from lead_statuses order by lead_id'),
    people: await of('select id, paid_order_count, net_minor, first_paid_at from people order by id'),
    members: await of('select person_id, entity, entity_id from person_members order by entity, entity_id'),
    customers: await of(
      'select person_id, status, recency, frequency, monetary from customer_statuses order by person_id',
    ),
    contacts: await of('select entity, entity_id, channel, contacted_at from contacts order by id'),
  };
}

const copies = [
  'leads',
  'lead_answers',
  'carts',
  'cart_items',
  'cart_emails',
  'orders',
  'order_items',
  'site_customers',
  'match_keys',
];

const ofBruna = async () =>
  await Promise.all(
    copies.map((table) =>
      world.rows(
        `select * from ${table} t where lower(row_to_json(t)::text) like any (array['%bruna%', '%castanheira%', '%5521988001122%']) order by row_to_json(t)::text`,
      ),
    ),
  );

const compared = async () =>
  (await compareContent(world.engine, world)).map(({ source, stream, differences, unreadableCount }) => ({
    stream: `${source}/${stream}`,
    differences,
    unreadableCount,
  }));

async function personOf(entity: 'cart' | 'order', externalId: number | string): Promise<string> {
  const [row] = await world.rows<{ id: string }>(
    `select m.person_id as id from ${entity}s r join person_members m on m.entity = $1 and m.entity_id = r.id where r.external_id = $2`,
    [entity, externalId],
  );
  return row!.id;
}

/** What an operator leaves beside a person. */
async function actAs(personId: string): Promise<void> {
  await withTenant(world.pool, world.tenantId, async (client) => {
    const run = (sql: string) => client.query(sql.replaceAll('$t', world.tenantId).replaceAll('$p', personId));
    const cartId = `(select entity_id from person_members where tenant_id = $t and person_id = $p and entity = 'cart' limit 1)`;
    const leadId = `(select entity_id from person_members where tenant_id = $t and person_id = $p and entity = 'lead' limit 1)`;
    await run(
      `insert into notes (tenant_id, entity, entity_id, body, created_at) select $t, 'cart', ${cartId}, 'Zuleica pediu 37', now()`,
    );
    await run(
      `insert into notes (tenant_id, entity, entity_id, body, created_at, undone_at) select $t, 'cart', ${cartId}, 'era da Zuleica', now(), now()`,
    );
    await run(
      `insert into reminders (tenant_id, entity, entity_id, remind_at, note, created_at) select $t, 'lead', ${leadId}, now(), 'ligar para zuleica', now()`,
    );
    await run(
      `insert into lead_stages (tenant_id, lead_id, stage, reason, created_at) select $t, ${leadId}, 'lost', 'Zuleica mudou', now()`,
    );
    await run(
      `insert into contacts (tenant_id, entity, entity_id, channel, key, contacted_at) select $t, 'cart', ${cartId}, 'whatsapp', 'p:+5511987132040', now()`,
    );
    await run(
      `insert into opt_outs (tenant_id, channel, key, reason, created_at) values ($t, 'all', 'p:+5511987132040', 'Zuleica pediu', now())`,
    );
    await run(
      `insert into person_edges (tenant_id, kind, key_a, key_b, note, created_at) values ($t, 'not_same', 'e:bruna@cliente.example', 'e:zuleica.prova@cliente.example', 'não é a Zuleica', now())`,
    );
    await run(`insert into exports (tenant_id, list, format, query, options, filter_text, file_name, state, selected_count, requested_at)
               select $t, 'carrinhos', 'csv', '{"busca": "zuleica"}', '{}', 'Busca: zuleica', 'x.csv', s, 1, now() from unnest(array['done', 'running']) s`);
    await run(
      `insert into export_chunks (tenant_id, export_id, part, position, bytes) select $t, id, 1, 1, 'Zuleica'::bytea from exports`,
    );
  });
  await world.owner.query(
    `with u as (insert into users (email, name) values ('ana@empresa.example', 'Ana') returning id)
     insert into segments (tenant_id, list, name, query, user_id, created_at) select $1, 'carrinhos', 'maria-de-zuleica', 'busca=98713-2040', id, now() from u`,
    [world.tenantId],
  );
}

test('nothing tells who it was, conclusions stay, and everybody else is as before', async () => {
  const personId = await personOf('order', order);
  await actAs(personId);
  await recomputeAll(world.pool, world.tenantId, { now: new Date(), log: world.engine.log });
  const [before, brunaBefore] = [await conclusions(), await ofBruna()];
  expect(before.carts).toContainEqual(expect.objectContaining({ status: 'recovered', has_keys: true }));
  expect((await findTraces(traces)).length).toBeGreaterThan(12);

  const [request] = await world.rows<{ id: string }>(
    `insert into subject_requests (tenant_id, kind, person_id, state, note, requested_at) values ($1, 'erasure', $2, 'approved', 'Zuleica escreveu', now()) returning id`,
    [world.tenantId, personId],
  );
  const asked = { tenantId: world.tenantId, requestId: request!.id, now: new Date(), log: world.engine.log };
  const outcome = await erasePerson(world.pool, world.engine.box, asked);
  expect(outcome).toMatchObject({ leads: 1, carts: 1, orders: 1, accounts: 1, keys: 2, exports: 2, quarantined: 1 });
  expect(await erasePerson(world.pool, world.engine.box, asked)).toBeNull();

  expect(await findTraces(traces)).toEqual([]);
  expect(await conclusions()).toEqual(before);
  expect(await ofBruna()).toEqual(brunaBefore);
  const blocks = await world.rows(
    `select b.code from person_members m cross join lateral contact_block(m.tenant_id, m.entity, m.entity_id, 'whatsapp') b where m.person_id = $1`,
    [personId],
  );
  expect(blocks.map(({ code }) => code)).toEqual(['opted_out', 'opted_out', 'opted_out']);
}, 600_000);

test('a poll, the hourly digest and the full pass bring nothing back, and what the person leaves anew is blocked', async () => {
  const { shop } = world;
  const before = await conclusions();
  const brunaBefore = await ofBruna();
  const phone = '(11) 97777-6655';
  await editOrder(shop, { id: order, phone, cellphone: phone, email: 'nova.zuleica@cliente.example', at: ago(1) });
  const at = ago(2);
  const again = await placeOrder(shop, {
    ...orderInput,
    billing: { ...zuleica, email: 'zuleica.de.novo@cliente.example' },
    createdAt: at,
    updatedAt: at,
    paidAt: at,
  });
  await writeFormEntry(shop, {
    at,
    answers: [
      ['Nome_3', 'Zuleica'],
      ['E-mail_2', zuleica.email],
    ],
  });
  const run = await world.sync();
  expect(run.streams.reduce((sum, { counts }) => sum + (counts.skipped.erased ?? 0), 0)).toBeGreaterThan(0);
  for (const kind of ['reconcile', 'full'] as const) await world.sync(kind);
  expect(await findTraces([...traces, '97777'])).toEqual([]);
  expect(await ofBruna()).toEqual(brunaBefore);

  for (const stream of await compared()) {
    expect(stream).toMatchObject({ differences: [] });
  }
  const versions = await rowVersions(world.owner);
  await world.sync('full');
  expect(await rowVersions(world.owner)).toEqual(versions);

  // The order made anew is hers: amounts count, nobody is named.
  expect(await personOf('order', again)).toBe(await personOf('cart', cart.id));
  const after = await conclusions();
  expect(after.members.length).toBeGreaterThan(before.members.length);
  await recomputeAll(world.pool, world.tenantId, { now: new Date(), log: world.engine.log });
  // The bounds of the scores are taken anew with the order that came.
  expect({ ...(await conclusions()), customers: [] }).toEqual({ ...after, customers: [] });
}, 600_000);

/** `carrinho lgpd …` on this database, as the rows of its --json. */
async function lgpd(...args: string[]) {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const env = { DATABASE_URL: world.databaseUrl, SECRET_KEY: world.secretKey.toString('base64') };
  const code = await runCli(['lgpd', ...args, '--json'], { env, stdout });
  return { code, rows: text.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : [])) };
}

const round = (now = new Date()) => carryOutErasures(world.pool, world.engine.box, { now, log: world.engine.log });

test('somebody erased whom an operator writes down by hand is emptied by the daemon’s next round, and nobody else is', async () => {
  const { pool, tenantId, siteId } = world;
  const write = (name: string, phone: string, email: string) =>
    withTenant(pool, tenantId, (client) =>
      saveManualLead(
        statementsOf(client),
        { name, phone, email, size: '', origin: 'whatsapp' },
        { site: { id: siteId, areaCode: '11' }, isForced: true, now: new Date() },
      ),
    );
  const byHand = await write('Zuleica Andiroba', zuleica.phone, 'dora@cliente.example');
  await write('Carla', '(11) 98222-3344', '');
  await recomputeAll(pool, tenantId, { now: new Date(), log: world.engine.log });
  await round();
  expect(await findTraces([...traces, 'dora@'])).toEqual([]);
  expect(await world.rows(`select name, phone_e164 from leads where source = 'manual' order by id`)).toEqual([
    { name: null, phone_e164: null },
    { name: 'Carla', phone_e164: '+5511982223344' },
  ]);
  expect(await world.rows(`select entity_id from audit_log where action = 'lead.erased'`)).toEqual([
    { entity_id: 'id' in byHand && byHand.id },
  ]);
  // The other address on that lead says nothing about whoever has it.
  await write('Dora', '', 'dora@cliente.example');
  await round();
  expect((await world.rows(`select from leads where name = 'Dora'`)).length).toBe(1);
}, 600_000);

test('what grew too old loses its names by night, and stays so; whoever comes back is somebody new', async () => {
  const { shop } = world;
  const olga = { email: 'olga@cliente.example', firstName: 'Olga', lastName: 'Antiga' };
  const [phone, years] = ['(31) 98444-5566', 3 * 365 * 24 * 60];
  const lead = (name: string, minutes: number) =>
    writeFormEntry(shop, {
      at: ago(minutes),
      answers: [
        ['Nome_3', name],
        ['Whatsapp_8', phone],
      ],
    });
  await lead('Olga Antiga', years);
  await writeCart(shop, { ...olga, phone, lines: [orderInput.lines[0]!], time: ago(years) });
  await world.sync('full');
  expect((await findTraces(['olga'])).length).toBeGreaterThan(2);
  const [before, brunaBefore] = [await conclusions(), await ofBruna()];
  await round();
  expect((await findTraces(['olga'])).length).toBeGreaterThan(2);
  const saved = await lgpd('retencao', '--empresa=loja', '--meses=24', '--ligar');
  expect(saved.rows[0]).toMatchObject({ preview: { people: 1, leads: 1, carts: 1 }, removed: null });
  await round();
  await world.sync('full');
  expect(await findTraces(['olga', '984445566', '98444-5566'])).toEqual([]);
  expect(await conclusions()).toEqual(before);
  expect(await ofBruna()).toEqual(brunaBefore);
  await lead('Olga de volta', 1);
  await world.sync();
  // Once a night.
  await round();
  expect(await world.rows(`select name from leads where name like 'Olga%'`)).toEqual([{ name: 'Olga de volta' }]);
  expect((await world.rows(`select from audit_log where action = 'retention.applied'`)).length).toBe(1);
}, 600_000);

test('the command line: a report, an erasure asked and approved, and a restored backup that is erased again', async () => {
  const { owner } = world;
  await owner.query(
    `with u as (insert into users (email, name) values ('dona@empresa.example', 'Dona'), ('bia@empresa.example', 'Bia') returning id, email)
     insert into memberships (tenant_id, user_id, role) select $1, id, case when email like 'dona%' then 'owner' else 'operator' end from u`,
    [world.tenantId],
  );
  const [bruna, bia, dona] = [
    '--contato=bruna@cliente.example',
    '--usuario=bia@empresa.example',
    '--usuario=dona@empresa.example',
  ];
  const report = await lgpd('acesso', '--empresa=loja', bruna!, bia!);
  expect(JSON.stringify(report.rows)).toMatch(/Castanheira.*Bruna espera|Bruna espera.*Castanheira/);
  expect((await lgpd('eliminar', '--empresa=loja', bruna!)).code).toBe(2);
  const { rows: asked } = await lgpd('eliminar', '--empresa=loja', bruna!, bia!);
  expect((await lgpd('eliminar', '--empresa=loja', bruna!, bia!)).code).toBe(1);
  const approve = `--aprovar=${asked[0].request}`;
  expect((await lgpd('eliminar', '--empresa=loja', approve, bia!)).code).toBe(1);
  expect(await lgpd('eliminar', '--empresa=loja', approve, dona!)).toMatchObject({
    code: 0,
    rows: [{ leads: 1, carts: 1, orders: 1 }],
  });
  const gone = [...traces, '97777', 'castanheira', '98800'];
  expect(await findTraces(gone)).toEqual([]);
  expect((await lgpd('pedidos', '--empresa=loja')).rows).toContainEqual(
    expect.objectContaining({ id: asked[0].request, state: 'done', requestedBy: 'Bia' }),
  );

  const folder = await mkdtemp(join(tmpdir(), 'cel-lgpd-'));
  const file = join(folder, 'eliminacoes.json');
  expect((await lgpd('guardar', file)).code).toBe(0);
  await owner.query(
    `truncate tombstones, erasure_secrets, erased_records, ${copies.join(', ')}, cursors, person_members, cart_statuses, lead_statuses`,
  );
  await world.sync('full');
  expect((await findTraces(gone)).length).toBeGreaterThan(5);
  const again = await lgpd('reaplicar', file);
  expect(again.rows).toEqual([{ slug: 'loja', records: expect.any(Number) }]);
  expect(again.rows[0].records).toBeGreaterThan(5);
  await world.sync('full');
  expect(await findTraces(gone)).toEqual([]);
  expect((await lgpd('reaplicar', file)).rows).toEqual([{ slug: 'loja', records: 0 }]);
  await rm(folder, { recursive: true });
}, 600_000);
