// A shop of any size, the same at every run: made inside MariaDB by its sequence engine, so that half a million orders take seconds. What a row looks
// like follows the demo's generator; who buys when is not what these rows are about.
import type { Connection } from 'mysql2/promise';
import type { OrderStorage } from '../start/demo/shop.ts';
import { createShop } from '../start/demo/shop-setup.ts';

export const prefix = 'wp_';
/** Orders are numbered from `after` on: room for older ones that come later. */
export type Amounts = { orders?: number; after?: number; carts?: number; leads?: number };
type Range = { first: number; last: number; newest: number };

const pick = (values: string[], by: string) => `elt(1 + (${by}) % ${values.length}, '${values.join("', '")}')`;
const firstNames = ['Maria', 'José', 'Ana', 'João', 'Antônia', 'Luís', 'Conceição', 'Márcio', 'Patrícia', 'Flávio'];
const lastNames = ['da Silva', 'dos Santos', 'de Araújo', 'Gonçalves', 'Magalhães', 'Brandão', 'Côrtes', 'Nóbrega'];
const statuses = [
  'completed',
  'completed',
  'completed',
  'processing',
  'completed',
  'cancelled',
  'completed',
  'pending',
];
const firstName = (n: string) => pick(firstNames, n);
const lastName = (n: string) => pick(lastNames, `${n} div 7`);
/** Two records a person, on average. */
const email = (n: string) => `concat('cliente', (${n}) * 7919 % 1000003 div 2, '@example.com')`;
const phone = (n: string) => `concat('(11) 9', lpad((${n}) * 7919 % 1000003 div 2 + 10000000, 8, '7'))`;
/** One each three minutes, the last of them days ago: nothing is too young. */
const instant = (n: string, total: number) =>
  `utc_timestamp() - interval 5 day - interval (${total} - (${n})) * 3 minute`;
const total = (n: string) => `80 + (${n}) % 400 + 0.9`;

/** Makes the tables of a shop in a new database and fills them. */
export async function fillShop(
  conn: Connection,
  { database, storage = 'hpos', amounts }: { database: string; storage?: OrderStorage; amounts: Amounts },
): Promise<void> {
  await createShop(conn, { database, prefix, orderStorage: storage });
  // Checks of unique keys are of no use on rows that are counted up.
  await conn.query('set unique_checks = 0, foreign_key_checks = 0');
  const { orders = 0, after = 0, carts = 0, leads = 0 } = amounts;
  if (orders > 0) await fillOrders(conn, storage, { first: after + 1, last: after + orders, newest: after + orders });
  if (carts > 0) await fillCarts(conn, carts);
  if (leads > 0) await fillLeads(conn, leads);
  await conn.query('set unique_checks = 1, foreign_key_checks = 1');
  const [tables] = await conn.query<never[]>('show tables');
  await conn.query(`analyze table ${(tables as object[]).map((row) => Object.values(row)[0]).join(', ')}`);
}

/** Orders by number, with their items. */
export async function fillOrders(conn: Connection, storage: OrderStorage, range: Range): Promise<void> {
  await (storage === 'hpos' ? fillHposOrders(conn, range) : fillLegacyOrders(conn, range));
  await fillItems(conn, range);
}

/** `each` rows for each order of the range, counted from the first order that could be. */
const sequence = ({ first, last }: Range, each = 1) => `seq_${(first - 1) * each + 1}_to_${last * each}`;

async function insert(conn: Connection, table: string, columns: { [column: string]: string }, from: string) {
  await conn.query(
    `insert into ${prefix}${table} (${Object.keys(columns).join(', ')}) select ${Object.values(columns).join(', ')} from ${from}`,
  );
}

async function fillHposOrders(conn: Connection, range: Range): Promise<void> {
  const n = 'seq';
  const status = `concat('wc-', ${pick(statuses, n)})`;
  await insert(
    conn,
    'wc_orders',
    {
      id: n,
      status,
      currency: "'BRL'",
      type: "'shop_order'",
      tax_amount: '0',
      total_amount: total(n),
      customer_id: '0',
      billing_email: email(n),
      date_created_gmt: instant(n, range.newest),
      date_updated_gmt: instant(n, range.newest),
      parent_order_id: '0',
      payment_method: pick(['pix', 'credit_card', 'boleto'], n),
      payment_method_title: pick(['Pix', 'Cartão de crédito', 'Boleto bancário'], n),
      transaction_id: `concat('t', ${n})`,
      ip_address: "'203.0.113.7'",
      user_agent: "'Mozilla/5.0 (exemplo)'",
      customer_note: `if(${n} % 9 = 0, 'Deixar com a portaria, por favor', '')`,
    },
    sequence(range),
  );
  const address = {
    order_id: n,
    first_name: firstName(n),
    last_name: lastName(n),
    address_1: `concat('Rua das Acácias, ', ${n} % 900)`,
    city: pick(['São Paulo', 'Santo André', 'Campinas'], n),
    state: "'SP'",
    postcode: "'01000-000'",
    country: "'BR'",
    phone: phone(n),
  };
  await insert(conn, 'wc_order_addresses', { ...address, address_type: "'billing'", email: email(n) }, sequence(range));
  const paid = `if(${n} % 8 in (5, 7), null, ${instant(n, range.newest)})`;
  await insert(
    conn,
    'wc_order_operational_data',
    {
      order_id: n,
      created_via: "'checkout'",
      woocommerce_version: "'10.9.1'",
      order_key: `concat('wc_order_', ${n})`,
      date_paid_gmt: paid,
      date_completed_gmt: paid,
      shipping_tax_amount: '0',
      shipping_total_amount: '19.9',
      discount_total_amount: '0',
    },
    sequence(range),
  );
  await insert(
    conn,
    'wc_orders_meta',
    { order_id: n, meta_key: "'_billing_cellphone'", meta_value: phone(n) },
    sequence(range),
  );
}

async function fillLegacyOrders(conn: Connection, range: Range): Promise<void> {
  const n = 'seq';
  const at = instant(n, range.newest);
  const text = { post_content: "''", to_ping: "''", pinged: "''", post_content_filtered: "''", post_excerpt: "''" };
  await insert(
    conn,
    'posts',
    {
      ...text,
      ID: n,
      post_date: `${at} - interval 3 hour`,
      post_date_gmt: at,
      post_modified: `${at} - interval 3 hour`,
      post_modified_gmt: at,
      post_title: "'Order'",
      post_status: `concat('wc-', ${pick(statuses, n)})`,
      post_type: "'shop_order'",
    },
    sequence(range),
  );
  const meta: [string, string][] = [
    ['_billing_first_name', firstName('o')],
    ['_billing_last_name', lastName('o')],
    ['_billing_email', email('o')],
    ['_billing_phone', phone('o')],
    ['_billing_city', "'São Paulo'"],
    ['_billing_state', "'SP'"],
    ['_billing_country', "'BR'"],
    ['_order_total', total('o')],
    ['_order_currency', "'BRL'"],
    ['_payment_method', "'pix'"],
  ];
  // All metadata of an order together, as WooCommerce writes it.
  await insert(
    conn,
    'postmeta',
    {
      meta_id: 's',
      post_id: 'o',
      meta_key: `elt(k + 1, ${meta.map(([key]) => `'${key}'`).join(', ')})`,
      meta_value: `elt(k + 1, ${meta.map(([, value]) => value).join(', ')})`,
    },
    `(select seq as s, (seq - 1) div ${meta.length} + 1 as o, (seq - 1) % ${meta.length} as k from ${sequence(range, meta.length)}) n`,
  );
}

async function fillItems(conn: Connection, range: Range): Promise<void> {
  const products = ['Tênis de corrida', 'Sandália rasteira', 'Bota de couro', 'Sapatilha', 'Chinelo'];
  await insert(
    conn,
    'woocommerce_order_items',
    {
      order_item_id: 'seq',
      order_item_name: `if(seq % 2 = 1, ${pick(products, 'seq div 2')}, 'Entrega expressa')`,
      order_item_type: "if(seq % 2 = 1, 'line_item', 'shipping')",
      order_id: '(seq + 1) div 2',
    },
    sequence(range, 2),
  );
  const meta: [string, string][] = [
    ['_product_id', 'i % 120 + 1'],
    ['_variation_id', '0'],
    ['_qty', '1'],
    ['_line_subtotal', total('i')],
    ['_line_total', total('i')],
  ];
  await insert(
    conn,
    'woocommerce_order_itemmeta',
    {
      order_item_id: 'i * 2 - 1',
      meta_key: `elt(k + 1, ${meta.map(([key]) => `'${key}'`).join(', ')})`,
      meta_value: `elt(k + 1, ${meta.map(([, value]) => value).join(', ')})`,
    },
    `(select (seq - 1) div ${meta.length} + 1 as i, (seq - 1) % ${meta.length} as k from ${sequence(range, meta.length)}) n`,
  );
}

async function fillCarts(conn: Connection, carts: number): Promise<void> {
  const n = 'seq';
  const text = (value: string) => `'s:', char_length(${value}), ':"', ${value}, '";'`;
  const line = `'a:1:{s:32:"', md5(${n}), '";a:7:{s:3:"key";s:32:"', md5(${n}), '";s:10:"product_id";i:', 1 + ${n} % 120, ';s:12:"variation_id";i:0;s:9:"variation";a:0:{}s:8:"quantity";i:2;s:13:"line_subtotal";d:189.9;s:10:"line_total";d:189.9;}}'`;
  // PHP counts bytes, not characters.
  const bytes = (value: string) => text(value).replaceAll('char_length', 'length');
  await insert(
    conn,
    'cartflows_ca_cart_abandonment',
    {
      checkout_id: '9',
      email: email(n),
      cart_contents: `concat(${line})`,
      cart_total: '189.90',
      session_id: `md5(concat('s', ${n}))`,
      other_fields: `concat('a:4:{s:14:"wcf_first_name";', ${bytes(firstName(n))}, 's:13:"wcf_last_name";', ${bytes(lastName(n))}, 's:16:"wcf_phone_number";', ${bytes(phone(n))}, 's:12:"wcf_location";s:14:"BR, São Paulo";}')`,
      order_status: pick(['abandoned', 'abandoned', 'completed', 'lost'], n),
      time: `${instant(n, carts)} - interval 3 hour`,
    },
    `seq_1_to_${carts}`,
  );
}

async function fillLeads(conn: Connection, leads: number): Promise<void> {
  const at = instant('seq', leads);
  await insert(
    conn,
    'fv_enteries',
    {
      form_plugin: "'wp-forms'",
      form_id: "'5'",
      captured: `${at} - interval 3 hour`,
      captured_gmt: at,
      url: "'https://loja.example/contato'",
    },
    `seq_1_to_${leads}`,
  );
  await insert(
    conn,
    'fv_entry_meta',
    {
      data_id: 'l',
      meta_key: `elt(k + 1, 'Nome_3', 'Whatsapp_8', 'E-mail_2', 'Numero_do_sapato_9')`,
      meta_value: `elt(k + 1, concat(${firstName('l')}, ' ', ${lastName('l')}), ${phone('l')}, ${email('l')}, 36 + l % 8)`,
    },
    `(select (seq - 1) div 4 + 1 as l, (seq - 1) % 4 as k from seq_1_to_${leads * 4}) n`,
  );
}
