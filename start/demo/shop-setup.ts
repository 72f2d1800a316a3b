// A shop as its owner has set it up before the first customer comes: tables, options that we read (storage, time zone, currency, plugins, form
// titles), the cart plugin's e-mail templates. Shared by the generator and the tests.
import type { Connection } from 'mysql2/promise';
import { phpSerialize } from './php-serialize.ts';
import type { Form } from './play.ts';
import { createShopSchema, type ShopSchema } from './schema.ts';
import { defaultCartTable } from './schema-plugins.ts';
import { insert, type Shop } from './shop.ts';

export type ShopSetup = ShopSchema & {
  name?: string;
  siteUrl?: string;
  /** America/Sao_Paulo unless told. */
  timeZone?: string;
  /** BRL unless told. */
  currency?: string;
  forms?: Form[];
  /** Recovery e-mails of the cart plugin. */
  sendsEmails?: boolean;
};

const plugins = [
  'form-vibes/form-vibes.php',
  'woo-cart-abandonment-recovery/woo-cart-abandonment-recovery.php',
  'woocommerce-extra-checkout-fields-for-brazil/woocommerce-extra-checkout-fields-for-brazil.php',
  'woocommerce/woocommerce.php',
  'wpforms-lite/wpforms.php',
];

/** A shop whose tables are already there. */
export function shopOf(conn: Connection, setup: ShopSetup): Shop {
  return {
    conn,
    database: setup.database,
    prefix: setup.prefix,
    orderStorage: setup.orderStorage,
    timeZone: setup.timeZone ?? 'America/Sao_Paulo',
    currency: setup.currency ?? 'BRL',
    cartTable: setup.cartTable ?? defaultCartTable,
    cartColumns: setup.cartColumns ?? {},
  };
}

/** Creates tables, options and e-mail templates; no products, no customers. */
export async function createShop(conn: Connection, setup: ShopSetup): Promise<Shop> {
  await createShopSchema(conn, setup);
  const shop = shopOf(conn, setup);
  const { siteUrl = 'https://loja.example', name = 'Loja', forms = [], sendsEmails = true } = setup;
  const formsByPlugin: Record<string, Record<string, { id: string; name: string }>> = {};
  for (const form of forms) {
    formsByPlugin[form.plugin] = { ...formsByPlugin[form.plugin], [form.id]: { id: form.id, name: form.title } };
  }
  const isHpos = shop.orderStorage === 'hpos';
  const options: Record<string, string> = {
    siteurl: siteUrl,
    home: siteUrl,
    blogname: name,
    WPLANG: 'pt_BR',
    timezone_string: shop.timeZone,
    gmt_offset: '0', // stale on purpose: timezone_string wins
    active_plugins: phpSerialize(plugins),
    db_version: '60421',
    woocommerce_version: '10.9.1',
    woocommerce_db_version: '10.9.1',
    woocommerce_currency: shop.currency,
    woocommerce_default_country: 'BR:SP',
    woocommerce_custom_orders_table_enabled: isHpos ? 'yes' : 'no',
    woocommerce_custom_orders_table_data_sync_enabled: 'no',
    ...(isHpos ? { woocommerce_custom_orders_table_created: 'yes' } : {}),
    fv_db_version: '0.1.7',
    fv_forms: phpSerialize(formsByPlugin),
    wcf_ca_version: shop.cartColumns.orderId ? '2.1.3' : '1.3.0',
    wcf_ca_cron_run_time: '20',
    wcf_ca_excludes_orders: phpSerialize(['processing', 'completed']),
    wcbcf_settings: phpSerialize({ person_type: '2', cell_phone: '2', neighborhood_required: '1' }),
  };
  await insert(
    shop,
    'options',
    Object.entries(options).map(([key, value]) => [key, value, 'yes']),
  );
  const active = sendsEmails ? 1 : 0;
  await insert(shop, 'cartflows_ca_email_templates', [
    [1, 'Primeiro lembrete', 'Esqueceu algo?', '<p>Olá, {{customer.firstname}}</p>', active, 30, 'MINUTE'],
    [2, 'Segundo lembrete', 'Seu carrinho espera', '<p>Olá, {{customer.firstname}}</p>', active, 1, 'DAY'],
    [3, 'Último lembrete', 'Última chance', '<p>Olá, {{customer.firstname}}</p>', active, 3, 'DAY'],
  ]);
  return shop;
}
