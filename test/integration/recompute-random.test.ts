// Random histories: whatever the order and the batches in which rows arrive, the conclusions are those of a recompute over everything, and
// those of the rules written a second time as plain loops.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../start/demo/random.ts';
import { referenceTruth, storedTruth } from '../support/recompute-reference.ts';
import { type CartState, type Company, type OverrideState, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const now = '2026-06-01T12:00:00Z';
const nowMs = new Date(now).getTime();
const hour = 3_600_000;

type Change = { record: string; apply(company: Company): Promise<unknown> };

function createHistory(
  random: Random,
  { records, people, changes }: { records: number; people: number; changes: number },
): { arrivals: Change[]; changes: Change[] } {
  const emails = Array.from({ length: people }, (_, index) => `pessoa${index}@example.com`);
  const phones = Array.from({ length: people }, (_, index) => `+55119${80000000 + index}`);
  // a shop's own phone and e-mail, typed for many people
  const busy = random.below(people);
  const email = () => (random.chance(0.06) ? emails[busy]! : random.pick(emails));
  const phone = () => (random.chance(0.12) ? phones[busy]! : random.pick(phones));
  const keys = () => {
    const kind = random.pick(['phones', 'phones', 'phones', 'landlines', 'presumedPhones'] as const);
    return {
      emails: random.chance(0.75) ? [email()] : [],
      [kind]: [...new Set([...(random.chance(0.6) ? [phone()] : []), ...(random.chance(0.2) ? [phone()] : [])])],
    };
  };
  const instant = (daysBack: number) =>
    new Date(nowMs - random.below(daysBack * 24) * hour - random.below(3600) * 1000).toISOString();
  const products = [1, 2, 3, 4, 5, 6];
  const coupons = ['VOLTA10', 'volta10 ', 'AMIGO', 'x'];

  // codes of contacts: what each is about never changes, as each is written once
  const codes = Array.from({ length: 10 }, (_, index) => `codigo${index}0`);
  const subjects = codes.map(() => ({
    entity: random.pick(['lead', 'cart', 'cart', 'order'] as const),
    number: 1 + random.below(records),
    key: random.chance(0.6) ? (random.chance(0.5) ? `e:${random.pick(emails)}` : `p:${random.pick(phones)}`) : null,
  }));

  const lead = (id: number) => {
    const state = { id, ...keys(), capturedAt: random.chance(0.05) ? null : instant(90) };
    return (company: Company) => company.lead(state);
  };
  const cart = (id: number) => {
    const first = new Date(instant(45)).getTime();
    const last = random.chance(0.5)
      ? first
      : Math.min(first + random.below(3 * 24 * 60) * 60_000, nowMs - random.below(60) * 60_000);
    const silence = first + hour;
    const state: CartState = {
      id,
      ...(random.chance(0.1) ? {} : keys()),
      firstAt: new Date(Math.min(first, last)).toISOString(),
      lastAt: new Date(last).toISOString(),
      layAt: last - first > hour && random.chance(0.6) ? new Date(silence).toISOString() : null,
      pluginStatus: random.pick(['normal', 'abandoned', 'completed', 'lost']),
      wasAbandoned: random.chance(0.4),
      missingSince: random.chance(0.15) ? now : null,
      coupon: random.chance(0.4) ? random.pick(coupons) : null,
      products: random.some(products, 4),
      bundleProducts: random.some(products, 1),
      episode: id % 9 === 0 ? 2 : 1,
    };
    const email = random.chance(0.4)
      ? {
          id,
          session: `s${id}`,
          scheduledAt: new Date(last + (random.below(400) - 20) * hour).toISOString(),
          state: random.pick(['sent', 'sent', 'scheduled', 'cancelled']),
        }
      : null;
    return async (company: Company) => {
      const cartId = await company.cart(state);
      if (email) await company.cartEmail(email, cartId);
    };
  };
  const order = (id: number) => {
    const createdAt = instant(50);
    const status = random.pick([
      'completed',
      'processing',
      'completed',
      'processing',
      'pending',
      'on-hold',
      'cancelled',
      'trash',
    ]);
    const state = {
      id,
      ...keys(),
      status,
      createdAt,
      paidAt: ['completed', 'processing'].includes(status)
        ? new Date(
            new Date(createdAt).getTime() + (random.chance(0.04) ? -90 * 24 : random.below(50)) * hour,
          ).toISOString()
        : null,
      total: random.pick(['100.00', '59.90', '0', '250.00']),
      refunded: random.pick(['0', '0', '0', '0', '20.00', '100.00']),
      currency: random.chance(0.1) ? 'USD' : 'BRL',
      createdVia: random.pick(['checkout', 'checkout', 'checkout', 'checkout', 'admin', 'admin', 'subscription']),
      missingSince: random.chance(0.05) ? now : null,
      coupons: random.some(coupons, 1),
      products: random.some(products, 3),
      utmContent: random.chance(0.3) ? random.pick([...codes, ` ${codes[0]!.toUpperCase()} `, 'outra']) : null,
    };
    return (company: Company) => company.order(state);
  };
  const contact = (): Change => {
    const index = random.below(codes.length);
    const { entity, number, key } = subjects[index]!;
    const state = { code: codes[index]!, key, at: instant(45), undoneAt: random.chance(0.25) ? now : null };
    return {
      record: `contact:${index}`,
      apply: async (company) =>
        company.contact({ ...state, about: { entity, id: await company.idOf(entity, number) } }, now),
    };
  };
  const override = (): Change => {
    const number = 1 + random.below(records);
    const other = 1 + random.below(records);
    const kind = random.pick(['status', 'not_recovery', 'not_recovery', 'other_order', null] as const);
    const state: OverrideState | null = kind && {
      kind,
      at: instant(6),
      status:
        kind === 'status' ? random.pick(['abandoned', 'waiting', 'recovered', 'purchased', 'removed']) : undefined,
    };
    return {
      record: `cart:${number}`,
      async apply(company) {
        const cartId = await company.idOf('cart', number);
        const orderId = kind === 'other_order' ? await company.idOf('order', other) : undefined;
        await company.override(cartId, state && { ...state, orderId }, now);
      },
    };
  };

  const kinds = [['lead', lead] as const, ['cart', cart] as const, ['order', order] as const];
  const copy = ([kind, make]: (typeof kinds)[number], id: number) => ({ record: `${kind}:${id}`, apply: make(id) });
  const numbers = Array.from({ length: records }, (_, index) => index + 1);
  return {
    arrivals: random.shuffle(numbers.flatMap((id) => kinds.map((kind) => copy(kind, id)))),
    changes: Array.from({ length: changes }, () => {
      if (random.chance(0.15)) return contact();
      if (random.chance(0.2)) return override();
      return copy(random.pick(kinds), 1 + random.below(records));
    }),
  };
}

/** The same history with the records in another order; the changes of one record keep theirs. */
function reorder(random: Random, history: Change[]): Change[] {
  const waiting = new Map<string, Change[]>();
  for (const change of history) waiting.set(change.record, [...(waiting.get(change.record) ?? []), change]);
  return random.shuffle(history).map(({ record }) => waiting.get(record)!.shift()!);
}

describe('a random history', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let world: World;
  const seen = new Set<string>();
  beforeAll(async () => {
    database = await createTestDatabase();
    world = await openWorld(database.url);
  });
  afterAll(async () => {
    await world?.close();
    await database?.drop();
  });

  test.each([
    { seed: 1, records: 34, people: 6, changes: 130, siteCount: 1, countsIndirect: false },
    { seed: 2, records: 26, people: 3, changes: 110, siteCount: 1, countsIndirect: true },
    { seed: 3, records: 34, people: 14, changes: 130, siteCount: 2, countsIndirect: true },
  ])(
    'seed $seed: in batches = at once = in another order = the rules as loops',
    async ({ seed, siteCount, countsIndirect, ...size }) => {
      const random = new Random(seed);
      const { arrivals, changes } = createHistory(random, size);
      const history = [...arrivals, ...changes];
      const inBatches = await world.createCompany({ siteCount });
      const inAnotherOrder = await world.createCompany({ siteCount, hasActs: true });
      const atOnce = await world.createCompany({ siteCount });
      for (const { tenantId } of [inBatches, inAnotherOrder, atOnce])
        await world.owner.query('update tenants set counts_indirect_links = $2 where id = $1', [
          tenantId,
          countsIndirect,
        ]);

      for (const { company, rows } of [
        { company: inBatches, rows: history },
        { company: inAnotherOrder, rows: [...random.shuffle(arrivals), ...reorder(random, changes)] },
      ]) {
        for (const change of rows) {
          await change.apply(company);
          if (random.chance(0.04)) await company.queued(now);
        }
        await company.queued(now);
      }
      for (const change of history) await change.apply(atOnce);
      await atOnce.all(now);

      const expected = await referenceTruth(world.owner, inBatches.tenantId, now);
      expect(await storedTruth(world.owner, inBatches.tenantId)).toEqual(expected);
      expect(await storedTruth(world.owner, inAnotherOrder.tenantId)).toEqual(expected);
      expect(await storedTruth(world.owner, atOnce.tenantId)).toEqual(expected);
      // the history is one in which something happens
      expect(expected.matches.length).toBeGreaterThan(30);
      expect(expected.statuses.filter((line) => !line.includes('credit=-')).length).toBeGreaterThan(3);
      for (const line of [...expected.matches, ...expected.statuses])
        for (const word of line.split(/[ +]/)) seen.add(word);
      expect(expected.matches.some((line) => line.includes('indirect'))).toBe(countsIndirect);

      const before = await derivedRows(inBatches);
      await inBatches.all(now);
      expect(await derivedRows(inBatches)).toEqual(before);
    },
    600_000,
  );

  test('these histories hold all that people can say', () => {
    const words = ['code', 'chosen', 'refused', 'indirect', 'contacted', 'manual', 'prior_purchase'];
    expect(words.filter((word) => !seen.has(word))).toEqual([]);
  });
});

/** Every derived row with its row version: a recompute that writes an equal row again is seen. */
async function derivedRows(company: Company) {
  const tables = [
    'shared_keys',
    'people',
    'person_members',
    'person_orders',
    'customer_statuses',
    'cart_matches',
    'cart_statuses',
    'cart_transitions',
    'lead_statuses',
  ];
  const rows: string[] = [];
  for (const table of tables) {
    const result = await company.owner.query<{ row: string }>(
      `select xmin::text || ' ' || t::text as row from ${table} t where tenant_id = $1 order by 1`,
      [company.tenantId],
    );
    rows.push(...result.rows.map(({ row }) => `${table} ${row}`));
  }
  return rows;
}
