// The order in which rows and people's words arrive never matters, nor how many come before each recompute: one shop's history in many random orders
// and batches ends in the same people, statuses, credits and leads, which are those of the rules as loops. 200 orders: ORDERS=200.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../start/demo/random.ts';
import { type Hand, handOf } from '../support/hand.ts';
import { referenceTruth, storedTruth } from '../support/recompute-reference.ts';
import { type Company, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const orders = Number(process.env.ORDERS ?? 24);
const companies = Math.max(3, Math.floor(orders / 10));
const now = '2026-04-30T12:00:00Z';
const at = (day: number, hour = 12) =>
  `2026-04-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
});
afterAll(async () => {
  await world?.close();
  await database?.drop();
});

/** What happens to one record, or what is said of one pair or key, keeps its own order; everything else may come in any. */
type Change = { about: string; apply(company: Company, hand: Hand): Promise<unknown> };

const mail = (...names: string[]) => names.map((name) => `${name}@example.com`);
const key = (name: string) => `e:${name}@example.com`;
const phone = (last: number) => `+55119900000${String(last).padStart(2, '0')}`;

type States = Parameters<Company['lead']>[0] | Parameters<Company['cart']>[0] | Parameters<Company['order']>[0];
function versions<State extends States>(kind: 'lead' | 'cart' | 'order', ...states: State[]): Change[] {
  return states.map((state) => ({
    about: `${kind} ${state.id}`,
    apply: (company) => (company[kind] as (state: State) => Promise<string>)(state),
  }));
}
const said = (about: string, ...words: ((hand: Hand) => Promise<unknown>)[]): Change[] =>
  words.map((word) => ({ about, apply: (_, hand) => word(hand) }));

const history: Change[] = [
  ...versions('lead', { id: 1, emails: mail('ana'), phones: [phone(1)], capturedAt: at(1) }),
  ...versions('lead', { id: 2, emails: mail('bia'), phones: [phone(2)], capturedAt: at(20) }),
  // leaves its own phone for Ana's
  ...versions(
    'lead',
    { id: 3, emails: mail('cris'), phones: [phone(3)], capturedAt: at(2) },
    { id: 3, emails: mail('cris'), phones: [phone(1)], capturedAt: at(2) },
  ),
  ...versions('cart', { id: 11, emails: mail('ana'), firstAt: at(3), products: [1, 2], coupon: 'volta' }),
  ...versions('cart', { id: 12, phones: [phone(2)], firstAt: at(4), products: [3] }),
  ...versions(
    'cart',
    { id: 13, emails: mail('bia'), firstAt: at(5) },
    { id: 13, emails: mail('bia'), phones: [phone(4)], firstAt: at(5), lastAt: at(6) },
  ),
  ...versions('cart', { id: 14, emails: mail('zoe'), firstAt: at(6), products: [1] }),
  ...versions('cart', { id: 15, phones: [phone(9)], firstAt: at(7) }),
  ...versions('cart', { id: 16, emails: ['compra@relay.example.com'], firstAt: at(7) }),
  // an order whose e-mail changes
  ...versions(
    'order',
    { id: 21, emails: mail('ana'), phones: [phone(1)], createdAt: at(8), products: [2] },
    { id: 21, emails: mail('dora'), phones: [phone(1)], createdAt: at(8), products: [2] },
  ),
  ...versions(
    'order',
    { id: 22, emails: mail('bia'), phones: [phone(2)], createdAt: at(9), status: 'pending' },
    { id: 22, emails: mail('bia'), phones: [phone(2)], createdAt: at(9), paidAt: at(10) },
  ),
  // joins two people
  ...versions('order', {
    id: 23,
    emails: mail('bia'),
    phones: [phone(10)],
    createdAt: at(11),
    total: '59.90',
  }),
  ...versions('order', { id: 24, emails: mail('ana'), createdAt: at(12), status: 'cancelled' }),
  ...versions('order', { id: 25, emails: mail('eva'), phones: [phone(9)], createdAt: at(13) }),
  ...versions('order', { id: 26, emails: mail('gil'), phones: [phone(9)], createdAt: at(14), refunded: '20.00' }),
  ...versions('order', { id: 27, emails: ['compra@relay.example.com'], phones: [phone(5)], createdAt: at(10) }),
  ...versions('order', { id: 28, emails: ['compra@relay.example.com'], phones: [phone(6)], createdAt: at(11) }),
  ...versions('order', { id: 29, emails: mail('zoe'), phones: [phone(7)], createdAt: at(9), coupons: ['VOLTA'] }),
  ...versions('order', {
    id: 30,
    emails: mail('cris'),
    phones: [phone(10)],
    createdAt: at(6),
    products: [1, 2],
    coupons: ['volta'],
  }),
  // four e-mails share a phone, until one of them leaves it
  ...['p', 'q', 'r', 's'].flatMap((name, index) =>
    versions(
      'lead',
      { id: 4 + index, emails: mail(name), phones: [phone(8)], capturedAt: at(15) },
      ...(name === 's' ? [{ id: 7, emails: mail(name), capturedAt: at(15) }] : []),
    ),
  ),
  ...versions('cart', { id: 17, phones: [phone(8)], firstAt: at(14) }),
  ...versions('order', { id: 31, emails: mail('q'), phones: [phone(8)], createdAt: at(16) }),
  ...versions('lead', { id: 8, emails: ['zo.e@gmail.com'], phones: [], capturedAt: at(3) }),
  ...versions('lead', { id: 9, emails: ['zoe@gmail.com'], phones: [phone(7)], capturedAt: at(28) }),
  ...versions('order', { id: 32, emails: mail('rui'), createdAt: at(18) }, { id: 32, emails: [], createdAt: at(18) }),
  // a hand that wins over the common phone, and another that is taken back
  ...said('ana and cris', (hand) => hand.say('not_same', key('ana'), key('cris'))),
  ...said('zoe and 4', (hand) => hand.say('same', `p:${phone(4)}`, key('zoe'))),
  ...said(
    'bia and zoe',
    (hand) => hand.say('not_same', key('bia'), key('zoe')),
    (hand) => hand.say('same', key('bia'), key('zoe')),
    (hand) => hand.say('not_same', key('bia'), key('zoe')),
  ),
  ...said('p and dora', async (hand) => hand.takeBack(await hand.say('same', key('p'), key('dora')))),
  ...said('r and q', (hand) => hand.say('not_same', key('r'), key('q'))),
  ...said('the shop’s phone', (hand) => hand.deny(`p:${phone(9)}`)),
  ...said('the relay', (hand) => hand.deny('d:relay.example.com')),
  ...said(
    'rui',
    (hand) => hand.deny(key('rui')),
    (hand) => hand.permit(key('rui')),
  ),
];

/** The history in another order; the changes of one record, and the words about one pair or key, keep theirs. */
function reorder(random: Random, changes: Change[]): Change[] {
  const waiting = new Map<string, Change[]>();
  for (const change of changes) waiting.set(change.about, [...(waiting.get(change.about) ?? []), change]);
  return changes
    .map(({ about }) => ({ about, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ about }) => waiting.get(about)!.shift()!);
}

async function live(random: Random, changes: Change[]): Promise<Company> {
  const company = await world.createCompany();
  const hand = handOf(world, company, now);
  // every batch one row, at one end; all in one batch, at the other
  const passes = random.chance(0.03) ? changes.length : random.int(0, 4);
  const cuts = new Set(Array.from({ length: passes }, () => random.int(1, changes.length)));
  for (const [index, change] of changes.entries()) {
    await change.apply(company, hand);
    if (cuts.has(index + 1)) await company.queued(now);
  }
  if (random.chance(0.2)) await company.all(now);
  else await company.queued(now);
  return company;
}

/** What is concluded, with what only the next recompute or a suggestion reads. */
async function conclusions(company: Company) {
  const split = await world.owner.query<{ key: string }>(
    `select distinct m.key from people p join person_members pm on pm.tenant_id = p.tenant_id and pm.person_id = p.id
     join usable_keys m on m.tenant_id = p.tenant_id and m.entity = pm.entity and m.entity_id = pm.entity_id
     where p.tenant_id = $1 and p.is_split order by 1`,
    [company.tenantId],
  );
  const folds = await world.owner.query('select key, fold from email_folds where tenant_id = $1 order by 1', [
    company.tenantId,
  ]);
  return {
    ...(await storedTruth(world.owner, company.tenantId)),
    split: split.rows.map((row) => row.key),
    folds: folds.rows,
  };
}

test(
  `one shop’s history in ${orders} random orders and batches`,
  async () => {
    const first = await world.createCompany();
    for (const change of history) await change.apply(first, handOf(world, first, now));
    await first.all(now);
    const expected = await conclusions(first);
    expect(expected).toMatchObject(await referenceTruth(world.owner, first.tenantId, now));
    // what is in the history shows in what is concluded
    expect(expected.people).toContain('cart:11/1 lead:1 order:21 order:24');
    expect(expected.people).toContain('cart:12/1 cart:13/1 lead:2 lead:3 order:22 order:23 order:30');
    expect(expected.people.join()).not.toContain('cart:16/1');
    expect(expected.statuses.filter((line) => line.includes(' recovered ')).length).toBeGreaterThan(3);
    expect(expected.split).toContain(key('cris'));
    expect(expected.folds).toHaveLength(1);

    const seeds = Array.from({ length: orders }, (_, index) => index + 1);
    const worker = async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        const random = new Random(seed);
        const company = await live(random, reorder(random, history));
        expect(await conclusions(company), `seed ${seed}`).toEqual(expected);
      }
    };
    await Promise.all([worker(), worker(), worker()]);
  },
  600_000 + orders * 20_000,
);

test(
  'random people with random words about them: in batches = the rules as loops = a whole recompute',
  async () => {
    let divided = 0;
    for (let seed = 1; seed <= companies; seed++) {
      const random = Random.of(seed, 'people');
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
      const someKeys = () => ({
        emails: random.chance(0.7) ? mail(random.pick(names)) : [],
        phones: random.chance(0.6) ? [...new Set([phone(random.int(1, 6)), phone(random.int(1, 12))])] : [],
      });
      const anyKey = () => (random.chance(0.6) ? key(random.pick(names)) : `p:${phone(random.int(1, 6))}`);
      const company = await world.createCompany({ siteCount: 2 });
      const hand = handOf(world, company, now);
      const edges: string[] = [];
      const steps = 60;
      for (let step = 1; step <= steps; step++) {
        const id = random.int(1, 24);
        const dice = random.next();
        if (dice < 0.25) await company.lead({ id, ...someKeys() });
        else if (dice < 0.4) await company.cart({ id, ...someKeys(), firstAt: at(random.int(1, 20)) });
        else if (dice < 0.65) await company.order({ id, ...someKeys(), createdAt: at(random.int(1, 28)) });
        else if (dice < 0.7) await hand.deny(random.chance(0.15) ? 'd:example.com' : anyKey());
        else if (dice < 0.78) {
          await hand.permit('d:example.com');
          await hand.permit(anyKey());
        } else if (dice < 0.93) {
          const [a, b] = [anyKey(), anyKey()];
          if (a !== b) edges.push(await hand.say(random.chance(0.4) ? 'same' : 'not_same', a, b));
        } else if (edges.length > 0) await hand.takeBack(random.pick(edges));
        if (!random.chance(0.12) && step < steps) continue;
        await company.queued(now);
        const stored = await storedTruth(world.owner, company.tenantId);
        const expected = await referenceTruth(world.owner, company.tenantId, now);
        expect(stored, `seed ${seed}, step ${step}`).toEqual(expected);
        divided += (await conclusions(company)).split.length;
      }
      const before = await conclusions(company);
      await company.all(now);
      expect(await conclusions(company), `seed ${seed}`).toEqual(before);
    }
    expect(divided).toBeGreaterThan(0);
  },
  600_000 + companies * 60_000,
);
