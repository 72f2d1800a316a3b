// Rows that belong to a page of records, read by where they lie instead of by one look-up for each. WordPress writes the metadata of a post one after the
// other; by the index of post_id each of them is found for itself in the primary key, which is most of what reading an order costs the shop.
import type { Gateway } from '../connections/gateway.ts';
import type { Fetch, ShopContext, ShopRow } from '../source.ts';

/** For fewer ids, to count where their rows lie saves nothing. */
const fewIds = 50;
/** Of what is walked at least this share must be wanted: to pass a row costs a fifth of finding one. */
const leastWanted = 1 / 4;
/** From this share on all that are walked come over: to ask of each row whose it is costs more. */
const nearlyAll = 4 / 5;
const mostRanges = 100;

export type SpanCount = { span: string | number; found: string | number };

/** SQL for "lies where the counted rows do", and their share of all that lie there; null where they are too far apart. */
export function withinSpans(
  counts: readonly SpanCount[],
  { width, key }: { width: number; key: string },
): { sql: string; share: number } | null {
  const wide = BigInt(width);
  const ranges: { from: bigint; to: bigint }[] = [];
  for (const span of counts.map(({ span }) => BigInt(span)).sort((a, b) => (a < b ? -1 : 1))) {
    const from = span * wide;
    const last = ranges.at(-1);
    if (last?.to === from - 1n) last.to += wide;
    else ranges.push({ from, to: from + wide - 1n });
  }
  const share = counts.reduce((sum, { found }) => sum + Number(found), 0) / (counts.length * width);
  if (ranges.length > mostRanges || share < leastWanted) return null;
  return { sql: `(${ranges.map(({ from, to }) => `${key} between ${from} and ${to}`).join(' or ')})`, share };
}

/** The rows of a fetch for these ids; where they are walked, perhaps those of others too. */
export async function readRows(
  gateway: Gateway,
  shop: ShopContext,
  { fetch, ids }: { fetch: Fetch; ids: string[] },
): Promise<ShopRow[]> {
  if (ids.length === 0) return [];
  const walked = fetch.spans && ids.length >= fewIds && (await walk(gateway, shop, { spans: fetch.spans, ids }));
  return walked || (await gateway.query<ShopRow>(fetch.sql(shop), { ids }));
}

/** Null where to walk would be dearer. */
async function walk(
  gateway: Gateway,
  shop: ShopContext,
  { spans, ids }: { spans: NonNullable<Fetch['spans']>; ids: string[] },
): Promise<ShopRow[] | null> {
  const sorted = ids.map(BigInt).sort((a, b) => (a < b ? -1 : 1));
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const share = ids.length / Number(last - first + 1n);
  if (share < leastWanted) return null;
  const counts = await gateway.query<SpanCount>(spans.count(shop), { first_id: first, last_id: last });
  if (counts.length === 0) return [];
  const within = withinSpans(counts, spans);
  if (!within) return null;
  const areOurs = share * within.share >= nearlyAll;
  return await gateway.query<ShopRow>(
    spans.sql(shop, areOurs ? within.sql : `${within.sql} and ${spans.owner} in (:ids)`),
    { ids },
  );
}
