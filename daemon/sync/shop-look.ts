// A poll's look at a shop: one statement that says what o'clock it is there, and of everything that a poll would read one value that changes when there is
// something new (quiet-scans.ts). In a shop where nothing happened it is the only statement.
import { AppError } from '#shared/errors.ts';
import { optionsLook } from '../connections/discover.ts';
import type { Gateway } from '../connections/gateway.ts';
import { fill } from '../connections/statement.ts';
import type { TenantClient } from '../db.ts';
import type { SiteSettings } from '../settings.ts';
import type { ShopContext } from '../source.ts';
import { type Cursor, findCursor, isDue, startOf, toShopText } from './cursor.ts';
import { findOpenFloor } from './open-floor.ts';
import type { PlannedStream } from './plan.ts';
import { scanHashOf } from './prepare.ts';
import { scanKey } from './quiet-scans.ts';

export type ShopLook = {
  clockGmt: string;
  /** Of the options that say what the shop is. */
  options: string;
  /** By scanKey(), of scans and digests. */
  values: ReadonlyMap<string, string>;
};

/** One value to be asked, its parameters filled in; `salt` belongs to it. */
type LookPart = { key: string; sql: string; salt: string };

type Standing = { site: SiteSettings; cursors: Map<string, Cursor>; floors: ReadonlyMap<string, string>; now: Date };

/** What the scans and digests of these streams are looked at by, from where each stands. `floors`: the digests' (listFloors()). */
export function lookParts(
  streams: readonly PlannedStream[],
  shop: ShopContext,
  { site, cursors, floors, now }: Standing,
): LookPart[] {
  // Other settings make other rows of what was read (scanHashOf()), and another install in the same database may look the same.
  const salt = `${shop.prefix} ${scanHashOf('', site)}`;
  return streams.flatMap(({ source, stream }) => {
    const scans = stream.scans
      .filter((scan) => scan.look !== undefined && (scan.detect?.(shop) ?? true))
      .flatMap((scan) => {
        const cursor = findCursor(cursors, { source: source.name, stream: stream.name, scan: scan.name });
        if (!cursor || !isDue(scan, cursor, now)) return [];
        const key = scanKey(site.siteId, source.name, stream.name, scan.name);
        const params = scan.order === 'id' ? {} : { after_at: toShopText(startOf(cursor, scan).at) };
        return [{ key, salt, sql: fill(scan.look!(shop), params) }];
      });
    const key = scanKey(site.siteId, source.name, stream.name, 'digest');
    const floor = floors.get(key);
    const digest =
      stream.look && floor !== undefined ? [{ key, salt, sql: fill(stream.look(shop), { after_id: floor }) }] : [];
    return [...scans, ...digest];
  });
}

/** From which id on each digest of a poll walks, by its scanKey(). */
export async function listFloors(
  client: TenantClient,
  streams: readonly PlannedStream[],
  { site, now }: { site: SiteSettings; now: Date },
): Promise<Map<string, string>> {
  const floors = new Map<string, string>();
  for (const { source, stream } of streams) {
    if (stream.digestAt !== 'poll') continue;
    const floor = await findOpenFloor({ client, site, source: source.name }, stream.target, now);
    floors.set(scanKey(site.siteId, source.name, stream.name, 'digest'), floor);
  }
  return floors;
}

/** Asks all parts at once. Null when the shop refuses it: then each part is read, and says itself what is wrong. */
export async function lookAtShop(
  gateway: Gateway,
  prefix: string,
  parts: readonly LookPart[],
): Promise<ShopLook | null> {
  const columns = ['utc_timestamp() as clock', `(${optionsLook(prefix)}) as facts`].concat(
    parts.map(({ sql }, index) => `(${sql}) as look_${index}`),
  );
  try {
    const [row] = await gateway.query<Record<string, string | number | null>>(`select ${columns.join(', ')}`);
    return {
      clockGmt: String(row!.clock),
      options: String(row!.facts),
      values: new Map(parts.map(({ key, salt }, index) => [key, `${salt} ${row![`look_${index}`] ?? ''}`])),
    };
  } catch (error) {
    if (!(error instanceof AppError) || gateway.isLost()) throw error;
    return null;
  }
}
