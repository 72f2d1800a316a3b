// Which orders a cart met and what that makes of it, at an instant (docs/rules.md, match and cart status). The rules are in
// recompute_scope_*_pairs, recompute_scope_pairs and recompute_write_statuses; here is only their order.
import { refreshCredit } from './credit.ts';
import { analyzeScratch, type Statements } from './statements.ts';

/** What asked for the recompute; it stands in the log of changes. */
export type RecomputeCause = 'sync' | 'time' | 'by_hand' | 'contact' | 'recompute';

export type Judgement = {
  /** The instant that statuses are judged at. */
  now: Date;
  cause: RecomputeCause;
  /** The sync whose rows these are. */
  runId?: string | null;
};

/** Puts into the scope the carts whose matches may differ from what is written. */
export async function scopeTouchedCarts(db: Statements): Promise<void> {
  await db.run('recompute_scope_carts', { tenant: db.tenantId });
}

/** Puts into the scope the carts that time alone has changed; gives how many. */
export async function scopeDueCarts(db: Statements, { now }: { now: Date }): Promise<number> {
  return (await db.run('recompute_due_carts', { tenant: db.tenantId, now })).rowCount;
}

/** Matches, statuses, log of changes and credit of the carts in the scope. Gives how many cart rows changed. */
export async function refreshCarts(
  db: Statements,
  { now, cause, runId = null, isFull, isLarge = false }: Judgement & { isFull: boolean; isLarge?: boolean },
): Promise<number> {
  const tenant = db.tenantId;
  if (!isFull) await analyzeScratch(db, 'scope_carts');
  await db.run('recompute_scope_equal_pairs', { tenant });
  await db.run('recompute_scope_chosen_pairs', { tenant });
  await db.run('recompute_scope_code_pairs', { tenant });
  await db.run('recompute_scope_indirect_pairs', { tenant });
  await analyzeScratch(db, 'equal_pairs');
  await db.run('recompute_scope_pairs', { tenant });
  await analyzeScratch(db, 'scope_pairs');
  await db.run('recompute_scope_contacts', { tenant });
  if (!isFull) await db.run('recompute_credit_seed', { tenant });
  const matched = await db.run<{ changed: number }>('recompute_write_matches', { tenant });
  const judged = await db.run('recompute_write_statuses', { tenant, now, cause, run: runId });
  if (isLarge) await db.run('recompute_analyze', { part: 'carts' });
  const credited = await refreshCredit(db, { now, isFull });
  return matched.rows[0]!.changed + judged.rowCount + credited;
}
