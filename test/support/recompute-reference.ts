// The rules of matching, statuses, credit, people and leads a second time, as plain loops over all rows, to hold the SQL against. Written from
// the rules, not from the queries; slow and short on purpose.
import type { Pool } from '../../daemon/db.ts';
import { type Edge, peopleOf } from './people-reference.ts';

type Row = { [column: string]: unknown };
type Entity = 'lead' | 'cart' | 'order';
type Key = { key: string; phoneKind: string | null; isPresumed: boolean };
type Cart = {
  ref: string;
  by: Map<string, Override>;
  id: number;
  siteId: number;
  externalId: number;
  episode: number;
  session: string;
  first: number;
  last: number;
  lay: number | null;
  coupon: string;
  pluginStatus: string;
  wasAbandoned: boolean;
  missing: number | null;
  products: number[];
};
type Override = { status: string; order: string; at: number };
type Contact = { ref: string; key: string | null; code: string; at: number };
type Order = {
  ref: string;
  code: string;
  siteId: number;
  externalId: number;
  class: string;
  currency: string;
  created: number;
  paid: number | null;
  net: number;
  createdVia: string;
  products: number[];
  coupons: string[];
};
type Lead = { ref: string; captured: number; seen: number | null };

const hour = 3_600_000;
const day = 24 * hour;
const beforeWindow = 48 * hour;
const afterWindow = 720 * hour;
const cutOff = hour;

export type Truth = {
  people: string[];
  sums: string[];
  purchases: string[];
  customers: string[];
  shared: string[];
  matches: string[];
  statuses: string[];
  leads: string[];
};

const time = (value: unknown) => (value as Date).getTime();
const timeOrNull = (value: unknown) => (value === null ? null : (value as Date).getTime());

function groupBy<Item>(items: Item[], by: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group) group.push(item);
    else groups.set(by(item), [item]);
  }
  return groups;
}

async function readFacts(owner: Pool, tenantId: string) {
  const read = async (sql: string) => (await owner.query<Row>(sql, [tenantId])).rows;
  const names = new Map<string, string>();
  const keys = new Map<string, Key[]>();
  const group = (rows: Row[], by: string, value: string) =>
    new Map([...groupBy(rows, (row) => String(row[by]))].map(([id, own]) => [id, own.map((row) => row[value])]));
  const cartItems = group(
    await read('select * from cart_items where tenant_id = $1 and not is_bundle_child'),
    'cart_id',
    'product_id',
  );
  const orderItems = group(
    await read(`select * from order_items where tenant_id = $1 and kind = 'line_item'`),
    'order_id',
    'product_id',
  );
  const orderCoupons = group(await read('select * from order_coupons where tenant_id = $1'), 'order_id', 'code');
  const name = (entity: Entity, row: Row) => {
    const ref = `${entity}:${row.external_id}${row.episode ? `/${row.episode}` : ''}`;
    names.set(`${entity}:${row.id}`, ref);
    keys.set(ref, []);
    return ref;
  };
  const carts: Cart[] = (await read('select * from carts where tenant_id = $1')).map((row) => ({
    ref: name('cart', row),
    by: new Map(),
    id: Number(row.id),
    siteId: Number(row.site_id),
    externalId: Number(row.external_id),
    episode: Number(row.episode),
    session: String(row.session_id),
    first: time(row.first_activity_at),
    last: time(row.last_activity_at),
    lay: timeOrNull(row.lay_abandoned_at),
    coupon: String(row.coupon_code ?? '')
      .trim()
      .toLowerCase(),
    pluginStatus: String(row.plugin_status),
    wasAbandoned: Boolean(row.was_plugin_abandoned),
    missing: timeOrNull(row.missing_since),
    products: [...new Set((cartItems.get(String(row.id)) ?? []).map(Number))],
  }));
  const orders: Order[] = (await read('select * from orders where tenant_id = $1')).map((row) => ({
    ref: name('order', row),
    code: String(row.utm_content ?? '')
      .trim()
      .toLowerCase(),
    siteId: Number(row.site_id),
    externalId: Number(row.external_id),
    class: String(row.class),
    currency: String(row.currency),
    created: time(row.created_at),
    paid: timeOrNull(row.paid_at),
    net: Number(row.total_minor) - Number(row.refunded_minor),
    createdVia: String(row.created_via),
    products: (orderItems.get(String(row.id)) ?? []).map(Number),
    coupons: (orderCoupons.get(String(row.id)) ?? []).map((code) => String(code).trim().toLowerCase()),
  }));
  const leads: Lead[] = (await read('select * from leads where tenant_id = $1')).map((row) => ({
    ref: name('lead', row),
    captured: timeOrNull(row.captured_at) ?? time(row.first_seen_at),
    seen: timeOrNull(row.captured_at),
  }));
  const denied = (await read('select key from denied_keys where tenant_id = $1')).map((row) => String(row.key));
  const isDenied = (key: string) => denied.includes(key) || denied.includes(`d:${key.split('@')[1]}`);
  const edges: Edge[] = (await read('select * from person_edges where tenant_id = $1 and undone_at is null'))
    .map((row) => ({ kind: row.kind as Edge['kind'], a: String(row.key_a), b: String(row.key_b) }))
    .filter(({ a, b }) => !isDenied(a) && !isDenied(b));
  for (const row of await read('select * from match_keys where tenant_id = $1')) {
    if (isDenied(String(row.key))) continue;
    keys.get(names.get(`${row.entity}:${row.entity_id}`)!)!.push({
      key: String(row.key),
      phoneKind: row.phone_kind === null ? null : String(row.phone_kind),
      isPresumed: Boolean(row.is_presumed),
    });
  }
  const emails = (await read(`select * from cart_emails where tenant_id = $1 and state = 'sent'`)).map((row) => ({
    siteId: Number(row.site_id),
    session: String(row.session_id),
    at: time(row.scheduled_at),
  }));
  for (const row of await read('select * from cart_overrides where tenant_id = $1 and undone_at is null')) {
    const cart = carts.find(({ ref }) => ref === names.get(`cart:${row.cart_id}`));
    const order = names.get(`order:${row.order_id}`) ?? '';
    cart?.by.set(String(row.kind), { status: String(row.status), order, at: time(row.created_at) });
  }
  const contacts: Contact[] = (await read('select * from contacts where tenant_id = $1 and undone_at is null')).map(
    (row) => ({
      ref: names.get(`${row.entity}:${row.entity_id}`)!,
      key: row.key === null ? null : String(row.key),
      code: String(row.code),
      at: time(row.contacted_at),
    }),
  );
  const [settings] = await read('select counts_indirect_links from tenants where id = $1');
  const countsIndirect = Boolean(settings!.counts_indirect_links);
  return { carts, orders, leads, keys, edges, emails, names, contacts, countsIndirect };
}

function sharedKeysOf(keys: Map<string, Key[]>): Set<string> {
  const others = new Map<string, Set<string>>();
  for (const own of keys.values()) {
    for (const { key } of own) {
      const set = others.get(key) ?? new Set<string>();
      for (const other of own) if (other.key[0] !== key[0]) set.add(other.key);
      others.set(key, set);
    }
  }
  return new Set([...others].filter(([key, set]) => set.size >= (key[0] === 'p' ? 4 : 6)).map(([key]) => key));
}

/** All conclusions about a company at `now`, from its copied rows alone, as sorted lines of text. */
export async function referenceTruth(owner: Pool, tenantId: string, nowText: string): Promise<Truth> {
  const now = new Date(nowText).getTime();
  const { carts, orders, leads, keys, edges, emails, contacts, countsIndirect } = await readFacts(owner, tenantId);
  const shared = sharedKeysOf(keys);
  const own = new Map([...keys].map(([ref, list]) => [ref, list.map(({ key }) => key)]));
  const person = peopleOf(own, shared, edges);

  const isSamePerson = (a: string, b: string) => person.has(a) && person.get(a) === person.get(b);
  const rules: PairRules = {
    keys,
    shared,
    contacts,
    isIndirect: (cart, order) => countsIndirect && isSamePerson(cart.ref, order.ref),
  };
  const pairs = carts.flatMap((cart) => orders.flatMap((order) => pairOf(cart, order, rules) ?? []));
  const preference = (a: Pair, b: Pair) =>
    Number(b.isChosen) - Number(a.isChosen) ||
    Number(a.isRefused) - Number(b.isRefused) ||
    Number(b.order.class === 'paid') - Number(a.order.class === 'paid') ||
    Number(b.hasCode) - Number(a.hasCode) ||
    Number(a.isIndirect) - Number(b.isIndirect) ||
    Number(b.hasCoupon) - Number(a.hasCoupon) ||
    Number(b.isAfter) - Number(a.isAfter) ||
    b.share - a.share ||
    b.keyCount - a.keyCount ||
    Number(b.hasEmail) - Number(a.hasEmail) ||
    Math.abs(a.delta) - Math.abs(b.delta) ||
    a.order.externalId - b.order.externalId;

  const judged = carts.map((cart) => {
    const all = pairs.filter((pair) => pair.cart === cart).sort(preference);
    const matches = all.filter((pair) => pair.order.class !== 'void');
    const best = matches[0]?.isRefused ? undefined : matches[0];
    const paid = best?.order.class === 'paid' ? best : undefined;
    const sent = paid
      ? emails.filter(
          (email) =>
            email.siteId === cart.siteId &&
            email.session === cart.session &&
            email.at < paid.order.created &&
            (cart.episode === 1 || email.at >= cart.first),
        )
      : [];
    const unpaid = Math.max(
      ...matches.filter((pair) => pair.order.class === 'awaiting_payment').map((p) => p.order.created),
    );
    const paidAt = paid ? (paid.order.paid ?? paid.order.created) : 0;
    const said = contacts.filter(
      ({ ref, at }) => (ref === cart.ref || isSamePerson(ref, cart.ref)) && at >= cart.first && at < paidAt,
    );
    let cause: string | null = 'spontaneous';
    if (best && !best.isAfter) cause = 'prior_purchase';
    else if (best?.hasCode || said.some(({ at }) => at >= paidAt - 7 * day)) cause = 'contacted';
    else if (paid && sent.some((email) => email.at >= paid.order.created - 720 * hour)) cause = 'plugin_email';
    const manual = cart.by.get('status');
    let status: string;
    let reason: string;
    let until: number | null = null;
    if (manual) [status, reason] = [manual.status, 'manual'];
    else if (
      paid &&
      paid.order.created >= cart.first - 120_000 &&
      paid.order.created <= cart.last + cutOff &&
      !(cart.lay !== null && paid.order.created > cart.lay) &&
      sent.length === 0 &&
      said.length === 0 &&
      !paid.hasCode
    ) {
      [status, reason] = ['purchased', 'direct_purchase'];
    } else if (paid) {
      [status, reason] = ['recovered', cause];
    } else if (unpaid >= now - 7 * day) {
      [status, reason, until] = ['waiting', 'awaiting_payment', unpaid + 7 * day];
    } else if (!['abandoned', 'lost'].includes(cart.pluginStatus) && now - cart.last < cutOff) {
      [status, reason, until] = ['waiting', 'in_progress', cart.last + cutOff];
    } else if (cart.missing !== null && cart.missing <= cart.last + cutOff && !cart.wasAbandoned && cart.lay === null) {
      [status, reason] = ['removed', 'removed'];
    } else if (unpaid > 0) {
      [status, reason] = ['abandoned', 'payment_expired'];
    } else if (now <= cart.last + afterWindow) {
      [status, reason, until] = ['abandoned', 'window_open', cart.last + afterWindow];
    } else [status, reason] = ['abandoned', 'window_closed'];
    if (status !== 'recovered') cause = null;
    const isOther =
      reason === 'prior_purchase' &&
      !matches.some(
        (pair) =>
          pair.order.class === 'paid' &&
          !pair.isRefused &&
          (pair.isAfter || pair.share > 0 || pair.hasCode || pair.isChosen),
      );
    const voided =
      status === 'abandoned' && reason !== 'manual' ? all.find((pair) => pair.order.class === 'void') : undefined;
    return { cart, matches, best, status, reason, until, voided, cause, isOther };
  });

  // One pair after the other, best first.
  const credited = new Map<string, Order>();
  const takenOrders = new Set<string>();
  const recovered = new Set(judged.filter((one) => one.status === 'recovered').map((one) => one.cart));
  const competing = pairs
    .filter((pair) => recovered.has(pair.cart) && pair.order.class === 'paid')
    .filter((pair) => !pair.isRefused)
    .filter((pair) => !pair.isAllShared || pair.hasCoupon || pair.share > 0 || pair.hasCode || pair.isChosen)
    .sort(
      (a, b) =>
        preference(a, b) ||
        b.cart.last - a.cart.last ||
        b.cart.externalId - a.cart.externalId ||
        b.cart.episode - a.cart.episode,
    );
  for (const { cart, order } of competing) {
    if (credited.has(cart.ref) || takenOrders.has(order.ref)) continue;
    credited.set(cart.ref, order);
    takenOrders.add(order.ref);
  }

  const groups = groupBy([...person.keys()], (ref) => person.get(ref)!);
  const paidOf = (refs: Iterable<string>) => {
    const set = new Set(refs);
    return orders.filter((order) => set.has(order.ref) && order.class === 'paid');
  };
  return {
    shared: [...shared].sort(),
    people: [...groups.values()].map((refs) => refs.sort().join(' ')).sort(),
    sums: [...groups.values()]
      .map((refs) => {
        const paid = paidOf(refs).filter((order) => order.currency === 'BRL');
        const times = paid.map((order) => order.created).sort((a, b) => a - b);
        return `${refs.sort()[0]} ${paid.length} ${times[0] ?? '-'} ${times.at(-1) ?? '-'} ${paid.reduce((sum, order) => sum + order.net, 0)}`;
      })
      .sort(),
    purchases: [...groups.values()]
      .flatMap((refs) => {
        const paid = purchasesOf(paidOf(refs));
        return paid.map(({ ref, created, net }, index) => {
          const [before, after] = [paid[index - 1], paid[index + 1]];
          const gap = before ? Math.floor((created - before.created) / 1000) : '-';
          return `${ref} of=${refs.sort()[0]} nth=${index + 1} gap=${gap} at=${created} next=${after?.created ?? '-'} ${net}`;
        });
      })
      .sort(),
    customers: [...groups.values()]
      .map((refs) => {
        const own = new Set(refs);
        const instants = [
          ...orders.filter(({ ref }) => own.has(ref)).map(({ created }) => created),
          ...carts.filter(({ ref }) => own.has(ref)).map(({ last }) => last),
          ...leads.filter(({ ref }) => own.has(ref)).flatMap(({ seen }) => seen ?? []),
        ];
        const hasAbandoned = judged.some(({ cart, status }) => own.has(cart.ref) && status === 'abandoned');
        const line = customerOf({ paid: paidOf(refs), hasAbandoned, now });
        return `${refs.sort()[0]} ${line} seen=${instants.length > 0 ? Math.max(...instants) : '-'}`;
      })
      .sort(),
    matches: judged
      .flatMap(({ matches }) =>
        matches.map((pair, index) => `${pair.cart.ref} ${pair.order.ref} ${index + 1} ${pair.score} ${flagsOf(pair)}`),
      )
      .sort(),
    statuses: judged
      .map(({ cart, best, status, reason, until, voided, cause, isOther }) => {
        const credit = credited.get(cart.ref);
        return `${cart.ref} ${status} ${reason} best=${best?.order.ref ?? '-'} void=${voided?.order.ref ?? '-'} credit=${credit ? `${credit.ref} ${credit.net}` : '-'} score=${best?.score ?? '-'} until=${until ?? '-'} keys=${keys.get(cart.ref)!.length > 0} class=${cause ?? '-'} other=${isOther}`;
      })
      .sort(),
    leads: leads
      .map((lead) => {
        const own = new Set(keys.get(lead.ref)!.map(({ key }) => key));
        const related = orders.filter(
          (order) =>
            order.class === 'paid' &&
            ((person.has(lead.ref) && person.get(order.ref) === person.get(lead.ref)) ||
              keys.get(order.ref)!.some(({ key }) => own.has(key))),
        );
        const first = related.sort((a, b) => a.created - b.created || a.externalId - b.externalId)[0];
        if (!first) return `${lead.ref} not_customer -`;
        return `${lead.ref} ${first.created <= lead.captured ? 'was_customer' : 'became_customer'} ${first.ref}`;
      })
      .sort(),
  };
}

/** Those that count, one after the other. */
function purchasesOf(paid: Order[]): Order[] {
  return paid
    .filter((order) => order.currency === 'BRL')
    .sort((a, b) => a.created - b.created || a.externalId - b.externalId || a.siteId - b.siteId);
}

const fixedBounds = { days: [365, 180, 90, 30], orders: [2, 3, 4, 5], net: [10_000, 30_000, 60_000, 100_000] };

/** Scores by the fixed bounds of a small company, and the status. */
function customerOf({ paid, hasAbandoned, now }: { paid: Order[]; hasAbandoned: boolean; now: number }): string {
  const counted = purchasesOf(paid);
  const from = new Date(now);
  from.setUTCMonth(from.getUTCMonth() - 24);
  const recent = counted.filter(({ created }) => created > from.getTime());
  const gaps = counted
    .slice(1)
    .map(({ created }, index) => Math.floor((created - counted[index]!.created) / 1000))
    .filter((gap) => gap >= 3600)
    .sort((a, b) => a - b);
  const middle = Math.floor(gaps.length / 2);
  const median =
    gaps.length === 0 ? 0 : gaps.length % 2 === 1 ? gaps[middle]! : (gaps[middle - 1]! + gaps[middle]!) / 2;
  const last = Math.max(...paid.map(({ created }) => created));
  const inactiveAt = paid.length === 0 ? null : last + Math.max(180 * 86_400, 3 * Math.round(median)) * 1000;
  const net = recent.reduce((sum, order) => sum + order.net, 0);
  const days = Math.max(0, Math.floor((now - (recent.at(-1)?.created ?? now)) / day));
  const r = 1 + fixedBounds.days.filter((most) => days <= most).length;
  const f = 1 + fixedBounds.orders.filter((least) => recent.length >= least).length;
  const m = 1 + fixedBounds.net.filter((least) => net >= least).length;
  let status = paid.length >= 2 ? 'recurring' : 'first_purchase';
  if (recent.length > 0 && r >= 3 && f === 5 && m === 5) status = 'vip';
  if (inactiveAt !== null && inactiveAt <= now) status = 'inactive';
  if (paid.length === 0) status = hasAbandoned ? 'only_abandoned' : 'never_bought';
  const scores = recent.length === 0 ? '---' : `${r}${f}${m}`;
  return `${status} ${scores} ${recent.length} ${net} median=${median ? Math.round(median) : '-'} until=${inactiveAt ?? '-'}`;
}

type Pair = {
  cart: Cart;
  order: Order;
  hasEmail: boolean;
  isAllShared: boolean;
  hasCoupon: boolean;
  isAfter: boolean;
  share: number;
  keyCount: number;
  delta: number;
  score: number;
  hasCode: boolean;
  isChosen: boolean;
  isRefused: boolean;
  isIndirect: boolean;
};
type PairRules = {
  keys: Map<string, Key[]>;
  shared: Set<string>;
  contacts: Contact[];
  isIndirect(cart: Cart, order: Order): boolean;
};

const flagsOf = (flags: { [name in 'hasCode' | 'isChosen' | 'isRefused' | 'isIndirect']: unknown }) =>
  [flags.hasCode && 'code', flags.isChosen && 'chosen', flags.isRefused && 'refused', flags.isIndirect && 'indirect']
    .filter(Boolean)
    .join('+');

function pairOf(cart: Cart, order: Order, { keys, shared, contacts, isIndirect: isLinked }: PairRules): Pair | null {
  const isChosen = cart.by.get('other_order')?.order === order.ref;
  const isInWindow =
    order.createdVia !== 'subscription' &&
    order.created >= cart.first - beforeWindow &&
    order.created <= cart.last + afterWindow &&
    (order.paid === null || order.paid >= cart.first - beforeWindow);
  if (!isInWindow && !isChosen) return null;
  const own = keys.get(cart.ref)!;
  const equal = (isInWindow ? own : []).flatMap((mine) => {
    const its = keys.get(order.ref)!.find((key) => key.key === mine.key);
    return its ? [{ ...mine, isPresumed: mine.isPresumed || its.isPresumed }] : [];
  });
  const told = order.code === '' ? [] : contacts.filter(({ code }) => code === order.code);
  const isToldOfCart = isInWindow && told.some(({ ref }) => ref === cart.ref);
  const isIndirect = equal.length === 0 && !isChosen && !isToldOfCart && isLinked(cart, order);
  if (equal.length === 0 && !isChosen && !isToldOfCart && !isIndirect) return null;
  const hasCode =
    !isIndirect && told.some((contact) => contact.ref === cart.ref || own.some(({ key }) => key === contact.key));
  const refused = cart.by.get('not_recovery');
  const isRefused = refused !== undefined && order.class === 'paid' && !isChosen && order.created <= refused.at;
  const hasEmail = equal.some(({ key }) => key.startsWith('e:'));
  const phonePoints = equal
    .filter(({ key }) => key.startsWith('p:'))
    .map(({ phoneKind, isPresumed }) => ({ points: phoneKind === 'landline' ? 25 : 45, isPresumed }))
    .sort((a, b) => b.points - a.points || Number(a.isPresumed) - Number(b.isPresumed))[0];
  const isAllShared = equal.length > 0 && equal.every(({ key }) => shared.has(key));
  const hasCoupon = cart.coupon !== '' && order.coupons.includes(cart.coupon);
  const common =
    cart.siteId === order.siteId ? cart.products.filter((product) => order.products.includes(product)) : [];
  const share = cart.products.length === 0 ? 0 : common.length / cart.products.length;
  const isAfter = order.created >= cart.first;
  const delta = order.created - cart.last;
  const days = Math.abs(delta) / day;
  let score = isIndirect ? 35 : Math.min(80, (hasEmail ? 50 : 0) + (phonePoints?.points ?? 0));
  if (phonePoints?.isPresumed) score -= 15;
  if (isAllShared) score -= 25;
  if (hasCoupon) score += 40;
  score += Math.floor(25 * share + 0.5);
  if (days <= 1) score += 10;
  else if (days <= 7) score += 5;
  else if (days > 14) score -= 10;
  if (!isAfter) score -= 20;
  score = hasCode || isChosen ? 100 : Math.min(100, Math.max(0, score));
  const flags = { hasCode, isChosen, isRefused, isIndirect };
  return {
    cart,
    order,
    hasEmail,
    isAllShared,
    hasCoupon,
    isAfter,
    share,
    keyCount: equal.length,
    delta,
    score,
    ...flags,
  };
}

/** The same lines from the derived tables. */
export async function storedTruth(owner: Pool, tenantId: string): Promise<Truth> {
  const { names } = await readFacts(owner, tenantId);
  const read = async (sql: string) => (await owner.query<Row>(sql, [tenantId])).rows;
  const ref = (entity: Entity, id: unknown) => (id === null ? '-' : names.get(`${entity}:${id}`)!);
  const at = (value: unknown) => timeOrNull(value) ?? '-';
  const members = await read('select * from person_members where tenant_id = $1');
  const people = groupBy(members, (row) => String(row.person_id));
  const refsOf = (rows: Row[]) => rows.map((row) => ref(row.entity as Entity, row.entity_id)).sort();
  const sums = await read('select * from people where tenant_id = $1');
  return {
    shared: (await read('select key from shared_keys where tenant_id = $1')).map((row) => String(row.key)).sort(),
    people: [...people.values()].map((rows) => refsOf(rows).join(' ')).sort(),
    sums: sums
      .map(
        (row) =>
          `${refsOf(people.get(String(row.id)) ?? [])[0]} ${row.paid_order_count} ${at(row.first_paid_at)} ${at(row.last_paid_at)} ${row.net_minor}`,
      )
      .sort(),
    purchases: (await read('select * from person_orders where tenant_id = $1'))
      .map(
        (row) =>
          `${ref('order', row.order_id)} of=${refsOf(people.get(String(row.person_id)) ?? [])[0]} nth=${row.nth} gap=${row.gap_seconds ?? '-'} at=${at(row.created_at)} next=${at(row.next_at)} ${row.net_minor}`,
      )
      .sort(),
    customers: (await read('select * from customer_statuses where tenant_id = $1'))
      .map(
        (row) =>
          `${refsOf(people.get(String(row.person_id)) ?? [])[0]} ${row.status} ${row.recency ?? '-'}${row.frequency ?? '-'}${row.monetary ?? '-'} ${row.recent_order_count} ${row.recent_net_minor} median=${row.median_gap_seconds ?? '-'} until=${at(row.inactive_at)} seen=${at(row.last_seen_at)}`,
      )
      .sort(),
    matches: (await read('select * from cart_matches where tenant_id = $1'))
      .map(
        (row) =>
          `${ref('cart', row.cart_id)} ${ref('order', row.order_id)} ${row.rank} ${row.score} ${flagsOf({ hasCode: row.has_code, isChosen: row.is_chosen, isRefused: row.is_refused, isIndirect: row.is_indirect })}`,
      )
      .sort(),
    statuses: (await read('select * from cart_statuses where tenant_id = $1'))
      .map(
        (row) =>
          `${ref('cart', row.cart_id)} ${row.status} ${row.reason} best=${ref('order', row.best_order_id)} void=${ref('order', row.void_order_id)} credit=${row.credited_order_id === null ? '-' : `${ref('order', row.credited_order_id)} ${row.credited_minor}`} score=${row.score ?? '-'} until=${at(row.reevaluate_at)} keys=${row.has_keys} class=${row.causal_class ?? '-'} other=${row.bought_other_items}`,
      )
      .sort(),
    leads: (await read('select * from lead_statuses where tenant_id = $1'))
      .map((row) => `${ref('lead', row.lead_id)} ${row.customer_status} ${ref('order', row.order_id)}`)
      .sort(),
  };
}
