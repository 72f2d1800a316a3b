// The stage on which shoppers act: it invents the person, writes down what they did as facts, and keeps what the plugins would have made of it
// by `now` — which carts the cron has abandoned or lost, which e-mails went out, which rows a purchase removed. Nothing happens after `now`.
import { cartOf } from './cart-writer.ts';
import { type Catalog, pickLines } from './catalog.ts';
import {
  addressOf,
  type Cart,
  type CartEmail,
  type FormEntry,
  type Line,
  type Order,
  orderOf,
  type Refund,
  totalOf,
} from './facts.ts';
import { inventPerson, type Person, typeEmail, typePhone } from './people.ts';
import type { Random } from './random.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export type Form = {
  plugin: string;
  id: string;
  title: string;
  url: string;
  /** The keys under which the plugin stores each answer. */
  fields: { name: string; phone: string; size?: string; email?: string; message?: string };
};

/** What differs between shops. */
export type Traits = {
  salt: number;
  currency: string;
  forms: Form[];
  /** The cart plugin's recovery e-mails are on. */
  sendsEmails: boolean;
  /** 2.1.3: a completed cart takes the order's total. */
  overwritesTotal: boolean;
};

export type Account = { id: number; person: Person; at: Date };
/** Refunds and notes point at facts, because ids are given only when a fact becomes rows. */
export type Fact =
  | { kind: 'form'; at: Date; entry: FormEntry }
  | { kind: 'cart'; at: Date; cart: Cart; order: Order | null; emails: CartEmail[]; isDeleted: boolean }
  | { kind: 'order'; at: Date; order: Order; isDeleted: boolean }
  | { kind: 'refund'; at: Date; order: Order; refund: Omit<Refund, 'parent'> }
  | { kind: 'account'; at: Date; account: Account };
export type CartFact = Extract<Fact, { kind: 'cart' }>;

export type CartAct = Partial<Omit<Cart, 'time'>> & {
  at: Date;
  /** The last capture; some minutes after the first unless told. */
  last?: Date;
  time?: Cart['time'];
};
export type OrderAct = Partial<Omit<Order, 'billing' | 'createdAt'>> & {
  at: Date;
  email?: string;
  phone?: string;
  /** From creation to payment; absent or beyond now = not paid. */
  paidAfterMs?: number;
};

/** One kind of shopper. */
export type Kind = {
  name: string;
  /** Shoppers to every 400 carts; the plain kinds have none. */
  per400: number;
  /** What one shopper leaves behind on average: carts, orders, leads. */
  yields: [carts: number, orders: number, leads: number];
  /** How long before now the story may start, in days; anywhere in the shop's history when absent. */
  ageDays?: [least: number, most: number];
  act(play: Play): void;
};

export class Play {
  readonly facts: Fact[] = [];
  start = new Date(0);
  #people = 0;
  #accounts = 0;

  constructor(
    readonly random: Random,
    readonly now: Date,
    readonly catalog: Catalog,
    readonly traits: Traits,
  ) {}

  person(): Person {
    this.#people += 1;
    return inventPerson(this.random, { index: this.#people, salt: this.traits.salt });
  }

  /** Gives the person an account in the shop. */
  register(person: Person, at: Date): Person {
    this.#accounts += 1;
    person.userId = this.#accounts + 1; // 1 is the shop's own administrator
    if (at <= this.now) this.facts.push({ kind: 'account', at, account: { id: person.userId, person, at } });
    return person;
  }

  lines(): Line[] {
    return pickLines(this.random, this.catalog);
  }

  /** A moment between two distances from another. */
  later(at: Date, fromMs: number, toMs: number): Date {
    return new Date(at.getTime() + this.random.int(Math.floor(fromMs / 1000), Math.floor(toMs / 1000)) * 1000);
  }

  /** Most come back within hours, some within weeks. */
  comeBack(from: Date): Date {
    return this.random.chance(0.6) ? this.later(from, hour, 20 * hour) : this.later(from, day, 26 * day);
  }

  form(person: Person, { at, form = this.traits.forms[0]!, phone }: { at: Date; form?: Form; phone?: string }): void {
    if (at > this.now) return;
    const { name, phone: phoneKey, size, email, message } = form.fields;
    const answers: [string, string][] = [[name, `${person.firstName} ${person.lastName}`]];
    if (email) answers.push([email, typeEmail(this.random, person)]);
    answers.push([phoneKey, phone ?? typePhone(this.random, person)]);
    if (size) answers.push([size, String(this.random.int(34, 42))]);
    if (message) answers.push([message, 'Olá! Quando chega a próxima coleção? 😍\nObrigada']);
    const entry = { id: null, formPlugin: form.plugin, formId: form.id, at, url: form.url, answers };
    this.facts.push({ kind: 'form', at, entry });
  }

  cart(person: Person, act: CartAct): CartFact {
    const { at, last = this.later(at, 40_000, 8 * minute), ...fields } = act;
    const end = new Date(Math.min(last.getTime(), this.now.getTime()));
    const lines = fields.lines ?? this.lines();
    const age = this.now.getTime() - end.getTime();
    const isOpen = fields.status === 'normal' || (fields.status === undefined && age < 15 * minute);
    const cart = cartOf({
      sessionId: this.random.hex(32),
      email: typeEmail(this.random, person),
      firstName: person.firstName,
      lastName: person.lastName,
      phone: typePhone(this.random, person),
      city: person.city,
      state: person.state,
      postcode: person.postcode,
      totalCents: totalOf({ lines, shippingCents: 1990 }),
      status: isOpen ? 'normal' : age > 31 * day ? 'lost' : 'abandoned',
      couponCode: isOpen ? null : this.random.hex(10),
      ...fields,
      time: fields.time === undefined ? end : fields.time,
      lines,
    });
    const fact: CartFact = { kind: 'cart', at, cart, order: null, emails: [], isDeleted: false };
    if (!isOpen && this.traits.sendsEmails) fact.emails = this.#emails(cart, end);
    if (at <= this.now) this.facts.push(fact);
    return fact;
  }

  #emails(cart: Cart, last: Date): CartEmail[] {
    const { sessionId, couponCode } = cart;
    return [30 * minute, day, 3 * day].map((delay, index) => {
      const scheduledAt = new Date(last.getTime() + 15 * minute + delay);
      const sent = scheduledAt <= this.now && !cart.isUnsubscribed ? 1 : 0;
      return { id: null, templateId: index + 1, sessionId, couponCode, scheduledAt, sent };
    });
  }

  /** Null when it would lie after now. Paid orders age into completed by themselves unless a status is given. */
  order(person: Person, act: OrderAct): Order | null {
    const { at, email, phone, paidAfterMs, ...fields } = act;
    if (at > this.now) return null;
    const lines = fields.lines ?? this.lines();
    const paidAt = paidAfterMs === undefined ? null : new Date(at.getTime() + paidAfterMs);
    const isPaid = paidAt !== null && paidAt <= this.now;
    const completedAt = isPaid ? this.later(paidAt, 2 * day, 9 * day) : null;
    const isCompleted = completedAt !== null && completedAt <= this.now && this.random.chance(0.8);
    const hasCellphone = this.random.chance(0.4);
    const typed = phone ?? typePhone(this.random, person);
    const billing = {
      firstName: person.firstName,
      lastName: person.lastName,
      email: email ?? typeEmail(this.random, person),
      phone: hasCellphone && this.random.chance(0.5) ? '' : typed,
      address1: person.street,
      city: person.city,
      state: person.state,
      postcode: person.postcode,
    };
    const shippingPhone = this.random.chance(0.1) ? typePhone(this.random, person) : '';
    const status = isPaid ? (isCompleted ? 'wc-completed' : 'wc-processing') : 'wc-on-hold';
    const order = orderOf({
      currency: this.traits.currency,
      status,
      userId: person.userId,
      brazil: {
        ...(hasCellphone ? { cellphone: typed } : {}),
        cpf: person.cpf,
        number: person.number,
        neighborhood: person.neighborhood,
      },
      shipping: this.random.chance(0.6) ? addressOf({ ...billing, phone: shippingPhone }) : null,
      shippingCents: 1990,
      paymentMethod: paidAfterMs === undefined || paidAfterMs > hour ? 'pix' : 'credit_card',
      paymentTitle: paidAfterMs === undefined || paidAfterMs > hour ? 'Pix' : 'Cartão de crédito',
      attribution: this.random.chance(0.3)
        ? {
            source_type: 'utm',
            utm_source: this.random.pick(['instagram', 'google', 'newsletter']),
            utm_medium: 'social',
          }
        : { source_type: 'typein' },
      ...fields,
      lines,
      createdAt: at,
      updatedAt: (isCompleted && completedAt) || (isPaid && paidAt) || at,
      paidAt: isPaid ? paidAt : null,
      completedAt: isCompleted && (fields.status ?? status) === 'wc-completed' ? completedAt : null,
      transactionId: isPaid ? this.random.hex(16) : '',
      billing,
    });
    this.facts.push({ kind: 'order', at, order, isDeleted: false });
    return order;
  }

  /** An id that was given once and is no more: deleted for good. */
  remove(order: Order): void {
    const fact = this.facts.find((entry) => entry.kind === 'order' && entry.order === order);
    if (fact?.kind === 'order') fact.isDeleted = true;
  }

  refund(order: Order, { cents, at }: { cents: number; at: Date }): void {
    if (at > this.now) return;
    const refund = { id: null, cents, at, reason: 'Troca não quis, devolvido', currency: order.currency };
    this.facts.push({ kind: 'refund', at, order, refund });
    order.updatedAt = at;
    if (cents >= order.totalCents) order.status = 'wc-refunded';
  }

  /** A change after creation, if its time has come. */
  change(order: Order | null, { status, at }: { status: string; at: Date }): void {
    if (!order || at > this.now) return;
    order.status = status;
    order.updatedAt = at;
  }

  /**
   * What the cart plugin does when the order is paid: in the same browser, with no e-mail sent, the row is deleted; else it is completed if
   * the e-mails agree. An unpaid order leaves it alone.
   */
  bought(fact: CartFact, order: Order | null, { inSameBrowser }: { inSameBrowser: boolean }): void {
    if (!order?.paidAt) return;
    const { paidAt } = order;
    const sentBefore = fact.emails.some((email) => email.sent === 1 && email.scheduledAt <= paidAt);
    for (const email of fact.emails) if (email.scheduledAt > paidAt) email.sent = -1;
    if (inSameBrowser && !sentBefore) {
      fact.isDeleted = true;
      return;
    }
    if (fact.cart.email.toLowerCase() !== order.billing.email.toLowerCase()) return;
    fact.cart.status = 'completed';
    fact.order = order;
    if (!this.traits.overwritesTotal) return;
    fact.cart.originalTotalCents = fact.cart.totalCents;
    fact.cart.totalCents = order.totalCents;
  }
}
