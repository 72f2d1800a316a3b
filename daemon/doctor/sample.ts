// What the doctor looks at in a shop whose prefix is clear: its sources as a run would find them, and the newest records of a stream, made by the
// source itself. Which plugin it is stays the source's matter.
import { AppError } from '#shared/errors.ts';
import type { RecordOf, ShopContext, ShopRow, Source, Stream, Target } from '../source.ts';
import { shopContextOf } from '../sync/open-site.ts';
import { fetchAll } from '../sync/page-reader.ts';
import { listStreams } from '../sync/plan.ts';
import type { DoctorContext } from './check.ts';

/** The shop as its sources see it; call it only after check 11. */
export function shopOf({ found, site }: DoctorContext): ShopContext {
  const facts = found.facts!;
  return shopContextOf(facts, { cartTable: site.cartTable, timeZone: facts.timeZone, currency: facts.currency });
}

export type FoundStream<T extends Target = Target> = { source: Source; stream: Stream<T> };

/** Those whose rows become `target`. */
export function streamsOf<T extends Target>(
  context: Pick<DoctorContext, 'sources'>,
  shop: ShopContext,
  target: T,
): FoundStream<T>[] {
  return listStreams(context.sources, shop).filter(
    ({ stream }) => stream.target === target,
  ) as unknown as FoundStream<T>[];
}

/** How many rows a first sync would read of the stream; rough. */
export async function countRows({ found }: DoctorContext, shop: ShopContext, stream: Stream): Promise<number> {
  const [row] = await found.shop!.gateway.query<ShopRow>(stream.estimate(shop));
  return Number(row?.estimate ?? 0);
}

export type Sample<T extends Target> = {
  /** Newest first. */
  records: RecordOf[T][];
  /** As the shop gave them, of every table that belongs to the records. */
  rows: ShopRow[];
};

/** The newest records of a stream; rows that cannot be read or are no records are left out. */
export async function sampleNewest<T extends Target>(
  { found }: DoctorContext,
  shop: ShopContext,
  { stream, limit }: { stream: Stream<T>; limit: number },
): Promise<Sample<T>> {
  const { gateway } = found.shop!;
  const newest = await gateway.query<ShopRow>(stream.newest(shop), { limit });
  const ids = newest.map(({ id }) => String(id));
  const sample: Sample<T> = { records: [], rows: [] };
  for (let start = 0; start < ids.length; start += stream.pageSize) {
    const page = ids.slice(start, start + stream.pageSize);
    const { rowsOf, lookup } = await fetchAll({ gateway, shop, stream }, page);
    for (const id of page) {
      const rows = rowsOf(id);
      sample.rows.push(...Object.values(rows).flat());
      const record = assembled(stream, { id, row: null, rows, lookup }, shop);
      if (record) sample.records.push(record);
    }
  }
  return sample;
}

function assembled<T extends Target>(
  stream: Stream<T>,
  input: Parameters<Stream<T>['assemble']>[0],
  shop: ShopContext,
): RecordOf[T] | null {
  try {
    const result = stream.assemble(input, shop);
    return 'record' in result ? result.record : null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

/** Whole days between two instants. */
export function daysBetween(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / 86_400_000);
}
