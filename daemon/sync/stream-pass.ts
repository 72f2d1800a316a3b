// One pass over one stream of one shop: its scans from their cursors, what is to be tried again, then, where the run or the stream asks for it, the
// digest that finds what the scans cannot see. A slice of a backfill reads on in its period instead.

import type { Gateway } from '../connections/gateway.ts';
import type { Pool, TenantClient } from '../db.ts';
import { withTenant } from '../db.ts';
import type { Erasures } from '../erasure/tombstones.ts';
import type { SiteSettings } from '../settings.ts';
import type { Scan, ShopContext, Stream } from '../source.ts';
import { parseGmt } from '../wordpress/wordpress-time.ts';
import { clearAlert, raiseAlert } from './alerts.ts';
import type { BackfillSlice } from './backfill-slice.ts';
import {
  type Cursor,
  type CursorPosition,
  cappedAt,
  findCursor,
  isDue,
  saveCursor,
  settleMs,
  startOf,
} from './cursor.ts';
import { type DigestResult, noResult, readDigest } from './digest.ts';
import { findAcceptedLoss } from './lost-rows.ts';
import { gather, type ReadContext, readCandidates, readScan } from './page-reader.ts';
import { type Period, readPeriod } from './period.ts';
import { listDueRetries } from './quarantine.ts';
import { type QuietScans, scanKey } from './quiet-scans.ts';
import {
  inTransaction,
  type RunKind,
  type RunProgress,
  type RunSession,
  type StreamProgress,
  saveRunStream,
} from './run-record.ts';
import { prepareStaging } from './staging.ts';
import { targets } from './targets.ts';
import { createWriter } from './writer.ts';

export type StreamPass = {
  pool: Pool;
  session: RunSession;
  gateway: Gateway;
  shop: ShopContext;
  site: SiteSettings;
  source: string;
  stream: Stream;
  kind: RunKind;
  period: Period;
  /** Of a backfill in slices: where it stands. */
  slice: BackfillSlice | null;
  /** A person said that what is gone is gone. */
  acceptsLoss: boolean;
  run: RunProgress & { lastNoticeMs: number };
  progress: StreamProgress;
  cursors: Map<string, Cursor>;
  quiet: QuietScans | undefined;
  erasures: Erasures;
  /** Of a poll, by scanKey(): what the shop answered for its scans and digests (shop-look.ts), and where the digests begin. */
  looks: ReadonlyMap<string, string>;
  floors: ReadonlyMap<string, string>;
  shopNow: Date;
  now: () => Date;
  /** Called after each committed page; throws to end the run (cancelled, stopping). */
  afterPage: () => Promise<void>;
};

/** Rows: more of them save nothing that could be measured, and all of them wait in memory. */
const largestBatch = 1_000;
/** Of rows without items or keys, answers of forms for one: small ones, of which what a batch costs by itself was a tenth. */
const largestPlainBatch = 4_000;

type Looked = Pick<
  StreamPass,
  'site' | 'source' | 'stream' | 'shop' | 'kind' | 'cursors' | 'quiet' | 'looks' | 'floors' | 'now'
>;

/** The scans and the digest of a stream of which a poll need read nothing; null when it must read some of it. */
export function findQuiet(pass: Looked): string[] | null {
  const { site, source, stream, kind, cursors, floors } = pass;
  const isFirst = !findCursor(cursors, { source, stream: stream.name, scan: 'digest' })?.caughtUpAt;
  if (kind !== 'poll' || isFirst) return null;
  const scans = scansOf(pass);
  const hasDigest = floors.has(scanKey(site.siteId, source, stream.name, 'digest'));
  if (!scans.every((scan) => isQuietScan(pass, scan)) || (hasDigest && !isQuietDigest(pass))) return null;
  return [...scans.map(({ name }) => name), ...(hasDigest ? ['digest'] : [])];
}

/** The scans that are due. */
function scansOf({ stream, shop, kind, cursors, source, now }: Looked): Scan[] {
  return stream.scans.filter(
    (scan) =>
      (scan.detect?.(shop) ?? true) &&
      (kind !== 'poll' || isDue(scan, findCursor(cursors, { source, stream: stream.name, scan: scan.name }), now())),
  );
}

function isQuietScan({ site, source, stream, cursors, quiet, looks, now }: Looked, { name }: Scan): boolean {
  const key = scanKey(site.siteId, source, stream.name, name);
  const [look, cursor] = [looks.get(key), findCursor(cursors, { source, stream: stream.name, scan: name })];
  return look !== undefined && cursor !== null && (quiet?.isQuiet(key, look, cursor, now()) ?? false);
}

function isQuietDigest({ site, source, stream, quiet, looks }: Looked): boolean {
  const key = scanKey(site.siteId, source, stream.name, 'digest');
  const look = looks.get(key);
  return look !== undefined && (quiet?.isRead(key, look) ?? false);
}

/** Brings the copies of one stream up to the shop. Throws what the shop or Postgres throws; what was committed stays. */
export async function passStream(pass: StreamPass): Promise<void> {
  const { pool, session, gateway, shop, site, source, stream, kind, slice, run, progress, cursors, quiet, shopNow } =
    pass;
  const definition = targets[stream.target];
  const context: ReadContext = { gateway, shop, stream, definition, prepareContext: { site, shopNow } };
  const placeOf = (scan: string) => ({ source, stream: stream.name, scan });
  const digestKey = scanKey(site.siteId, source, stream.name, 'digest');
  const scans = scansOf(pass);
  // Everything was seen once when the digest has gone over all ids; until then each pass ends with it.
  const isFirst = !findCursor(cursors, placeOf('digest'))?.caughtUpAt;
  const isWhole = kind === 'full' && !isFirst;

  progress.state = 'reading';
  if (kind !== 'backfill' && (isFirst || isWhole)) {
    const [row] = await gateway.query<{ estimate: string | number | null }>(stream.estimate(shop));
    progress.estimated = Number(row?.estimate ?? 0);
  }
  // Of a large shop several pages are written at once. A run that dies reads its last batch again: a tenth of it all, or a page.
  const largest = definition.hasKeys ? largestBatch : largestPlainBatch;
  const batchSize = Math.max(stream.pageSize, Math.min(largest, Math.floor((progress.estimated ?? 0) / 10)));
  await inTransaction(session, (client) => saveRunStream(client, run.runId, progress));
  const { erasures, now } = pass;
  await prepareStaging(session.client);
  const writer = await createWriter({ session, site, source, stream, definition, run, progress, erasures, now });

  if (kind === 'backfill') {
    await readOn();
    return;
  }

  // Before anything is read: what changes from now on is found from here.
  for (const scan of scans) {
    if (!scan.startsAt || findCursor(cursors, placeOf(scan.name))) continue;
    await saveScanCursor(scan, { last: await startPosition(scan), settled: null, caughtUpAt: null });
  }

  for (const scan of scans) {
    const cursor = findCursor(cursors, placeOf(scan.name));
    const key = scanKey(site.siteId, source, stream.name, scan.name);
    const look = pass.looks.get(key);
    if (cursor && !isFirst && isQuietScan(pass, scan)) {
      await saveScanCursor(scan, { ...cursor, caughtUpAt: pass.now() });
      continue;
    }
    const start = startOf(cursor, scan);
    let last = cursor?.last ?? start;
    let settled: CursorPosition | null = null;
    const youngAfter = new Date(shopNow.getTime() - settleMs);
    for await (const page of gather(readScan(context, scan, { start, youngAfter }), batchSize)) {
      if (isAfter(page.end!, last)) last = page.end!;
      settled ??= page.young;
      const saved: Cursor = { last: cappedAt(last, shopNow), settled, caughtUpAt: cursor?.caughtUpAt ?? null };
      await writer.writePage(page, { scan: scan.name, cursor: saved });
      await pass.afterPage();
    }
    const end: Cursor = { last: cappedAt(last, shopNow), settled, caughtUpAt: pass.now() };
    await saveScanCursor(scan, end);
    if (look !== undefined) quiet?.remember(key, look, end, pass.now());
  }

  await retryQuarantined();

  const floor = isFirst || kind !== 'poll' ? '0' : (pass.floors.get(digestKey) ?? null);
  if (floor !== null && (isFirst || !isQuietDigest(pass))) await digest(floor);
  progress.state = 'done';
  await inTransaction(session, async (client) => {
    if (floor !== null) {
      const digested: Cursor = { last: { at: null, id: 0n }, settled: null, caughtUpAt: pass.now() };
      await saveCursor(client, site.siteId, placeOf('digest'), digested);
    }
    await saveRunStream(client, run.runId, progress);
  });

  async function startPosition(scan: Scan): Promise<CursorPosition> {
    const [row] = await gateway.query<{ cursor_id: string | number | null; cursor_at: string | null }>(
      scan.startsAt!(shop),
    );
    const id = BigInt(row?.cursor_id ?? 0);
    return { at: scan.order === 'id' || !row?.cursor_at ? null : parseGmt(String(row.cursor_at)), id };
  }

  async function saveScanCursor(scan: Scan, cursor: Cursor): Promise<void> {
    await inTransaction(session, (client) => saveCursor(client, site.siteId, placeOf(scan.name), cursor));
    cursors.set(`${source}/${stream.name}/${scan.name}`, cursor);
  }

  /** The period from where the last slice stood, until it ends or the slice is over. */
  async function readOn(): Promise<void> {
    for await (const page of gather(readPeriod(context, pass.period, slice?.lastIdOf(source, stream.name)), 1)) {
      const alsoSave = slice
        ? (client: TenantClient) => slice.savePage(client, { progress, lastId: page.end!.id })
        : undefined;
      await writer.writePage(page, { scan: 'period', cursor: null, ...(alsoSave && { alsoSave }) });
      await pass.afterPage();
      if (slice?.isOver()) return;
    }
    progress.state = 'done';
    await inTransaction(session, async (client) => {
      await slice?.saveDone(client, progress);
      await saveRunStream(client, run.runId, progress);
    });
  }

  async function retryQuarantined(): Promise<void> {
    const place = { siteId: site.siteId, source, stream: stream.name };
    const ids = await inTransaction(session, (client) => listDueRetries(client, place));
    for (let start = 0; start < ids.length; start += stream.pageSize) {
      const candidates = ids.slice(start, start + stream.pageSize).map((id) => ({ id, row: null }));
      await gateway.rest();
      const page = { ...(await readCandidates(context, candidates)), end: null, young: null };
      await writer.writePage(page, { scan: 'quarantine', cursor: null });
      await pass.afterPage();
    }
  }

  async function digest(afterId: string) {
    const result = noResult();
    const look = <T>(work: (client: TenantClient) => Promise<T>) => withTenant(pool, session.tenantId, work);
    const unreadable = quiet?.unreadable(digestKey);
    let hasRead = false;
    const known = kind === 'poll' && unreadable ? { unreadable } : {};
    for await (const page of gather(
      readDigest({ context, look, source, afterId, isWhole, result, ...known }),
      batchSize,
    )) {
      hasRead = true;
      await writer.writePage(page, { scan: 'digest', cursor: null });
      for (const { externalId, fingerprint } of page.unreadable) {
        if (fingerprint !== undefined) unreadable?.set(externalId, fingerprint);
      }
      await pass.afterPage();
    }
    progress.compared = result.shopCount;
    if (stream.elsewhere && afterId === '0') await tellLeftBehind(result.leftBehindCount);
    if (result.fallenTo !== null) await lowerCursors(result.fallenTo);
    if (!(await isBelieved(result, afterId))) return;
    for (let start = 0; start < result.absentIds.length; start += 1000) {
      await writer.writeMissing(result.absentIds.slice(start, start + 1000));
      await pass.afterPage();
    }
    // A row that was read may be of a second that is not over, and must be read again.
    const seen = pass.looks.get(digestKey);
    if (seen !== undefined && !hasRead && result.absentIds.length === 0) quiet?.rememberRead(digestKey, seen);
  }

  async function tellLeftBehind(count: number): Promise<void> {
    const code = 'orders_left_behind';
    await inTransaction(session, (client) =>
      count === 0
        ? clearAlert(client, site.siteId, code)
        : raiseAlert(client, site.siteId, { code, facts: { count: String(count) } }),
    );
  }

  /** Whether absent rows are to be marked. Otherwise the run warns, and the alert stays open until a person decides or the rows are back. */
  async function isBelieved(result: DigestResult, afterId: string): Promise<boolean> {
    const alert = { code: 'many_rows_gone', subject: `${source}/${stream.name}` };
    const gone = result.absentIds.length;
    if (result.isSuspicious) {
      const isAccepted =
        pass.acceptsLoss &&
        gone <= (await inTransaction(session, (client) => findAcceptedLoss(client, site.siteId, alert)));
      if (!isAccepted) {
        const facts = { gone: String(gone), known: String(result.knownCount), label: stream.label };
        run.warnings.push({ code: alert.code, source, stream: stream.name, facts });
        await inTransaction(session, (client) => raiseAlert(client, site.siteId, { ...alert, facts }));
        return false;
      }
    }
    // Answers without their entries would take the names from leads that are not believed to be gone.
    if (run.warnings.some((warning) => warning.code === alert.code && warning.source === source)) return false;
    // A digest from a floor saw only a part.
    if (afterId === '0')
      await inTransaction(session, (client) => clearAlert(client, site.siteId, alert.code, alert.subject));
    return true;
  }

  /** After a restored backup new rows take ids below the cursors: these go back to where the shop is now. */
  async function lowerCursors(highestId: bigint): Promise<void> {
    for (const scan of scans) {
      const cursor = findCursor(cursors, placeOf(scan.name));
      if (!cursor || scan.order !== 'id') continue;
      const { id } = scan.startsAt ? await startPosition(scan) : { id: highestId };
      if (cursor.last.id > id) await saveScanCursor(scan, { ...cursor, last: { at: null, id } });
    }
  }
}

function isAfter(a: CursorPosition, b: CursorPosition): boolean {
  const [atA, atB] = [a.at?.getTime() ?? 0, b.at?.getTime() ?? 0];
  return atA === atB ? a.id > b.id : atA > atB;
}
