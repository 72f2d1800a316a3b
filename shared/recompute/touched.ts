// Everything that follows from the touched records, from the shared keys to the customers. The queries are the same over a few records and over all
// of them; only the set differs, so an incremental pass and a full one give the same rows.
import type { RecordRef } from '../contacts/record.ts';
import { type Judgement, refreshCarts, scopeTouchedCarts } from './cart-status.ts';
import { refreshCustomers } from './customers.ts';
import { refreshLeads } from './lead-customer.ts';
import { refreshPeople } from './people.ts';
import { refreshPluginOptOuts } from './plugin-opt-outs.ts';
import { lookAtEverything, type Statements } from './statements.ts';

export type TouchedOptions = Judgement & {
  /** All records are touched; nothing has to be in the work tables. */
  isFull: boolean;
  /** Thousands of rows will be written, perhaps into empty tables. */
  isLarge?: boolean;
};

/** Recomputes what the records in `touched` and the keys in `touched_keys` concern and tells the pages. Gives how many carts and leads changed. */
export async function recomputeTouched(
  db: Statements,
  { isFull, isLarge = false, ...judgement }: TouchedOptions,
): Promise<number> {
  const kinds = new Set<string>();
  if (isFull) await lookAtEverything(db);
  else {
    await preferIndexes(db);
    const { rows } = await db.run<{ entity: string }>('recompute_list_touched_kinds');
    for (const { entity } of rows) kinds.add(entity);
  }
  await refreshPeople(db, { isFull, isLarge, now: judgement.now });
  await refreshPluginOptOuts(db, { isFull, now: judgement.now });
  if (!isFull) await scopeTouchedCarts(db);
  const carts = await refreshCarts(db, { ...judgement, isFull, isLarge });
  const leads = await refreshLeads(db, { now: judgement.now, isFull });
  await refreshCustomers(db, { now: judgement.now, isFull, isLarge });
  if (isLarge) await db.run('recompute_analyze', { part: 'customers' });
  if (carts > 0) kinds.add('cart');
  if (leads > 0) kinds.add('lead');
  if (kinds.size > 0) await notifyChanged(db, [...kinds].sort());
  return carts + leads;
}

/** The carts of which contacts with these records, made or undone, may say something else than before. */
export async function findContactedCarts(db: Statements, records: readonly RecordRef[]): Promise<string[]> {
  const asked = { entities: records.map(({ entity }) => entity), ids: records.map(({ id }) => id) };
  const { rows } = await db.run<{ id: string }>('find_contacted_carts', { tenant: db.tenantId, ...asked });
  return rows.map(({ id }) => id);
}

/**
 * Recomputes what contacts say of these carts. They change nobody's keys, people and orders: an operator who marks an abandoned cart waits for none of
 * that, and for nothing at all when no cart is concerned. The act that made or undid them has told the pages.
 */
export async function recomputeContacted(
  db: Statements,
  cartIds: readonly string[],
  judgement: Judgement,
): Promise<void> {
  await preferIndexes(db);
  await db.run('recompute_scope_these_carts', { ids: cartIds });
  if ((await refreshCarts(db, { ...judgement, isFull: false })) > 0)
    await refreshCustomers(db, { now: judgement.now, isFull: false });
}

/**
 * For a pass over few records: with the default cost of a page out of order, the planner would rather read the whole of person_members than the
 * four thousand rows that a batch of a thousand orders concerns (hashing 345,000 took 650 ms). Over all records the default is right.
 */
export async function preferIndexes(db: Statements): Promise<void> {
  await db.execute('set local random_page_cost = 1.1');
}

/** Tells the pages of this company, at the commit, what kinds of rows changed. */
export async function notifyChanged(db: Statements, kinds: string[]): Promise<void> {
  await db.run('recompute_notify', { tenant: db.tenantId, kinds });
}
