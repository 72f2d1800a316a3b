// What stays wrong in a shop until it is mended: raised by whoever sees it, cleared by whoever sees it gone. One row a code and subject; the
// sentence for each code is in shared/run-messages.ts. Facts hold counts, names of forms and keys, times; never what a shopper typed.
import type { SiteId } from '#shared/ids.ts';
import type { TenantClient } from '../db.ts';

export type Alert = { code: string; subject?: string; facts?: Record<string, string> };

/** Opens an alert, or renews the one that is open when its facts changed or an hour has passed. */
export async function raiseAlert(client: TenantClient, siteId: SiteId, alert: Alert): Promise<void> {
  await client.query(
    `insert into site_alerts (tenant_id, site_id, code, subject, facts) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, site_id, code, subject) do update set facts = excluded.facts, last_seen_at = now()
       where site_alerts.facts is distinct from excluded.facts or site_alerts.last_seen_at < now() - interval '1 hour'`,
    [client.tenantId, siteId, alert.code, alert.subject ?? '', alert.facts ?? {}],
  );
}

/** Closes an alert: all of its code, or the one of a subject. */
export async function clearAlert(client: TenantClient, siteId: SiteId, code: string, subject?: string): Promise<void> {
  await client.query(
    `delete from site_alerts where tenant_id = $1 and site_id = $2 and code = $3 and ($4::text is null or subject = $4)`,
    [client.tenantId, siteId, code, subject ?? null],
  );
}
