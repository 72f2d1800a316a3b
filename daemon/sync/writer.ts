// Writes one page: copies with children and keys, what is to be recomputed, the cursor, the counts and the notices, all in one transaction.
// Rows whose content hash is the stored one are dropped before they reach the tables, so writing the same page twice writes nothing.
import type { TenantClient } from '../db.ts';
import { eraseRows, eraseUnreadable, keepErasedRows } from '../erasure/erase-page.ts';
import type { Erasures, Tombstones } from '../erasure/tombstones.ts';
import { countPage } from '../metrics/run-meter.ts';
import type { SiteSettings } from '../settings.ts';
import type { Stream } from '../source.ts';
import { findCopies, markMissing, updateScanHashes } from './copies.ts';
import { type Cursor, saveCursor } from './cursor.ts';
import type { Page } from './page-reader.ts';
import type { PreparedRow } from './prepare.ts';
import { loadQuarantinedIds, quarantineRows, releaseRows } from './quarantine.ts';
import {
  inTransaction,
  notifyChanged,
  notifyProgress,
  type RunProgress,
  type RunSession,
  type StreamProgress,
  saveRun,
  saveRunStream,
} from './run-record.ts';
import { stageRows } from './staging.ts';
import type { TargetDefinition, WriteScope } from './target.ts';

/** Which scan a page is of, where it stands now, and what else is saved in the page's transaction. */
export type PagePlace = { scan: string; cursor: Cursor | null; alsoSave?: (client: TenantClient) => Promise<void> };

export type StreamWriter = {
  /** Writes one page and, with it, where its scan stands now. */
  writePage(page: Page, place: PagePlace): Promise<void>;
  /** Marks ids that the shop no longer has. */
  writeMissing(externalIds: string[]): Promise<void>;
};

/** At most four progress notices a second of one run: more would only be thrown away by the browser. */
const noticeEveryMs = 250;

export async function createWriter({
  session,
  site,
  source,
  stream,
  definition,
  run,
  progress,
  erasures,
  now,
}: {
  session: RunSession;
  site: SiteSettings;
  source: string;
  stream: Stream;
  definition: TargetDefinition;
  run: RunProgress & { lastNoticeMs: number };
  progress: StreamProgress;
  erasures: Erasures;
  now: () => Date;
}): Promise<StreamWriter> {
  const quarantinePlace = { siteId: site.siteId, source, stream: stream.name };
  const quarantined = await inTransaction(session, (client) => loadQuarantinedIds(client, quarantinePlace));

  function scopeOf(client: TenantClient, ids: string[], tombstones: Tombstones | null): WriteScope {
    const sorted = ids.map(BigInt).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return {
      client,
      site,
      siteId: site.siteId,
      source,
      now: now(),
      lowId: String((sorted[0] ?? 0n) - 1n),
      highId: String(sorted.at(-1) ?? 0n),
      tombstones,
    };
  }

  async function writeRows(client: TenantClient, read: PreparedRow[], tombstones: Tombstones | null) {
    const page = tombstones && { client, definition, site, source, tombstones };
    const { rows, erased } = page ? await eraseRows(page, read) : { rows: read, erased: null };
    const copies = await findCopies(
      { client, site, source },
      definition,
      rows.map(({ externalId }) => externalId),
    );
    const written: PreparedRow[] = [];
    const rescanned: PreparedRow[] = [];
    let newCount = 0;
    for (const row of rows) {
      const copy = copies.get(row.identity);
      if (!copy) newCount += 1;
      if (!copy || copy.sourceHash !== row.sourceHash || copy.isMissing) written.push(row);
      else if (copy.scanHash !== row.scanHash) rescanned.push(row);
    }
    await updateScanHashes({ client, site, source }, definition, rescanned);
    if (written.length > 0) {
      const ids = written.map(({ externalId }) => externalId);
      const scope = scopeOf(client, ids, tombstones);
      await stageRows(client, definition, written);
      // Rows of the page that have a copy and did not change (a refund brings its order again) do not count: half of a legacy shop's pages have one.
      await definition.write(scope, newCount === written.length);
      await definition.afterChange(scope, ids);
    }
    const blocked = new Map(
      written.flatMap(({ externalId }) => {
        const record = erased?.get(externalId);
        return record === undefined ? [] : [[externalId, record]];
      }),
    );
    if (page && blocked.size > 0) await keepErasedRows(page, blocked, now());
    const counts = { new: newCount, changed: written.length - newCount, unchanged: rows.length - written.length };
    return { ...counts, blocked: blocked.size };
  }

  async function setMissing(
    client: TenantClient,
    externalIds: string[],
    { isCertain, tombstones }: { isCertain: boolean; tombstones: Tombstones | null },
  ): Promise<number> {
    const gone = await markMissing({ client, site, source }, definition, externalIds, { now: now(), isCertain });
    if (gone.length > 0) await definition.afterChange(scopeOf(client, gone, tombstones), gone);
    return gone.length;
  }

  async function notify(client: TenantClient, hasChanges: boolean) {
    if (hasChanges) await notifyChanged(client, [definition.changeKind]);
    const nowMs = Date.now();
    if (nowMs - run.lastNoticeMs < noticeEveryMs) return;
    run.lastNoticeMs = nowMs;
    await notifyProgress(client, run);
  }

  async function commit(page: Page, place: PagePlace): Promise<void> {
    const started = performance.now();
    const before = structuredClone(progress.counts);
    const stateBefore = run.state;
    try {
      await inTransaction(session, async (client) => {
        // Before anything is looked at: an erasure that is going on ends first, and the next one waits for this page.
        const tombstones = await erasures.hold(client);
        const written = await writeRows(client, page.rows, tombstones);
        // The digest has seen the whole storage, and asked the other one.
        const isCertain = place.scan === 'digest';
        const missing = await setMissing(client, [...page.goneIds, ...page.skipped.map(({ id }) => id)], {
          isCertain,
          tombstones,
        });
        const unreadable = tombstones
          ? await eraseUnreadable({ client, definition, site, source, tombstones }, page.unreadable)
          : page.unreadable;
        await quarantineRows(client, quarantinePlace, unreadable);
        const readable = page.rows.map(({ externalId }) => externalId).filter((id) => quarantined.has(id));
        const released = [...readable, ...page.goneIds.filter((id) => quarantined.has(id))];
        await releaseRows(client, quarantinePlace, released);
        if (place.cursor) {
          await saveCursor(client, site.siteId, { source, stream: stream.name, scan: place.scan }, place.cursor);
        }

        const { counts } = progress;
        const readCount = page.rows.length + page.goneIds.length + page.skipped.length + page.unreadable.length;
        counts.read += readCount;
        counts.new += written.new;
        counts.changed += written.changed;
        counts.unchanged += written.unchanged;
        counts.missing += missing;
        counts.quarantined += page.unreadable.length;
        if (written.blocked > 0) counts.skipped.erased = (counts.skipped.erased ?? 0) + written.blocked;
        for (const { reason } of page.skipped) counts.skipped[reason] = (counts.skipped[reason] ?? 0) + 1;
        const changeCount = written.new + written.changed + missing;
        if (changeCount > 0) run.state = 'writing';
        await saveRun(client, session, run);
        await saveRunStream(client, run.runId, progress);
        await place.alsoSave?.(client);
        if (changeCount > 0 || page.unreadable.some(({ externalId }) => !quarantined.has(externalId))) {
          await client.query(
            `insert into batches (tenant_id, run_id, source, stream, scan, read_count, new_count, changed_count, unchanged_count, quarantined_count, duration_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
            [
              client.tenantId,
              run.runId,
              source,
              stream.name,
              place.scan,
              readCount,
              written.new,
              written.changed + missing,
              written.unchanged,
              page.unreadable.length,
              Math.round(performance.now() - started),
            ],
          );
        }
        await notify(client, changeCount > 0);
      });
    } catch (error) {
      progress.counts = before;
      run.state = stateBefore;
      throw error;
    }
    countPage('write', stream.name, performance.now() - started);
    for (const { externalId } of page.unreadable) quarantined.add(externalId);
    for (const { externalId } of page.rows) quarantined.delete(externalId);
  }

  // Postgres refused a value that every check of ours let pass: the page is halved until the row is found, and that row alone is set aside.
  async function writePage(page: Page, place: PagePlace): Promise<void> {
    try {
      await commit(page, place);
    } catch (error) {
      if (!isRefusedValue(error)) throw error;
      const nothing = { unreadable: [], skipped: [], goneIds: [], end: null, young: null };
      if (page.rows.length > 1) {
        const middle = Math.ceil(page.rows.length / 2);
        await writePage({ ...nothing, rows: page.rows.slice(0, middle) }, { scan: place.scan, cursor: null });
        await writePage({ ...page, rows: page.rows.slice(middle) }, place);
        return;
      }
      const [row] = page.rows;
      if (!row) throw error;
      const refused = {
        externalId: row.externalId,
        reason: 'refused_by_postgres',
        detail: `SQLSTATE ${error.code}`,
        raw: JSON.stringify({ line: row.line, children: row.children }),
      };
      await commit({ ...page, rows: [], unreadable: [...page.unreadable, refused] }, place);
    }
  }

  return {
    writePage,
    async writeMissing(externalIds) {
      await commit(
        { rows: [], unreadable: [], skipped: [], goneIds: externalIds, end: null, young: null },
        { scan: 'digest', cursor: null },
      );
    },
  };
}

/** SQLSTATE classes 22 (data) and 23 (constraint), and an index row that is too large. */
function isRefusedValue(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return /^(?:22|23)/.test(error.code) || error.code === '54000';
}
