// Shoppers who leave a cart and whose order, or lack of one, decides what became of it (docs/rules.md, Cart status, §4.4).
import { day, hour, type Kind, minute } from './play.ts';

export const returningKinds: Kind[] = [
  {
    name: 'returns-by-email',
    per400: 40,
    yields: [0.85, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const order = play.order(person, {
        at: play.comeBack(play.start),
        lines: cart.cart.lines,
        paidAfterMs: 2 * minute,
        phone: '',
      });
      play.bought(cart, order, { inSameBrowser: play.random.chance(0.3) });
    },
  },
  {
    name: 'returns-by-phone',
    per400: 22,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const email = `outro.${person.email}`;
      const order = play.order(person, {
        at: play.comeBack(play.start),
        email,
        lines: cart.cart.lines,
        paidAfterMs: minute,
      });
      play.bought(cart, order, { inSameBrowser: false });
    },
  },
  {
    name: 'returns-with-another-phone',
    per400: 12,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const other = play.person();
      const phone = `(${other.ddd}) 9${other.local}`;
      const order = play.order(person, { at: play.comeBack(play.start), phone, paidAfterMs: minute });
      play.bought(cart, order, { inSameBrowser: false });
    },
  },
  {
    name: 'pays-pix-days-later',
    per400: 18,
    yields: [0.9, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.later(play.start, 2 * hour, 3 * day);
      const order = play.order(person, { at, lines: cart.cart.lines, paidAfterMs: play.random.int(1, 6) * day });
      play.bought(cart, order, { inSameBrowser: play.random.chance(0.2) });
    },
  },
  {
    name: 'waits-for-pix',
    per400: 8,
    yields: [1, 1, 0],
    ageDays: [0.3, 6],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.later(play.start, minute * 20, 5 * hour);
      play.order(person, { at, lines: cart.cart.lines, status: play.random.pick(['wc-on-hold', 'wc-pending']) });
    },
  },
  {
    name: 'pix-expired',
    per400: 8,
    yields: [1, 1, 0],
    ageDays: [9, 60],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      play.order(person, { at: play.later(play.start, hour, 8 * hour), lines: cart.cart.lines });
    },
  },
  {
    name: 'cancels',
    per400: 10,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.comeBack(play.start);
      const order = play.order(person, { at, lines: cart.cart.lines });
      play.change(order, {
        status: play.random.pick(['wc-cancelled', 'wc-failed']),
        at: play.later(at, hour, 2 * day),
      });
    },
  },
  {
    name: 'refunded-in-full',
    per400: 6,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.comeBack(play.start);
      const order = play.order(person, { at, paidAfterMs: minute });
      play.bought(cart, order, { inSameBrowser: false });
      if (order) play.refund(order, { cents: order.totalCents, at: play.later(at, day, 9 * day) });
    },
  },
  {
    name: 'refunded-in-part',
    per400: 7,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.comeBack(play.start);
      const order = play.order(person, { at, lines: cart.cart.lines, paidAfterMs: minute });
      play.bought(cart, order, { inSameBrowser: false });
      if (order) play.refund(order, { cents: Math.floor(order.totalCents / 4), at: play.later(at, day, 9 * day) });
    },
  },
  {
    name: 'order-trashed',
    per400: 4,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.comeBack(play.start);
      const order = play.order(person, { at, lines: cart.cart.lines, paidAfterMs: minute });
      play.change(order, { status: 'trash', at: play.later(at, day, 6 * day) });
    },
  },
  {
    name: 'order-deleted',
    per400: 2,
    yields: [1, 0, 0],
    act: (play) => {
      const person = play.person();
      play.cart(person, { at: play.start });
      const order = play.order(person, { at: play.later(play.start, hour, day), paidAfterMs: minute });
      if (order) play.remove(order);
    },
  },
  {
    // The plugin takes the row over: only `time` moves, and the status stays as it was.
    name: 'returns-to-the-same-row',
    per400: 14,
    yields: [1, 0.4, 0],
    act: (play) => {
      const person = play.person();
      const last = play.later(play.start, hour, 12 * day);
      const cart = play.cart(person, {
        at: play.start,
        last,
        ...(last < play.now ? { status: 'abandoned' as const } : {}),
      });
      if (play.random.chance(0.4))
        play.bought(cart, play.order(person, { at: play.later(last, day, 5 * day), paidAfterMs: minute }), {
          inSameBrowser: false,
        });
    },
  },
  {
    name: 'comes-back-after-months',
    per400: 6,
    yields: [1, 0.5, 0],
    ageDays: [110, 170],
    act: (play) => {
      const person = play.person();
      const last = play.later(play.start, 92 * day, 108 * day);
      const cart = play.cart(person, { at: play.start, last, status: 'abandoned' });
      if (play.random.chance(0.5))
        play.bought(cart, play.order(person, { at: play.later(last, hour, 2 * day), paidAfterMs: minute }), {
          inSameBrowser: false,
        });
    },
  },
  {
    name: 'several-carts-one-order',
    per400: 7,
    yields: [3, 1, 0],
    act: (play) => {
      const person = play.person();
      const phone = `(${person.ddd}) 9${person.local}`;
      const [, second] = [0, 1, 2].map((step) =>
        play.cart(person, {
          at: play.later(play.start, step * 2 * hour, (step * 2 + 1) * hour),
          email: `tentativa${step}.${person.email}`,
          phone,
        }),
      );
      play.order(person, {
        at: play.later(play.start, day, 3 * day),
        phone,
        lines: second!.cart.lines,
        paidAfterMs: minute,
      });
    },
  },
  {
    name: 'one-cart-several-orders',
    per400: 4,
    yields: [1, 2, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const first = play.order(person, {
        at: play.later(play.start, hour, 5 * hour),
        lines: cart.cart.lines,
        paidAfterMs: minute,
      });
      play.order(person, { at: play.later(play.start, day, 9 * day), paidAfterMs: minute });
      play.bought(cart, first, { inSameBrowser: false });
    },
  },
  {
    name: 'uses-the-coupon',
    per400: 10,
    yields: [1, 2, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start, couponCode: play.random.hex(10) });
      play.order(person, { at: play.later(play.start, hour, 3 * hour), paidAfterMs: minute });
      const at = play.later(play.start, 2 * day, 12 * day);
      const code = cart.cart.couponCode ?? '';
      const order = play.order(person, {
        at,
        lines: cart.cart.lines,
        couponCodes: [code.toUpperCase()],
        discountCents: 1500,
        paidAfterMs: minute,
      });
      play.bought(cart, order, { inSameBrowser: false });
    },
  },
  {
    name: 'order-by-hand',
    per400: 10,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.comeBack(play.start);
      play.order(person, {
        at,
        createdVia: 'admin',
        lines: cart.cart.lines,
        attribution: { source_type: 'admin' },
        ip: '',
        paidAfterMs: hour,
      });
    },
  },
  {
    // One of its orders has a paid date, so the status is a paid one: also where an order in it (cash on delivery) has none.
    name: 'custom-paid-status',
    per400: 10,
    yields: [0.7, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const at = play.comeBack(play.start);
      const isCash = play.random.chance(0.25);
      const order = play.order(person, {
        at,
        status: 'wc-enviado',
        lines: cart.cart.lines,
        ...(isCash ? { paymentMethod: 'cod', paymentTitle: 'Dinheiro' } : { paidAfterMs: minute }),
      });
      play.bought(cart, order, { inSameBrowser: play.random.chance(0.3) });
    },
  },
  {
    name: 'custom-unpaid-status',
    per400: 3,
    yields: [1, 1, 0],
    ageDays: [0.2, 30],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      play.order(person, {
        at: play.later(play.start, hour, 4 * hour),
        status: 'wc-aguard-compr',
        lines: cart.cart.lines,
      });
    },
  },
  {
    name: 'bought-before',
    per400: 10,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      play.order(person, { at: play.start, paidAfterMs: minute });
      play.cart(person, { at: play.later(play.start, 2 * hour, 40 * hour) });
    },
  },
  {
    // An ordinary checkout, seen because the row outlived it: created seconds after the last capture.
    name: 'direct-purchase-with-row',
    per400: 14,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const last = play.later(play.start, minute, 6 * minute);
      const cart = play.cart(person, { at: play.start, last, couponCode: null });
      cart.emails = [];
      const order = play.order(person, {
        at: play.later(last, 2_000, 20_000),
        lines: cart.cart.lines,
        paidAfterMs: 30_000,
        email: cart.cart.email,
      });
      play.bought(cart, order, { inSameBrowser: false });
    },
  },
];
