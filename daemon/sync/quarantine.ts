// Rows that could not be read or written, as they came, with the reason. They wait here while the rest of their page lands; one that reads
// again leaves. The raw text stays in the database and goes into no log.
import type { TenantClient } from '../db.ts';
import { cleanText } from '../wordpress/text.ts';
import type { Unreadable } from './page-reader.ts';

export type QuarantinePlace = { siteId: string; source: string; stream: string };

/** A megabyte of a broken blob tells as much as all of it. */
const longestRaw = 1_000_000;

const valuesOf = (client: TenantClient, { siteId, source, stream }: QuarantinePlace) => [
  client.tenantId,
  siteId,
  source,
  stream,
];

export async function loadQuarantinedIds(client: TenantClient, place: QuarantinePlace): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>(
    'select external_id as id from quarantine where tenant_id = $1 and site_id = $2 and source = $3 and stream = $4',
    valuesOf(client, place),
  );
  return new Set(rows.map(({ id }) => id));
}

/** Puts rows in, or counts another attempt, at most one an hour while they stay the same. */
export async function quarantineRows(client: TenantClient, place: QuarantinePlace, rows: Unreadable[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `insert into quarantine (tenant_id, site_id, source, stream, external_id, reason, detail, raw)
     select $1, $2, $3, $4, r.external_id, r.reason, r.detail, r.raw
     from unnest($5::text[], $6::text[], $7::text[], $8::text[]) as r (external_id, reason, detail, raw)
     on conflict (tenant_id, site_id, source, stream, external_id) do update set
       reason = excluded.reason, detail = excluded.detail, raw = excluded.raw, attempt_count = quarantine.attempt_count + 1, last_seen_at = now()
       where (quarantine.reason, quarantine.raw) is distinct from (excluded.reason, excluded.raw)
          or quarantine.last_seen_at < now() - interval '1 hour'`,
    [
      ...valuesOf(client, place),
      rows.map(({ externalId }) => externalId),
      rows.map(({ reason }) => reason),
      rows.map(({ detail }) => cleanText(detail)),
      rows.map(({ raw }) => cleanText(raw).slice(0, longestRaw)),
    ],
  );
}

export async function releaseRows(client: TenantClient, place: QuarantinePlace, externalIds: string[]): Promise<void> {
  if (externalIds.length === 0) return;
  await client.query(
    'delete from quarantine where tenant_id = $1 and site_id = $2 and source = $3 and stream = $4 and external_id = any($5::text[])',
    [...valuesOf(client, place), externalIds],
  );
}
