// What Form Vibes and CartFlows do to their tables, one act at a time. The traps are theirs: answers come after the entry, a returning shopper's
// row is taken over and only `time` moves, cron changes a status without a trace, and a purchase deletes the row.
import type { RowDataPacket } from 'mysql2/promise';
import { cartRow, emailRow, formAnswerRows, formEntryRow } from './cart-rows.ts';
import { type Cart, type CartEmail, type FormEntry, totalOf } from './facts.ts';
import { execute, insert, localText, moneyText, type Shop, tableOf } from './shop.ts';

export type FormInput = Partial<Omit<FormEntry, 'at' | 'answers'>> & Pick<FormEntry, 'at' | 'answers'>;

/** One submission: the entry first, then its answers. `answers: []` leaves an entry that a poll sees before its answers. */
export async function writeFormEntry(shop: Shop, input: FormInput): Promise<number> {
  const { formPlugin = 'wp-forms', formId = '321', url = 'https://loja.example/lista-vip/', id = null } = input;
  const entry = { id, formPlugin, formId, url, at: input.at, answers: input.answers };
  const entryId = await insert(shop, 'fv_enteries', [formEntryRow(shop, entry)]);
  await writeFormAnswers(shop, entryId, input.answers);
  return entryId;
}

/** Answers of an entry that is there already: they are separate inserts, and may come late. */
export async function writeFormAnswers(shop: Shop, entryId: number, answers: FormEntry['answers']): Promise<void> {
  for (const [table, values] of formAnswerRows(entryId, answers)) await insert(shop, table, [values]);
}

export async function deleteFormEntry(shop: Shop, entryId: number): Promise<void> {
  await execute(shop, `DELETE FROM ${tableOf(shop, 'fv_entry_meta')} WHERE data_id = ?`, [String(entryId)]);
  await execute(shop, `DELETE FROM ${tableOf(shop, 'fv_enteries')} WHERE id = ?`, [entryId]);
}

export type CartInput = Partial<Omit<Cart, 'time'>> & Pick<Cart, 'email' | 'lines'> & { time: Cart['time'] };

export function cartOf(input: CartInput): Cart {
  return {
    id: null,
    sessionId: '',
    checkoutPageId: 12,
    firstName: '',
    lastName: '',
    phone: '',
    city: '',
    state: '',
    postcode: '',
    totalCents: totalOf({ lines: input.lines }),
    status: 'normal',
    isUnsubscribed: false,
    couponCode: null,
    orderId: null,
    originalTotalCents: null,
    ...input,
  };
}

type CartKey = RowDataPacket & { id: number; session_id: string };

async function findCarts(shop: Shop, where: string, values: string[]): Promise<CartKey[]> {
  const sql = `SELECT id, session_id FROM ${tableOf(shop, shop.cartTable)} WHERE ${where} ORDER BY id DESC`;
  const [rows] = await shop.conn.query<CartKey[]>(sql, values);
  return rows;
}

/**
 * A capture at the checkout. The row of the same session, else an open row of the same e-mail, is overwritten (status as it was); else a new
 * row is made. Gives the row's id and session.
 */
export async function writeCart(shop: Shop, input: CartInput): Promise<{ id: number; sessionId: string }> {
  const cart = cartOf(input);
  const bySession = input.sessionId
    ? await findCarts(shop, "session_id = ? AND order_status <> 'completed'", [input.sessionId])
    : [];
  const found =
    bySession[0] ?? (await findCarts(shop, "email = ? AND order_status IN ('normal', 'abandoned')", [cart.email]))[0];
  if (!found) {
    const sessionId = input.sessionId || crypto.randomUUID().replaceAll('-', '');
    return { id: await insert(shop, 'carts', [cartRow(shop, { ...cart, sessionId })]), sessionId };
  }
  const [, , , contents, , , otherFields] = cartRow(shop, cart);
  const time = cart.time instanceof Date ? localText(cart.time, shop.timeZone) : null;
  const phone = shop.cartColumns.phone ? ([', phone = ?', [cart.phone]] as const) : (['', []] as const);
  await execute(
    shop,
    `UPDATE ${tableOf(shop, shop.cartTable)} SET email = ?, cart_contents = ?, cart_total = ?, other_fields = ?, checkout_id = ?, time = ?${phone[0]} WHERE id = ?`,
    [
      cart.email,
      contents ?? '',
      moneyText(cart.totalCents),
      otherFields ?? '',
      cart.checkoutPageId,
      time,
      ...phone[1],
      found.id,
    ],
  );
  return { id: found.id, sessionId: found.session_id };
}

/** The plugin's cron: normal carts silent for the cut-off become abandoned, with a coupon; old abandoned ones become lost. Neither moves `time`. */
export async function abandonCarts(
  shop: Shop,
  { now, cutOffMinutes = 15, lostAfterDays = 30 }: { now: Date; cutOffMinutes?: number; lostAfterDays?: number },
): Promise<{ abandoned: number; lost: number }> {
  const carts = tableOf(shop, shop.cartTable);
  const before = (ms: number) => localText(new Date(now.getTime() - ms), shop.timeZone);
  const abandoned = await execute(
    shop,
    `UPDATE ${carts} SET order_status = 'abandoned', coupon_code = left(md5(concat('cupom', session_id)), 10) WHERE order_status = 'normal' AND time <= ?`,
    [before(cutOffMinutes * 60_000)],
  );
  const unsent = `EXISTS (SELECT 1 FROM ${tableOf(shop, 'cartflows_ca_email_history')} h WHERE h.ca_session_id = session_id AND h.email_sent = 0)`;
  const lost = await execute(
    shop,
    `UPDATE ${carts} SET order_status = 'lost' WHERE order_status = 'abandoned' AND date(time) <= date(?) AND NOT ${unsent}`,
    [before(lostAfterDays * 86_400_000)],
  );
  return { abandoned: abandoned.affectedRows, lost: lost.affectedRows };
}

/** The plugin saw a paid order of the same e-mail: completed, unsent e-mails cancelled. 2.1.3 also overwrites the total and keeps the old one. */
export async function completeCart(
  shop: Shop,
  { sessionId, orderId, orderTotalCents }: { sessionId: string; orderId?: number; orderTotalCents?: number },
): Promise<void> {
  const carts = tableOf(shop, shop.cartTable);
  await execute(shop, `UPDATE ${carts} SET order_status = 'completed' WHERE session_id = ?`, [sessionId]);
  if (shop.cartColumns.orderId && orderId !== undefined) {
    await execute(shop, `UPDATE ${carts} SET order_id = ? WHERE session_id = ?`, [orderId, sessionId]);
  }
  if (shop.cartColumns.originalCartTotal && orderTotalCents !== undefined) {
    await execute(
      shop,
      `UPDATE ${carts} SET original_cart_total = coalesce(original_cart_total, cart_total), cart_total = ? WHERE session_id = ?`,
      [moneyText(orderTotalCents), sessionId],
    );
  }
  const history = tableOf(shop, 'cartflows_ca_email_history');
  await execute(shop, `UPDATE ${history} SET email_sent = -1 WHERE ca_session_id = ? AND email_sent = 0`, [sessionId]);
}

/** Bought in the same browser, total zero, or deleted by an admin: the row goes, and its e-mails with it. */
export async function deleteCart(shop: Shop, sessionId: string): Promise<void> {
  await execute(shop, `DELETE FROM ${tableOf(shop, shop.cartTable)} WHERE session_id = ?`, [sessionId]);
}

/** The link in a recovery e-mail. */
export async function unsubscribe(shop: Shop, sessionId: string): Promise<void> {
  await execute(shop, `UPDATE ${tableOf(shop, shop.cartTable)} SET unsubscribed = 1 WHERE session_id = ?`, [sessionId]);
}

/** Plans the recovery e-mails of a cart (templates 1 to 3: 30 minutes, a day, three days). Gives their ids. */
export async function scheduleEmails(
  shop: Shop,
  { sessionId, couponCode = null, at }: { sessionId: string; couponCode?: string | null; at: Date },
): Promise<number[]> {
  const ids: number[] = [];
  for (const [index, hours] of [0.5, 24, 72].entries()) {
    const scheduledAt = new Date(at.getTime() + hours * 3_600_000);
    const email: CartEmail = { id: null, templateId: index + 1, sessionId, couponCode, scheduledAt, sent: 0 };
    ids.push(await insert(shop, 'cartflows_ca_email_history', [emailRow(shop, email)]));
  }
  return ids;
}

export async function sendEmail(shop: Shop, emailId: number): Promise<void> {
  await execute(shop, `UPDATE ${tableOf(shop, 'cartflows_ca_email_history')} SET email_sent = 1 WHERE id = ?`, [
    emailId,
  ]);
}
