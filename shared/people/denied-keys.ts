// Keys that are nobody's: the shop's own e-mail and phone, a marketplace's relay, a whole domain (docs/rules.md, keys and shared keys).
import type { UserId } from '../ids.ts';
import type { Statements } from '../recompute/statements.ts';

export type DeniedKey = { key: string; note: string; author: string | null; createdAt: Date };

/** Denies `key` (`e:`, `p:` or `d:`) and queues whom it concerns. Gives false when it was denied already. */
export async function denyKey(
  db: Statements,
  { key, note, userId, now }: { key: string; note: string; userId: UserId | null; now: Date },
): Promise<boolean> {
  const tenant = db.tenantId;
  await db.run('lock_denied_keys', { tenant });
  const { rowCount } = await db.run('insert_denied_key', { tenant, key, note, user: userId, now });
  if (rowCount > 0) await db.run('flag_denied_keys', { tenant, key });
  return rowCount > 0;
}

/** Takes `key` off the list and queues whom it concerns. Gives false when it was not on it. */
export async function permitKey(db: Statements, { key }: { key: string }): Promise<boolean> {
  const tenant = db.tenantId;
  await db.run('lock_denied_keys', { tenant });
  const { rowCount } = await db.run('delete_denied_key', { tenant, key });
  if (rowCount > 0) await db.run('flag_denied_keys', { tenant, key });
  return rowCount > 0;
}

/** The list, by key. */
export async function listDeniedKeys(db: Statements): Promise<DeniedKey[]> {
  return (await db.run<DeniedKey>('list_denied_keys', { tenant: db.tenantId })).rows;
}
