// What is found in a shop's database: several installs, a multisite, plugin tables; nothing is guessed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discoverShop } from '../../daemon/connections/discover.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import { database, type ShopLab, startShopLab } from '../support/shop-lab.ts';

const sources = await loadSources();
let lab: ShopLab;
beforeAll(async () => {
  lab = await startShopLab();
});
afterAll(async () => {
  await lab?.stop();
});

describe('discovery', () => {
  const makeInstall = async (prefix: string, options: Record<string, string>) => {
    await lab.admin.query(
      `create table ${prefix}options (option_id bigint unsigned auto_increment primary key, option_name varchar(191) unique, option_value longtext)`,
    );
    for (const name of ['posts', 'postmeta'])
      await lab.admin.query(`create table ${prefix}${name} (ID bigint unsigned primary key)`);
    for (const [name, value] of Object.entries(options)) {
      await lab.admin.query(`insert into ${prefix}options (option_name, option_value) values (?, ?)`, [name, value]);
    }
  };

  beforeAll(async () => {
    await lab.admin.query(`create database descoberta`);
    await lab.admin.query(`grant select on descoberta.* to leitor@'%'`);
    await lab.admin.query(`use descoberta`);
    await makeInstall('wp_', {
      siteurl: 'https://loja.example',
      blogname: 'Loja',
      timezone_string: 'America/Sao_Paulo',
      gmt_offset: '5',
      woocommerce_currency: 'BRL',
      woocommerce_version: '9.3.2',
      fv_forms: 'a:0:{}',
    });
    await lab.admin.query('create table wp_users (ID bigint primary key)');
    await lab.admin.query('create table wp_woocommerce_order_items (order_item_id bigint primary key)');
    await lab.admin.query('create table wp_fv_enteries (id int primary key)');
    await lab.admin.query('create table wp_fv_entry_meta (id int primary key)');
    const cart =
      '(id bigint, email varchar(100), cart_contents longtext, cart_total decimal(10,2), order_status varchar(20), time datetime)';
    await lab.admin.query(`create table wp_minha_copia ${cart}`);
    await lab.admin.query(`create table wp_cartflows_ca_cart_abandonment ${cart}`);
    await makeInstall('wp_2_', {
      siteurl: 'https://dois.example',
      blogname: 'Dois',
      gmt_offset: '-3',
      woocommerce_custom_orders_table_enabled: 'yes',
    });
    await lab.admin.query('create table wp_2_wc_orders (id bigint primary key)');
    await makeInstall('wpXstage_', { siteurl: 'https://teste.example', blogname: 'Teste' });
  });
  afterAll(() => lab.admin.query(`use ${database}`));

  test('offers every install and guesses none', async () => {
    const { gateway } = await lab.open({ database: 'descoberta' });
    const facts = await discoverShop(gateway, { sources });
    expect(facts.prefix).toBeNull();
    expect(facts.prefixes).toEqual([
      { prefix: 'wpXstage_', basePrefix: 'wpXstage_', siteUrl: 'https://teste.example', blogName: 'Teste' },
      { prefix: 'wp_', basePrefix: 'wp_', siteUrl: 'https://loja.example', blogName: 'Loja' },
      { prefix: 'wp_2_', basePrefix: 'wp_', siteUrl: 'https://dois.example', blogName: 'Dois' },
    ]);
    expect(facts.tables.size).toBe(0);
  });

  test('of a chosen shop tells its tables, storage, plugins and clock', async () => {
    const { gateway } = await lab.open({ database: 'descoberta' });
    const facts = await discoverShop(gateway, { prefix: 'wp_', sources });
    expect(facts).toMatchObject({
      prefix: 'wp_',
      basePrefix: 'wp_',
      siteUrl: 'https://loja.example',
      timeZone: 'America/Sao_Paulo',
      currency: 'BRL',
      orderStorage: 'legacy',
      isOrderSyncOn: false,
      cartTables: ['cartflows_ca_cart_abandonment', 'minha_copia'],
      formTables: { entries: 'fv_enteries', meta: 'fv_entry_meta' },
      versions: { woocommerce: '9.3.2' },
    });
    expect(facts.options.fv_forms).toBe('a:0:{}');
    expect([...facts.tables.keys()]).not.toContain('2_wc_orders');
    expect(facts.tables.get('posts')).toEqual(new Set(['ID']));
  });

  test('of a multisite’s second site takes the users of the first, and its own storage', async () => {
    const { gateway } = await lab.open({ database: 'descoberta' });
    const facts = await discoverShop(gateway, { prefix: 'WP_2_', sources });
    expect(facts).toMatchObject({
      prefix: 'wp_2_',
      basePrefix: 'wp_',
      timeZone: '-03:00',
      orderStorage: 'hpos',
      formTables: null,
      cartTables: [],
    });
    expect(facts.tables.has('users')).toBe(true);
  });

  test('of a database without WordPress finds none', async () => {
    const { gateway } = await lab.open();
    expect(await discoverShop(gateway, { sources })).toMatchObject({ prefixes: [], prefix: null, orderStorage: null });
    expect((await discoverShop(gateway, { prefix: 'wp_', sources })).prefix).toBeNull();
  });
});
