// What the engine asks of the stored copies, the same for all their tables: which exist, with which hashes, and that some are gone in the shop.
import type { TenantClient } from '../db.ts';
import type { SiteSettings } from '../settings.ts';
import type { TargetDefinition } from './target.ts';

export type CopyPlace = { client: TenantClient; site: SiteSettings; source: string };
export type Copy = { identity: string; sourceHash: string; scanHash: string | null; isMissing: boolean };

/** The copies of one source of one shop, as a condition on alias `c` with $1 tenant, $2 site and $3 source. */
function isOurs({ hasSource, isEpisodic }: TargetDefinition): string {
  const source = hasSource ? 'c.source = $3' : '$3::text is not null';
  return `c.tenant_id = $1 and c.site_id = $2 and ${source}${isEpisodic ? ' and c.is_current' : ''}`;
}

const valuesOf = ({ client, site, source }: CopyPlace) => [client.tenantId, site.siteId, source];

/** Copies of these external ids, by identity. */
export async function findCopies(
  place: CopyPlace,
  definition: TargetDefinition,
  externalIds: string[],
): Promise<Map<string, Copy>> {
  const { rows } = await place.client.query<Copy>(
    `select ${definition.identitySql} as identity, c.source_hash as "sourceHash", c.scan_hash as "scanHash", c.missing_since is not null as "isMissing"
     from ${definition.table} c where ${isOurs(definition)} and c.external_id = any($4::bigint[])`,
    [...valuesOf(place), externalIds],
  );
  return new Map(rows.map((row) => [row.identity, row]));
}

export type ScannedCopy = { externalId: string; scanHash: string | null; isMissing: boolean };

/** Copies with afterId < external id <= lastId (no upper end when null), one an id: the newest where an id came twice. */
export async function listCopies(
  place: CopyPlace,
  definition: TargetDefinition,
  { afterId, lastId }: { afterId: string; lastId: string | null },
): Promise<ScannedCopy[]> {
  const { rows } = await place.client.query<ScannedCopy>(
    `select ${definition.table === 'leads' ? 'distinct on (c.external_id) ' : ''}c.external_id as "externalId", c.scan_hash as "scanHash", c.missing_since is not null as "isMissing"
     from ${definition.table} c
     where ${isOurs(definition)} and c.external_id > $4::bigint and ($5::bigint is null or c.external_id <= $5::bigint)
     order by c.external_id${definition.table === 'leads' ? ', c.captured_gmt desc' : ''}`,
    [...valuesOf(place), afterId, lastId],
  );
  return rows;
}

/** How many copies above `afterId` the shop still has as far as we know, and the highest id among them. */
export async function countPresentCopies(
  place: CopyPlace,
  definition: TargetDefinition,
  afterId: string,
): Promise<{ count: number; highestId: bigint }> {
  const { rows } = await place.client.query<{ count: string; highest: string | null }>(
    `select count(*) as count, max(c.external_id) as highest from ${definition.table} c
     where ${isOurs(definition)} and c.external_id > $4::bigint and c.missing_since is null`,
    [...valuesOf(place), afterId],
  );
  return { count: Number(rows[0]!.count), highestId: BigInt(rows[0]!.highest ?? 0) };
}

/** Those of these ids whose copies were read from another order storage than `storage`. */
export async function listCopiesOfOtherStorage(
  { client, site }: CopyPlace,
  externalIds: string[],
  storage: string | null,
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `select external_id as id from orders
     where tenant_id = $1 and site_id = $2 and external_id = any($3::bigint[]) and storage <> $4`,
    [client.tenantId, site.siteId, externalIds, storage],
  );
  return rows.map(({ id }) => id);
}

/**
 * The shop has these ids no more: sets missing_since where it is not set yet; gives the external ids that it was set for. Of orders only those
 * that were read from the storage in use, unless it is certain (other-storage.ts).
 */
export async function markMissing(
  place: CopyPlace,
  definition: TargetDefinition,
  externalIds: string[],
  { now, isCertain }: { now: Date; isCertain: boolean },
): Promise<string[]> {
  if (externalIds.length === 0) return [];
  const isOrders = definition.table === 'orders';
  const orderClass = isOrders ? ', class = order_class(c.wc_status, null, false, true, c.total, c.refunded)' : '';
  const storage = isOrders && !isCertain ? 'c.storage = $6' : '$6::text is not distinct from $6';
  const { rows } = await place.client.query<{ id: string }>(
    `update ${definition.table} c set missing_since = $5, changed_at = $5${orderClass}
     where ${isOurs(definition)} and c.external_id = any($4::bigint[]) and c.missing_since is null and ${storage}
     returning c.external_id as id`,
    [...valuesOf(place), externalIds, now, place.site.orderStorage],
  );
  return rows.map(({ id }) => id);
}

/** Content is the same but its fingerprint is another: remembered, so that the digest need not read these rows again. */
export async function updateScanHashes(
  place: CopyPlace,
  definition: TargetDefinition,
  hashes: { identity: string; scanHash: string | null; externalId: string }[],
): Promise<void> {
  if (hashes.length === 0) return;
  await place.client.query(
    `update ${definition.table} c set scan_hash = h.scan_hash
     from unnest($4::bigint[], $5::text[], $6::bigint[]) as h (external_id, identity, scan_hash)
     where ${isOurs(definition)} and c.external_id = h.external_id and ${definition.identitySql} = h.identity`,
    [
      ...valuesOf(place),
      hashes.map(({ externalId }) => externalId),
      hashes.map(({ identity }) => identity),
      hashes.map(({ scanHash }) => scanHash),
    ],
  );
}
