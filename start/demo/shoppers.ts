// The kinds of shopper, and how many of each there are to every 400 carts. Each is here because a rule needs it (RULES §4.1–4.4): a kind that
// no longer occurs is a rule that the demo no longer shows. The plain kinds at the end fill a shop up to its size.
import { pickBundle } from './catalog.ts';
import { troublesomePhones } from './people.ts';
import { day, hour, minute, type Play } from './play.ts';

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

/** Most come back within hours, some within weeks. */
function comeBack(play: Play, from: Date): Date {
  return play.random.chance(0.6) ? play.later(from, hour, 20 * hour) : play.later(from, day, 26 * day);
}

const inSameBrowser = true;

export const specialKinds: Kind[] = [
  {
    name: 'in-progress',
    per400: 3,
    yields: [1, 0, 0],
    ageDays: [0.001, 0.009],
    act: (play) => void play.cart(play.person(), { at: play.start }),
  },
  {
    name: 'returns-by-email',
    per400: 40,
    yields: [0.85, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const order = play.order(person, {
        at: comeBack(play, play.start),
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
        at: comeBack(play, play.start),
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
      const order = play.order(person, { at: comeBack(play, play.start), phone, paidAfterMs: minute });
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
      const at = comeBack(play, play.start);
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
      const at = comeBack(play, play.start);
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
      const at = comeBack(play, play.start);
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
      const at = comeBack(play, play.start);
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
      const at = comeBack(play, play.start);
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
      const at = comeBack(play, play.start);
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
    // The shop deletes checkout drafts after a day, so only young ones exist.
    name: 'checkout-draft',
    per400: 4,
    yields: [1, 1, 0],
    ageDays: [0.05, 0.9],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      const status = play.random.chance(0.7) ? 'wc-checkout-draft' : 'auto-draft';
      play.order(person, { at: play.start, status, createdVia: 'store-api', lines: cart.cart.lines });
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
  {
    name: 'window-edges',
    per400: 4,
    yields: [1, 1, 0],
    ageDays: [40, 120],
    act: (play) => {
      const person = play.person();
      play.cart(person, { at: play.start, last: play.start });
      const edge = play.random.pick([-48 * 3600, -48 * 3600 - 1, 720 * 3600, 720 * 3600 + 1]);
      play.order(person, { at: new Date(play.start.getTime() + edge * 1000), paidAfterMs: 0 });
    },
  },
  {
    name: 'half-typed-email',
    per400: 5,
    yields: [1, 0, 0],
    act: (play) => {
      const person = play.person();
      play.cart(person, { at: play.start, email: person.email.slice(0, -1), phone: '' });
    },
  },
  {
    name: 'without-phone',
    per400: 12,
    yields: [1, 0.4, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start, phone: '' });
      if (play.random.chance(0.4))
        play.bought(cart, play.order(person, { at: comeBack(play, play.start), paidAfterMs: minute }), {
          inSameBrowser: false,
        });
    },
  },
  {
    name: 'fictitious-phone',
    per400: 6,
    yields: [1, 0, 0],
    act: (play) =>
      void play.cart(play.person(), { at: play.start, phone: play.random.pick(troublesomePhones.fictitious) }),
  },
  {
    name: 'invalid-phone',
    per400: 6,
    yields: [1, 0, 0.3],
    act: (play) => {
      const person = play.person();
      const phone = play.random.pick([...troublesomePhones.invalid, ...troublesomePhones.foreign]);
      play.cart(person, { at: play.start, phone });
      if (play.random.chance(0.3)) play.form(person, { at: play.later(play.start, hour, day), phone });
    },
  },
  {
    name: 'unsubscribed',
    per400: 5,
    yields: [1, 0, 0],
    act: (play) => void play.cart(play.person(), { at: play.start, isUnsubscribed: true }),
  },
  {
    name: 'bundle',
    per400: 6,
    yields: [1, 0.5, 0],
    act: (play) => {
      const person = play.person();
      const lines = pickBundle(play.random, play.catalog);
      const cart = play.cart(person, { at: play.start, lines });
      if (play.random.chance(0.5))
        play.bought(cart, play.order(person, { at: comeBack(play, play.start), lines, paidAfterMs: minute }), {
          inSameBrowser: false,
        });
    },
  },
  {
    name: 'broken-blob',
    per400: 2,
    yields: [1, 0, 0],
    act: (play) =>
      void play.cart(play.person(), {
        at: play.start,
        rawContents: 'a:1:{s:32:"0f1e2d3c4b5a69788796a5b4c3d2e1f0";a:13:{s:3:"key";s:32:"0f1e',
      }),
  },
  {
    name: 'zero-time',
    per400: 1,
    yields: [1, 0, 0],
    act: (play) => void play.cart(play.person(), { at: play.start, time: 'zero', status: 'lost' }),
  },
  {
    // WP-Cron stood still: normal long after the cut-off.
    name: 'forgotten-by-cron',
    per400: 1,
    yields: [1, 0, 0],
    ageDays: [0.2, 0.9],
    act: (play) => void play.cart(play.person(), { at: play.start, status: 'normal' }),
  },
  {
    name: 'subscription',
    per400: 3,
    yields: [0, 4, 0],
    ageDays: [95, 150],
    act: (play) => {
      const person = play.register(play.person(), play.start);
      const lines = play.lines();
      play.order(person, { at: play.start, lines, paidAfterMs: minute });
      for (const month of [1, 2, 3]) {
        const at = new Date(play.start.getTime() + month * 30 * day);
        play.order(person, {
          at,
          lines,
          createdVia: 'subscription',
          meta: { _subscription_renewal: '990001' },
          paidAfterMs: minute,
        });
      }
    },
  },
  {
    // A reseller orders for many people with her own phone: a shared key.
    name: 'reseller',
    per400: 1,
    yields: [3, 6, 1],
    ageDays: [20, 90],
    act: (play) => {
      const reseller = play.person();
      const phone = `(${reseller.ddd}) 9${reseller.local}`;
      play.form(reseller, { at: play.start, phone });
      for (let step = 0; step < 6; step += 1) {
        const customer = play.person();
        const at = play.later(play.start, step * day, step * day + 5 * hour);
        if (step % 2 === 0) play.cart(customer, { at, phone });
        play.order(customer, { at: play.later(at, 5 * hour, 20 * hour), phone, paidAfterMs: minute });
      }
    },
  },
  {
    name: 'shared-email',
    per400: 1,
    yields: [0, 7, 0],
    ageDays: [20, 120],
    act: (play) => {
      for (let step = 0; step < 7; step += 1) {
        const at = play.later(play.start, step * day, step * day + hour);
        play.order(play.person(), { at, email: 'balcao@loja.example', createdVia: 'admin', paidAfterMs: minute });
      }
    },
  },
  {
    name: 'anonymised',
    per400: 3,
    yields: [0, 1, 0],
    act: (play) => {
      const forgotten = {
        ...play.person(),
        firstName: '[deleted]',
        lastName: '[deleted]',
        street: '[deleted]',
        city: '[deleted]',
        postcode: '',
        state: '',
      };
      play.order(forgotten, {
        at: play.start,
        email: 'deleted@site.invalid',
        phone: '',
        brazil: {},
        meta: { _anonymized: 'yes' },
        paidAfterMs: minute,
      });
    },
  },
  {
    name: 'gift',
    per400: 3,
    yields: [1, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start });
      play.order(person, {
        at: comeBack(play, play.start),
        lines: cart.cart.lines,
        totalCents: 0,
        shippingCents: 0,
        discountCents: 99_999_99,
        couponCodes: ['brinde100'],
        paidAfterMs: 0,
      });
    },
  },
  {
    name: 'other-currency',
    per400: 3,
    yields: [0, 1, 0],
    act: (play) => void play.order(play.person(), { at: play.start, currency: 'USD', paidAfterMs: minute }),
  },
  {
    name: 'form-then-buys',
    per400: 30,
    yields: [0, 1, 1],
    act: (play) => {
      const person = play.person();
      play.form(person, { at: play.start });
      play.order(person, { at: play.later(play.start, hour, 40 * day), paidAfterMs: minute });
    },
  },
  {
    name: 'buys-then-form',
    per400: 18,
    yields: [0, 1, 1],
    act: (play) => {
      const person = play.person();
      play.order(person, { at: play.start, paidAfterMs: minute });
      play.form(person, { at: play.later(play.start, hour, 40 * day) });
    },
  },
  {
    name: 'form-cart-order',
    per400: 12,
    yields: [0.9, 1, 1],
    act: (play) => {
      const person = play.person();
      play.form(person, { at: play.start });
      const at = play.later(play.start, hour, 9 * day);
      const cart = play.cart(person, { at });
      const order = play.order(person, { at: comeBack(play, at), lines: cart.cart.lines, paidAfterMs: 2 * minute });
      play.bought(cart, order, { inSameBrowser: play.random.chance(0.3) });
    },
  },
  {
    name: 'regular-customer',
    per400: 20,
    yields: [0, 3, 0],
    act: (play) => {
      const person = play.register(play.person(), play.start);
      let at = play.start;
      for (let step = 0; step < 3; step += 1) {
        play.order(person, { at, paidAfterMs: minute, shipping: null });
        at = play.later(at, 12 * day, 50 * day);
      }
    },
  },
];

export const plainKinds = {
  cart: {
    name: 'abandons',
    per400: 0,
    yields: [1, 0, 0],
    act: (play) => void play.cart(play.person(), { at: play.start }),
  },
  order: {
    // In the same browser the plugin deletes the row seconds after: no cart is left.
    name: 'direct-purchase',
    per400: 0,
    yields: [0, 1, 0],
    act: (play) => {
      const person = play.person();
      const cart = play.cart(person, { at: play.start, last: play.start });
      cart.emails = [];
      const isInstant = play.random.chance(0.75);
      const order = play.order(person, {
        at: play.later(play.start, minute, 5 * minute),
        lines: cart.cart.lines,
        paidAfterMs: isInstant ? minute : 3 * hour,
      });
      if (order?.paidAt) play.bought(cart, order, { inSameBrowser });
      else cart.isDeleted = true;
    },
  },
  lead: {
    name: 'form-only',
    per400: 0,
    yields: [0, 0, 1],
    act: (play) =>
      play.form(play.person(), {
        at: play.start,
        form: play.random.chance(0.85) ? play.traits.forms[0]! : play.random.pick(play.traits.forms),
      }),
  },
} satisfies Record<string, Kind>;
