// The one judgement of every fault: the shop is read whole and each field of each record compared with the copy; no business row is there twice; what
// is concluded from the copies (names of leads, statuses, matches, people) is what a calculation from nothing gives.
import { expect } from 'vitest';
import { withTenant, withTransaction } from '../../daemon/db.ts';
import { erasuresOf } from '../../daemon/erasure/tombstones.ts';
import { recomputeAll, recomputeDue, recomputeQueued } from '../../daemon/recompute/recompute.ts';
import { compareContent, type StreamComparison } from '../../daemon/sync/compare.ts';
import { remapLeads } from '../../daemon/sync/map-leads.ts';
import type { SyncShop } from '../support/sync-shop.ts';

export type CopyCheck = { compared: number; lost: number; doubled: number; different: number };

type World = Pick<SyncShop, 'engine' | 'tenantId' | 'siteId' | 'pool' | 'owner' | 'rows'>;

/** Everything. Throws the differences when there is one; gives the figures. */
export async function checkCopy(world: World): Promise<CopyCheck> {
  const streams = await compareContent(world.engine, world);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
  const doubled = await findDoubles(world);
  expect(doubled).toEqual([]);
  await checkQuarantine(world, streams);
  await checkConclusions(world);
  return {
    compared: streams.reduce((sum, { shopCount, unreadableCount }) => sum + shopCount + unreadableCount, 0),
    lost: 0,
    doubled: 0,
    different: 0,
  };
}

/** What polls alone must have brought, without a reconciliation: the streams that have scans. */
export async function checkPolled(world: World): Promise<void> {
  const scanned = new Set(
    world.engine.sources.flatMap(({ name, streams }) =>
      streams.filter(({ scans }) => scans.length > 0).map((stream) => `${name}/${stream.name}`),
    ),
  );
  const streams = await compareContent(world.engine, world);
  const wrong = streams.filter(
    ({ source, stream, differenceCount }) => differenceCount > 0 && scanned.has(`${source}/${stream}`),
  );
  expect(wrong).toEqual([]);
}

/** Rows that are there more than once by what they are in the shop, whatever their keys here are. */
async function findDoubles({ rows }: World): Promise<unknown[]> {
  const groups: [table: string, by: string, where: string][] = [
    ['orders', 'tenant_id, site_id, external_id', 'true'],
    ['leads', 'tenant_id, site_id, source, external_id', 'missing_since is null'],
    ['lead_answers', 'tenant_id, site_id, source, external_id', 'true'],
    ['carts', 'tenant_id, site_id, source, external_id', 'is_current'],
    ['carts', 'tenant_id, site_id, source, external_id, first_activity_at', 'true'],
    ['cart_emails', 'tenant_id, site_id, source, external_id', 'true'],
    ['order_items', 'tenant_id, order_id, external_id', 'true'],
    ['order_refunds', 'tenant_id, order_id, external_id', 'true'],
    ['order_coupons', 'tenant_id, order_id, external_id', 'true'],
    ['person_members', 'tenant_id, entity, entity_id', 'true'],
    ['cart_transitions', 'tenant_id, cart_id, from_status, from_reason, to_status, to_reason, happened_at', 'true'],
  ];
  const found: unknown[] = [];
  for (const [table, by, where] of groups) {
    const doubles = await rows(
      `select '${table}' as table, ${by}, count(*) from ${table} where ${where} group by ${by} having count(*) > 1 limit 5`,
    );
    found.push(...doubles);
  }
  return found;
}

/** What no source can read is in quarantine, and nothing else is. */
async function checkQuarantine({ rows, siteId }: World, streams: StreamComparison[]): Promise<void> {
  const kept = await rows<{ place: string; count: string }>(
    `select source || '/' || stream as place, count(*) from quarantine where site_id = $1 group by 1 order by 1`,
    [siteId],
  );
  const unreadable = streams
    .filter(({ unreadableCount }) => unreadableCount > 0)
    .map(({ source, stream, unreadableCount }) => ({ place: `${source}/${stream}`, count: String(unreadableCount) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  expect(kept).toEqual(unreadable);
}

const concluded = ['leads', 'match_keys', 'people', 'person_members', 'cart_matches', 'cart_statuses', 'lead_statuses'];

/** Carts whose status time alone changes are brought to `now` first; then a whole calculation must change nothing. */
async function checkConclusions({ pool, owner, engine, tenantId, siteId }: World): Promise<void> {
  const now = new Date();
  const { log } = engine;
  await recomputeQueued(pool, tenantId, { now, log });
  await recomputeDue(pool, tenantId, { now, log });
  const before = await digestTables(owner, concluded);
  expect(await withTenant(pool, tenantId, (client) => remapLeads(client, siteId, erasuresOf(engine.box)))).toBe(0);
  await recomputeAll(pool, tenantId, { now, log });
  expect(await digestTables(owner, concluded)).toEqual(before);
}

async function digestTables(owner: World['owner'], tables: string[]): Promise<Record<string, string>> {
  return await withTransaction(owner, async (client) => {
    const digests: Record<string, string> = {};
    for (const table of tables) {
      const { rows } = await client.query<{ digest: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') as digest from ${table} t`,
      );
      digests[table] = rows[0]!.digest;
    }
    return digests;
  });
}
