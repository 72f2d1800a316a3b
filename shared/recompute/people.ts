// A person is a connected component of leads, carts and orders over equal keys that are not shared (docs/rules.md, people). Components are
// found by spreading the smallest label, over the touched people only; a key that is lost may split them again.
import { analyzeScratch, type Statements } from './statements.ts';

/** Brings shared_keys up to date for the touched keys; touches the records of keys that become or stop being shared. */
export async function refreshSharedKeys(db: Statements, { isFull }: { isFull: boolean }): Promise<void> {
  const tenant = db.tenantId;
  await analyzeScratch(db, 'touched');
  if (!isFull) await db.run('recompute_touch_keys', { tenant });
  await analyzeScratch(db, 'touched_keys');
  const { rowCount } = await db.run('recompute_shared_keys', { tenant });
  if (rowCount && !isFull) await db.run('recompute_touch_keys', { tenant });
}

/** Recomputes the people of the touched records and the sums over their paid orders. Ids stay wherever a person stays. */
export async function refreshPeople(db: Statements, { isFull }: { isFull: boolean }): Promise<void> {
  const tenant = db.tenantId;
  await db.run('recompute_people_scope', { tenant, is_full: isFull });
  await analyzeScratch(db, 'people_scope');
  await db.run('recompute_people_links', { tenant });
  await analyzeScratch(db, 'people_links');
  await db.run('recompute_people_labels');
  await analyzeScratch(db, 'people_labels');
  for (let round = 1; ; round++) {
    const { rowCount } = await db.run('recompute_people_spread', { round });
    if (!rowCount) break;
    await db.run('recompute_people_jump', { round });
  }
  await db.run('recompute_assign_people', { tenant });
  await db.run('recompute_drop_members', { tenant });
  await db.run('recompute_drop_people', { tenant });
  await db.run('recompute_people_sums', { tenant });
}
