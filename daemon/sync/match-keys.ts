// A record's keys are its current ones (docs/rules.md, Keys and shared keys). The staged keys of a batch replace those of its records; a key that a record lost is
// queued, because its old neighbours may no longer match.
import { runQuery, type TenantClient } from '../db.ts';

/** Makes match_keys equal to staged_keys for the records in staged_touched. `isAllNew`: none of them had keys. */
export async function mergeMatchKeys(
  client: TenantClient,
  entity: 'lead' | 'cart' | 'order',
  { isAllNew }: { isAllNew: boolean },
): Promise<void> {
  if (!isAllNew) await runQuery(client, 'delete_lost_keys', { tenant: client.tenantId, entity });
  await runQuery(client, 'merge_match_keys', { tenant: client.tenantId, entity });
}
