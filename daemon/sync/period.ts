// Reading a period again, on demand: the ids that lie in it, page by page, whatever the cursors say. The cursors stay where they are.
import { offsetAt, type TimeZone } from '#shared/time-zone.ts';
import type { ShopRow } from '../source.ts';
import { type Page, type ReadContext, readCandidates } from './page-reader.ts';

/** [from, to); null leaves it open. */
export type Period = { from: Date | null; to: Date | null };

const always: [from: Date, to: Date] = [new Date('1000-01-01T00:00:00Z'), new Date('9999-12-31T00:00:00Z')];

/** `YYYY-MM-DD HH:MM:SS` as a clock in the zone shows it. */
function clockText(instant: Date, timeZone: TimeZone): string {
  const ms = instant.getTime();
  return new Date(ms + offsetAt(ms, timeZone)).toISOString().slice(0, 19).replace('T', ' ');
}

/** Yields the stream's rows of the period in the order of their ids. */
export async function* readPeriod(context: ReadContext, { from, to }: Period): AsyncGenerator<Page> {
  const { stream, shop, gateway } = context;
  const [first, last] = [from ?? always[0], to ?? always[1]];
  const limits = {
    from_gmt: clockText(first, 'UTC'),
    to_gmt: clockText(last, 'UTC'),
    from_local: clockText(first, shop.timeZone),
    to_local: clockText(last, shop.timeZone),
  };
  for (let afterId = '0'; ; ) {
    await gateway.rest();
    const rows = await gateway.query<ShopRow>(stream.inPeriod(shop), {
      ...limits,
      after_id: afterId,
      limit: stream.pageSize,
    });
    if (rows.length === 0) return;
    yield {
      ...(await readCandidates(
        context,
        rows.map((row) => ({ id: String(row.id), row: null })),
      )),
      end: null,
      young: null,
    };
    afterId = String(rows.at(-1)!.id);
  }
}
