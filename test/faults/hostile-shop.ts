// Fills every table that a source reads with hostile rows, as plugins without checks would: the server coerces what does not fit, so what lands is
// whatever the shop really holds. Gives nothing: what was written is asked of the shop's tables afterwards.
import type { RowDataPacket } from 'mysql2/promise';
import type { Random } from '../../start/demo/random.ts';
import { execute, type Shop, tableOf } from '../../start/demo/shop.ts';
import { createCartBounty } from '../fixtures/wordpress/cartbounty.ts';
import { brokenBytes, type Hostile, hostile } from './hostile.ts';

const formKeys = [
  'Nome_3',
  'Whatsapp_8',
  'E-mail_2',
  'Numero_do_sapato_9',
  '__proto__',
  'constructor',
  'ip',
  'IP',
  'fv-notes',
  '\0',
  '',
];

/** Columns that take any byte: some shops have them so, and then not even the charset protects the reader. */
export async function loosenColumns(shop: Shop, kind: 'binary' | 'latin1'): Promise<void> {
  const carts = tableOf(shop, shop.cartTable);
  const answers = tableOf(shop, 'fv_entry_meta');
  if (kind === 'binary') {
    await execute(shop, `alter table ${carts} modify other_fields longblob, modify cart_contents longblob`);
    await execute(shop, `alter table ${answers} modify meta_value blob not null`);
    await execute(shop, `alter table ${tableOf(shop, 'woocommerce_order_items')} modify order_item_name blob not null`);
    return;
  }
  await execute(shop, `alter table ${carts} modify other_fields longtext character set latin1`);
  await execute(shop, `alter table ${answers} modify meta_value text character set latin1 not null`);
}

async function put(shop: Shop, table: string, row: Record<string, Hostile>): Promise<number> {
  const columns = Object.keys(row).map((column) => `\`${column}\``);
  const [header] = await shop.conn.query(
    `insert ignore into ${tableOf(shop, table)} (${columns.join(', ')}) values (?)`,
    [Object.values(row)],
  );
  return (header as { insertId: number }).insertId;
}

const orBytes = (random: Random, value: Hostile): Hostile => (random.chance(0.15) ? brokenBytes(random) : value);

/** Writes about `count` records over all sources. */
export async function writeHostileRows(shop: Shop, random: Random, count: number): Promise<void> {
  let megabytes = 20;
  const blob = (make: (random: Random) => Hostile): Hostile => {
    if (megabytes > 0 && random.chance(0.02)) {
      megabytes -= 1;
      return hostile.megabyte(random);
    }
    return orBytes(random, make(random));
  };
  await execute(shop, 'start transaction');
  for (let written = 0; written < count; ) {
    const kind = random.next();
    if (kind < 0.35) {
      written += await writeEntry(shop, random);
    } else if (kind < 0.65) {
      written += await writeCartRow(shop, random, blob);
    } else {
      written += await (shop.orderStorage === 'hpos' ? writeHposOrder(shop, random) : writeLegacyOrder(shop, random));
    }
  }
  await execute(shop, 'commit');
}

async function writeEntry(shop: Shop, random: Random): Promise<number> {
  const id = await put(shop, 'fv_enteries', {
    form_plugin: random.pick(['wp-forms', 'elementor', '', '__proto__']),
    form_id: random.pick(['321', '', '1e3', '\0']),
    captured: hostile.dateText(random),
    captured_gmt: hostile.dateText(random),
    url: hostile.text(random),
  });
  const count = random.int(0, 3);
  for (let index = 0; index < count; index += 1) {
    await put(shop, 'fv_entry_meta', {
      data_id: random.chance(0.9)
        ? String(id)
        : random.pick(['', 'abc', '-1', '99999999999999999999', '1.5', ` ${id}`, `${id}x`]),
      meta_key: random.pick(formKeys),
      meta_value: orBytes(random, random.pick([hostile.text, hostile.phone, hostile.email, hostile.php])(random) ?? ''),
    });
  }
  return 1 + count;
}

async function writeCartRow(
  shop: Shop,
  random: Random,
  blob: (make: (random: Random) => Hostile) => Hostile,
): Promise<number> {
  const session = random.hex(32);
  await put(shop, shop.cartTable, {
    checkout_id: hostile.id(random),
    email: hostile.email(random),
    cart_contents: blob(hostile.php),
    cart_total: hostile.decimal(random),
    session_id: session,
    other_fields: blob(hostile.php),
    order_status: random.pick(['normal', 'abandoned', 'completed', 'lost', 'xx']),
    unsubscribed: random.int(-1, 2),
    coupon_code: hostile.text(random),
    time: hostile.date(random),
  });
  if (random.chance(0.6)) return 1;
  await put(shop, 'cartflows_ca_email_history', {
    template_id: random.int(1, 3),
    ca_session_id: random.chance(0.8) ? session : null,
    coupon_code: hostile.text(random),
    scheduled_time: hostile.date(random),
    email_sent: random.int(-2, 3),
  });
  return 2;
}

const statuses = [
  'wc-processing',
  'wc-completed',
  'wc-pending',
  'trash',
  'draft',
  'auto-draft',
  '',
  'wc-',
  '__proto__',
  'wc-çé\0',
];
const metaKeys = [
  '_billing_cellphone',
  '_billing_cpf',
  '_billing_cnpj',
  '_billing_persontype',
  '_billing_number',
  '_billing_neighborhood',
  '_order_number',
  '_wc_order_attribution_utm_source',
  '_anonymized',
  '__proto__',
];

async function postId(shop: Shop, random: Random, row: Record<string, Hostile>): Promise<number> {
  return await put(shop, 'posts', {
    post_content: '',
    post_title: hostile.text(random) ?? '',
    post_excerpt: hostile.text(random) ?? '',
    to_ping: '',
    pinged: '',
    post_content_filtered: '',
    ...row,
  });
}

async function writeItems(shop: Shop, random: Random, orderId: number): Promise<void> {
  for (let index = random.int(0, 3); index > 0; index -= 1) {
    const itemId = await put(shop, 'woocommerce_order_items', {
      order_item_name: orBytes(random, hostile.text(random) ?? ''),
      order_item_type: random.pick(['line_item', 'shipping', 'fee', 'coupon', 'tax', '__proto__']),
      order_id: orderId,
    });
    for (const key of [
      '_product_id',
      '_variation_id',
      '_qty',
      '_line_subtotal',
      '_line_total',
      '_line_tax',
      'cost',
      'discount_amount',
      'pa_cor',
      '__proto__',
    ]) {
      if (random.chance(0.4)) continue;
      const value = random.pick([hostile.decimal, hostile.id, hostile.text, hostile.php])(random);
      await put(shop, 'woocommerce_order_itemmeta', { order_item_id: itemId, meta_key: key, meta_value: value });
    }
  }
}

async function writeHposOrder(shop: Shop, random: Random): Promise<number> {
  const id = await postId(shop, random, { post_type: 'shop_order_placehold', post_status: 'draft' });
  const [parents] = await shop.conn.query<RowDataPacket[]>(
    `select id from ${tableOf(shop, 'wc_orders')} where type = 'shop_order' order by id desc limit 1`,
  );
  const isRefund = parents.length > 0 && random.chance(0.1);
  await put(shop, 'wc_orders', {
    id,
    status: random.pick(statuses),
    currency: random.pick(['BRL', '', null, 'reais', '\0', 'brl']),
    type: isRefund ? 'shop_order_refund' : 'shop_order',
    tax_amount: hostile.decimal(random),
    total_amount: hostile.decimal(random),
    customer_id: hostile.id(random),
    billing_email: hostile.email(random),
    date_created_gmt: hostile.date(random),
    date_updated_gmt: hostile.date(random),
    parent_order_id: isRefund ? Number(parents[0]!.id) : hostile.id(random),
    payment_method: hostile.text(random),
    payment_method_title: hostile.text(random),
    customer_note: hostile.text(random),
  });
  for (const type of ['billing', 'shipping']) {
    if (random.chance(0.2)) continue;
    const fields = [
      'first_name',
      'last_name',
      'company',
      'address_1',
      'address_2',
      'city',
      'state',
      'postcode',
      'country',
    ];
    await put(shop, 'wc_order_addresses', {
      order_id: id,
      address_type: type,
      ...Object.fromEntries(fields.map((field) => [field, hostile.text(random)])),
      email: hostile.email(random),
      phone: hostile.phone(random),
    });
  }
  if (random.chance(0.8)) {
    await put(shop, 'wc_order_operational_data', {
      order_id: id,
      created_via: hostile.text(random),
      date_paid_gmt: hostile.date(random),
      date_completed_gmt: hostile.date(random),
      shipping_tax_amount: hostile.decimal(random),
      shipping_total_amount: hostile.decimal(random),
      discount_total_amount: hostile.decimal(random),
    });
  }
  for (const key of [...metaKeys, '_refund_amount', '_refund_reason']) {
    if (random.chance(0.6)) continue;
    await put(shop, 'wc_orders_meta', { order_id: id, meta_key: key, meta_value: hostile.text(random) });
  }
  await writeItems(shop, random, id);
  // A refund belongs to its order's record.
  return isRefund ? 0 : 1;
}

const legacyKeys = [
  ...metaKeys,
  '_order_total',
  '_order_tax',
  '_order_shipping',
  '_cart_discount',
  '_order_currency',
  '_billing_email',
  '_billing_phone',
  '_billing_first_name',
  '_billing_state',
  '_customer_user',
  '_date_paid',
  '_paid_date',
  '_date_completed',
  '_payment_method_title',
  '_created_via',
];

async function writeLegacyOrder(shop: Shop, random: Random): Promise<number> {
  const [parents] = await shop.conn.query<RowDataPacket[]>(
    `select ID as id from ${tableOf(shop, 'posts')} where post_type = 'shop_order' order by ID desc limit 1`,
  );
  const isRefund = parents.length > 0 && random.chance(0.1);
  const id = await postId(shop, random, {
    post_type: isRefund ? 'shop_order_refund' : 'shop_order',
    post_status: random.pick(statuses),
    post_parent: isRefund ? Number(parents[0]!.id) : 0,
    post_date: hostile.date(random),
    post_date_gmt: hostile.date(random),
    post_modified: hostile.date(random),
    post_modified_gmt: hostile.date(random),
  });
  for (const key of [...legacyKeys, '_refund_amount', '_refund_reason']) {
    if (random.chance(0.35)) continue;
    const value = random.pick([hostile.text, hostile.decimal, hostile.phone, hostile.email, hostile.dateText])(random);
    await put(shop, 'postmeta', { post_id: id, meta_key: key, meta_value: value });
  }
  await writeItems(shop, random, id);
  // A refund belongs to its order's record.
  return isRefund ? 0 : 1;
}

/** A table of CartBounty's, with columns that take any byte, and `count` carts in it. */
export async function writeHostileCartBounty(shop: Shop, random: Random, count: number): Promise<void> {
  await createCartBounty(shop);
  await execute(
    shop,
    `alter table ${tableOf(shop, 'cartbounty')} modify cart_contents longblob, modify other_fields longblob, modify location blob,
       modify name varchar(60) character set latin1`,
  );
  await execute(shop, 'start transaction');
  for (let written = 0; written < count; written += 1) {
    await put(shop, 'cartbounty', {
      name: hostile.text(random),
      surname: hostile.text(random),
      email: hostile.email(random),
      phone: hostile.phone(random),
      location: orBytes(random, random.pick([hostile.text, hostile.php])(random)),
      cart_contents: random.chance(0.01) ? hostile.megabyte(random) : orBytes(random, hostile.php(random)),
      cart_total: random.chance(0.7) ? '59.90' : hostile.decimal(random),
      currency: random.pick(['BRL', '', null, 'reais', '\0', 'brl']),
      time: hostile.date(random),
      session_id: random.chance(0.05) ? null : random.hex(20),
      other_fields: orBytes(random, hostile.php(random)),
      wp_unsubscribed: random.int(-1, 2),
      wp_steps_completed: random.int(-1, 3),
      type: random.pick(['0', '1', '2', '3', '4', '', null, '__proto__']),
    });
  }
  await execute(shop, 'commit');
}

const accountKeys = [
  'billing_email',
  'billing_phone',
  'billing_city',
  'billing_postcode',
  'billing_state',
  'billing_country',
  'first_name',
  'last_name',
  'paying_customer',
  'last_update',
  'wc_last_active',
  '__proto__',
];

/** Users with the role of a customer and metadata that nobody checked. */
export async function writeHostileAccounts(shop: Shop, random: Random, count: number): Promise<void> {
  const site = shop.prefix.replace(/_+$/, '');
  await execute(shop, 'start transaction');
  for (let written = 0; written < count; written += 1) {
    const id = await put(shop, 'users', {
      user_login: `login-${written}`,
      user_pass: 'x',
      user_email: hostile.email(random) ?? '',
      user_registered: hostile.date(random),
      display_name: hostile.text(random) ?? '',
    });
    await put(shop, 'usermeta', {
      user_id: id,
      meta_key: `${shop.prefix}capabilities`,
      meta_value: 'a:1:{s:8:"customer";b:1;}',
    });
    for (const key of [...accountKeys, `wc_money_spent_${site}`, `wc_order_count_${site}`]) {
      if (random.chance(0.4)) continue;
      const value = random.pick([hostile.text, hostile.decimal, hostile.phone, hostile.dateText, hostile.php])(random);
      await put(shop, 'usermeta', { user_id: id, meta_key: key, meta_value: orBytes(random, value) });
    }
  }
  await execute(shop, 'commit');
}

/** Writes hostile values over rows that are there. */
export async function spoilRows(shop: Shop, random: Random, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const which = random.int(0, 2);
    if (which === 0) {
      await execute(
        shop,
        `update ignore ${tableOf(shop, shop.cartTable)} set cart_contents = ?, cart_total = ?, time = ? where id % 97 = ?`,
        [
          hostile.php(random) as string,
          hostile.decimal(random) as string,
          hostile.date(random) as string,
          random.int(0, 96),
        ],
      );
    } else if (which === 1 && shop.orderStorage === 'hpos') {
      await execute(
        shop,
        `update ignore ${tableOf(shop, 'wc_orders')} set total_amount = ?, date_updated_gmt = ? where id % 97 = ? and type = 'shop_order'`,
        [hostile.decimal(random) as string, hostile.date(random) as string, random.int(0, 96)],
      );
    } else {
      await execute(shop, `update ignore ${tableOf(shop, 'fv_enteries')} set form_id = ? where id % 97 = ?`, [
        random.hex(8),
        random.int(0, 96),
      ]);
    }
  }
}
