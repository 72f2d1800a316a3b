// Which scans a poll need not read again. Every poll re-reads an overlap behind its cursor for rows that commit late; in a shop where nothing happens
// that is a dozen statements a minute for nothing. What a scan would find is therefore summed up in one look (the highest ids of all tables in a
// single statement, or the narrow rows of a scan by date): where that look has not changed for ten minutes, its rows have been read whole since.
import { AppError } from '#shared/errors.ts';
import type { Gateway } from '../connections/gateway.ts';
import type { Scan, ShopContext, ShopRow } from '../source.ts';
import type { Cursor } from './cursor.ts';

/** As far behind a cursor as late rows are looked for by date (docs/wordpress.md §5.10). */
const quietAfterMs = 600_000;

/** Of this process only: another daemon, or this one after a restart, reads the overlap whole until it has seen ten quiet minutes itself. */
export type QuietScans = {
  /** True when this look at the scan is the one that has been the same for ten minutes, and nobody moved the cursor since. */
  isQuiet(key: string, look: string, cursor: Cursor, now: Date): boolean;
  /** Rows of a stream that are in quarantine, by id with the fingerprint at which they could not be read: polls need not try them again. */
  unreadable(streamKey: string): Map<string, string>;
  /** After a pass of the scan to its end: what it looked like before, and where the cursor was left. */
  remember(key: string, look: string, cursor: Cursor, now: Date): void;
};

export const scanKey = (siteId: string, source: string, stream: string, scan: string): string =>
  [siteId, source, stream, scan].join('/');

export function createQuietScans(): QuietScans {
  const looks = new Map<string, { look: string; position: string; since: number }>();
  const unreadable = new Map<string, Map<string, string>>();
  return {
    unreadable(streamKey) {
      const known = unreadable.get(streamKey) ?? new Map<string, string>();
      unreadable.set(streamKey, known);
      return known;
    },
    isQuiet(key, look, cursor, now) {
      const known = looks.get(key);
      if (known?.look !== look || known.position !== positionText(cursor) || cursor.settled !== null) return false;
      return now.getTime() - known.since >= quietAfterMs;
    },
    remember(key, look, cursor, now) {
      const known = looks.get(key);
      const since = known?.look === look ? known.since : now.getTime();
      looks.set(key, { look, position: positionText(cursor), since });
    },
  };
}

const positionText = ({ last }: Cursor) => `${last.at?.getTime() ?? ''}/${last.id}`;

/** The rows of a scan by date, as they are compared. */
export const lookOf = (rows: ShopRow[]): string => JSON.stringify(rows);

/**
 * The highest id of each table that a scan with `top` walks, by the scan's key, in one statement that reads no row. Empty when the shop refuses
 * it: then each scan is read, and says itself what is wrong.
 */
export async function readTops(
  gateway: Gateway,
  shop: ShopContext,
  scans: { key: string; scan: Scan }[],
): Promise<Map<string, string>> {
  const walked = scans.flatMap(({ key, scan }) => (scan.top ? [{ key, sql: scan.top(shop) }] : []));
  if (walked.length === 0) return new Map();
  try {
    const columns = walked.map(({ sql }, index) => `(${sql}) as top_${index}`).join(', ');
    const [row] = await gateway.query<ShopRow>(`select ${columns}`);
    return new Map(walked.map(({ key }, index) => [key, `${shop.prefix} ${row?.[`top_${index}`] ?? ''}`]));
  } catch (error) {
    if (!(error instanceof AppError) || gateway.isLost()) throw error;
    return new Map();
  }
}
