// A person is a connected component of leads, carts and orders over equal keys that are not shared, and what somebody said by hand
// (docs/rules.md, people). Components are found by spreading the smallest label, over the touched people only; a key that is lost may split them
// again. The few components that hold two keys which are not the same are divided here, by a plain function.
import { divideByHand } from './divide.ts';
import { analyzeScratch, type Statements } from './statements.ts';

/**
 * Recomputes the shared keys and the people of the touched records. Ids stay wherever a person stays; who became whom is logged. A key that becomes
 * or stops being shared touches its records, and what is looked at is gathered anew.
 */
export async function refreshPeople(
  db: Statements,
  { isFull, isLarge, now }: { isFull: boolean; isLarge: boolean; now: Date },
): Promise<void> {
  const tenant = db.tenantId;
  const { rows } = await db.run<{ found: boolean }>('recompute_find_hand', { tenant });
  const isByHand = rows[0]!.found;
  for (;;) {
    if (!isFull) await scopeTouchedRecords(db, { isByHand });
    await db.run('recompute_number_keys', { tenant });
    await analyzeScratch(db, 'key_entries');
    // both sides come sorted, which the planner does not hold against a hash table that goes through the disk
    await db.execute('set local enable_hashjoin = off');
    await db.run('recompute_people_scope', { tenant });
    await db.execute('set local enable_hashjoin = on');
    await analyzeScratch(db, 'people_scope');
    const shared = await db.run<{ flipped: string[] }>('recompute_shared_keys', { tenant });
    const { flipped } = shared.rows[0]!;
    if (flipped.length === 0) break;
    if (isFull) {
      await db.run('recompute_people_untie', { tenant, keys: flipped });
      break;
    }
    await db.execute(
      'delete from pg_temp.scope_records; delete from pg_temp.key_entries; delete from pg_temp.people_scope',
    );
  }
  if (isByHand) await db.run('recompute_people_edges', { tenant });
  await db.run('recompute_people_links', { tenant });
  await analyzeScratch(db, 'people_links');
  await db.run('recompute_people_labels');
  await analyzeScratch(db, 'people_labels');
  for (let round = 1; ; round++) {
    const { rowCount } = await db.run('recompute_people_spread', { round });
    if (!rowCount) break;
    await db.run('recompute_people_jump', { round });
  }
  const divided = isByHand ? await divideTangles(db) : [];
  const assigned = await db.run<{ moved: number; keyless: number }>('recompute_assign_people', {
    tenant,
    is_full: isFull,
  });
  const { moved, keyless } = assigned.rows[0]!;
  if (moved > 0) await db.run('recompute_log_people', { tenant, now });
  // statistics that know of other companies only would have each row of this one compared with each of people_scope
  if (isLarge) await db.run('recompute_analyze', { part: 'people' });
  if (moved + keyless > 0) {
    await analyzeScratch(db, 'people_moves');
    await db.run('recompute_drop_members', { tenant });
    await db.run('recompute_drop_people', { tenant });
  }
  if (isByHand) await db.run('recompute_mark_split_people', { tenant, nodes: divided });
  await db.run('recompute_email_folds', { tenant });
}

async function scopeTouchedRecords(db: Statements, { isByHand }: { isByHand: boolean }): Promise<void> {
  const tenant = db.tenantId;
  await analyzeScratch(db, 'touched');
  await db.run('recompute_touch_keys', { tenant });
  await analyzeScratch(db, 'touched_keys');
  if (isByHand) {
    await db.run('recompute_touch_same_keys', { tenant });
    await db.run('recompute_touch_split_people', { tenant });
  }
  await db.run('recompute_scope_records', { tenant });
  await analyzeScratch(db, 'scope_records');
}

/** Gives the parts of each component that holds two keys which are not the same a label of their own. Gives all nodes of those components. */
async function divideTangles(db: Statements): Promise<string[]> {
  const tenant = db.tenantId;
  const conflicts = await db.run<{ a: string; b: string; label: string }>('recompute_people_conflicts', { tenant });
  if (conflicts.rows.length === 0) return [];
  const labels = [...new Set(conflicts.rows.map(({ label }) => label))];
  const tangles = await db.run<{ label: string; node: string; keys: string[] }>('recompute_people_tangles', {
    tenant,
    labels,
  });
  const parts = new Map<string, string>();
  for (const component of labels) {
    const divided = divideByHand(
      tangles.rows.filter(({ label }) => label === component),
      conflicts.rows.filter(({ label }) => label === component).map(({ a, b }) => [a, b] as const),
    );
    // rows come by node: the first of a part is its smallest
    for (const part of divided) for (const { node } of part) parts.set(node, part[0]!.node);
  }
  await db.run('recompute_people_relabel', { nodes: [...parts.keys()], labels: [...parts.values()] });
  return [...parts.keys()];
}
