// Keeps the shops busy in real time: every little while somebody fills in a form, types at the checkout, pays a Pix, gets money back. Each act goes
// through the writers, so that the copy meets what a living shop would do, with dates of this very moment.
import type { RowDataPacket } from 'mysql2/promise';
import {
  abandonCarts,
  completeCart,
  deleteCart,
  scheduleEmails,
  sendEmail,
  writeCart,
  writeFormEntry,
} from './cart-writer.ts';
import { type Catalog, catalogOf, linesOfProducts, pickLines, type Theme } from './catalog.ts';
import { changeOrderStatus, payOrder, placeOrder, refundOrder, trashOrder } from './order-writer.ts';
import { inventPerson, type Person, typePhone } from './people.ts';
import type { Form } from './play.ts';
import { Random } from './random.ts';
import { type Shop, tableOf } from './shop.ts';

export type LiveShop = { shop: Shop; theme: Theme; forms: Form[] };
export type LiveOptions = {
  signal: AbortSignal;
  /** Between two acts, whichever the shop; 3 seconds unless told. */
  everyMs?: number;
  seed?: number;
  /** The shop's clock; the real one unless told. */
  now?: () => Date;
  /** Told of each act: the database's name and what happened, in Portuguese and without personal data. */
  onAct?: (database: string, act: string) => void;
};

type Cast = { shop: Shop; catalog: Catalog; forms: Form[]; random: Random; people: number; now: () => Date };
type Act = (cast: Cast) => Promise<string | null>;

function newcomer(cast: Cast): Person {
  // Far above the generator's own numbers, and by the second: a restart does not bring the same people again.
  cast.people += 1;
  const index = 2_000_000 + (Math.floor(Date.now() / 1000) % 3_000_000) + cast.people;
  return inventPerson(cast.random, { index, salt: cast.shop.prefix.length });
}

function billingOf(cast: Cast, person: Person) {
  return {
    firstName: person.firstName,
    lastName: person.lastName,
    email: person.email,
    phone: typePhone(cast.random, person),
    city: person.city,
    state: person.state,
    postcode: person.postcode,
  };
}

type RecentCart = {
  email: string;
  sessionId: string;
  phone: string;
  firstName: string;
  lastName: string;
  productIds: number[];
};

/** One of the newest carts in one of these states; phone and products are searched for in the serialized text, as nobody but the demo may. */
async function findCart({ shop, random }: Cast, statuses: string[]): Promise<RecentCart | null> {
  const [rows] = await shop.conn.query<RowDataPacket[]>(
    `SELECT email, session_id, other_fields, cart_contents FROM ${tableOf(shop, shop.cartTable)} WHERE order_status IN (?) ORDER BY id DESC LIMIT 25`,
    [statuses],
  );
  if (rows.length === 0) return null;
  const row = random.pick(rows);
  const field = (key: string) => new RegExp(`"${key}";s:\\d+:"([^"]*)"`).exec(String(row.other_fields))?.[1] ?? '';
  return {
    email: String(row.email),
    sessionId: String(row.session_id),
    phone: field('wcf_phone_number'),
    firstName: field('wcf_first_name'),
    lastName: field('wcf_last_name'),
    productIds: [...String(row.cart_contents).matchAll(/"product_id";i:(\d+)/g)].map(([, id]) => Number(id)),
  };
}

async function findOrder({ shop, random }: Cast, statuses: string[]): Promise<{ id: number; cents: number } | null> {
  const sql =
    shop.orderStorage === 'hpos'
      ? `SELECT id, total_amount AS total FROM ${tableOf(shop, 'wc_orders')} WHERE type = 'shop_order' AND status IN (?) ORDER BY date_created_gmt DESC LIMIT 15`
      : `SELECT p.ID AS id, m.meta_value AS total FROM ${tableOf(shop, 'posts')} p JOIN ${tableOf(shop, 'postmeta')} m ON m.post_id = p.ID AND m.meta_key = '_order_total' WHERE p.post_type = 'shop_order' AND p.post_status IN (?) ORDER BY p.post_date DESC LIMIT 15`;
  const [rows] = await shop.conn.query<RowDataPacket[]>(sql, [statuses]);
  if (rows.length === 0) return null;
  const row = random.pick(rows);
  return { id: Number(row.id), cents: Math.round(Number(row.total) * 100) };
}

async function fillForm(cast: Cast): Promise<string> {
  const person = newcomer(cast);
  const form = cast.random.pick(cast.forms);
  const { name, phone, size, email } = form.fields;
  const answers: [string, string][] = [
    [name, `${person.firstName} ${person.lastName}`],
    [phone, typePhone(cast.random, person)],
  ];
  if (size) answers.push([size, String(cast.random.int(34, 42))]);
  if (email) answers.push([email, person.email]);
  await writeFormEntry(cast.shop, { formPlugin: form.plugin, formId: form.id, url: form.url, at: cast.now(), answers });
  return 'formulário enviado';
}

async function typeAtCheckout(cast: Cast): Promise<string> {
  const person = newcomer(cast);
  await writeCart(cast.shop, {
    ...billingOf(cast, person),
    lines: pickLines(cast.random, cast.catalog),
    time: cast.now(),
  });
  return 'carrinho iniciado';
}

async function returnToCart(cast: Cast): Promise<string | null> {
  const cart = await findCart(cast, ['abandoned']);
  if (!cart) return null;
  const lines = pickLines(cast.random, cast.catalog);
  await writeCart(cast.shop, {
    sessionId: cart.sessionId,
    email: cart.email,
    phone: cart.phone,
    firstName: cart.firstName,
    lastName: cart.lastName,
    lines,
    time: cast.now(),
  });
  return 'carrinho retomado';
}

/** Buys what was left: paid at once, or a Pix that waits. Half of them under another e-mail, so that only the phone tells. */
async function buyAbandoned(cast: Cast): Promise<string | null> {
  const { shop, random, now } = cast;
  const cart = await findCart(cast, ['abandoned', 'lost', 'normal']);
  if (!cart) return null;
  const usesAnotherEmail = cart.phone !== '' && random.chance(0.4);
  const billing = {
    firstName: cart.firstName,
    lastName: cart.lastName,
    phone: cart.phone,
    email: usesAnotherEmail ? `outro.${cart.email}` : cart.email,
  };
  const isPix = random.chance(0.4);
  const left = linesOfProducts(random, cast.catalog, cart.productIds);
  const lines = left.length > 0 ? left : pickLines(random, cast.catalog);
  const id = await placeOrder(shop, {
    createdAt: now(),
    billing,
    lines,
    shippingCents: 1990,
    status: isPix ? 'wc-on-hold' : 'wc-pending',
  });
  if (isPix) return 'Pix gerado';
  await payOrder(shop, { id, at: now() });
  if (!usesAnotherEmail) {
    if (random.chance(0.4)) await deleteCart(shop, cart.sessionId);
    else await completeCart(shop, { sessionId: cart.sessionId, orderId: id });
  }
  return 'carrinho recuperado';
}

async function buyDirectly(cast: Cast): Promise<string> {
  const lines = pickLines(cast.random, cast.catalog);
  const billing = billingOf(cast, newcomer(cast));
  const id = await placeOrder(cast.shop, { createdAt: cast.now(), billing, lines, shippingCents: 1990 });
  await payOrder(cast.shop, { id, at: cast.now() });
  return 'compra direta';
}

async function payWaiting(cast: Cast): Promise<string | null> {
  const order = await findOrder(cast, ['wc-on-hold', 'wc-pending']);
  if (!order) return null;
  await payOrder(cast.shop, { id: order.id, at: cast.now() });
  return 'Pix pago';
}

async function finishOrder(cast: Cast): Promise<string | null> {
  const order = await findOrder(cast, ['wc-processing']);
  if (!order) return null;
  await changeOrderStatus(cast.shop, { id: order.id, status: 'wc-completed', at: cast.now() });
  return 'pedido concluído';
}

async function takeBack(cast: Cast): Promise<string | null> {
  const { shop, random, now } = cast;
  const order = await findOrder(cast, ['wc-processing', 'wc-completed']);
  if (!order) return null;
  const at = now();
  const chance = random.next();
  if (chance < 0.4) {
    await changeOrderStatus(shop, { id: order.id, status: 'wc-cancelled', at });
    return 'pedido cancelado';
  }
  if (chance < 0.5) {
    await trashOrder(shop, { id: order.id, at });
    return 'pedido na lixeira';
  }
  const isFull = random.chance(0.5);
  await refundOrder(shop, { id: order.id, cents: isFull ? order.cents : Math.floor(order.cents / 4), isFull, at });
  return isFull ? 'pedido reembolsado' : 'reembolso parcial';
}

async function runCron({ shop, now }: Cast): Promise<string> {
  const { abandoned, lost } = await abandonCarts(shop, { now: now() });
  return `cron do plugin: ${abandoned} abandonados, ${lost} perdidos`;
}

async function mailAbandoned(cast: Cast): Promise<string | null> {
  const cart = await findCart(cast, ['abandoned']);
  if (!cart) return null;
  const [first] = await scheduleEmails(cast.shop, {
    sessionId: cart.sessionId,
    at: new Date(cast.now().getTime() - 30 * 60_000),
  });
  if (first !== undefined) await sendEmail(cast.shop, first);
  return 'e-mail de recuperação enviado';
}

/** Acts and how often each happens among a hundred. */
const acts: [Act, number][] = [
  [fillForm, 18],
  [typeAtCheckout, 24],
  [returnToCart, 6],
  [buyAbandoned, 18],
  [buyDirectly, 10],
  [payWaiting, 9],
  [finishOrder, 5],
  [takeBack, 4],
  [mailAbandoned, 2],
  [runCron, 4],
];

function pickAct(random: Random): Act {
  let ticket = random.int(
    1,
    acts.reduce((sum, [, weight]) => sum + weight, 0),
  );
  for (const [act, weight] of acts) {
    ticket -= weight;
    if (ticket <= 0) return act;
  }
  return typeAtCheckout;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

/** Acts until the signal aborts; resolves then, never in the middle of an act. Each shop's connection must not be used by others meanwhile. */
export async function runLive(shops: LiveShop[], options: LiveOptions): Promise<void> {
  const { signal, everyMs = 3_000, seed = Date.now() % 1_000_000, now = () => new Date(), onAct } = options;
  const random = new Random(seed);
  const casts = shops.map(
    ({ shop, theme, forms }): Cast => ({ shop, catalog: catalogOf(theme), forms, random, people: 0, now }),
  );
  while (!signal.aborted) {
    const cast = random.pick(casts);
    const done = await pickAct(random)(cast);
    if (done !== null) onAct?.(cast.shop.database, done);
    await wait(everyMs, signal);
  }
}
