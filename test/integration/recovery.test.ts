// What people add to a recovery, outcome by outcome: contacts and their codes, what is said by hand, links through a third record, the log of
// changes, the episodes of one person. Each case is a shopper of its own in one company, so that one pass judges them all.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRecovery } from '#shared/recovery.ts';
import { scoreLines } from '#shared/score-lines.ts';
import { statementsOf, withTenant } from '../../daemon/db.ts';
import { loadEpisodes } from '../../daemon/recompute/episodes.ts';
import { loadFigures } from '../../daemon/recompute/figures.ts';
import { Random } from '../../start/demo/random.ts';
import {
  type CartState,
  type Company,
  type ContactState,
  type OrderState,
  openWorld,
  type World,
} from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const at = (shift = '') => {
  const sign = shift.startsWith('-') ? -1 : 1;
  const units: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 };
  const seconds = [...shift.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit!]!,
    0,
  );
  return new Date(new Date('2026-04-01T12:00:00Z').getTime() + sign * seconds * 1000).toISOString();
};
const now = at('+10d');

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

const emailOf = (name: string) => ({ emails: [`${name}@example.com`] });
const cart = (name: string, state: Partial<CartState> = {}) =>
  company.cart({ id: nextId++, firstAt: at(), ...emailOf(name), ...state });
const order = (name: string, state: Partial<OrderState> = {}) =>
  company.order({ id: nextId++, createdAt: at('+3d'), ...emailOf(name), ...state });
const codeOf = () => `codigo${String(nextId++).padStart(6, '0')}`;
const contact = async (about: ContactState['about'], shift: string, more: Partial<ContactState> = {}) => {
  const code = codeOf();
  await company.contact({ code, about, at: at(shift), ...more });
  return code;
};
const story = (cartId: string) =>
  withTenant(world.daemon, company.tenantId, (client) => findRecovery(statementsOf(client), cartId)).then(
    (found) => found!,
  );
const changesOf = async (cartId: string) =>
  (await story(cartId)).changes
    .map(({ fromStatus, toStatus, toReason, cause }) => `${fromStatus}>${toStatus} ${toReason} ${cause}`)
    .reverse();

const statuses = ['abandoned', 'waiting', 'recovered', 'purchased', 'removed'];
const possible = new Set(
  statuses
    .flatMap((from) => statuses.map((to) => `${from} → ${to}`))
    .filter((kind) => !['abandoned → removed', 'purchased → purchased', 'removed → removed'].includes(kind)),
);

describe('contacts', () => {
  type Case = {
    name: string;
    said: string;
    order: Partial<OrderState>;
    cart?: Partial<CartState>;
    expected: string;
    undone?: boolean;
    about?: 'lead';
  };
  const cases: Case[] = [
    { name: 'two days before the order', said: '+1d', order: {}, expected: 'recovered contacted' },
    {
      name: 'exactly seven days before',
      said: '+1d',
      order: { createdAt: at('+8d') },
      expected: 'recovered contacted',
    },
    {
      name: 'a second more than seven days',
      said: '+1d',
      order: { createdAt: at('+8d1s') },
      expected: 'recovered spontaneous',
    },
    { name: 'at the second of the order', said: '+3d', order: {}, expected: 'recovered spontaneous' },
    {
      name: 'between an order and its payment',
      said: '+4d',
      order: { paidAt: at('+5d') },
      expected: 'recovered contacted',
    },
    { name: 'a second before the cart', said: '-1s', order: {}, expected: 'recovered spontaneous' },
    { name: 'at the first second of the cart', said: '', order: {}, expected: 'recovered contacted' },
    { name: 'undone', said: '+1d', order: {}, undone: true, expected: 'recovered spontaneous' },
    { name: 'about a lead of the same person', said: '+1d', order: {}, about: 'lead', expected: 'recovered contacted' },
    {
      name: 'with an order before the cart',
      said: '+1h',
      order: { createdAt: at('-3h'), paidAt: at('+2h') },
      expected: 'recovered prior_purchase',
    },
    {
      name: 'inside a direct purchase',
      said: '+10m',
      order: { createdAt: at('+30m') },
      expected: 'recovered contacted',
    },
    {
      name: 'before the unpaid order of a quick checkout was paid',
      said: '+2d',
      order: { createdAt: at('+30m'), paidAt: at('+3d') },
      expected: 'recovered contacted',
    },
    {
      name: 'before a direct purchase began',
      said: '-1h',
      order: { createdAt: at('+30m') },
      expected: 'purchased direct_purchase',
    },
  ];

  test('each makes of its cart what the rules say', async () => {
    company = await world.createCompany();
    const ids: string[] = [];
    for (const [index, { said, order: bought, undone, about }] of cases.entries()) {
      const name = `c${index}`;
      const id = await cart(name);
      const leadId = about ? await company.lead({ id: nextId++, ...emailOf(name) }) : '';
      await order(name, bought);
      await contact(about ? { entity: 'lead', id: leadId } : { entity: 'cart', id }, said, {
        undoneAt: undone ? now : null,
      });
      ids.push(id);
    }
    await company.queued(now);
    const found: string[] = [];
    for (const id of ids) {
      const { status, reason } = await company.status(id);
      found.push(`${status} ${reason}`);
    }
    expect(found.map((outcome, index) => `${cases[index]!.name}: ${outcome}`)).toEqual(
      cases.map(({ name, expected }) => `${name}: ${expected}`),
    );
  });

  test('the class follows the people: a merge brings a contact, a split and an undone contact take it away', async () => {
    company = await world.createCompany();
    const cartId = await cart('maria');
    await order('maria');
    const leadId = await company.lead({ id: nextId++, phones: ['+5511987650001'] });
    await contact({ entity: 'lead', id: leadId }, '+1d');
    await company.queued(now);
    expect((await company.status(cartId)).reason).toBe('spontaneous');
    const bridge = { id: nextId++, ...emailOf('maria') };
    await company.lead({ ...bridge, phones: ['+5511987650001'] });
    await company.queued(now);
    expect((await company.status(cartId)).reason).toBe('contacted');
    await company.lead(bridge);
    await company.queued(now);
    expect((await company.status(cartId)).reason).toBe('spontaneous');
    const code = codeOf();
    const said = { code, about: { entity: 'cart' as const, id: cartId }, at: at('+2d') };
    await company.contact(said);
    await company.queued(now);
    expect((await company.status(cartId)).reason).toBe('contacted');
    await company.contact({ ...said, undoneAt: now });
    await company.queued(now);
    expect((await company.status(cartId)).reason).toBe('spontaneous');
  });
});

describe('contact code', () => {
  test('proves the contact, whatever else matches', async () => {
    company = await world.createCompany();
    // no equal key, inside the window and outside; with spaces and capitals
    const stranger = await cart('a1');
    const strangerCode = await contact({ entity: 'cart', id: stranger }, '+1d');
    const strangerOrder = await order('a2', { utmContent: ` ${strangerCode.toUpperCase()} ` });
    const late = await cart('b1');
    const lateCode = await contact({ entity: 'cart', id: late }, '+1d');
    await order('b2', { utmContent: lateCode, createdAt: at('+30d1s') });
    // by the key of a contact about a lead, long before; better than a coupon
    const keyed = await cart('c1', { coupon: 'volta' });
    const leadId = await company.lead({ id: nextId++, phones: ['+5511987650002'] });
    const keyCode = await contact({ entity: 'lead', id: leadId }, '-20d', { key: 'e:c1@example.com' });
    await order('c1', { coupons: ['volta'], createdAt: at('+1d') });
    const keyedOrder = await order('c1', { utmContent: keyCode, createdAt: at('+9d') });
    // without an equal key the contact must be about the cart itself
    const other = await cart('d1');
    const otherLead = await company.lead({ id: nextId++, ...emailOf('d1') });
    const otherCode = await contact({ entity: 'lead', id: otherLead }, '+1d', { key: 'e:d1@example.com' });
    await order('d2', { utmContent: otherCode });
    const undone = await cart('e1');
    const undoneCode = await contact({ entity: 'cart', id: undone }, '+1d', { undoneAt: now });
    await order('e2', { utmContent: undoneCode });
    await company.queued(now);

    expect(await company.status(stranger)).toMatchObject({
      status: 'recovered',
      reason: 'contacted',
      score: 100,
      credited_order_id: strangerOrder,
    });
    expect((await company.status(late)).status).toBe('abandoned');
    expect(await company.status(keyed)).toMatchObject({
      reason: 'contacted',
      best_order_id: keyedOrder,
      credited_order_id: keyedOrder,
      score: 100,
    });
    expect((await company.status(other)).status).toBe('abandoned');
    expect((await company.status(undone)).status).toBe('abandoned');
    const [match] = (await story(stranger)).matches;
    expect(match).toMatchObject({ hasCode: true, keys: [], score: 100 });
    expect(scoreLines(match!).reduce((sum, { points }) => sum + points, 0)).toBe(100);
  });

  test('an order that gets its code later brings the cart along', async () => {
    const cartId = await cart('f1');
    const code = await contact({ entity: 'cart', id: cartId }, '+1d');
    const state = { id: nextId++, createdAt: at('+2d'), ...emailOf('f2') };
    await company.order(state);
    await company.queued(now);
    expect((await company.status(cartId)).status).toBe('abandoned');
    await company.order({ ...state, utmContent: code });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'recovered', reason: 'contacted' });
    await company.order({ ...state, utmContent: 'outra' });
    await company.queued(now);
    expect((await company.status(cartId)).status).toBe('abandoned');
  });

  test('a key that many use earns credit with the code', async () => {
    const phone = '+5511955550009';
    for (const name of ['g1', 'g2', 'g3', 'g4'])
      await company.lead({ id: nextId++, ...emailOf(name), phones: [phone] });
    const cartId = await cart('g5', { phones: [phone] });
    const state = { id: nextId++, createdAt: at('+2d'), ...emailOf('g6'), phones: [phone] };
    await company.order(state);
    const code = await contact({ entity: 'cart', id: cartId }, '+1d');
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'recovered', credited_order_id: null });
    await company.order({ ...state, utmContent: code });
    await company.queued(now);
    expect((await company.status(cartId)).credited_order_id).not.toBeNull();
  });
});

describe('what a person says', () => {
  test('no recovery: orders up to then recover nothing and stay listed, later ones do; undone, all is as before', async () => {
    company = await world.createCompany();
    const cartId = await cart('maria');
    const other = await cart('maria', { firstAt: at('+1d') });
    const first = await order('maria');
    await company.queued(now);
    await company.override(cartId, { kind: 'not_recovery', at: now }, now);
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({
      status: 'abandoned',
      reason: 'window_open',
      best_order_id: null,
      credited_order_id: null,
    });
    expect((await story(cartId)).matches).toMatchObject([{ orderId: first, isRefused: true }]);
    expect((await company.status(other)).credited_order_id).toBe(first);
    const later = await order('maria', { createdAt: at('+11d') });
    await company.queued(at('+12d'));
    expect(await company.status(cartId)).toMatchObject({
      status: 'recovered',
      best_order_id: later,
      credited_order_id: later,
    });
    await company.override(cartId, null, now);
    await company.queued(at('+12d'));
    expect(await company.status(cartId)).toMatchObject({ status: 'recovered', best_order_id: first });
    expect(await changesOf(cartId)).toEqual([
      'recovered>abandoned window_open sync',
      'abandoned>recovered spontaneous sync',
      'recovered>recovered spontaneous sync',
    ]);
  });

  test('another order: outside the window and without an equal key, and it takes the credit first', async () => {
    company = await world.createCompany();
    const mine = await cart('maria');
    const theirs = await cart('joana', { products: [1, 2] });
    const taken = await order('joana', { products: [1, 2], createdAt: at('+2d') });
    const own = await order('maria');
    await company.queued(now);
    expect((await company.status(theirs)).credited_order_id).toBe(taken);
    await company.override(mine, { kind: 'other_order', orderId: taken, at: now }, now);
    await company.queued(now);
    expect(await company.status(mine)).toMatchObject({ best_order_id: taken, credited_order_id: taken, score: 100 });
    expect(await company.status(theirs)).toMatchObject({ status: 'recovered', credited_order_id: null });
    expect((await story(theirs)).creditHolder).not.toBeNull();
    const old = await order('zoe', { createdAt: at('-90d'), status: 'processing' });
    await company.override(mine, { kind: 'other_order', orderId: old, at: now }, now);
    await company.queued(now);
    expect(await company.status(mine)).toMatchObject({
      status: 'recovered',
      reason: 'prior_purchase',
      best_order_id: old,
    });
    await company.override(mine, null, now);
    await company.queued(now);
    expect(await company.status(mine)).toMatchObject({ best_order_id: own, credited_order_id: own });
  });

  test('a chosen order that is cancelled counts no more', async () => {
    company = await world.createCompany();
    const cartId = await cart('maria');
    const state = { id: nextId++, createdAt: at('-90d'), ...emailOf('zoe') };
    const chosen = await company.order(state);
    await company.override(cartId, { kind: 'other_order', orderId: chosen, at: now }, now);
    await company.queued(now);
    expect((await company.status(cartId)).status).toBe('recovered');
    await company.order({ ...state, status: 'cancelled' });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'abandoned', void_order_id: chosen });
  });

  test('a status is what it says, until it is taken back', async () => {
    company = await world.createCompany();
    const cartId = await cart('maria');
    const orderId = await order('maria');
    for (const status of ['abandoned', 'waiting', 'purchased', 'removed']) {
      await company.override(cartId, { kind: 'status', status, at: now }, now);
      await company.queued(now);
      expect(await company.status(cartId)).toMatchObject({
        status,
        reason: 'manual',
        credited_order_id: null,
        causal_class: null,
      });
    }
    await company.override(cartId, { kind: 'status', status: 'recovered', at: now }, now);
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({
      status: 'recovered',
      reason: 'manual',
      credited_order_id: orderId,
      causal_class: 'spontaneous',
      reevaluate_at: null,
    });
    await company.all(at('+90d'));
    expect((await company.status(cartId)).reason).toBe('manual');
    await company.override(cartId, null, now);
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'recovered', reason: 'spontaneous' });
  });
});

describe('a link through a third record', () => {
  const phone = { phones: ['+5511987650003'] };
  test('is shown with 35 points and the record that links; it recovers only where the company counts it', async () => {
    company = await world.createCompany();
    const cartId = await cart('maria', { products: [1, 2], coupon: 'volta' });
    await company.order({ id: 4711, createdAt: at('-200d'), ...emailOf('maria'), ...phone });
    const linked = await company.order({
      id: nextId++,
      createdAt: at('+2d'),
      ...phone,
      emails: [],
      products: [1],
      coupons: ['VOLTA'],
    });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ status: 'abandoned', best_order_id: null });
    const shown = (await story(cartId)).matches;
    // 35 + 40 coupon + 13 half of the items + 5 within a week
    expect(shown).toMatchObject([
      {
        orderId: linked,
        isIndirect: true,
        isCounted: false,
        via: { entity: 'order', number: '4711' },
        score: 93,
        keys: [],
      },
    ]);
    expect(scoreLines(shown[0]!).map(({ points }) => points)).toEqual([35, 40, 13, 5]);

    await world.owner.query('update tenants set counts_indirect_links = true where id = $1', [company.tenantId]);
    await company.all(now);
    expect(await company.status(cartId)).toMatchObject({
      status: 'recovered',
      best_order_id: linked,
      credited_order_id: linked,
      score: 93,
    });
    expect((await story(cartId)).matches).toEqual([{ ...shown[0]!, isCounted: true }]);
    const direct = await order('maria', { createdAt: at('+9d') });
    await company.queued(now);
    expect(await company.status(cartId)).toMatchObject({ best_order_id: direct, score: 50 });
  });

  test('a new record that links brings the cart along', async () => {
    const cartId = await cart('rita');
    await company.order({ id: nextId++, createdAt: at('+2d'), emails: [], phones: ['+5511987650004'] });
    await company.queued(now);
    expect((await company.status(cartId)).status).toBe('abandoned');
    await company.lead({ id: 77, ...emailOf('rita'), phones: ['+5511987650004'] });
    await company.queued(now);
    expect((await company.status(cartId)).status).toBe('recovered');
    expect((await story(cartId)).matches[0]!.via).toEqual({ entity: 'lead', number: '77' });
  });
});

describe('the log of changes', () => {
  // Every step of these lives could happen in a shop: facts only grow, the way the sync reads them.
  test('a random history logs only changes that are possible, as a chain that ends where the cart is', async () => {
    company = await world.createCompany();
    const random = new Random(7);
    const hour = 3_600_000;
    const start = new Date(at()).getTime();
    let clock = start;
    const iso = (ms: number) => new Date(ms).toISOString();
    type Life = { state: CartState; id: string; name: string };
    const carts: Life[] = [];
    const orders: OrderState[] = [];
    const said: ContactState[] = [];
    const steps: (() => Promise<unknown>)[] = [
      async () => {
        const name = `p${random.int(0, 7)}`;
        const state: CartState = {
          id: nextId++,
          firstAt: iso(clock),
          lastAt: iso(clock),
          pluginStatus: 'normal',
          wasAbandoned: false,
          ...emailOf(name),
        };
        carts.push({ state, name, id: await company.cart(state) });
      },
      async () => {
        const { state } = random.pick(carts);
        const last = new Date(state.lastAt!).getTime();
        if (state.missingSince || clock <= last) return;
        if (random.chance(0.4) && clock - last > hour)
          Object.assign(state, { pluginStatus: 'abandoned', wasAbandoned: true });
        else {
          if (clock - last > hour) state.layAt ??= iso(last + hour);
          state.lastAt = iso(clock);
          state.pluginStatus = 'normal';
        }
        await company.cart(state);
      },
      async () => {
        const { state } = random.pick(carts);
        state.missingSince = state.missingSince ? null : iso(clock);
        await company.cart(state);
      },
      async () => {
        const status = random.pick(['processing', 'on-hold', 'pending', 'completed']);
        const isPaid = ['processing', 'completed'].includes(status);
        const state: OrderState = {
          id: nextId++,
          status,
          createdAt: iso(clock),
          paidAt: isPaid ? iso(clock) : null,
          ...emailOf(random.pick(carts).name),
        };
        orders.push(state);
        await company.order(state);
      },
      async () => {
        if (orders.length === 0) return;
        const state = random.pick(orders);
        const status = random.pick(['processing', 'cancelled', 'refunded', 'failed', 'on-hold']);
        Object.assign(state, { status, paidAt: status === 'processing' ? (state.paidAt ?? iso(clock)) : state.paidAt });
        await company.order(state);
      },
      async () => {
        const known = said.length > 0 && random.chance(0.3) ? random.pick(said) : null;
        const state: ContactState = known
          ? { ...known, undoneAt: iso(clock) }
          : { code: codeOf(), about: { entity: 'cart', id: random.pick(carts).id }, at: iso(clock) };
        if (!known) said.push(state);
        await company.contact(state);
      },
      async () => {
        const { id } = random.pick(carts);
        const kind = random.pick(['status', 'not_recovery', 'other_order', null, null] as const);
        const [chosen] = orders.length > 0 ? [random.pick(orders)] : [];
        const orderId = kind === 'other_order' && chosen ? await company.idOf('order', chosen.id) : undefined;
        if (kind === 'other_order' && !orderId) return;
        const status =
          kind === 'status' ? random.pick(['abandoned', 'waiting', 'recovered', 'purchased', 'removed']) : undefined;
        await company.override(id, kind && { kind, orderId, status, at: iso(clock) }, iso(clock));
      },
    ];
    for (let index = 0; index < 4; index++) await steps[0]!();
    for (let step = 0; step < 120; step++) {
      clock += random.pick([0.1, 0.3, 1, 4, 20, 60]) * hour;
      await random.pick([...steps, steps[3]!, steps[4]!])();
      if (random.chance(0.35)) await company.due(iso(clock));
      if (random.chance(0.5)) await company.queued(iso(clock));
    }
    await company.queued(iso(clock));
    await company.all(iso(clock + 90 * 24 * hour));

    const { rows } = await world.owner.query<{
      cart_id: string;
      from_status: string;
      from_reason: string;
      to_status: string;
      to_reason: string;
      facts: object;
    }>('select * from cart_transitions where tenant_id = $1 order by cart_id, id', [company.tenantId]);
    const byRule = rows.filter((row) => row.from_reason !== 'manual' && row.to_reason !== 'manual');
    const kinds = new Set(byRule.map((row) => `${row.from_status} → ${row.to_status}`));
    // docs/rules.md, log of changes: what vanishes after it was abandoned stays abandoned
    expect([...kinds].filter((kind) => !possible.has(kind))).toEqual([]);
    expect(kinds.size).toBeGreaterThan(8);
    for (const [index, row] of rows.entries()) {
      const next = rows[index + 1];
      if (next?.cart_id === row.cart_id)
        expect(`${next.from_status} ${next.from_reason}`).toBe(`${row.to_status} ${row.to_reason}`);
      else expect(await company.status(row.cart_id)).toMatchObject({ status: row.to_status, reason: row.to_reason });
    }
    expect(rows.filter(({ facts }) => /@|\+55/.test(JSON.stringify(facts)))).toEqual([]);
  }, 240_000);
});

describe('statuses and the work queue', () => {
  test('a cart recovered only by earlier orders without a common item is marked for the queue', async () => {
    company = await world.createCompany();
    const bought = async (name: string, orders: Partial<OrderState>[]) => {
      const id = await cart(name, { products: [1] });
      for (const state of orders) await order(name, state);
      return id;
    };
    const other = await bought('a', [{ createdAt: at('-1d'), products: [9] }]);
    const same = await bought('b', [{ createdAt: at('-1d'), products: [1] }]);
    const after = await bought('c', [
      { createdAt: at('-1d'), products: [9] },
      { createdAt: at('+2d'), products: [9] },
    ]);
    await company.queued(now);
    const marks = await world.owner.query<{ cart_id: string; bought_other_items: boolean }>(
      'select cart_id, bought_other_items from cart_statuses where tenant_id = $1 order by cart_id',
      [company.tenantId],
    );
    expect(marks.rows.filter((row) => row.bought_other_items).map((row) => row.cart_id)).toEqual([other]);
    expect((await company.status(same)).reason).toBe('prior_purchase');
    expect((await company.status(after)).reason).toBe('spontaneous');
  });

  test('a refund and a cancellation take the recovery back with a line in the history', async () => {
    company = await world.createCompany();
    const cartId = await cart('maria');
    const state = { id: nextId++, createdAt: at('+3d'), ...emailOf('maria'), total: '20.00' };
    await company.order(state);
    await company.queued(now);
    await company.order({ ...state, refunded: '5.00' });
    await company.queued(now);
    expect((await company.status(cartId)).credited_minor).toBe('1500');
    await company.order({ ...state, refunded: '20.00' });
    await company.queued(now);
    await company.order({ ...state, status: 'on-hold', refunded: '0' });
    await company.queued(now);
    await company.due(at('+11d'));
    await company.order({ ...state });
    await company.queued(at('+11d'));
    expect(await changesOf(cartId)).toEqual([
      'recovered>abandoned window_open sync',
      'abandoned>waiting awaiting_payment sync',
      'waiting>abandoned payment_expired time',
      'abandoned>recovered spontaneous sync',
    ]);
  });

  test('carts of one person less than 24 h apart are one episode, and the last one counts', async () => {
    company = await world.createCompany();
    await cart('a', { firstAt: at() });
    await cart('a', { firstAt: at('+23h59m') });
    await cart('b', { firstAt: at() });
    await cart('b', { firstAt: at('+24h') });
    // the abandoned cart and its purchase an hour later are one visit: bought
    await cart('c', { firstAt: at(), lastAt: at('+1h') });
    await cart('c', { firstAt: at('+2h'), pluginStatus: 'normal', wasAbandoned: false });
    await order('c', { createdAt: at('+2h5m') });
    await cart('d', { emails: [] });
    await company.queued(now);
    const episodes = () =>
      withTenant(world.daemon, company.tenantId, (client) => loadEpisodes(client, { from: null, to: null }));
    expect(await episodes()).toEqual({
      episodes: 5,
      carts: 7,
      abandoned: 4,
      waiting: 0,
      recovered: 0,
      purchased: 1,
      recoveryRate: 0,
    });
    await world.owner.query('update tenants set counts_carts_without_keys = true where id = $1', [company.tenantId]);
    await order('b', { createdAt: at('+5d') });
    await company.queued(now);
    // both carts of b over a, b, b and the one without a key
    expect(await episodes()).toMatchObject({ recovered: 2, abandoned: 2, recoveryRate: 0.5 });
    // all carts: b, b and the first of c over these, a, a and the one without a key, where the company counts it
    const rate = () =>
      withTenant(world.daemon, company.tenantId, (client) => loadFigures(client, { now: new Date(now) })).then(
        ({ recoveryRate }) => recoveryRate,
      );
    expect(await rate()).toEqual({ recovered: 3, abandoned: 3, rate: 0.5 });
    await world.owner.query('update tenants set counts_carts_without_keys = false where id = $1', [company.tenantId]);
    expect(await rate()).toEqual({ recovered: 3, abandoned: 2, rate: 0.6 });
  });
});
