// One pass over one stream of one shop: its scans from their cursors, then, where the run or the stream asks for it, the digest that finds what
// the scans cannot see.

import type { Gateway } from '../connections/gateway.ts';
import type { Pool } from '../db.ts';
import { withTenant } from '../db.ts';
import type { SiteSettings } from '../settings.ts';
import type { ShopContext, Stream } from '../source.ts';
import { parseGmt } from '../wordpress/wordpress-time.ts';
import {
  beginning,
  type Cursor,
  type CursorPosition,
  cappedAt,
  findCursor,
  saveCursor,
  settleMs,
  startOf,
} from './cursor.ts';
import { type DigestResult, readDigest } from './digest.ts';
import { findOpenFloor } from './open-floor.ts';
import { oneAhead, type ReadContext, readScan } from './page-reader.ts';
import { type Period, readPeriod } from './period.ts';
import {
  inTransaction,
  type RunKind,
  type RunProgress,
  type RunSession,
  type StreamProgress,
  saveRunStream,
} from './run-record.ts';
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
  run: RunProgress & { lastNoticeMs: number };
  progress: StreamProgress;
  cursors: Map<string, Cursor>;
  shopNow: Date;
  now: () => Date;
  /** Called after each committed page; throws to end the run (cancelled, stopping). */
  afterPage: () => Promise<void>;
};

/** Brings the copies of one stream up to the shop. Throws what the shop or Postgres throws; what was committed stays. */
export async function passStream(pass: StreamPass): Promise<void> {
  const { pool, session, gateway, shop, site, source, stream, kind, run, progress, cursors, shopNow } = pass;
  const definition = targets[stream.target];
  const context: ReadContext = { gateway, shop, stream, definition, prepareContext: { site, shopNow } };
  const scans = stream.scans.filter((scan) => scan.detect?.(shop) ?? true);
  const placeOf = (scan: string) => ({ source, stream: stream.name, scan });
  // Everything was seen once when the digest has gone over all ids; until then each pass ends with it.
  const isFirst = !findCursor(cursors, placeOf('digest'))?.caughtUpAt;
  const isFull = kind === 'full';

  progress.state = 'reading';
  if (kind !== 'backfill' && (isFirst || isFull)) {
    const [row] = await gateway.query<{ estimate: string | number | null }>(stream.estimate(shop));
    progress.estimated = Number(row?.estimate ?? 0);
  }
  await inTransaction(session, (client) => saveRunStream(client, run.runId, progress));
  const writer = await createWriter({ session, site, source, stream, definition, run, progress, now: pass.now });

  if (kind === 'backfill') {
    for await (const page of oneAhead(readPeriod(context, pass.period))) {
      await writer.writePage(page, { scan: 'period', cursor: null });
      await pass.afterPage();
    }
    progress.state = 'done';
    await inTransaction(session, (client) => saveRunStream(client, run.runId, progress));
    return;
  }

  // Before anything is read: what changes from now on is found from here.
  for (const scan of scans) {
    if (!scan.startsAt || (!isFull && findCursor(cursors, placeOf(scan.name)))) continue;
    const [row] = await gateway.query<{ cursor_id: string | number | null; cursor_at: string | null }>(
      scan.startsAt(shop),
    );
    const last = { at: row?.cursor_at ? parseGmt(String(row.cursor_at)) : null, id: BigInt(row?.cursor_id ?? 0) };
    const cursor: Cursor = {
      last: scan.order === 'id' ? { at: null, id: last.id } : last,
      settled: null,
      caughtUpAt: null,
    };
    await inTransaction(session, (client) => saveCursor(client, site.siteId, placeOf(scan.name), cursor));
    cursors.set(`${source}/${stream.name}/${scan.name}`, cursor);
  }

  for (const scan of scans) {
    const place = placeOf(scan.name);
    const cursor = findCursor(cursors, place);
    const isAnew = isFull && !scan.startsAt;
    const start = isAnew ? beginning : startOf(cursor, scan);
    let last = isAnew || !cursor ? start : cursor.last;
    let settled: CursorPosition | null = null;
    const youngAfter = new Date(shopNow.getTime() - settleMs);
    for await (const page of oneAhead(readScan(context, scan, { start, youngAfter }))) {
      if (isAfter(page.end!, last)) last = page.end!;
      settled ??= page.young;
      const saved: Cursor = { last: cappedAt(last, shopNow), settled, caughtUpAt: cursor?.caughtUpAt ?? null };
      // A pass from the beginning must not throw away how far the polls already are.
      await writer.writePage(page, { scan: scan.name, cursor: isAnew && cursor ? null : saved });
      await pass.afterPage();
    }
    const caughtUp: Cursor = {
      last: cappedAt(isAnew && cursor && !isAfter(last, cursor.last) ? cursor.last : last, shopNow),
      settled,
      caughtUpAt: pass.now(),
    };
    await inTransaction(session, (client) => saveCursor(client, site.siteId, place, caughtUp));
  }

  const floor = await digestFloor();
  if (floor !== null) await digest(floor);
  progress.state = 'done';
  await inTransaction(session, async (client) => {
    if (floor !== null) {
      const digested: Cursor = { last: { at: null, id: 0n }, settled: null, caughtUpAt: pass.now() };
      await saveCursor(client, site.siteId, placeOf('digest'), digested);
    }
    await saveRunStream(client, run.runId, progress);
  });

  async function digestFloor(): Promise<string | null> {
    if (isFirst || kind !== 'poll') return '0';
    if (stream.digestAt === 'reconcile') return null;
    return await inTransaction(session, (client) => findOpenFloor({ client, site, source }, stream.target, pass.now()));
  }

  async function digest(afterId: string) {
    const result: DigestResult = { absentIds: [], isSuspicious: false, knownCount: 0 };
    const pages = readDigest({
      context,
      look: (work) => withTenant(pool, session.tenantId, work),
      source,
      afterId,
      result,
    });
    for await (const page of oneAhead(pages)) {
      await writer.writePage(page, { scan: 'digest', cursor: null });
      await pass.afterPage();
    }
    // A full run is asked for by a person, who thereby says that the shop is right.
    if (result.isSuspicious && !isFull) {
      run.warnings.push({
        code: 'many_rows_gone',
        source,
        stream: stream.name,
        facts: { gone: String(result.absentIds.length), known: String(result.knownCount) },
      });
      return;
    }
    for (let start = 0; start < result.absentIds.length; start += 1000) {
      await writer.writeMissing(result.absentIds.slice(start, start + 1000));
      await pass.afterPage();
    }
  }
}

function isAfter(a: CursorPosition, b: CursorPosition): boolean {
  const [atA, atB] = [a.at?.getTime() ?? 0, b.at?.getTime() ?? 0];
  return atA === atB ? a.id > b.id : atA > atB;
}
