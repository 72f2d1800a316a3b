// Why a cart is what it is, for the pages and the command line: read by one statement, explained by the same functions. And what a person may say
// of it: one word in force at a time, undone by a fact of its own (docs/rules.md, what people say).
import type { CartReason, CartStatus, ChangeCause, ContactChannel } from './cart-words.ts';
import type { Statements } from './recompute/statements.ts';
import type { MatchEvidence } from './score-lines.ts';

export type RecoveryMatch = MatchEvidence & {
  orderId: string;
  orderNumber: string;
  wcStatus: string;
  orderClass: 'paid' | 'awaiting_payment' | 'void';
  totalMinor: string;
  netMinor: string;
  currency: string;
  createdAt: Date | null;
  paidAt: Date | null;
  createdVia: string | null;
  /** A person said that this was no recovery. */
  isRefused: boolean;
  /** It may recover the cart; false for an indirect link that the company does not count. */
  isCounted: boolean;
  /** Of an indirect link: the record that leads there; null when only a union by hand does. */
  via: { entity: 'lead' | 'cart' | 'order'; number: string } | null;
  /** The equal keys: `e:maria@example.com`. */
  keys: string[];
};

export type RecoveryContact = {
  channel: ContactChannel;
  contactedAt: Date;
  code: string | null;
  author: string | null;
};

export type CartOverride = {
  kind: 'status' | 'not_recovery' | 'other_order';
  status: CartStatus | null;
  orderNumber: string | null;
  note: string;
  /** Null: the command line, without a user. */
  author: string | null;
  createdAt: Date;
  undoneAt: Date | null;
  undoneBy: string | null;
};

export type CartChange = {
  fromStatus: CartStatus | null;
  fromReason: CartReason | null;
  toStatus: CartStatus;
  toReason: CartReason;
  happenedAt: Date;
  orderNumber: string | null;
  /** Null for changes logged before causes were. */
  cause: ChangeCause | null;
  runId: string | null;
  facts: Record<string, unknown>;
  author: string | null;
};

export type Recovery = {
  cartId: string;
  /** The shop's own. */
  number: string;
  episode: number;
  site: string;
  status: CartStatus;
  reason: CartReason;
  score: number | null;
  causalClass: 'contacted' | 'plugin_email' | 'spontaneous' | 'prior_purchase' | null;
  hasKeys: boolean;
  boughtOtherItems: boolean;
  firstActivityAt: Date;
  lastActivityAt: Date;
  bestOrderId: string | null;
  creditedOrderId: string | null;
  creditedMinor: string | null;
  /** Of a cart without an order that counts: the best one that no longer does. */
  voidOrder: { number: string; wcStatus: string } | null;
  /** The number of the cart that has the credit of the best order instead. */
  creditHolder: string | null;
  /** Best first; the indirect ones that are not counted last. */
  matches: RecoveryMatch[];
  /** Newest first, since the first activity. */
  contacts: RecoveryContact[];
  overrides: CartOverride[];
  changeCount: number;
  /** The newest fifty. */
  changes: CartChange[];
};

type Raw<Value> = Value extends Date
  ? string
  : Value extends (infer Item)[]
    ? Raw<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Raw<Value[Key]> }
      : Value;

const date = (text: string) => new Date(text);
const dateOrNull = (text: string | null) => (text === null ? null : new Date(text));

/** Everything that explains one cart; null when the company has no such cart. */
export async function findRecovery(db: Pick<Statements, 'tenantId' | 'run'>, cartId: string): Promise<Recovery | null> {
  const { rows } = await db.run<{ recovery: Raw<Recovery> }>('get_recovery', { tenant: db.tenantId, cart: cartId });
  const raw = rows[0]?.recovery;
  if (!raw) return null;
  return {
    ...raw,
    firstActivityAt: date(raw.firstActivityAt),
    lastActivityAt: date(raw.lastActivityAt),
    matches: raw.matches.map((match) => ({
      ...match,
      createdAt: dateOrNull(match.createdAt),
      paidAt: dateOrNull(match.paidAt),
    })),
    contacts: raw.contacts.map((contact) => ({ ...contact, contactedAt: date(contact.contactedAt) })),
    overrides: raw.overrides.map((override) => ({
      ...override,
      createdAt: date(override.createdAt),
      undoneAt: dateOrNull(override.undoneAt),
    })),
    changes: raw.changes.map((change) => ({ ...change, happenedAt: date(change.happenedAt) })),
  } as Recovery;
}

const day = 86_400_000;

/** The contact that makes the best order one "com contato": the last one before its payment, at most seven days older. */
export function provingContact({ contacts, matches, bestOrderId, firstActivityAt }: Recovery): RecoveryContact | null {
  const best = matches.find(({ orderId }) => orderId === bestOrderId);
  const paidAt = best?.paidAt ?? best?.createdAt;
  if (!best || !paidAt) return null;
  const found = contacts.find(
    ({ contactedAt }) =>
      contactedAt >= firstActivityAt && contactedAt < paidAt && contactedAt.getTime() >= paidAt.getTime() - 7 * day,
  );
  return found ?? null;
}

/** What somebody says of the cart now. */
export function overrideInForce({ overrides }: Pick<Recovery, 'overrides'>): CartOverride | null {
  return overrides.find(({ undoneAt }) => undoneAt === null) ?? null;
}

export type Judgement =
  | { kind: 'status'; status: CartStatus }
  | { kind: 'not_recovery' }
  | { kind: 'other_order'; orderId: string };

export type JudgementContext = { cartId: string; userId: string | null; now: Date; note?: string };

/** Writes what a person says of a cart, in place of what was said before; null only takes that back. The caller recomputes the cart. */
export async function judgeCart(
  db: Pick<Statements, 'tenantId' | 'run'>,
  judgement: Judgement | null,
  { cartId, userId, now, note = '' }: JudgementContext,
): Promise<void> {
  const cart = { tenant: db.tenantId, cart: cartId };
  await db.run('lock_cart_overrides', cart);
  await db.run('undo_cart_overrides', { ...cart, now, user: userId });
  if (!judgement) return;
  await db.run('insert_cart_override', {
    ...cart,
    kind: judgement.kind,
    status: judgement.kind === 'status' ? judgement.status : null,
    order: judgement.kind === 'other_order' ? judgement.orderId : null,
    note,
    user: userId,
    now,
  });
}

/** Our id of the order with this number, of the cart's own shop first; null when the company has none. */
export async function findOrderByNumber(
  db: Pick<Statements, 'tenantId' | 'run'>,
  { number, cartId }: { number: string; cartId: string },
): Promise<string | null> {
  const { rows } = await db.run<{ id: string }>('find_order_by_number', { tenant: db.tenantId, number, cart: cartId });
  return rows[0]?.id ?? null;
}
