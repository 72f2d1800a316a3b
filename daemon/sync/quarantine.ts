// Rows that could not be read or written, as they came, with the reason. They wait here while the rest of their page lands; one that reads
// again leaves. Each is tried once more when the program's version or the shop's field mapping has changed, and when a person asks. The raw text
// stays in the database and goes into no log.

import { version } from '#shared/version.ts';
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
    `insert into quarantine (tenant_id, site_id, source, stream, external_id, reason, detail, raw, code_version, mapping_version)
     select $1, $2, $3, $4, r.external_id, r.reason, r.detail, r.raw, $9, s.mapping_version
     from unnest($5::text[], $6::text[], $7::text[], $8::text[]) as r (external_id, reason, detail, raw)
     join sites s on s.tenant_id = $1 and s.id = $2
     on conflict (tenant_id, site_id, source, stream, external_id) do update set
       reason = excluded.reason,
       -- what was emptied, because it is old or its person was erased, stays so
       detail = case quarantine.raw when '' then '' else excluded.detail end, raw = case quarantine.raw when '' then '' else excluded.raw end, attempt_count = quarantine.attempt_count + 1, last_seen_at = now(),
       code_version = excluded.code_version, mapping_version = excluded.mapping_version
       where (quarantine.reason, quarantine.raw, quarantine.code_version, quarantine.mapping_version)
             is distinct from (excluded.reason, case quarantine.raw when '' then '' else excluded.raw end, excluded.code_version, excluded.mapping_version)
          or quarantine.last_seen_at < now() - interval '1 hour'`,
    [
      ...valuesOf(client, place),
      rows.map(({ externalId }) => externalId),
      rows.map(({ reason }) => reason),
      rows.map(({ detail }) => cleanText(detail)),
      rows.map(({ raw }) => cleanText(raw).slice(0, longestRaw)),
      version,
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

/** The ids that were last tried by another version or with another mapping, lowest first. */
export async function listDueRetries(client: TenantClient, place: QuarantinePlace): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select q.external_id as id from quarantine q join sites s on s.tenant_id = q.tenant_id and s.id = q.site_id
     where q.tenant_id = $1 and q.site_id = $2 and q.source = $3 and q.stream = $4
       and (q.code_version, q.mapping_version) is distinct from ($5, s.mapping_version)
     order by length(q.external_id), q.external_id`,
    [...valuesOf(client, place), version],
  );
  return rows.map(({ id }) => id);
}

/** The streams of a shop, as `source/stream`, that have rows which listDueRetries() would give. */
export async function listStreamsToRetry(client: TenantClient, siteId: string): Promise<Set<string>> {
  const { rows } = await client.query<{ stream: string }>(
    `select distinct q.source || '/' || q.stream as stream from quarantine q join sites s on s.tenant_id = q.tenant_id and s.id = q.site_id
     where q.tenant_id = $1 and q.site_id = $2 and (q.code_version, q.mapping_version) is distinct from ($3, s.mapping_version)`,
    [client.tenantId, siteId, version],
  );
  return new Set(rows.map(({ stream }) => stream));
}

/** Makes every quarantined row of a shop due: the next run reads them again. Gives how many there are. */
export async function askRetries(client: TenantClient, siteId: string): Promise<number> {
  const { rowCount } = await client.query(
    `update quarantine set code_version = '' where tenant_id = $1 and site_id = $2`,
    [client.tenantId, siteId],
  );
  return rowCount ?? 0;
}
