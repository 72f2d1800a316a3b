// Fills a shop's database with shoppers: the same seed, size and now give the same rows, byte for byte. Facts are numbered and written day by day
// in the order of time, as the shop itself would have numbered them; what was deleted since leaves its gap.
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { BulkLoader, deferIndexes } from './bulk-load.ts';
import { cartRow, emailRow, formAnswerRows, formEntryRow } from './cart-rows.ts';
import { catalogOf, catalogRows, type Theme } from './catalog.ts';
import type { Order } from './facts.ts';
import { orderItems, orderPostRow, orderRows, refundPostRow, refundRows } from './order-rows.ts';
import { planShoppers, type ShopSize, shopSizes } from './plan.ts';
import { type Account, type CartFact, day, type Fact, Play } from './play.ts';
import { Random } from './random.ts';
import { epochText, gmtText, insert, localText, type Shop } from './shop.ts';
import { createShop, type ShopSetup } from './shop-setup.ts';

export type GenerateOptions = ShopSetup & {
  size: ShopSize;
  seed: number;
  /** The shop's present: nothing in it is later. Fractions of a second are dropped. */
  now: Date;
  theme?: Theme;
  onProgress?: (counts: GeneratedCounts) => void;
};
export type GeneratedCounts = { orders: number; carts: number; leads: number; refunds: number; accounts: number };

/** Numbers facts and turns them into rows. */
class Ledger {
  readonly counts: GeneratedCounts = { orders: 0, carts: 0, leads: 0, refunds: 0, accounts: 0 };
  /** Carts that name an order which has no id yet: they came before it. */
  #waiting: CartFact[] = [];
  #nextPostId: number;
  #nextItemId = 1;
  #nextCartId = 1;
  #nextEntryId = 1;
  #nextEmailId = 1;

  constructor(
    readonly shop: Shop,
    readonly loader: BulkLoader,
    readonly random: Random,
    firstPostId: number,
  ) {
    this.#nextPostId = firstPostId;
  }

  /** Orders share their ids with revisions, pictures and pages: gaps are normal. */
  #postId(): number {
    this.#nextPostId += this.random.chance(0.3) ? this.random.int(2, 5) : 1;
    return this.#nextPostId;
  }

  write(fact: Fact): void {
    if (fact.kind === 'order') this.#order(fact.order, fact.isDeleted);
    else if (fact.kind === 'cart') this.#cart(fact);
    else if (fact.kind === 'refund') this.#refund(fact);
    else if (fact.kind === 'account') this.#account(fact.account);
    else {
      const id = this.#nextEntryId++;
      this.loader.put(['fv_enteries', formEntryRow(this.shop, { ...fact.entry, id })]);
      for (const row of formAnswerRows(id, fact.entry.answers)) this.loader.put(row);
      this.counts.leads += 1;
    }
  }

  #order(order: Order, isDeleted: boolean): void {
    const id = this.#postId();
    order.id = id;
    if (isDeleted) return;
    const numbered = { ...order, id };
    this.loader.put(['posts', orderPostRow(this.shop, numbered)]);
    for (const row of orderRows(this.shop, numbered)) this.loader.put(row);
    for (const item of orderItems(numbered)) {
      const itemId = this.#nextItemId++;
      this.loader.put(['woocommerce_order_items', [itemId, item.name, item.type, id]]);
      for (const [key, value] of item.meta) this.loader.put(['woocommerce_order_itemmeta', [itemId, key, value]]);
    }
    if (order.paidAt) {
      const dates = [localText(order.paidAt, this.shop.timeZone), gmtText(order.paidAt)];
      const note = 'Pagamento confirmado.';
      this.loader.put(['comments', [id, 'WooCommerce', ...dates, note, 'WooCommerce', 'order_note']]);
    }
    this.counts.orders += 1;
  }

  #refund({ order, refund }: Extract<Fact, { kind: 'refund' }>): void {
    if (order.id === null) throw new RangeError('a refund came before its order');
    const numbered = { ...refund, id: this.#postId(), parent: order.id };
    this.loader.put(['posts', refundPostRow(this.shop, numbered)]);
    for (const row of refundRows(this.shop, numbered)) this.loader.put(row);
    this.counts.refunds += 1;
  }

  #cart(fact: CartFact): void {
    fact.cart.id = this.#nextCartId++;
    if (fact.isDeleted) return;
    this.counts.carts += 1;
    if (this.shop.cartColumns.orderId && fact.order && fact.order.id === null) this.#waiting.push(fact);
    else this.#cartRows(fact);
  }

  #cartRows({ cart, order, emails }: CartFact): void {
    this.loader.put(['carts', cartRow(this.shop, { ...cart, orderId: order?.id ?? null })]);
    for (const email of emails) {
      this.loader.put(['cartflows_ca_email_history', emailRow(this.shop, { ...email, id: this.#nextEmailId++ })]);
    }
  }

  /** The carts whose order has got its id by now. */
  writeWaiting(): void {
    const still = this.#waiting.filter((fact) => fact.order?.id === null);
    for (const fact of this.#waiting) if (fact.order?.id !== null) this.#cartRows(fact);
    this.#waiting = still;
  }

  #account({ id, person, at }: Account): void {
    const name = `${person.firstName} ${person.lastName}`;
    const login = person.email.split('@')[0]!;
    this.loader.put(['users', [id, login, '!', login.slice(0, 50), person.email, gmtText(at), name]]);
    const meta: Record<string, string> = {
      first_name: person.firstName,
      last_name: person.lastName,
      billing_first_name: person.firstName,
      billing_last_name: person.lastName,
      billing_email: person.email,
      billing_phone: `(${person.ddd}) 9${person.local}`,
      billing_city: person.city,
      billing_state: person.state,
      billing_postcode: person.postcode,
      billing_cpf: person.cpf,
      [`${this.shop.prefix}capabilities`]: 'a:1:{s:8:"customer";b:1;}',
      last_update: epochText(at),
    };
    for (const [key, value] of Object.entries(meta)) this.loader.put(['usermeta', [id, key, value]]);
    this.counts.accounts += 1;
  }
}

/**
 * Makes a whole shop: drops the database of that name, creates it and fills it. `small` takes seconds, `large` (200,000 orders) minutes.
 * Gives the shop (its connection is `conn`) and how many rows there are of each sort.
 */
export async function generateShop(
  conn: Connection,
  options: GenerateOptions,
): Promise<{ shop: Shop; counts: GeneratedCounts }> {
  const { size, seed, theme = 'shoes', onProgress } = options;
  const now = new Date(Math.floor(options.now.getTime() / 1000) * 1000);
  await conn.query(`DROP DATABASE IF EXISTS \`${options.database}\``);
  const shop = await createShop(conn, options);
  const part = (name: string) => Random.of(seed, `${options.prefix}${name}`);
  const catalog = catalogOf(theme);
  const loader = new BulkLoader(shop);
  const ledger = new Ledger(shop, loader, part('ids'), catalog.lastId + 100);
  const play = new Play(part('stories'), now, catalog, {
    salt: options.prefix.length * 7 + theme.length,
    currency: shop.currency,
    forms: options.forms ?? [],
    sendsEmails: options.sendsEmails ?? true,
    overwritesTotal: shop.cartColumns.originalCartTotal ?? false,
  });

  await conn.query('SET SESSION foreign_key_checks = 0, unique_checks = 0');
  const restoreIndexes = size === 'tiny' || size === 'small' ? null : await deferIndexes(shop);
  const opened = new Date(now.getTime() - (shopSizes[size].days + 30) * day);
  for (const row of catalogRows(shop, catalog, opened)) loader.put(row);

  const days = new Map<number, Fact[]>();
  let flushed = -1;
  const flushBefore = async (end: number) => {
    for (const number of [...days.keys()].filter((key) => key < end).sort((a, b) => a - b)) {
      for (const fact of days.get(number)!.sort((a, b) => a.at.getTime() - b.at.getTime())) ledger.write(fact);
      days.delete(number);
      ledger.writeWaiting();
      await loader.drain();
    }
    onProgress?.({ ...ledger.counts });
  };
  for (const { kind, start } of planShoppers({ size, random: part('plan'), now })) {
    play.start = start;
    kind.act(play);
    for (const fact of play.facts.splice(0)) {
      const number = Math.floor(fact.at.getTime() / day);
      const list = days.get(number);
      if (list) list.push(fact);
      else days.set(number, [fact]);
    }
    // Nobody acts more than two days before their own beginning (window-edges).
    const settled = Math.floor(start.getTime() / day) - 3;
    if (settled > flushed) {
      await flushBefore(settled);
      flushed = settled;
    }
  }
  await flushBefore(Number.POSITIVE_INFINITY);
  await loader.drain({ isLast: true });
  await restoreIndexes?.();
  await conn.query('SET SESSION foreign_key_checks = 1, unique_checks = 1');
  // Written last: a database without it was interrupted, and is made again.
  await insert(shop, 'options', [[demoMark, JSON.stringify({ size, seed, now: now.toISOString() }), 'no']]);
  return { shop, counts: ledger.counts };
}

const demoMark = 'demo_generated';

/** What a finished demo shop was made of; null when the database is absent, not a demo's, or was interrupted. */
export async function findGenerated(
  conn: Connection,
  { database, prefix }: Pick<ShopSetup, 'database' | 'prefix'>,
): Promise<{ size: ShopSize; seed: number; now: Date } | null> {
  const [tables] = await conn.query<RowDataPacket[]>(
    'SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?',
    [database, `${prefix}options`],
  );
  if (tables.length === 0) return null;
  const [rows] = await conn.query<RowDataPacket[]>(
    `SELECT option_value FROM \`${database}\`.\`${prefix}options\` WHERE option_name = ?`,
    [demoMark],
  );
  if (!rows[0]) return null;
  const made = JSON.parse(String(rows[0].option_value)) as { size: ShopSize; seed: number; now: string };
  return { size: made.size, seed: made.seed, now: new Date(made.now) };
}
