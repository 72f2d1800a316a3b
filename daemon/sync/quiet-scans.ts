// What polls of this process need not read again. Every poll re-reads an overlap behind its cursor for rows that commit late, all open carts, and what
// tables and options the shop has; where nothing happens that is a dozen statements a minute for nothing. So each of these is summed up in one
// value, and all values are asked in one statement (shop-look.ts): where a value stays the same, what it stands for has been read before.
import type { ShopFacts } from '../connections/discover.ts';
import type { Cursor } from './cursor.ts';

/** As far behind a cursor as late rows are looked for by date (docs/wordpress.md §5.10). */
const quietAfterMs = 600_000;
/** A table or column that appears without any option changing is seen so late. */
const factsKeptMs = 600_000;

/** Of this process only: another daemon, or this one after a restart, reads everything until it has seen ten quiet minutes itself. */
export type QuietScans = {
  /** True when this look at the scan is the one that has been the same for ten minutes, and nobody moved the cursor since. */
  isQuiet(key: string, look: string, cursor: Cursor, now: Date): boolean;
  /** After a pass of the scan to its end: what it looked like before, and where the cursor was left. */
  remember(key: string, look: string, cursor: Cursor, now: Date): void;
  /** True when all rows behind this look have been read, none left out: of a digest. */
  isRead(key: string, look: string): boolean;
  rememberRead(key: string, look: string): void;
  /** Rows of a stream that are in quarantine, by id with the fingerprint at which they could not be read: polls need not try them again. */
  unreadable(streamKey: string): Map<string, string>;
  /** What a shop at this place said of itself in the last ten minutes, its options left out. */
  recallFacts(place: string, now: Date): ShopFacts | null;
  rememberFacts(place: string, facts: ShopFacts, now: Date): void;
  forgetFacts(place: string): void;
  /** Where the digests of a shop's polls began at most ten minutes ago (listFloors()); what a run brings may lower them. */
  recallFloors(siteId: string, now: Date): ReadonlyMap<string, string> | null;
  rememberFloors(siteId: string, floors: ReadonlyMap<string, string>, now: Date): void;
  forgetFloors(siteId: string): void;
};

export const scanKey = (siteId: string, source: string, stream: string, scan: string): string =>
  [siteId, source, stream, scan].join('/');

export function createQuietScans(): QuietScans {
  const looks = new Map<string, { look: string; position: string; since: number }>();
  const read = new Map<string, string>();
  const unreadable = new Map<string, Map<string, string>>();
  // As text: the columns of a thousand shops as sets of strings would be ten times as large.
  const known = new Map<string, { text: string; at: number }>();
  const floorsOf = new Map<string, { floors: ReadonlyMap<string, string>; at: number }>();
  return {
    isQuiet(key, look, cursor, now) {
      const last = looks.get(key);
      if (last?.look !== look || last.position !== positionText(cursor) || cursor.settled !== null) return false;
      return now.getTime() - last.since >= quietAfterMs;
    },
    remember(key, look, cursor, now) {
      const last = looks.get(key);
      const since = last?.look === look ? last.since : now.getTime();
      looks.set(key, { look, position: positionText(cursor), since });
    },
    isRead: (key, look) => read.get(key) === look,
    rememberRead(key, look) {
      read.set(key, look);
    },
    unreadable(streamKey) {
      const ids = unreadable.get(streamKey) ?? new Map<string, string>();
      unreadable.set(streamKey, ids);
      return ids;
    },
    recallFacts(place, now) {
      const last = known.get(place);
      if (!last || now.getTime() - last.at >= factsKeptMs) return null;
      const { tables, ...facts } = JSON.parse(last.text) as StoredFacts;
      return { ...facts, tables: new Map(tables.map(([name, columns]) => [name, new Set(columns)])) };
    },
    rememberFacts(place, { tables, ...facts }, now) {
      const stored: StoredFacts = {
        ...facts,
        options: {},
        tables: [...tables].map(([name, columns]) => [name, [...columns]]),
      };
      known.set(place, { text: JSON.stringify(stored), at: now.getTime() });
    },
    forgetFacts(place) {
      known.delete(place);
    },
    recallFloors(siteId, now) {
      const last = floorsOf.get(siteId);
      return last && now.getTime() - last.at < factsKeptMs ? last.floors : null;
    },
    rememberFloors(siteId, floors, now) {
      floorsOf.set(siteId, { floors, at: now.getTime() });
    },
    forgetFloors(siteId) {
      floorsOf.delete(siteId);
    },
  };
}

type StoredFacts = Omit<ShopFacts, 'tables'> & { tables: [name: string, columns: string[]][] };

const positionText = ({ last }: Cursor) => `${last.at?.getTime() ?? ''}/${last.id}`;
