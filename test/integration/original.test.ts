// Taking over from the system before this one: its database as ORIGINAL.md tells it, beside a shop that has been synced. What lives only there comes
// over once, found again by the shop's own ids; a rehearsal and a second run change nothing; a row that cannot be brought stops no other.
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { runCli } from '../../daemon/cli.ts';
import { findConnection } from '../../daemon/connections/connection-store.ts';
import { withTenant } from '../../daemon/db.ts';
import { createTestDatabase, type TestDatabase } from '../support/servers.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

type TallyRow = { item: string; brought: number; already: number; left: Record<string, number> };
type Result = { code: number; text: string; tally: Record<string, Omit<TallyRow, 'item'>> };

let world: SyncShop;
let before: TestDatabase;
let old: pg.Client;
/** What the rehearsal tells and the run does. */
const notSynced = 'a loja não tem (ou ainda não sincronizou)';
const told = {
  empresas: { brought: 2, already: 1, left: { 'nome ou slug que não serve': 1 } },
  lojas: { brought: 2, already: 1, left: {} },
  conexões: { brought: 1, already: 1, left: { 'empresas 2 tem um valor que não cabe aqui (23514)': 1 } },
  mapeamentos: { brought: 0, already: 1, left: {} },
  'modelos de mensagem': { brought: 2, already: 0, left: {} },
  cupons: { brought: 1, already: 0, left: {} },
  usuários: { brought: 1, already: 0, left: { 'sem e-mail: balcao': 1, 'sem e-mail: auth_user 99 não existe': 1 } },
  'leads removidos na loja': { brought: 1, already: 0, left: {} },
  'carrinhos removidos na loja': { brought: 1, already: 0, left: {} },
  'marcas de WhatsApp': { brought: 3, already: 0, left: { [notSynced]: 1, 'sem data': 1 } },
  'marcas de e-mail': { brought: 2, already: 0, left: {} },
  'etapas de leads': { brought: 2, already: 0, left: { [notSynced]: 1 } },
  'leads da extensão': { brought: 1, already: 0, left: {} },
  notas: { brought: 1, already: 0, left: {} },
  'situações de carrinhos': { brought: 2, already: 0, left: {} },
  'notas e etiquetas de clientes': { brought: 1, already: 0, left: { 'ninguém com este contato': 1 } },
  'não contatar': {
    brought: 1,
    already: 0,
    left: { 'motivo invalid_number: não é recusa da pessoa': 1, 'telefone que não se lê': 1 },
  },
  mensagens: { brought: 1, already: 0, left: { 'não foi enviada': 1, 'resposta da pessoa, não um contato': 1 } },
  'linhas de leads': { brought: 0, already: 0, left: { 'a empresa não veio': 2 } },
};

/** What our shop calls the rows that the old system speaks of. */
const ours = { lead: '', cart: '', otherCart: '' };

beforeAll(async () => {
  [world, before] = await Promise.all([
    createSyncShop({ isGenerated: true, size: 'tiny' }),
    createTestDatabase({ isEmpty: true }),
  ]);
  await world.sync();
  await world.owner.query(`update tenants set slug = 'sol'`);
  old = new pg.Client({ connectionString: before.url });
  await old.connect();
  await old.query(readFileSync(new URL('../fixtures/original.sql', import.meta.url), 'utf8'));
  await meetTheShop();
});
afterAll(async () => {
  await old?.end();
  await Promise.all([world?.drop(), before?.drop()]);
});

/** The old rows speak of rows that our shop really has. */
async function meetTheShop(): Promise<void> {
  type Found = { id: string; number: string; session: string; email: string };
  const [lead] = await world.rows<Found>(`select id, external_id::text as number from leads order by id limit 1`);
  const carts = await world.rows<Found>(
    `select c.id, c.external_id::text as number, c.session_id as session, c.email from carts c join cart_statuses s on s.cart_id = c.id
     where c.is_current and c.email is not null and s.status = 'abandoned' order by c.id limit 2`,
  );
  Object.assign(ours, { lead: lead!.id, cart: carts[0]!.id, otherCart: carts[1]!.id });
  await old.query(`update leads set form_id = $1 where form_id = '9001'`, [lead!.number]);
  await old.query(
    `update carts set checkout_id = replace(checkout_id, '9101', $1), session_id = case session_id when 'sessao-a' then $2 else $3 end where id < 10`,
    [carts[0]!.number, carts[0]!.session, carts[1]!.session],
  );
  await old.query(`update customers set email = upper($1) where email = 'BIA@example.com'`, [carts[0]!.email]);
  // Rows that cannot come: a port that is none, a company without a name, leads of companies that are not there, a member who is nobody.
  await old.query(`update empresas set woo_db_host = 'lua.example.com', woo_db_port = 99999 where id = 2`);
  await old.query(`insert into empresas (id, nome, slug) values (3, '', 'sem nome')`);
  await old.query(
    `insert into leads (id, empresa_id, form_id, status) values (5, 3, '9001', 'new'), (6, 77, '9001', 'new')`,
  );
  await old.query(`insert into empresa_usuarios values (3, 1, 99, 'admin', false)`);
  await old.query(
    `insert into empresas (id, nome, slug, ativo, woo_db_host, woo_db_port, woo_db_name, woo_db_user, woo_db_password)
     values (4, 'Mar Calçados', 'mar', true, 'mar.example.com', 3306, 'wp', 'leitor', 's3nha clara')`,
  );
}

async function takeOver(...args: string[]): Promise<Result> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const env = { DATABASE_URL: world.databaseUrl, SECRET_KEY: world.secretKey.toString('base64') };
  const code = await runCli(['migrar-original', '--json', ...args], { env, stdout });
  const rows: TallyRow[] = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { code, text, tally: Object.fromEntries(rows.map(({ item, ...row }) => [item, row])) };
}

/** Rows and content of everything that people, companies and shops are made of. */
async function contentOfAll(): Promise<Record<string, string>> {
  const tables = await world.rows<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`,
  );
  const content: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await world.rows<{ content: string }>(
      `select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) as content from ${name} t`,
    );
    content[name] = row!.content;
  }
  return content;
}

test('the address of the old database is asked for, and a database that is not the old system’s is refused', async () => {
  delete process.env.ORIGINAL_DATABASE_URL;
  expect(await takeOver()).toMatchObject({ code: 2, text: expect.stringContaining('ORIGINAL_DATABASE_URL') });
  process.env.ORIGINAL_DATABASE_URL = world.databaseUrl;
  expect(await takeOver()).toMatchObject({ code: 1, text: expect.stringContaining('não tem a tabela empresas') });
  process.env.ORIGINAL_DATABASE_URL = before.url.replace(/\/[^/?]+\?/, '/senha-secreta-nao-ha?');
  const missing = await takeOver();
  expect(missing).toMatchObject({ code: 1, text: expect.stringContaining('3D000') });
  expect(missing.text).not.toContain('senha-secreta');
  process.env.ORIGINAL_DATABASE_URL = before.url;
});

test('the rehearsal tells what would come and changes nothing, there or here', async () => {
  const content = await contentOfAll();
  const rehearsal = await takeOver();
  expect(rehearsal.code).toBe(0);
  expect(rehearsal.tally).toEqual(told);
  expect(await contentOfAll()).toEqual(content);
});

test('what lives only there comes over, with its dates; each row that cannot is told and stops no other', async () => {
  expect(await takeOver('--executar')).toMatchObject({ code: 0, tally: told });

  const contacts = await world.rows(
    `select c.entity, c.entity_id as id, c.channel, c.template, c.contacted_at as at, u.name from contacts c join users u on u.id = c.user_id order by at`,
  );
  const by = (entity: string, id: string, channel: string, at: string, template: string | null = null) => ({
    entity,
    id,
    channel,
    template,
    at: new Date(at),
    name: 'Sistema anterior',
  });
  const [goneLead] = await world.rows<{ id: string }>('select id from leads where external_id = 888888');
  const [goneCart] = await world.rows<{ id: string }>('select id from carts where external_id = 888889');
  expect(contacts).toEqual([
    by('cart', goneCart!.id, 'email', '2026-01-02T15:00:00Z'),
    by('lead', ours.lead, 'whatsapp', '2026-01-05T12:00:00Z'),
    by('cart', ours.cart, 'email', '2026-01-06T12:00:00Z'),
    by('cart', ours.cart, 'whatsapp', '2026-01-06T13:00:00Z'),
    by('cart', ours.otherCart, 'whatsapp', '2026-01-07T12:00:00Z'),
    by('cart', ours.cart, 'whatsapp', '2026-01-09T12:00:00Z', 'carrinho'),
  ]);
  expect(
    await world.rows(`select lead_id, stage, reason from lead_stages where undone_at is null order by stage desc`),
  ).toEqual([
    { lead_id: ours.lead, stage: 'lost', reason: 'sistema anterior' },
    { lead_id: goneLead!.id, stage: 'contacted', reason: '' },
  ]);
  // A number that the shop gave to another cart: the session says which is meant.
  expect(await world.rows('select cart_id, status from cart_overrides order by status')).toEqual([
    { cart_id: ours.cart, status: 'recovered' },
    { cart_id: ours.otherCart, status: 'waiting' },
  ]);
  expect(
    await world.rows('select status from cart_statuses where cart_id = any($1) order by 1', [
      [ours.cart, ours.otherCart],
    ]),
  ).toEqual([{ status: 'recovered' }, { status: 'waiting' }]);
  const bodies = await world.rows<{ body: string }>('select body from notes order by body');
  expect(bodies.map(({ body }) => body)).toEqual(['Gosta de azul', 'Pediu para ligar depois']);
  expect(await world.rows(`select t.name from record_tags r join tags t on t.id = r.tag_id order by 1`)).toEqual([
    { name: 'calça 38' },
    { name: 'vip' },
  ]);
  expect(await world.rows(`select key, channel, source, reason from opt_outs where source <> 'plugin'`)).toEqual([
    { key: 'p:+5511987654321', channel: 'whatsapp', source: 'original', reason: 'pediu para parar' },
  ]);
  expect(await world.rows(`select name, phone_e164, captured_at from leads where source = 'manual'`)).toEqual([
    { name: 'Caio', phone_e164: '+5511987654321', captured_at: new Date(1_767_600_000_000) },
  ]);
  expect(await world.rows(`select body from message_templates where audience = 'lead_new'`)).toEqual([
    { body: 'Oi {nome}, pedido {numero} {{cupom} {{' },
  ]);
  expect(
    await world.rows(
      `select slug, time_zone, suspended_at is not null as suspended, coupon_code as coupon from tenants order by id`,
    ),
  ).toEqual([
    { slug: 'sol', time_zone: 'America/Sao_Paulo', suspended: false, coupon: 'VOLTA10' },
    { slug: 'lua', time_zone: 'America/Sao_Paulo', suspended: true, coupon: '' },
    { slug: 'mar', time_zone: 'America/Sao_Paulo', suspended: false, coupon: '' },
  ]);
});

test('what the shop has lost comes as lost, with its values and people, and a sync leaves it so', async () => {
  const lost = () =>
    Promise.all([
      world.rows(
        `select l.name, l.phone_e164 as phone, l.captured_at as at, l.missing_since is not null as "isLost", m.person_id is not null as "hasPerson"
         from leads l left join person_members m on m.entity = 'lead' and m.entity_id = l.id where l.external_id = 888888`,
      ),
      world.rows(
        `select c.name, c.email, c.total::text, c.currency, c.last_activity_at as at, c.missing_since is not null as "isLost", s.status, s.reason
         from carts c join cart_statuses s on s.cart_id = c.id where c.external_id = 888889`,
      ),
    ]);
  const told = [
    [{ name: 'Ida', phone: '+5511988881234', at: new Date('2026-01-04T12:00:00Z'), isLost: true, hasPerson: true }],
    [
      {
        name: 'Lia',
        email: 'lia@example.com',
        total: '199.90000000',
        currency: 'BRL',
        at: new Date('2026-01-02T12:00:00Z'),
        isLost: true,
        status: 'abandoned',
        reason: 'window_closed',
      },
    ],
  ];
  expect(await lost()).toEqual(told);
  await world.sync();
  expect(await lost()).toEqual(told);
});

test('people come without a password, secrets come sealed', async () => {
  expect(
    await world.rows(
      `select u.email, u.name, u.password_hash, u.is_superadmin, m.role from memberships m join users u on u.id = m.user_id`,
    ),
  ).toEqual([{ email: 'ana@example.com', name: 'Ana Lima', password_hash: null, is_superadmin: true, role: 'admin' }]);
  const [mar] = await world.rows<{ id: TenantId; site: SiteId; row: string }>(
    `select t.id, s.id as site, c::text as row from tenants t join sites s on s.tenant_id = t.id join connections c on c.site_id = s.id where t.slug = 'mar'`,
  );
  expect(mar!.row).not.toContain('s3nha clara');
  const connection = await withTenant(world.pool, mar!.id, (client) =>
    findConnection({ client, siteId: mar!.site, box: world.engine.box }),
  );
  expect(connection).toMatchObject({ host: 'mar.example.com', password: 's3nha clara', tls: { mode: 'verify' } });
});

test('a second run changes nothing, and a later one brings what the shop has synced since', async () => {
  const content = await contentOfAll();
  const second = await takeOver('--executar');
  expect(second.code).toBe(0);
  expect(Object.values(second.tally).reduce((sum, { brought }) => sum + brought, 0)).toBe(0);
  expect(await contentOfAll()).toEqual(content);

  const [late] = await world.rows<{ id: string; number: string }>(
    `select id, external_id::text as number from leads where source = 'form-vibes' and id <> $1 order by id limit 1`,
    [ours.lead],
  );
  await old.query(`update leads set form_id = $1 where form_id = '777777'`, [late!.number]);
  const third = await takeOver('--executar');
  expect(third.tally['marcas de WhatsApp']).toMatchObject({ brought: 1, already: 3 });
  expect(await world.rows('select stage from lead_stages where lead_id = $1', [late!.id])).toEqual([
    { stage: 'contacted' },
  ]);
});
