// Whether a lead was a customer already, became one, or is none (docs/rules.md, lead and customer). Looked at from both sides: a new lead, and a
// new order of somebody who once was a lead.
import { runQuery, type TenantClient } from '../db.ts';
import { analyzeScratch } from './pass.ts';

/** Recomputes the leads that the touched records and keys concern. Gives how many changed. */
export async function refreshLeads(client: TenantClient, { now }: { now: Date }): Promise<number> {
  const tenant = client.tenantId;
  await runQuery(client, 'recompute_scope_leads', { tenant });
  await analyzeScratch(client, 'scope_leads');
  return (await runQuery(client, 'recompute_write_leads', { tenant, now })).rowCount ?? 0;
}
