// What a cursor cannot see: edits that bump no date, late commits, imports with old dates, deletions. The shop's ids with a narrow fingerprint
// are walked beside ours; new and different ones are read, absent ones are marked missing. Many gone at once is rather a broken read or a
// restored backup than a busy day: then nothing is marked, and the run says so.
import type { TenantClient } from '../db.ts';
import type { ShopRow, Target } from '../source.ts';
import { countPresentCopies, listCopies } from './copies.ts';
import { type Candidate, type Page, type ReadContext, readCandidates } from './page-reader.ts';
import { scanHashOf } from './prepare.ts';

export type DigestResult = { absentIds: string[]; isSuspicious: boolean; knownCount: number };

const pageSize = 5_000;

/** More than this many AND more than this share of the known ids gone: not believed. */
const believedCount = 50;
const believedShare = 0.1;

/** Their newest rows do not vanish in ordinary days; a cart's do, whenever it is bought. */
const isKeptByShops = (target: Target) => target === 'lead' || target === 'order';

type Walk = {
  context: ReadContext;
  /** A short transaction of the shop's tenant on another connection than the writer's: pages are read while pages are written. */
  look: <T>(work: (client: TenantClient) => Promise<T>) => Promise<T>;
  source: string;
  /** Ids above this are compared. */
  afterId: string;
  result: DigestResult;
};

/**
 * Yields the pages of new and different ids above `afterId`; afterwards `result.absentIds` are the stored ids that the shop has no more.
 * Suspicious: over 50 gone that are over a tenth of those known, or over 50 leads or orders gone with the highest known id among them, as after
 * a restored backup.
 */
export async function* readDigest(walk: Walk): AsyncGenerator<Page> {
  const { context, look, source, afterId, result } = walk;
  const { definition, prepareContext } = context;
  const { site } = prepareContext;
  const known = await look((client) => countPresentCopies({ client, site, source }, definition, afterId));
  result.knownCount = known.count;
  let highestId = 0n;
  let position = afterId;
  let pending: Candidate[] = [];
  for (let isLast = false; !isLast; ) {
    await context.gateway.rest();
    const rows = await context.gateway.query<ShopRow>(context.stream.digest(context.shop), {
      after_id: position,
      limit: pageSize,
    });
    isLast = rows.length < pageSize;
    const lastId = rows.length === 0 ? null : String(rows.at(-1)!.id);
    if (lastId !== null) highestId = BigInt(lastId);
    const after = position;
    const stored = await look((client) =>
      listCopies({ client, site, source }, definition, { afterId: after, lastId: isLast ? null : lastId }),
    );
    const storedById = new Map(stored.map((copy) => [copy.externalId, copy]));
    for (const row of rows) {
      const id = String(row.id);
      const copy = storedById.get(id);
      storedById.delete(id);
      const isSame = copy && !copy.isMissing && copy.scanHash === scanHashOf(String(row.fingerprint ?? ''), site);
      if (!isSame) pending.push({ id, row });
    }
    for (const { externalId, isMissing } of storedById.values()) {
      if (!isMissing) result.absentIds.push(externalId);
    }
    while (pending.length >= context.stream.pageSize || (isLast && pending.length > 0)) {
      await context.gateway.rest();
      yield await readPage(context, pending.slice(0, context.stream.pageSize));
      pending = pending.slice(context.stream.pageSize);
    }
    if (lastId !== null) position = lastId;
  }
  const isManyGone = result.absentIds.length > believedCount;
  const hasFallen = isKeptByShops(definition.target) && highestId < known.highestId;
  result.isSuspicious = isManyGone && (hasFallen || result.absentIds.length > known.count * believedShare);
}

async function readPage(context: ReadContext, candidates: Candidate[]): Promise<Page> {
  return { ...(await readCandidates(context, candidates)), end: null, young: null };
}
