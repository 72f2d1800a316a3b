// A lead's e-mail and phone are known only when its answers are mapped: one that turns out to be of somebody erased loses what its batch has
// just written, in the same transaction (docs/lgpd.md).
import type { TenantClient } from '../db.ts';
import { recordIdentifier } from './erased-form.ts';
import { clearTraces, keepErased } from './erased-records.ts';
import { type Tombstones, writeTombstones } from './tombstones.ts';

/** Empties the entries and answers of these leads, whose mapped values are written already, and remembers them as erased. */
export async function eraseMappedLeads(
  client: TenantClient,
  ids: string[],
  { tombstones, now }: { tombstones: Tombstones; now: Date },
): Promise<void> {
  if (ids.length === 0) return;
  await client.query(
    `update lead_answers a set value = '', source_hash = 0, scan_hash = null
     from leads l where l.tenant_id = $1 and l.id = any($2::bigint[]) and a.tenant_id = $1 and a.site_id = l.site_id and a.source = l.source
       and a.lead_external_id = l.external_id`,
    [client.tenantId, ids],
  );
  const { rows } = await client.query<{ siteId: string; source: string; externalId: string; capturedGmt: string }>(
    `update leads set page_url = null, mapped_hash = null, source_hash = 0, scan_hash = null where tenant_id = $1 and id = any($2::bigint[])
     returning site_id as "siteId", source, external_id as "externalId", captured_gmt as "capturedGmt"`,
    [client.tenantId, ids],
  );
  const identifiers = rows.map((row) => recordIdentifier.lead(row.siteId, row.source, row.externalId, row.capturedGmt));
  await writeTombstones(
    client,
    identifiers.map((identifier) => ({ identifier, isKept: false })),
    tombstones,
  );
  const erased = await keepErased(client, { entity: 'lead', ids, reason: 'sync', now });
  await clearTraces(
    client,
    erased.map((id) => ({ entity: 'lead', id })),
    tombstones,
  );
}
