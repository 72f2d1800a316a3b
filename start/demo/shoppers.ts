// The kinds of shopper, and how many of each there are to every 400 carts. Each is here because a rule needs it (docs/rules.md, Phones–4.4): a kind that
// no longer occurs is a rule that the demo no longer shows. The plain kinds fill a shop up to its size.
import { day, hour, type Kind, minute } from './play.ts';
import { oddKinds } from './shoppers-odd.ts';
import { returningKinds } from './shoppers-return.ts';

/** People known by more than one record: by form and order, by account, by a key that many share. */
const customerKinds: Kind[] = [
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
    // The cart has the e-mail, the new order the phone; only an old order knows both.
    name: 'linked-by-an-older-order',
    per400: 3,
    yields: [1, 2, 0],
    ageDays: [75, 150],
    act: (play) => {
      const person = play.person();
      const phone = `(${person.ddd}) 9${person.local}`;
      play.order(person, { at: play.start, phone, paidAfterMs: minute });
      const at = play.later(play.start, 50 * day, 60 * day);
      play.cart(person, { at, phone: '' });
      const email = `novo.${person.email}`;
      play.order(person, { at: play.later(at, hour, 2 * day), email, phone, paidAfterMs: minute });
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
      const order = play.order(person, { at: play.comeBack(at), lines: cart.cart.lines, paidAfterMs: 2 * minute });
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

export const specialKinds: Kind[] = [...returningKinds, ...oddKinds, ...customerKinds];

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
      if (order?.paidAt) play.bought(cart, order, { inSameBrowser: true });
      else cart.isDeleted = true;
    },
  },
  lead: {
    name: 'form-only',
    per400: 0,
    yields: [0, 0, 1.08],
    act: (play) => {
      const person = play.person();
      const [main] = play.traits.forms;
      if (!main) return;
      play.form(person, {
        at: play.start,
        form: play.random.chance(0.85) ? main : play.random.pick(play.traits.forms),
      });
      if (play.random.chance(0.08)) play.form(person, { at: play.later(play.start, minute, 9 * day), form: main });
    },
  },
} satisfies Record<string, Kind>;
