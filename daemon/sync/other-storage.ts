// Orders that a shop left behind when it switched its order storage without copying them over (docs/wordpress.md §5.1). WooCommerce does not show them
// until it is switched back, but nobody deleted them: their copies keep what they were. Only a copy that was read from the storage in use can be
// missing there by itself.
import type { TenantClient } from '../db.ts';
import type { ShopRow } from '../source.ts';
import { listCopiesOfOtherStorage } from './copies.ts';
import type { ReadContext } from './page-reader.ts';

const askedAtOnce = 500;

/** Which of these ids, absent where the stream looks, lie in the shop's other storage and were last read from there. */
export async function findLeftBehind(
  { gateway, shop, stream, prepareContext: { site } }: ReadContext,
  { source, look }: { source: string; look: <T>(work: (client: TenantClient) => Promise<T>) => Promise<T> },
  absentIds: string[],
): Promise<Set<string>> {
  const sql = stream.elsewhere?.(shop) ?? null;
  const left = new Set<string>();
  if (sql === null || absentIds.length === 0) return left;
  const ids = await look((client) => listCopiesOfOtherStorage({ client, site, source }, absentIds, shop.orderStorage));
  for (let start = 0; start < ids.length; start += askedAtOnce) {
    await gateway.rest();
    const rows = await gateway.query<ShopRow>(sql, { ids: ids.slice(start, start + askedAtOnce) });
    for (const { id } of rows) left.add(String(id));
  }
  return left;
}
