// A record's keys are its current ones (docs/rules.md, Keys and shared keys). The staged keys of a batch replace those of its records; a key that a record lost is
// queued, because its old neighbours may no longer match.
import { runQuery, type TenantClient } from '../db.ts';

/** Makes match_keys equal to staged_keys for the records in staged_touched. `isAllNew`: none of them had keys. */
export async function mergeMatchKeys(
  client: TenantClient,
  entity: 'lead' | 'cart' | 'order',
  { isAllNew }: { isAllNew: boolean },
): Promise<void> {
  const place = { tenant: client.tenantId, entity };
  // A statement of its own: the list of denied keys is read by one that begins after the wait.
  await runQuery(client, 'share_denied_keys', { tenant: client.tenantId });
  if (isAllNew) {
    await runQuery(client, 'insert_match_keys', place);
    return;
  }
  await runQuery(client, 'delete_lost_keys', place);
  await runQuery(client, 'merge_match_keys', place);
}
