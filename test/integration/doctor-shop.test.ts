// The doctor's checks of the shop itself (11 to 16): each fault is made in a real shop, is named by its own finding and no other, and goes when mended.
import { connect } from 'node:net';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DoctorShopDetails, doctorShopLines, doctorShopTexts } from '#shared/doctor-shop-messages.ts';
import { createLog } from '#shared/log.ts';
import type { ConnectionSettings } from '../../daemon/connections/connection.ts';
import type { DoctorSite, Finding } from '../../daemon/doctor/check.ts';
import { type DoctorFinding, runDoctor } from '../../daemon/doctor/doctor.ts';
import type { Source } from '../../daemon/source.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import { abandonCarts } from '../../start/demo/cart-writer.ts';
import { demoShops } from '../../start/demo/demo-shops.ts';
import { generateShop } from '../../start/demo/generate.ts';
import { localText } from '../../start/demo/shop.ts';
import { createShop } from '../../start/demo/shop-setup.ts';
import { createShopDatabase, type ShopDatabase } from '../support/servers.ts';
import { startShopLab } from '../support/shop-lab.ts';
import { closeListeners, listen } from '../support/tcp.ts';

const shoes = { formPlugin: 'wp-forms', formId: '321', nameKey: 'Nome_3', phoneKey: 'Whatsapp_8', emailKey: null };
const contact = {
  formPlugin: 'wp-forms',
  formId: '654',
  nameKey: 'Nome_1',
  phoneKey: 'Telefone_4',
  emailKey: 'E-mail_2',
};
const mappings: DoctorSite['mappings'] = [
  { ...shoes, sizeKey: 'Numero_do_sapato_9' },
  { ...contact, sizeKey: null },
];
const site: DoctorSite = { tablePrefix: null, cartTable: null, areaCode: '11', mappings };

let sources: Source[];
let mariaDb: ShopDatabase;

type Asked = Record<number, DoctorFinding>;

/** Asks all sixteen checks; `only` keeps the findings of some of the shop's. */
async function ask({
  change = {},
  settings = {},
  only = [11, 12, 13, 14, 15, 16],
}: {
  change?: Partial<DoctorSite>;
  settings?: Partial<ConnectionSettings>;
  only?: number[];
} = {}): Promise<Asked> {
  const findings = await runDoctor({
    settings: {
      mode: 'direct',
      host: mariaDb.host,
      port: mariaDb.port,
      user: mariaDb.readerUser,
      password: mariaDb.readerPassword,
      database: mariaDb.database,
      tls: { mode: 'off' },
      ...settings,
    },
    site: { ...site, ...change },
    sources,
    allowedNetworks: ['127.0.0.0/8'],
    publicIp: null,
    log: createLog(() => undefined),
    now: () => new Date(),
  });
  expect(findings.filter(({ nn, state }) => nn <= 10 && state === 'error')).toEqual([]);
  return Object.fromEntries(findings.filter(({ nn }) => only.includes(nn)).map((finding) => [finding.nn, finding]));
}

/** `12 warning orders_old` of every finding that is not ok. */
const problems = (asked: Asked) =>
  Object.entries(asked)
    .filter(([, { state }]) => state !== 'ok')
    .map(([nn, { state, code }]) => `${nn} ${state} ${code}`);

/** What a person reads: no code may be without words, no fact without its place. */
function sentence({ code, facts }: Finding): string {
  const words = doctorShopTexts[code]?.(facts);
  expect(words, code).toBeDefined();
  expect(`${words!.sentence} ${words!.remedy}`).not.toMatch(/undefined|NaN|null/);
  return words!.sentence;
}

const table = (name: string) => `${mariaDb.database}.cli_${name}`;
const run = (sql: string, values: unknown[] = []) => mariaDb.admin.query(sql, values);

/** Makes a fault, asks, and mends it whatever happens; afterwards nothing may be wrong. */
async function withFault(spoil: string[], mend: string[], how?: Parameters<typeof ask>[0]): Promise<Asked> {
  try {
    for (const sql of spoil) await run(sql);
    return await ask(how);
  } finally {
    for (const sql of mend) await run(sql);
  }
}

beforeAll(async () => {
  [mariaDb, sources] = await Promise.all([createShopDatabase(), loadSources()]);
  const now = new Date(Date.now() - 120_000);
  const made = { ...demoShops[0], database: mariaDb.database, size: 'small' as const, seed: 5, now };
  const { shop } = await generateShop(mariaDb.admin, made);
  // The demo has a cart that its cron forgot.
  await abandonCarts(shop, { now: new Date() });
});
afterAll(async () => {
  await closeListeners();
  await mariaDb?.drop();
});

test('a healthy shop is fine in every check, and says so in words', async () => {
  const asked = await ask();
  expect(problems(asked)).toEqual([]);
  expect(Object.values(asked).map(({ code }) => code)).toEqual([
    'prefix_found',
    'orders_found',
    'carts_found',
    'forms_mapped',
    'clock_and_text_fine',
    'speed_fine',
  ]);
  for (const finding of Object.values(asked)) sentence(finding);
  expect(asked[12]!.facts).toMatchObject({ storage: 'hpos', attribution: 'on', days: '0' });
  const { orderStatuses } = asked[12]!.details as { orderStatuses: { status: string; count: number }[] };
  expect(orderStatuses.length).toBeGreaterThan(2);
  const looked = orderStatuses.reduce((sum, { count }) => sum + count, 0);
  // the newest 200 rows, of which some are refunds
  expect(looked).toBeGreaterThan(150);
  expect(looked).toBeLessThanOrEqual(200);
  expect(doctorShopLines({ orderStatuses })[0]).toMatch(
    `Situações dos ${looked} pedidos mais novos: ${orderStatuses[0]!.status} `,
  );
  expect(asked[13]!.facts).toMatchObject({ recoveryPage: 'yes', days: '0' });
  expect(Number(asked[16]!.facts.rows)).toBeGreaterThan(1000);
  // Nothing that a shopper typed leaves the shop with a finding.
  expect(JSON.stringify(asked)).not.toMatch(/@|\+55|\(\d\d\)|9\d{4}-?\d{4}/);
});

describe('11: the prefix', () => {
  const install = (prefix: string) =>
    ['options', 'posts', 'postmeta'].map((name) => `${mariaDb.database}.${prefix}${name}`);
  const copies = (prefix: string) =>
    install(prefix).map((copy) => `create table ${copy} like ${mariaDb.database}.cli_${copy.split(prefix).at(-1)}`);
  const drops = (prefix: string) => [`drop table ${install(prefix).join(', ')}`];

  test('two installs in one database are offered with their address, none is guessed, and the rest is not asked', async () => {
    const spoil = [
      ...copies('copia_'),
      `insert into ${mariaDb.database}.copia_options (option_name, option_value) values ('siteurl', 'https://teste.example')`,
    ];
    const asked = await withFault(spoil, drops('copia_'));
    expect(problems(asked).slice(0, 2)).toEqual(['11 error prefix_choice', '12 not_tested stopped_before']);
    expect(sentence(asked[11]!)).toContain('cli_, copia_');
    expect(doctorShopLines(asked[11]!.details as DoctorShopDetails)).toEqual([
      'cli_ https://loja-um.example (Passo Leve Calçados)',
      'copia_ https://teste.example',
    ]);
  });

  test('the choice mends it, also beside a second site of the network', async () => {
    const asked = await withFault(copies('cli_2_'), drops('cli_2_'), { change: { tablePrefix: 'cli_' } });
    expect(problems(asked)).toEqual([]);
    expect(asked[11]!.details).toMatchObject({ candidates: [{ prefix: 'cli_' }, { prefix: 'cli_2_' }] });
  });

  test('a prefix that is not there any more is named, with those that are', async () => {
    const asked = await ask({ change: { tablePrefix: 'wp_' } });
    expect(problems(asked)[0]).toBe('11 error prefix_gone');
    expect(sentence(asked[11]!)).toContain('wp_');
  });
});

describe('12: orders', () => {
  test('a newest order of forty days ago: a database for tests?', async () => {
    const move = (sign: string) =>
      `update ${table('wc_orders')} set date_created_gmt = date_created_gmt ${sign} interval 40 day`;
    const asked = await withFault([move('-')], [move('+')]);
    expect(problems(asked)).toEqual(['12 warning orders_old']);
    expect(sentence(asked[12]!)).toBe('O pedido mais novo é de há 40 dias: banco de testes?');
  });

  test('no WooCommerce under the prefix', async () => {
    const names = ['wc_orders', 'woocommerce_order_items'].map(table);
    const asked = await withFault(
      names.map((name) => `rename table ${name} to ${name}_fora`),
      names.map((name) => `rename table ${name}_fora to ${name}`),
    );
    expect(problems(asked)).toEqual(['12 error woocommerce_missing']);
  });

  test('without order attribution the check is fine, says so and how to turn it on', async () => {
    const key = (from: string, to: string) =>
      `update ${table('wc_orders_meta')} set meta_key = replace(meta_key, '${from}', '${to}') where meta_key like '${from}%'`;
    const asked = await withFault(
      [key('_wc_order_attribution', '_fora_attribution')],
      [key('_fora_attribution', '_wc_order_attribution')],
    );
    expect(problems(asked)).toEqual([]);
    expect(sentence(asked[12]!)).toContain('sem atribuição de origem');
  });
});

describe('13: carts', () => {
  const cartTable = () => table('cartflows_ca_cart_abandonment');

  test('carts without phone are found and explained: the checkout asks for it in another field', async () => {
    const asked = await withFault(
      [
        `create table ${mariaDb.database}.guardado as select id, other_fields from ${cartTable()}`,
        `update ${cartTable()} set other_fields = regexp_replace(other_fields, 'wcf_phone_number";s:[0-9]+:"[^"]*"', 'wcf_phone_number";s:0:""')`,
      ],
      [
        `update ${cartTable()} c join ${mariaDb.database}.guardado g on g.id = c.id set c.other_fields = g.other_fields`,
        `drop table ${mariaDb.database}.guardado`,
      ],
    );
    expect(problems(asked)).toEqual(['13 warning carts_without_phone']);
    expect(sentence(asked[13]!)).toMatch(/^Carrinhos sem telefone: só 0% dos últimos 200/);
    expect(doctorShopTexts.carts_without_phone!(asked[13]!.facts).remedy).toContain('billing_cellphone');
  });

  test('carts that are still new after hours: the WP-Cron stands still', async () => {
    const [[cart]] = await mariaDb.admin.query<RowDataPacket[]>(
      `select id, time from ${cartTable()} where order_status = 'abandoned' order by id desc limit 1`,
    );
    const silentSince = localText(new Date(Date.now() - 4 * 3_600_000), 'America/Sao_Paulo');
    const asked = await withFault(
      [`update ${cartTable()} set order_status = 'normal', time = '${silentSince}' where id = ${cart!.id}`],
      [`update ${cartTable()} set order_status = 'abandoned' where id = ${cart!.id}`],
    );
    expect(problems(asked)).toEqual(['13 warning wp_cron_stopped']);
    expect(sentence(asked[13]!)).toContain('O agendador (WP-Cron) da loja parece parado: 1 carrinho');
  });

  test('without a cart plugin, and with two of them', async () => {
    const without = await withFault(
      [`rename table ${cartTable()} to ${mariaDb.database}.fora`],
      [`rename table ${mariaDb.database}.fora to ${cartTable()}`],
    );
    expect(problems(without)).toEqual(['13 warning carts_missing']);
    const second = table('minha_copia');
    const two = await withFault([`create table ${second} like ${cartTable()}`], [`drop table ${second}`]);
    expect(problems(two)).toEqual(['13 warning cart_table_choice']);
    expect(sentence(two[13]!)).toContain('minha_copia');
  });
});

describe('14: forms', () => {
  test('without a mapping each form has the one that a person would choose', async () => {
    const asked = await ask({ change: { mappings: [] } });
    expect(problems(asked)).toEqual([]);
    expect(asked[14]!.code).toBe('forms_found');
    const { forms: found } = asked[14]!.details as { forms: { formId: string; title: string; keys: unknown }[] };
    expect(found.map(({ formId, title, keys }) => [formId, title, keys]).sort()).toEqual([
      [
        '321',
        'Avise-me quando chegar',
        { name: 'Nome_3', phone: 'Whatsapp_8', email: null, size: 'Numero_do_sapato_9' },
      ],
      ['654', 'Fale conosco', { name: 'Nome_1', phone: 'Telefone_4', email: 'E-mail_2', size: null }],
    ]);
    expect(doctorShopLines(asked[14]!.details as DoctorShopDetails)[0]).toMatch(
      /^“Avise-me quando chegar” \(wp-forms:321\), \d+ respostas: nome = Nome_3 · WhatsApp = Whatsapp_8 · tamanho = Numero_do_sapato_9$/,
    );
  });

  test('a renamed field: the keys of the form have changed, and which one is new', async () => {
    const rename = (from: string, to: string) =>
      `update ${table('fv_entry_meta')} set meta_key = '${to}' where meta_key = '${from}'`;
    const asked = await withFault([rename('Whatsapp_8', 'Celular_12')], [rename('Celular_12', 'Whatsapp_8')]);
    expect(problems(asked)).toEqual(['14 warning form_keys_changed']);
    expect(sentence(asked[14]!)).toBe(
      'As chaves do formulário mudaram: “Avise-me quando chegar” não traz mais Whatsapp_8; agora há Celular_12.',
    );
  });

  test('a renamed label with the same number is followed by itself', async () => {
    const rename = (from: string, to: string) =>
      `update ${table('fv_entry_meta')} set meta_key = '${to}' where meta_key = '${from}'`;
    const asked = await withFault([rename('Whatsapp_8', 'Seu_celular_8')], [rename('Seu_celular_8', 'Whatsapp_8')]);
    expect(problems(asked)).toEqual([]);
  });

  test('a default mapping that finds no contact in one of the forms', async () => {
    const asked = await ask({ change: { mappings: [{ ...mappings[0]!, formPlugin: '', formId: '' }] } });
    expect(problems(asked)).toEqual(['14 warning form_unmapped']);
    expect(sentence(asked[14]!)).toContain('“Fale conosco”');
  });

  test('without Form Vibes there are no leads', async () => {
    const asked = await withFault(
      [`rename table ${table('fv_entry_meta')} to ${mariaDb.database}.fora`],
      [`rename table ${mariaDb.database}.fora to ${table('fv_entry_meta')}`],
    );
    expect(problems(asked)).toEqual(['14 warning forms_missing']);
  });
});

describe('15: clock, time zone, text', () => {
  test('a time zone that is not the one the shop writes with', async () => {
    const zone = (name: string) =>
      `update ${table('options')} set option_value = '${name}' where option_name = 'timezone_string'`;
    const asked = await withFault([zone('America/Manaus')], [zone('America/Sao_Paulo')]);
    expect(problems(asked)).toEqual(['15 warning time_zone_differs']);
    expect(sentence(asked[15]!)).toBe('O WordPress diz America/Manaus, mas grava com -03:00.');
  });

  test('text that was encoded twice', async () => {
    const where = `where order_id = (select max(id) from ${table('wc_orders')} where type = 'shop_order')`;
    const [[before]] = await mariaDb.admin.query<RowDataPacket[]>(
      `select city from ${table('wc_order_addresses')} ${where} limit 1`,
    );
    const city = (name: string) => `update ${table('wc_order_addresses')} set city = '${name}' ${where}`;
    const asked = await withFault([city('SÃ£o Paulo')], [city(String(before!.city))]);
    expect(problems(asked)).toEqual(['15 warning text_double_encoded']);
    sentence(asked[15]!);
  });

  test('a line on which accents are changed on their way', async () => {
    const { port } = await listen((client) => {
      const upstream = connect(mariaDb.port, '127.0.0.1');
      upstream.on('error', () => undefined);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
      upstream.on('data', (data) => client.write(data));
      // As a middleman that pins the session's character set does.
      client.on('data', (data) =>
        upstream.write(
          Buffer.from(data.toString('latin1').replace('SET NAMES utf8mb4', 'SET NAMES latin1 '), 'latin1'),
        ),
      );
    });
    const asked = await ask({ settings: { port }, only: [11, 15] });
    expect(problems(asked)).toEqual(['15 warning text_garbled']);
  });

  test('a database whose clock is five minutes ahead, and a WordPress that was left in UTC', async () => {
    const lab = await startShopLab();
    try {
      const settings = { port: lab.port, user: 'leitor', password: "s3nha'secreta\\", database: 'loja_relogio' };
      await createShop(lab.admin, { ...demoShops[0], database: 'loja_relogio', timeZone: 'UTC' });
      await lab.admin.query("grant select on loja_relogio.* to leitor@'%'");
      const utc = await ask({ settings, only: [11, 15] });
      expect(problems(utc)).toEqual([]);
      await lab.admin.query("update cli_options set option_value = '' where option_name = 'timezone_string'");
      const unset = await ask({ settings, only: [11, 15] });
      expect(problems(unset)).toEqual(['15 warning time_zone_utc']);
      await lab.admin.query(
        "update cli_options set option_value = 'America/Sao_Paulo' where option_name = 'timezone_string'",
      );
      await lab.admin.query("set global init_connect = 'set timestamp = unix_timestamp(now()) + 300'");
      const ahead = await ask({ settings, only: [11, 15] });
      expect(problems(ahead)).toEqual(['15 warning clock_skew']);
      expect(sentence(ahead[15]!)).toMatch(/^O relógio do banco está (?:299|300|301) s adiantado\.$/);
    } finally {
      await lab.stop();
    }
  });
});

test('16: a shop that needs more than half a second for a row is called slow', async () => {
  const { port } = await listen((client) => {
    const upstream = connect(mariaDb.port, '127.0.0.1');
    let delayMs = 0;
    upstream.on('error', () => undefined);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('data', (data) => {
      delayMs = data.toString('latin1').endsWith('select 1') ? 600 : 0;
      upstream.write(data);
    });
    upstream.on('data', (data) => setTimeout(() => client.write(data), delayMs));
  });
  const asked = await ask({ settings: { port } });
  expect(problems(asked)).toEqual(['16 warning shop_answers_slowly']);
  expect(sentence(asked[16]!)).toContain('A loja responde devagar');
});
