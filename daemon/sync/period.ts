// Reading a period again, on demand: the ids that lie in it, page by page, whatever the cursors say. The cursors stay where they are.
import { offsetAt, type TimeZone } from '#shared/time-zone.ts';
import type { ShopRow } from '../source.ts';
import { type Page, type ReadContext, readCandidates } from './page-reader.ts';

/** [from, to); null leaves it open. */
export type Period = { from: Date | null; to: Date | null };

const always: [from: Date, to: Date] = [new Date('1000-01-01T00:00:00Z'), new Date('9999-12-31T00:00:00Z')];

const mostRows = 1_000_000_000;

/** `YYYY-MM-DD HH:MM:SS` as a clock in the zone shows it. */
function clockText(instant: Date, timeZone: TimeZone): string {
  const ms = instant.getTime();
  return new Date(ms + offsetAt(ms, timeZone)).toISOString().slice(0, 19).replace('T', ' ');
}

function limitsOf({ from, to }: Period, timeZone: TimeZone) {
  const [first, last] = [from ?? always[0], to ?? always[1]];
  return {
    from_gmt: clockText(first, 'UTC'),
    to_gmt: clockText(last, 'UTC'),
    from_local: clockText(first, timeZone),
    to_local: clockText(last, timeZone),
  };
}

/** How many rows of a stream lie in the period; reads its table once. */
export async function countPeriod(
  { stream, shop, gateway }: Pick<ReadContext, 'stream' | 'shop' | 'gateway'>,
  period: Period,
): Promise<number> {
  const [row] = await gateway.query<{ estimate: string | number }>(
    `select count(*) as estimate from (${stream.inPeriod(shop)}) as rows_of_period`,
    { ...limitsOf(period, shop.timeZone), after_id: '0', limit: mostRows },
  );
  return Number(row?.estimate ?? 0);
}

/** Yields the stream's rows of the period with ids above `startId`, in the order of their ids; the end of each page is its last id. */
export async function* readPeriod(context: ReadContext, period: Period, startId = '0'): AsyncGenerator<Page> {
  const { stream, shop, gateway } = context;
  const limits = limitsOf(period, shop.timeZone);
  for (let afterId = startId; ; ) {
    await gateway.rest();
    const rows = await gateway.query<ShopRow>(stream.inPeriod(shop), {
      ...limits,
      after_id: afterId,
      limit: stream.pageSize,
    });
    if (rows.length === 0) return;
    afterId = String(rows.at(-1)!.id);
    yield {
      ...(await readCandidates(
        context,
        rows.map((row) => ({ id: String(row.id), row: null })),
      )),
      end: { at: null, id: BigInt(afterId) },
      young: null,
    };
  }
}
