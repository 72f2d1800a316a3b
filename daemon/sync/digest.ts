// What a cursor cannot see: edits that bump no date, late commits, imports with old dates, deletions. The shop's ids with a narrow fingerprint
// are walked beside ours; new and different ones are read, absent ones are marked missing. Many gone at once is rather a broken read or a
// restored backup than a busy day: then nothing is marked, and the run says so.
import type { TenantClient } from '../db.ts';
import type { IndexDigest, ShopRow, Target } from '../source.ts';
import { countPresentCopies, listCopies } from './copies.ts';
import { findLeftBehind } from './other-storage.ts';
import { type Candidate, type Page, pageSizeOf, type ReadContext, readCandidates } from './page-reader.ts';
import { scanHashOf } from './prepare.ts';

export type DigestResult = {
  absentIds: string[];
  isSuspicious: boolean;
  knownCount: number;
  /** Ids that are absent here but lie in the shop's other storage. */
  leftBehindCount: number;
  /** Ids that the shop has. */
  shopCount: number;
  /** The shop's highest id when it is below our highest present one; else null. */
  fallenTo: bigint | null;
};

export const noResult = (): DigestResult => ({
  absentIds: [],
  isSuspicious: false,
  knownCount: 0,
  leftBehindCount: 0,
  shopCount: 0,
  fallenTo: null,
});

const pageSize = 5_000;
/** Each window of an index digest reads the whole index in the server (30 ms for 100,000 rows), so few and wide ones. */
const windowIds = 20_000n;
const widestWindow = 5_000_000n;

/** More than this many AND more than this share of the known ids gone: not believed. */
const believedCount = 50;
const believedShare = 0.1;
/** So many of the newest ids gone at once are a backup from before them; fewer are a test order or spam that somebody deleted. */
const believedNewest = 10;

/** Their newest rows do not vanish in ordinary days; a cart's do, whenever it is bought. */
const isKeptByShops = (target: Target) => target !== 'cart' && target !== 'cart_email';

type Walk = {
  context: ReadContext;
  /** A short transaction of the shop's tenant on another connection than the writer's: pages are read while pages are written. */
  look: <T>(work: (client: TenantClient) => Promise<T>) => Promise<T>;
  source: string;
  /** Ids above this are compared. */
  afterId: string;
  /** Every row is read, not only those whose fingerprint differs: what moves no fingerprint is found by its content. */
  isWhole: boolean;
  /** Fingerprints at which a row could not be read, by id: not tried again. */
  unreadable?: ReadonlyMap<string, string>;
  result: DigestResult;
};

/**
 * Yields the pages of new and different ids above `afterId`; afterwards `result.absentIds` are the stored ids that the shop has no more.
 * Suspicious: over 50 gone that are over a tenth of those known, or over 10 gone above the shop's highest id (not for carts), as after a
 * restored backup.
 */
export async function* readDigest(walk: Walk): AsyncGenerator<Page> {
  const { context, look, source, afterId, isWhole, unreadable, result } = walk;
  const { definition, prepareContext } = context;
  const { site } = prepareContext;
  const known = await look((client) => countPresentCopies({ client, site, source }, definition, afterId));
  result.knownCount = known.count;
  let highestId = 0n;
  let pending: Candidate[] = [];
  const indexDigest = isWhole ? undefined : context.stream.indexDigest;
  const windows = indexDigest ? readIndexes(context, indexDigest, afterId) : readTable(context, afterId);
  for await (const { afterId: after, lastId, rows } of windows) {
    result.shopCount += rows.length;
    if (rows.length > 0) highestId = BigInt(rows.at(-1)!.id);
    const stored = await look((client) => listCopies({ client, site, source }, definition, { afterId: after, lastId }));
    const storedById = new Map(stored.map((copy) => [copy.externalId, copy]));
    for (const { id, row, fingerprint } of rows) {
      const copy = storedById.get(id);
      storedById.delete(id);
      const isSame = !isWhole && copy && !copy.isMissing && copy.scanHash === scanHashOf(fingerprint, site);
      if (!isSame && unreadable?.get(id) !== fingerprint) pending.push({ id, row });
    }
    for (const { externalId, isMissing } of storedById.values()) {
      if (!isMissing) result.absentIds.push(externalId);
    }
    const fetched = pageSizeOf(context);
    while (pending.length >= fetched) {
      yield await readPage(context, pending.slice(0, fetched));
      pending = pending.slice(fetched);
    }
  }
  if (pending.length > 0) yield await readPage(context, pending);

  const leftBehind = await findLeftBehind(context, { source, look }, result.absentIds);
  result.absentIds = result.absentIds.filter((id) => !leftBehind.has(id));
  result.leftBehindCount = leftBehind.size;

  if (highestId < known.highestId) result.fallenTo = highestId;
  const newest = result.absentIds.filter((id) => BigInt(id) > highestId).length;
  const isManyGone = result.absentIds.length > believedCount && result.absentIds.length > known.count * believedShare;
  result.isSuspicious = isManyGone || (isKeptByShops(definition.target) && newest > believedNewest);
}

type ShopId = { id: string; row: ShopRow | null; fingerprint: string };
/** The shop's ids with afterId < id <= lastId, ascending; the last window has no upper end. */
type Window = { afterId: string; lastId: string | null; rows: ShopId[] };

async function* readTable({ gateway, stream, shop }: ReadContext, from: string): AsyncGenerator<Window> {
  const sql = stream.digest(shop);
  let afterId = from;
  for (let isLast = false; !isLast; ) {
    await gateway.rest();
    const rows = await gateway.query<ShopRow>(sql, { after_id: afterId, limit: pageSize });
    isLast = rows.length < pageSize;
    const lastId = rows.length === 0 ? afterId : String(rows.at(-1)!.id);
    yield {
      afterId,
      lastId: isLast ? null : lastId,
      rows: rows.map((row) => ({ id: String(row.id), row, fingerprint: String(row.fingerprint ?? '') })),
    };
    afterId = lastId;
  }
}

/** The same from the indexes. What is written above the highest id meanwhile is the polls' to find. */
export async function* readIndexes(
  { gateway, shop }: Pick<ReadContext, 'gateway' | 'shop'>,
  { parts, lastId: lastIdSql }: IndexDigest,
  from: string,
): AsyncGenerator<Window> {
  const [end] = await gateway.query<{ last_id: string | number }>(lastIdSql(shop));
  const endId = BigInt(end?.last_id ?? 0);
  let after = BigInt(from);
  let width = windowIds;
  for (let isLast = false; !isLast; ) {
    await gateway.rest();
    const last = after + width < endId ? after + width : endId;
    isLast = last >= endId;
    const lists: Map<string, string>[] = [];
    for (const { sql } of parts) {
      const rows = await gateway.query<{ id: string | number; part: string }>(sql(shop), {
        after_id: after,
        last_id: last,
      });
      lists.push(new Map(rows.map(({ id, part }) => [String(id), part])));
    }
    const ids = [...lists[0]!.keys()].sort((a, b) => Number(a) - Number(b));
    yield {
      afterId: String(after),
      lastId: isLast ? null : String(last),
      rows: ids.map((id) => ({
        id,
        row: null,
        fingerprint: parts.map(({ absent }, index) => lists[index]!.get(id) ?? absent).join('|'),
      })),
    };
    // Posts of all kinds share the ids: where orders are few, the next window is wider.
    if (ids.length < pageSize && width < widestWindow) width *= 2n;
    else if (ids.length > pageSize * 4) width = width / 2n > windowIds ? width / 2n : windowIds;
    after = last;
  }
}

async function readPage(context: ReadContext, candidates: Candidate[]): Promise<Page> {
  return { ...(await readCandidates(context, candidates)), end: null, young: null };
}
