// What each person is to the shop: their paid orders in a row, scores by the company's own fifths, status (docs/rules.md, customers). Facts follow
// every change; the bounds of the fifths are taken again when everything is recomputed and every night, because days pass.
import { analyzeScratch, lookAtEverything, type Statements } from './statements.ts';

/** Recomputes the people of the records and carts looked at; everybody when `isFull` or when nobody has been scored yet. */
export async function refreshCustomers(
  db: Statements,
  { now, isFull, isLarge = false }: { now: Date; isFull: boolean; isLarge?: boolean },
): Promise<void> {
  const tenant = db.tenantId;
  if (!isFull) {
    await db.run('recompute_scope_people', { tenant });
    await analyzeScratch(db, 'scope_people');
    await analyzeScratch(db, 'scope_people_members');
    await db.run('recompute_scope_orders', { tenant });
    await analyzeScratch(db, 'scope_orders');
    await db.run('recompute_scope_person_orders', { tenant });
    await analyzeScratch(db, 'scope_person_orders');
  }
  await db.run('recompute_write_person_orders', { tenant });
  // statistics that know of other companies only make the planner read all paid orders once for each person
  if (isLarge) await db.run('recompute_analyze', { part: 'customers' });
  await db.run('recompute_drop_customers', { tenant });
  const { rows } = await db.run<{ isKnown: boolean }>('recompute_find_bounds', { tenant });
  if (isFull || !rows[0]!.isKnown) await scoreEverybody(db, { now, isFull });
  else await db.run('recompute_write_customers', { tenant, now });
}

/** Takes the bounds anew and scores everybody by them; the last thing of a pass, because it looks at everything from then on. Gives how many people changed. */
export async function scoreEverybody(
  db: Statements,
  { now, isFull = false }: { now: Date; isFull?: boolean },
): Promise<number> {
  const tenant = db.tenantId;
  await lookAtEverything(db);
  await db.run('recompute_customer_bounds', { tenant, now, is_full: isFull });
  return (await db.run('recompute_write_customers', { tenant, now })).rowCount;
}
