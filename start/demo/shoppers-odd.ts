// Shoppers whose data is odd: at the edges of the window, without a phone or with a useless one, with a blob that cannot be read, drafts,
// gifts, other currencies, people who asked to be forgotten.
import { serializeCartContents } from './cart-rows.ts';
import { pickBundle } from './catalog.ts';
import { totalOf } from './facts.ts';
import { troublesomePhones } from './people.ts';
import { day, hour, type Kind, minute } from './play.ts';

export const oddKinds: Kind[] = [
  {
    name: 'in-progress',
    per400: 3,
    yields: [1, 0, 0],
    ageDays: [0.001, 0.009],
    act: (play) => void play.cart(play.person(), { at: play.start }),
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
        play.bought(cart, play.order(person, { at: play.comeBack(play.start), paidAfterMs: minute }), {
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
        play.bought(cart, play.order(person, { at: play.comeBack(play.start), lines, paidAfterMs: minute }), {
          inSameBrowser: false,
        });
    },
  },
  {
    name: 'broken-blob',
    per400: 4,
    yields: [1, 0, 0],
    // Cut short at the start, cut short behind the product's id, or with lengths that a search-and-replace made wrong.
    act: (play) => {
      const whole = serializeCartContents(play.lines());
      const broken = [whole.slice(0, 60), whole.slice(0, 300), whole.replace('s:32:"', 's:30:"')];
      play.cart(play.person(), { at: play.start, rawContents: play.random.pick(broken) });
    },
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
        at: play.comeBack(play.start),
        lines: cart.cart.lines,
        shippingCents: 0,
        discountCents: totalOf({ lines: cart.cart.lines }),
        note: 'É presente 🎁: embrulhar, por favor',
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
];
