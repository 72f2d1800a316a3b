// Rows that vanished in numbers: a digest holds them until an owner or administrator says that they are gone for good. What a person accepts is
// what the alert told; a loss that has grown far beyond it since then is asked about again.
import type { SiteId } from '#shared/ids.ts';
import type { TenantClient } from '../db.ts';

/** How many rows of the alert's subject may be marked missing on a person's word; 0 when nobody was asked. */
export async function findAcceptedLoss(
  client: TenantClient,
  siteId: SiteId,
  { code, subject }: { code: string; subject: string },
): Promise<number> {
  const { rows } = await client.query<{ gone: string }>(
    `select facts ->> 'gone' as gone from site_alerts where tenant_id = $1 and site_id = $2 and code = $3 and subject = $4`,
    [client.tenantId, siteId, code, subject],
  );
  const told = Number(rows[0]?.gone ?? 0);
  return told === 0 ? 0 : Math.ceil(told * 1.1) + 50;
}
