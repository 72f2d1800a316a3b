// Proof that the copy equals the shop: the whole shop is read through the same sources and the same preparation, and every field of every row is
// compared with the copy, children and keys too, in both directions. Writes nothing. Names ids and columns only, never a value.
import type { SiteId, TenantId } from '#shared/ids.ts';
import { type Client, runQuery, type TenantClient, withTenant } from '../db.ts';
import { eraseRows } from '../erasure/erase-page.ts';
import { erasuresOf } from '../erasure/tombstones.ts';
import { loadSite, type SiteSettings } from '../settings.ts';
import type { ShopRow } from '../source.ts';
import { besideRun } from './beside-run.ts';
import { listCopies } from './copies.ts';
import type { Engine } from './engine.ts';
import { openSite } from './open-site.ts';
import { findLeftBehind } from './other-storage.ts';
import { type ReadContext, readCandidates } from './page-reader.ts';
import { listStreams } from './plan.ts';
import { inTransaction } from './run-record.ts';
import { createStagingTables, stageRows } from './staging.ts';
import type { TargetDefinition } from './target.ts';
import { targets } from './targets.ts';

export type Difference = {
  externalId: string;
  /** Columns or child tables that differ; `absent_in_copy`, `absent_in_shop` (and not marked missing), `missing_since` (marked, but there). */
  columns: string[];
};

export type StreamComparison = {
  source: string;
  stream: string;
  label: string;
  /** Records that the shop has, and rows that no source can read (they are in quarantine). */
  shopCount: number;
  unreadableCount: number;
  differenceCount: number;
  /** The first ones. */
  differences: Difference[];
};

const shownDifferences = 20;
const digestPage = 5_000;

export type CompareOptions = { tenantId: TenantId; siteId: SiteId; onStream?: (done: StreamComparison) => void };

/** Compares one shop with its copy, stream by stream; equal when every differenceCount is 0. Throws what the shop throws. */
export async function compareContent(engine: Engine, options: CompareOptions): Promise<StreamComparison[]> {
  return await besideRun(engine.pool, options.siteId, () => compareShop(engine, options));
}

async function compareShop(
  engine: Engine,
  { tenantId, siteId, onStream }: CompareOptions,
): Promise<StreamComparison[]> {
  const before = await withTenant(engine.pool, tenantId, (client) => loadSite(client, siteId));
  const { shop, context, site, shopNow } = await openSite(engine, before);
  const client = await engine.pool.connect();
  let broken: Error | undefined;
  try {
    await createStagingTables(client);
    const results: StreamComparison[] = [];
    for (const { source, stream } of listStreams(engine.sources, context)) {
      const definition = targets[stream.target];
      const read: ReadContext = {
        gateway: shop.gateway,
        shop: context,
        stream,
        definition,
        prepareContext: { site, shopNow },
      };
      results.push(await compareStream(engine, client, site, source.name, read));
      onStream?.(results.at(-1)!);
    }
    return results;
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.release(broken);
    await shop.close();
  }
}

async function compareStream(
  engine: Engine,
  client: Client,
  site: SiteSettings,
  source: string,
  read: ReadContext,
): Promise<StreamComparison> {
  const { stream, definition, gateway, shop } = read;
  const session = { client, tenantId: site.tenantId, siteId: site.siteId, daemonId: engine.daemonId };
  const result: StreamComparison = {
    source,
    stream: stream.name,
    label: stream.label,
    shopCount: 0,
    unreadableCount: 0,
    differenceCount: 0,
    differences: [],
  };
  const add = (difference: Difference) => {
    result.differenceCount += 1;
    if (result.differences.length < shownDifferences) result.differences.push(difference);
  };
  let afterId = '0';
  for (let isLast = false; !isLast; ) {
    const rows = await gateway.query<ShopRow>(stream.digest(shop), { after_id: afterId, limit: digestPage });
    isLast = rows.length < digestPage;
    const lastId = rows.length === 0 ? afterId : String(rows.at(-1)!.id);
    const there = new Set<string>();
    for (let start = 0; start < rows.length; start += stream.pageSize) {
      const candidates = rows.slice(start, start + stream.pageSize).map((row) => ({ id: String(row.id), row }));
      const page = await readCandidates(read, candidates);
      result.shopCount += page.rows.length;
      result.unreadableCount += page.unreadable.length;
      for (const { externalId } of [...page.rows, ...page.unreadable]) there.add(externalId);
      const differences = await inTransaction(session, async (tx) => {
        const tombstones = await erasuresOf(engine.box).hold(tx);
        const scope = { client: tx, definition, site, source };
        await stageRows(
          tx,
          definition,
          tombstones ? (await eraseRows({ ...scope, tombstones }, page.rows)).rows : page.rows,
        );
        return await findDifferences(tx, definition, { siteId: site.siteId, source });
      });
      differences.forEach(add);
    }
    const place = { afterId, lastId: isLast ? null : lastId };
    const copies = await inTransaction(session, (tx) => listCopies({ client: tx, site, source }, definition, place));
    const absent = copies.filter(({ externalId, isMissing }) => !isMissing && !there.has(externalId));
    const look = <T>(work: (tx: TenantClient) => Promise<T>) => inTransaction(session, work);
    const absentIds = absent.map(({ externalId }) => externalId);
    const leftBehind = await findLeftBehind(read, { source, look }, absentIds);
    for (const externalId of absentIds) {
      if (!leftBehind.has(externalId)) add({ externalId, columns: ['absent_in_shop'] });
    }
    afterId = lastId;
  }
  return result;
}

type Place = { siteId: SiteId; source: string };

/** Where the staged rows differ from their copies. */
async function findDifferences(
  client: TenantClient,
  definition: TargetDefinition,
  place: Place,
): Promise<Difference[]> {
  const { table, columns } = definition;
  const values = [client.tenantId, place.siteId, place.source];
  const identity = definition.table === 'leads' ? ' and c.captured_gmt = s.captured_gmt' : '';
  const { rows } = await client.query<Difference>(
    `select * from (
       select s.external_id as "externalId",
              case when c.tenant_id is null then array['absent_in_copy'] else array_remove(array[${[
                ...columns.map((column) => `case when ${differs(table, column)} then '${column}' end`),
                // 0: erased since it was read
                `case when c.source_hash <> 0 and c.source_hash is distinct from s.source_hash then 'source_hash' end`,
                `case when c.missing_since is not null then 'missing_since' end`,
              ].join(', ')}], null) end as columns
       from staged_${table} s
       left join ${table} c on c.tenant_id = $1 and c.site_id = $2 and ${definition.hasSource ? 'c.source = $3' : '$3::text is not null'}
         and c.external_id = s.external_id${identity}${definition.isEpisodic ? ' and c.is_current' : ''}
     ) compared where cardinality(columns) > 0`,
    values,
  );
  if (!definition.hasKeys) return rows;
  const scope = { tenant: client.tenantId, site: place.siteId };
  if (table === 'carts') await runQuery(client, 'touch_carts', { ...scope, source: place.source });
  else await runQuery(client, 'touch_orders', scope);
  const entity = table === 'carts' ? 'cart' : 'order';
  for (const [staging, [parent, ...childColumns]] of Object.entries(definition.childColumns)) {
    const child = staging.replace('staged_', '');
    rows.push(
      ...(await findUnequal(client, child, {
        copies: `select t.external_id, ${childColumns.map((column) => `x.${column}`).join(', ')}
                 from ${child} x join staged_touched t on t.entity_id = x.${entity}_id where x.tenant_id = $1`,
        staged: `select x.${parent}, ${childColumns.map((column) => `x.${column}`).join(', ')} from ${staging} x where $1::bigint > 0`,
      })),
    );
  }
  rows.push(
    ...(await findUnequal(client, 'match_keys', {
      copies: `select t.external_id, x.key, x.phone_kind, x.is_presumed
               from match_keys x join staged_touched t on t.entity_id = x.entity_id where x.tenant_id = $1 and x.entity = '${entity}'`,
      staged: 'select x.external_id, x.key, x.phone_kind, x.is_presumed from staged_keys x where $1::bigint > 0',
    })),
  );
  return rows;
}

async function findUnequal(
  client: TenantClient,
  name: string,
  { copies, staged }: { copies: string; staged: string },
): Promise<Difference[]> {
  const { rows } = await client.query<{ id: string }>(
    `select distinct parent_id as id from (
       ((${copies}) except all (${staged})) union all ((${staged}) except all (${copies}))
     ) as unequal (parent_id)`,
    [client.tenantId],
  );
  return rows.map(({ id }) => ({ externalId: id, columns: [name] }));
}

/** A cart keeps what was seen before: its latest activity, and its own value when the plugin wrote the order's over it. */
function differs(table: string, column: string): string {
  const isDistinct = `c.${column} is distinct from s.${column}`;
  if (table !== 'carts') return isDistinct;
  if (column === 'activity_at') return 'c.last_activity_at < s.activity_at or c.first_activity_at > s.activity_at';
  if (column === 'total' || column === 'total_minor') return `s.plugin_status <> 'completed' and ${isDistinct}`;
  return isDistinct;
}
