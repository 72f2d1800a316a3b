// The outcomes that the rules name, one by one: window, classes, statuses with their reasons, best order, credit, score, people and leads.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CartState, type Company, type OrderState, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

// The cart of most tests: last seen on 1 April at noon, judged ten days later.
const at = (shift = '') => shiftOf('2026-04-01T12:00:00Z', shift);
const now = at('+10d');
const maria = { emails: ['maria@example.com'] };
const mariaPhone = { phones: ['+5511987654321'] };

/** `-48h`, `+720h1s`, `+10d`: an instant that much away. */
function shiftOf(instant: string, shift: string): string {
  const sign = shift.startsWith('-') ? -1 : 1;
  const units: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 };
  const seconds = [...shift.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit!]!,
    0,
  );
  return new Date(new Date(instant).getTime() + sign * seconds * 1000).toISOString();
}

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
let company: Company;
let nextId = 1;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
});
afterAll(async () => {
  await world?.close();
  await database?.drop();
});

const cart = (state: Partial<CartState> = {}) => company.cart({ id: nextId++, firstAt: at(), ...maria, ...state });
const order = (state: Partial<OrderState> = {}) =>
  company.order({ id: nextId++, createdAt: at('+3d'), ...maria, ...state });
async function inNewCompany() {
  company = await world.createCompany();
}

/** One cart and its orders in a company of their own, judged at `instant`. */
async function judge(
  cartState: Partial<CartState>,
  orders: Partial<OrderState>[],
  { instant = now, emails = [] as { scheduledAt: string; state?: string }[] } = {},
) {
  await inNewCompany();
  const cartId = await cart({ session: 'sessao', ...cartState });
  const orderIds: string[] = [];
  for (const state of orders) orderIds.push(await order(state));
  for (const email of emails) await company.cartEmail({ id: nextId++, session: 'sessao', ...email }, cartId);
  await company.queued(instant);
  return { ...(await company.status(cartId)), cartId, orderIds };
}

describe('window', () => {
  test.each([
    ['exactly 48 h before the first activity', '-48h', 'recovered'],
    ['one second earlier', '-48h1s', 'abandoned'],
    ['exactly 720 h after the last activity', '+720h', 'recovered'],
    ['one second later', '+720h1s', 'abandoned'],
  ])('an order %s: %s → %s', async (_, shift, status) => {
    expect((await judge({}, [{ createdAt: at(shift) }])).status).toBe(status);
  });

  test('it begins at the first activity and ends after the last', async () => {
    const seen = { firstAt: at('-10d'), lastAt: at() };
    expect((await judge(seen, [{ createdAt: at('-12d') }])).status).toBe('recovered');
    expect((await judge(seen, [{ createdAt: at('-12d1s') }])).status).toBe('abandoned');
    expect((await judge(seen, [{ createdAt: at('+30d') }])).status).toBe('recovered');
  });

  test('an order that was paid before the window began is imported history', async () => {
    expect((await judge({}, [{ paidAt: at('-48h1s') }])).status).toBe('abandoned');
    expect((await judge({}, [{ paidAt: at('-48h') }])).status).toBe('recovered');
  });

  test('the company may set another window', async () => {
    await inNewCompany();
    await world.owner.query('update tenants set window_before_minutes = 60, window_after_minutes = 120 where id = $1', [
      company.tenantId,
    ]);
    const cartId = await cart();
    await order({ createdAt: at('+121m') });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'abandoned', reason: 'window_closed' });
  });
});

describe('keys', () => {
  test('an equal e-mail or an equal phone is enough, nothing else is', async () => {
    expect((await judge(maria, [maria])).status).toBe('recovered');
    expect(
      (await judge({ emails: ['a@example.com'], ...mariaPhone }, [{ emails: ['b@example.com'], ...mariaPhone }]))
        .status,
    ).toBe('recovered');
    expect((await judge({ emails: ['maria@example.com'] }, [{ emails: ['mariana@example.com'] }])).status).toBe(
      'abandoned',
    );
  });

  test('a link through a third record does not recover a cart', async () => {
    await inNewCompany();
    const cartId = await cart({ emails: ['maria@example.com'] });
    await order({ id: 4711, createdAt: at('-200d'), emails: ['maria@example.com'], ...mariaPhone });
    await order({ emails: [], ...mariaPhone });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'abandoned', best_order_id: null });
  });

  test('another company never matches', async () => {
    await inNewCompany();
    const cartId = await cart();
    const mine = company;
    await inNewCompany();
    await order();
    await company.queued(now);
    await mine.queued(now);
    expect((await mine.status(cartId)).status).toBe('abandoned');
  });

  test('a cart without a key is abandoned and says so', async () => {
    expect(await judge({ emails: [] }, [{ emails: [] }])).toMatchObject({ status: 'abandoned', has_keys: false });
  });

  test('a key edited away in the shop is no key any more', async () => {
    await inNewCompany();
    const cartId = await cart();
    const orderState = { id: nextId++ };
    await order(orderState);
    await company.queued(now);
    expect((await company.status(cartId)).status).toBe('recovered');
    await order({ ...orderState, emails: ['outra@example.com'] });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({
      status: 'abandoned',
      best_order_id: null,
      credited_minor: null,
    });
  });
});

describe('order classes', () => {
  test.each([
    ['processing', {}, 'recovered', 'spontaneous'],
    ['completed', {}, 'recovered', 'spontaneous'],
    ['on-hold', {}, 'waiting', 'awaiting_payment'],
    ['pending', {}, 'waiting', 'awaiting_payment'],
    ['em-separacao', {}, 'waiting', 'awaiting_payment'],
    ['cancelled', {}, 'abandoned', 'window_open'],
    ['failed', {}, 'abandoned', 'window_open'],
    ['refunded', {}, 'abandoned', 'window_open'],
    ['trash', {}, 'abandoned', 'window_open'],
    ['completed', { total: '50.00', refunded: '50.00' }, 'abandoned', 'window_open'],
    ['completed', { missingSince: at('+4d') }, 'abandoned', 'window_open'],
    ['completed', { createdVia: 'subscription' }, 'abandoned', 'window_open'],
    ['completed', { createdVia: 'admin' }, 'recovered', 'spontaneous'],
  ] as const)('%s %j → %s (%s)', async (status, facts, expected, reason) => {
    expect(await judge({}, [{ createdAt: at('+4d'), status, ...facts }])).toMatchObject({ status: expected, reason });
  });

  test('a void order names itself in the reason of an abandoned cart', async () => {
    const judged = await judge({}, [{ status: 'cancelled' }]);
    expect(judged).toMatchObject({ best_order_id: null, void_order_id: judged.orderIds[0] });
  });

  test('a void order beside a paid one is not named', async () => {
    expect(await judge({}, [{ status: 'cancelled' }, {}])).toMatchObject({ status: 'recovered', void_order_id: null });
  });

  test('a paid order of zero recovers and adds nothing', async () => {
    expect(await judge({}, [{ total: '0' }])).toMatchObject({ status: 'recovered', credited_minor: '0' });
  });
});

describe('cart status', () => {
  test('rows are tried in their order, and each names when time alone will change it', async () => {
    const fresh = { pluginStatus: 'normal', wasAbandoned: false };
    const cases: [Partial<CartState>, Partial<OrderState>[], string, string, string, string | null][] = [
      [fresh, [{ createdAt: at('+30s') }], at('+1m'), 'purchased', 'direct_purchase', null],
      [{}, [{}], now, 'recovered', 'spontaneous', null],
      [{}, [{ status: 'pending' }], at('+10d'), 'waiting', 'awaiting_payment', at('+10d')],
      [fresh, [], at('+59m59s'), 'waiting', 'in_progress', at('+60m')],
      [fresh, [], at('+60m'), 'abandoned', 'window_open', at('+30d')],
      [{}, [], at('+1m'), 'abandoned', 'window_open', at('+30d')],
      [{ ...fresh, missingSince: at('+1m') }, [], at('+2m'), 'waiting', 'in_progress', at('+60m')],
      [{ ...fresh, missingSince: at('+1m') }, [], at('+1h'), 'removed', 'removed', null],
      [{ missingSince: at('+1m') }, [], at('+1h'), 'abandoned', 'window_open', at('+30d')],
      // deleted after it had lain silent under our eyes, before the plugin's cron called it abandoned
      [{ ...fresh, missingSince: at('+60m') }, [], at('+3h'), 'removed', 'removed', null],
      [{ ...fresh, missingSince: at('+60m1s') }, [], at('+3h'), 'abandoned', 'window_open', at('+30d')],
      [{ ...fresh, missingSince: at('+1m') }, [{}], now, 'recovered', 'spontaneous', null],
      [{}, [{ status: 'pending' }], at('+10d1s'), 'abandoned', 'payment_expired', null],
      [{}, [], at('+30d'), 'abandoned', 'window_open', at('+30d')],
      [{}, [], at('+30d1s'), 'abandoned', 'window_closed', null],
    ];
    for (const [state, orders, instant, status, reason, reevaluate] of cases) {
      const judged = await judge(state, orders, { instant });
      expect({ status: judged.status, reason: judged.reason }).toEqual({ status, reason });
      expect(judged.reevaluate_at?.toISOString() ?? null).toBe(reevaluate);
    }
  });

  test('the expired unpaid order stays the best order', async () => {
    const judged = await judge({}, [{ status: 'pending' }], { instant: at('+11d') });
    expect(judged.best_order_id).toBe(judged.orderIds[0]);
  });

  describe('never abandoned', () => {
    test.each([
      ['120 s before the first activity', '-120s', 'purchased'],
      ['121 s before it', '-121s', 'recovered'],
      ['at the cut-off after the last', '+60m', 'purchased'],
      ['a second after the cut-off', '+60m1s', 'recovered'],
    ])('an order %s (%s) → %s, whatever the plugin calls the cart', async (_, shift, status) => {
      expect((await judge({ pluginStatus: 'abandoned' }, [{ createdAt: at(shift) }])).status).toBe(status);
    });

    test('a cart that had lain silent before the shopper came back was recovered', async () => {
      const returned = { firstAt: at('-5h'), lastAt: at() };
      expect((await judge({ ...returned, layAt: at('-4h') }, [{ createdAt: at('+1m') }])).status).toBe('recovered');
      expect((await judge(returned, [{ createdAt: at('+1m') }])).status).toBe('purchased');
    });

    test('an order before that silence was a direct purchase', async () => {
      const seen = { firstAt: at('-5h'), lastAt: at(), layAt: at('-4h') };
      expect((await judge(seen, [{ createdAt: at('-4h30m') }])).status).toBe('purchased');
    });

    test("after an e-mail of the plugin it was a recovery; a scheduled or later one doesn't count", async () => {
      const soon = [{ createdAt: at('+30m') }];
      const judged = await judge({}, soon, { emails: [{ scheduledAt: at('+20m') }] });
      expect(judged).toMatchObject({ status: 'recovered', reason: 'plugin_email', causal_class: 'plugin_email' });
      for (const email of [{ scheduledAt: at('+20m'), state: 'scheduled' }, { scheduledAt: at('+30m') }]) {
        expect((await judge({}, soon, { emails: [email] })).status).toBe('purchased');
      }
    });
  });

  test('time alone: due carts, and only they, change', async () => {
    await inNewCompany();
    const fresh = await cart({ pluginStatus: 'normal', emails: ['a@example.com'] });
    const unpaid = await cart({ emails: ['b@example.com'] });
    await order({ emails: ['b@example.com'], status: 'on-hold', createdAt: at('+1h') });
    await company.queued(at('+10m'));
    expect(await company.due(at('+59m'))).toBe(0);
    expect(await company.due(at('+60m'))).toBe(1);
    expect(await company.status(fresh)).toMatchObject({ status: 'abandoned', reason: 'window_open' });
    await company.due(at('+8d'));
    expect(await company.status(unpaid)).toMatchObject({ status: 'abandoned', reason: 'payment_expired' });
    await company.due(at('+31d'));
    expect(await company.status(fresh)).toMatchObject({ status: 'abandoned', reason: 'window_closed' });
    const { rows } = await world.owner.query(
      'select from_status, from_reason, to_status, to_reason from cart_transitions where tenant_id = $1 and cart_id = $2 order by id',
      [company.tenantId, fresh],
    );
    expect(rows).toEqual([
      { from_status: 'waiting', from_reason: 'in_progress', to_status: 'abandoned', to_reason: 'window_open' },
      { from_status: 'abandoned', from_reason: 'window_open', to_status: 'abandoned', to_reason: 'window_closed' },
    ]);
  });

  test('a refund takes the recovery back', async () => {
    await inNewCompany();
    const cartId = await cart();
    const state = { id: nextId++, total: '20.00' };
    await order(state);
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'recovered', credited_minor: '2000' });
    await order({ ...state, refunded: '5.00' });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'recovered', credited_minor: '1500' });
    await order({ ...state, refunded: '20.00' });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({
      status: 'abandoned',
      credited_minor: null,
      causal_class: null,
    });
  });
});

describe('causal class', () => {
  test.each([
    ['before the cart', '-3h', '-1d', 'prior_purchase'],
    ['after an e-mail', '+10d', '+2h', 'plugin_email'],
    ['720 h after an e-mail', '+29d', '-1d', 'plugin_email'],
    ['more than 720 h after it', '+29d1s', '-1d', 'spontaneous'],
    ['with an e-mail only later', '+5d', '+6d', 'spontaneous'],
  ])('an order %s', async (_, created, sent, causal) => {
    const judged = await judge({}, [{ createdAt: at(created) }], { emails: [{ scheduledAt: at(sent) }] });
    expect(judged).toMatchObject({ status: 'recovered', causal_class: causal, reason: causal });
  });

  test('an e-mail about the episode before is none about this one', async () => {
    const emails = [{ scheduledAt: at('-1d') }];
    expect((await judge({ episode: 2 }, [{}], { emails })).causal_class).toBe('spontaneous');
    expect((await judge({ episode: 1 }, [{}], { emails })).causal_class).toBe('plugin_email');
  });
});

describe('best order', () => {
  const orderOf = async (cartState: Partial<CartState>, orders: Partial<OrderState>[]) => {
    const judged = await judge(cartState, orders);
    return judged.orderIds.indexOf(judged.best_order_id!);
  };
  test.each<[string, Partial<CartState>, Partial<OrderState>[], number]>([
    ['a paid one over a nearer unpaid one', {}, [{ createdAt: at('+1d'), status: 'pending' }, {}], 1],
    [
      'the one with the cart coupon, trimmed and in lower case',
      { coupon: ' Volta10' },
      [{ createdAt: at('+1d') }, { coupons: ['VOLTA10 '] }],
      1,
    ],
    ['one after the cart over a nearer one before it', {}, [{ createdAt: at('-3h') }, { createdAt: at('+4d') }], 1],
    [
      'the one with more of its products',
      { products: [1, 2] },
      [{ products: [1, 9], createdAt: at('+1d') }, { products: [1, 2] }],
      1,
    ],
    ['the one with more equal keys', mariaPhone, [{ ...mariaPhone, emails: [], createdAt: at('+1d') }, mariaPhone], 1],
    ['e-mail over phone', { ...maria, ...mariaPhone }, [{ ...mariaPhone, emails: [], createdAt: at('+1d') }, maria], 1],
    ['the nearest to the last activity', {}, [{ createdAt: at('+4d') }, { createdAt: at('+2d') }], 1],
    ['the smallest number at last', {}, [{ id: 90_001 }, { id: 90_000 }], 1],
  ])('%s', async (_, cartState, orders, expected) => {
    expect(await orderOf(cartState, orders)).toBe(expected);
  });
});

describe('score', () => {
  const score = async (cartState: Partial<CartState>, orderState: Partial<OrderState>) =>
    (await judge(cartState, [{ createdAt: at('+20h'), ...orderState }])).score;
  const landline = { emails: [], landlines: ['+551134567890'] };
  const presumed = { emails: [], presumedPhones: ['+5511987654321'] };
  const mobile = { emails: [], ...mariaPhone };
  test.each<[string, Partial<CartState>, Partial<OrderState>, number]>([
    ['e-mail 50 + within 24 h 10', {}, {}, 60],
    ['mobile 45 + 10', mobile, mobile, 55],
    ['landline 25 + 10', landline, landline, 35],
    ['mobile presumed on one side 45 − 15 + 10', presumed, mobile, 40],
    ['e-mail and mobile, capped at 80, + 10', { ...maria, ...mariaPhone }, { ...maria, ...mariaPhone }, 90],
    [
      'capped at 80 before the presumed − 15',
      { ...maria, ...presumed, emails: maria.emails },
      { ...maria, ...mariaPhone },
      75,
    ],
    ['coupon + 40', { coupon: 'a' }, { coupons: ['A'] }, 100],
    ['half of the products, 12.5 rounded half up', { products: [1, 2] }, { products: [1] }, 73],
    ['bundle children are no products', { products: [1], bundleProducts: [2] }, { products: [1] }, 85],
    ['the same product twice counts once', { products: [1, 1, 2] }, { products: [1] }, 73],
    ['exactly 24 h', {}, { createdAt: at('+24h') }, 60],
    ['exactly 7 d', {}, { createdAt: at('+7d') }, 55],
    ['exactly 14 d', {}, { createdAt: at('+14d') }, 50],
    ['more than 14 d', {}, { createdAt: at('+14d1s') }, 40],
    ['before the cart − 20', {}, { createdAt: at('-3h') }, 40],
    ['a landline 25 + 10 − 20', landline, { ...landline, createdAt: at('-2h') }, 15],
  ])('%s', async (_, cartState, orderState, expected) => {
    expect(await score(cartState, orderState)).toBe(expected);
  });
});

describe('credit', () => {
  test('three carts, one order: all recovered, the one that shares products is credited', async () => {
    await inNewCompany();
    const carts = [
      await cart({ firstAt: at('+1d'), products: [5] }),
      await cart({ products: [1, 2] }),
      await cart({ firstAt: at('+2d'), products: [6] }),
    ];
    const orderId = await order({ products: [1, 2], total: '80.00', createdAt: at('+4d') });
    await company.queued(now);
    const statuses = await Promise.all(carts.map((id) => company.status(id)));
    expect(statuses.map(({ status }) => status)).toEqual(['recovered', 'recovered', 'recovered']);
    expect(statuses.map((row) => row.credited_order_id)).toEqual([null, orderId, null]);
    expect(statuses[1]!.credited_minor).toBe('8000');
  });

  test('two carts, two orders: the better pair first, the rest to each other', async () => {
    await inNewCompany();
    const first = await cart({ coupon: 'volta' });
    const second = await cart({ firstAt: at('+1d') });
    const near = await order({ createdAt: at('+2d') });
    const withCoupon = await order({ createdAt: at('+6d'), coupons: ['VOLTA'] });
    await company.queued(now);
    expect((await company.status(first)).credited_order_id).toBe(withCoupon);
    expect((await company.status(second)).credited_order_id).toBe(near);
  });

  test('among equal pairs the cart with the later activity, then the higher id, is credited', async () => {
    await inNewCompany();
    const lower = await cart();
    const higher = await cart();
    await order();
    await company.queued(now);
    expect((await company.status(lower)).credited_order_id).toBeNull();
    expect((await company.status(higher)).credited_order_id).not.toBeNull();
  });

  test('a direct purchase takes no credit from a recovered cart', async () => {
    await inNewCompany();
    const bought = await cart({ firstAt: at('+3d') });
    const earlier = await cart();
    const orderId = await order({ createdAt: at('+3d1m') });
    await company.queued(now);
    expect(await company.status(bought)).toMatchObject({ status: 'purchased', credited_order_id: null });
    expect((await company.status(earlier)).credited_order_id).toBe(orderId);
  });

  test('an order that moves its credit by a new cart frees the next one, far along the chain', async () => {
    await inNewCompany();
    const people = ['a', 'b', 'c', 'd'].map((name) => `${name}@example.com`);
    const chain: string[] = [];
    for (const [index, email] of people.entries())
      chain.push(await cart({ emails: [email], firstAt: at(`+${index}h`) }));
    const orders: string[] = [];
    for (let index = 0; index < 3; index++) {
      orders.push(await order({ emails: [people[index]!], createdAt: at(`+${index + 4}d`), phones: [] }));
    }
    await company.queued(now);
    await company.all(now);
    const credited = await Promise.all(chain.map(async (id) => (await company.status(id)).credited_order_id));
    expect(credited).toEqual([...orders, null]);
  });
});

describe('shared keys', () => {
  const phone = '+5511955550000';
  const fill = async (emails: string[]) => {
    for (const email of emails) await company.lead({ id: nextId++, emails: [email], phones: [phone] });
  };
  const sharedKeys = async () =>
    (
      await world.owner.query<{ key: string }>('select key from shared_keys where tenant_id = $1 order by key', [
        company.tenantId,
      ])
    ).rows.map((row) => row.key);
  const emails = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.com`);

  test('a phone with three e-mails is a person, with four it is shared', async () => {
    await inNewCompany();
    await fill(emails(3));
    await company.queued(now);
    expect(await sharedKeys()).toEqual([]);
    expect(await personCount()).toBe(1);
    await fill(['p3@example.com']);
    await company.queued(now);
    expect(await sharedKeys()).toEqual([`p:${phone}`]);
    expect(await personCount()).toBe(4);
  });

  test('an e-mail is shared with six phones, not with five', async () => {
    await inNewCompany();
    for (let index = 0; index < 5; index++)
      await company.lead({ id: nextId++, ...maria, phones: [`+551198888000${index}`] });
    await company.queued(now);
    expect(await sharedKeys()).toEqual([]);
    await company.lead({ id: nextId++, ...maria, phones: ['+5511988880009'] });
    await company.queued(now);
    expect(await sharedKeys()).toEqual(['e:maria@example.com']);
  });

  test('it still recovers a cart, with 25 points less, and earns credit only with a coupon or a common product', async () => {
    await inNewCompany();
    await fill(emails(4));
    const cartId = await cart({ emails: ['c@example.com'], phones: [phone], products: [1] });
    const state = { id: nextId++, emails: ['o@example.com'], phones: [phone], createdAt: at('+20h') };
    await order(state);
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'recovered', score: 30, credited_order_id: null });
    const orderId = await order({ ...state, products: [1] });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ score: 55, credited_order_id: orderId });
  });

  test('when it stops being shared its people meet again', async () => {
    await inNewCompany();
    await fill(emails(3));
    const state = { id: nextId++, emails: ['p3@example.com'], phones: [phone] };
    await company.lead(state);
    await company.queued(now);
    expect(await personCount()).toBe(4);
    await company.lead({ ...state, emails: ['p2@example.com'] });
    await company.queued(now);
    expect(await sharedKeys()).toEqual([]);
    expect(await personCount()).toBe(1);
  });

  test('a record that has only shared keys is a person of its own', async () => {
    await inNewCompany();
    await fill(emails(4));
    await company.lead({ id: nextId++, phones: [phone] });
    await company.lead({ id: nextId++, phones: [phone] });
    await company.queued(now);
    expect(await personCount()).toBe(6);
  });
});

describe('people', () => {
  test('a record that has the keys of two people makes them one, and losing one splits them again', async () => {
    await inNewCompany();
    await company.lead({ id: nextId++, ...maria });
    await order({ ...mariaPhone, emails: [] });
    const bridge = { id: nextId++, ...maria, ...mariaPhone };
    await company.queued(now);
    expect(await personCount()).toBe(2);
    await company.lead(bridge);
    await company.queued(now);
    expect(await personCount()).toBe(1);
    await company.lead({ ...bridge, phones: [] });
    await company.queued(now);
    expect(await personCount()).toBe(2);
  });

  test('a long chain is one person; a record without a key is none', async () => {
    await inNewCompany();
    const email = (index: number) => `elo${index}@example.com`;
    for (let index = 0; index < 60; index++) {
      const phones = [`+55119777700${String(index).padStart(2, '0')}`];
      await company.lead({ id: nextId++, emails: [email(index)], phones });
      await company.lead({ id: nextId++, emails: [email(index + 1)], phones });
    }
    await company.lead({ id: nextId++ });
    await company.queued(now);
    expect(await personCount()).toBe(1);
  });

  test('ids stay, and the sums are net of refunds and in the currency of the company', async () => {
    await inNewCompany();
    await order({ total: '100.00', refunded: '30.00', createdAt: at('+1d') });
    await order({ total: '50.00', createdAt: at('+2d') });
    await order({ total: '999.00', currency: 'USD' });
    await order({ total: '999.00', status: 'cancelled' });
    await company.queued(now);
    const read = async () =>
      (await world.owner.query('select * from people where tenant_id = $1', [company.tenantId])).rows;
    const before = await read();
    expect(before).toMatchObject([
      {
        paid_order_count: 2,
        net_minor: '12000',
        first_paid_at: new Date(at('+1d')),
        last_paid_at: new Date(at('+2d')),
      },
    ]);
    await company.lead({ id: nextId++, ...maria });
    await company.queued(now);
    await company.all(now);
    expect(await read()).toEqual(before);
  });
});

describe('lead and customer', () => {
  const statusOf = async (leadId: string) =>
    (
      await world.owner.query<{ customer_status: string }>(
        'select customer_status from lead_statuses where tenant_id = $1 and lead_id = $2',
        [company.tenantId, leadId],
      )
    ).rows[0]!.customer_status;

  test.each([
    ['an order at the second of the capture', {}, at(), 'was_customer'],
    ['an order a second later', {}, at('+1s'), 'became_customer'],
    ['an unpaid order', { status: 'pending' }, at('-9d'), 'not_customer'],
    ['a cancelled order', { status: 'cancelled' }, at('-9d'), 'not_customer'],
    ['a subscription renewal', { createdVia: 'subscription' }, at('-9d'), 'was_customer'],
  ])('%s', async (_, facts, createdAt, expected) => {
    await inNewCompany();
    const leadId = await company.lead({ id: nextId++, ...maria, capturedAt: at() });
    await company.queued(now);
    expect(await statusOf(leadId)).toBe('not_customer');
    await order({ createdAt, ...facts });
    await company.queued(now);
    expect(await statusOf(leadId)).toBe(expected);
  });

  test('through the person, though no key is equal', async () => {
    await inNewCompany();
    const leadId = await company.lead({ id: nextId++, ...maria, capturedAt: at() });
    await cart({ ...maria, ...mariaPhone });
    await order({ ...mariaPhone, emails: [], createdAt: at('-400d') });
    await company.queued(now);
    expect(await statusOf(leadId)).toBe('was_customer');
  });

  test('with its own key even when that is shared', async () => {
    await inNewCompany();
    const phones = ['+5511955550000'];
    for (const name of ['a', 'b', 'c', 'd'])
      await company.lead({ id: nextId++, emails: [`${name}@example.com`], phones });
    const leadId = await company.lead({ id: nextId++, phones, capturedAt: at() });
    await order({ emails: ['o@example.com'], phones, createdAt: at('-1d') });
    await company.queued(now);
    expect(await statusOf(leadId)).toBe('was_customer');
  });
});

async function personCount(): Promise<number> {
  const { rows } = await world.owner.query<{ count: number }>(
    'select count(*)::integer from people where tenant_id = $1',
    [company.tenantId],
  );
  return rows[0]!.count;
}
