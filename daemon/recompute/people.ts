// A person is a connected component of leads, carts and orders over equal keys that are not shared (docs/rules.md, people). Components are
// found by spreading the smallest label, over the touched people only; a key that is lost may split them again.
import { runQuery, type TenantClient } from '../db.ts';
import { analyzeScratch } from './pass.ts';

/** Brings shared_keys up to date for the touched keys; touches the records of keys that become or stop being shared. */
export async function refreshSharedKeys(client: TenantClient, { isFull }: { isFull: boolean }): Promise<void> {
  const tenant = client.tenantId;
  await analyzeScratch(client, 'touched');
  if (!isFull) await runQuery(client, 'recompute_touch_keys', { tenant });
  await analyzeScratch(client, 'touched_keys');
  const { rowCount } = await runQuery(client, 'recompute_shared_keys', { tenant });
  if (rowCount && !isFull) await runQuery(client, 'recompute_touch_keys', { tenant });
}

/** Recomputes the people of the touched records and the sums over their paid orders. Ids stay wherever a person stays. */
export async function refreshPeople(client: TenantClient, { isFull }: { isFull: boolean }): Promise<void> {
  const tenant = client.tenantId;
  await runQuery(client, 'recompute_people_scope', { tenant, is_full: isFull });
  await analyzeScratch(client, 'people_scope');
  await runQuery(client, 'recompute_people_links', { tenant });
  await analyzeScratch(client, 'people_links');
  await runQuery(client, 'recompute_people_labels');
  await analyzeScratch(client, 'people_labels');
  for (let round = 1; ; round++) {
    const { rowCount } = await runQuery(client, 'recompute_people_spread', { round });
    if (!rowCount) break;
    await runQuery(client, 'recompute_people_jump', { round });
  }
  await runQuery(client, 'recompute_assign_people', { tenant });
  await runQuery(client, 'recompute_drop_members', { tenant });
  await runQuery(client, 'recompute_drop_people', { tenant });
  await runQuery(client, 'recompute_people_sums', { tenant });
}
