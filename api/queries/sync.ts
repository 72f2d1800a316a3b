// What the Sincronização screen reads: each shop with its sources as the last run left them, the run under way, and the runs worth telling.
import type { RunId, SiteId } from '#shared/ids.ts';
import type {
  QuarantineGroup,
  RunBatch,
  RunCarts,
  RunStream,
  ShopAlert,
  SyncBackfill,
  SyncRun,
  SyncSite,
  SyncSource,
  SyncStream,
} from '#web/pages/sync-types.ts';
import { runQuery, type Tx } from '../db.ts';

type SiteRow = Omit<SyncSite, 'sources' | 'alerts' | 'liveRun' | 'lastRun'> & {
  lastRunId: RunId | null;
  readRunId: RunId | null;
  liveRunId: RunId | null;
};
type StreamRow = SyncStream & { runId: RunId; source: string; sourceLabel: string };
type CursorRow = {
  siteId: SiteId;
  source: string;
  lastAt: Date | null;
  lastId: string | null;
  caughtUpAt: Date | null;
};

/** How many seconds back the speed of the run under way is taken from. */
const rateSeconds = 15;
export const historyPageSize = 25;
/** More would hide the page. */
const mostAlerts = 50;

const runColumns = (tx: Tx) => tx`
  r.id, r.site_id, s.name as site_name, case when r.is_first then 'first' else r.kind end as kind, r.state, coalesce(r.started_at, r.created_at) as started_at, r.finished_at, r.error_code,
  r.error_facts, r.error_detail, r.warnings, r.read_count, r.new_count, r.changed_count`;

/** Every shop of the current tenant, by name. */
export async function listSyncSites(tx: Tx): Promise<SyncSite[]> {
  const sites = await tx<SiteRow[]>`
    select s.id, s.name, p.cron_expression, coalesce(p.is_paused, false) as is_paused,
           greatest(good.finished_at, (select max(c.caught_up_at) from cursors c where c.site_id = s.id)) as good_at,
           ended.id as last_run_id, told.id as read_run_id, live.id as live_run_id, live.rate
    from sites s
    left join schedules p on p.tenant_id = s.tenant_id and p.site_id = s.id and p.kind = 'poll'
    left join lateral (
      select r.id from runs r where r.tenant_id = s.tenant_id and r.site_id = s.id and r.finished_at is not null and r.backfill_id is null
      order by r.id desc limit 1) ended on true
    left join lateral (
      select r.id from runs r where r.tenant_id = s.tenant_id and r.site_id = s.id and r.finished_at is not null and r.backfill_id is null
        and exists (select from run_streams rs where rs.tenant_id = r.tenant_id and rs.run_id = r.id)
      order by r.id desc limit 1) told on true
    left join lateral (
      select r.finished_at from runs r
      where r.tenant_id = s.tenant_id and r.site_id = s.id and r.state in ('succeeded', 'succeeded_with_warnings')
        and r.backfill_id is null
      order by r.id desc limit 1) good on true
    left join lateral (
      select r.id, (
        select sum(b.read_count) / greatest(1, extract(epoch from now() - min(b.committed_at - make_interval(secs => b.duration_ms / 1000.0))))
        from batches b
        where b.tenant_id = r.tenant_id and b.run_id = r.id and b.committed_at > now() - make_interval(secs => ${rateSeconds})
      )::float8 as rate
      from runs r
      where r.tenant_id = s.tenant_id and r.site_id = s.id and r.state in ('connecting', 'reading', 'writing', 'recomputing')
        and r.backfill_id is null
      limit 1) live on true
    order by s.name, s.id`;
  const runIds = sites.flatMap(({ lastRunId, readRunId, liveRunId }) =>
    [lastRunId, readRunId, liveRunId].filter((id) => id !== null),
  );
  if (runIds.length === 0) {
    return sites.map((site) => ({ ...site, sources: [], alerts: [], lastRun: null, liveRun: null }));
  }
  const alerts = await listAlerts(tx);

  const runs = await tx<SyncRun[]>`
    select ${runColumns(tx)} from runs r join sites s on s.tenant_id = r.tenant_id and s.id = r.site_id where r.id in ${tx(runIds)}`;
  const streams = await tx<StreamRow[]>`
    select rs.run_id, rs.source, coalesce(t.label, rs.source) as source_label, rs.stream,
           coalesce((select e.value ->> 'label' from jsonb_array_elements(t.streams) e where e.value ->> 'name' = rs.stream limit 1), rs.stream) as label,
           rs.state, rs.estimated_count, rs.read_count, rs.new_count, rs.changed_count, rs.missing_count, rs.quarantined_count
    from run_streams rs left join source_types t on t.name = rs.source
    where rs.run_id in ${tx(runIds)} order by rs.source, rs.stream`;
  const cursors = await tx<CursorRow[]>`
    select site_id, source, max(last_at) as last_at, max(last_id) filter (where scan <> 'digest') as last_id, min(caught_up_at) as caught_up_at
    from cursors group by site_id, source`;

  return sites.map((site) => {
    const liveRun = runs.find(({ id }) => id === site.liveRunId) ?? null;
    const ofRun = (id: RunId | null) => streams.filter((stream) => stream.runId === id);
    // A run that never got to read says nothing about the sources; the one before it does.
    const shown = ofRun(site.readRunId ?? site.liveRunId);
    return {
      ...site,
      sources: groupBySource(
        shown,
        cursors.filter(({ siteId }) => siteId === site.id),
      ),
      alerts: alerts.filter(({ siteId }) => siteId === site.id),
      lastRun: runs.find(({ id }) => id === site.lastRunId) ?? null,
      liveRun: liveRun && { run: liveRun, streams: ofRun(liveRun.id), rate: site.rate },
    };
  });
}

/** The open alerts of the current tenant's shops, oldest first. */
export async function listAlerts(tx: Tx): Promise<ShopAlert[]> {
  return [
    ...(await tx<ShopAlert[]>`
      select a.site_id, s.name as site_name, a.code, a.facts, a.raised_at
      from site_alerts a join sites s on s.tenant_id = a.tenant_id and s.id = a.site_id
      order by a.raised_at, a.site_id, a.code, a.subject limit ${mostAlerts}`),
  ];
}

function groupBySource(streams: readonly StreamRow[], cursors: readonly CursorRow[]): SyncSource[] {
  const names = [...new Set(streams.map(({ source }) => source))];
  return names.map((name) => {
    const own = streams.filter(({ source }) => source === name);
    const cursor = cursors.find(({ source }) => source === name);
    return {
      name,
      label: own[0]!.sourceLabel,
      streams: own,
      cursorAt: cursor?.lastAt ?? null,
      cursorId: cursor?.lastId ?? null,
      caughtUpAt: cursor?.caughtUpAt ?? null,
    };
  });
}

/** Runs that found something, failed or were asked for, newest first; ordinary polls without news are left out. `beforeId` pages on. */
export async function listRuns(
  tx: Tx,
  {
    beforeId,
    isFailed = false,
    source = null,
  }: { beforeId: string | null; isFailed?: boolean; source?: string | null },
): Promise<{ runs: SyncRun[]; next: string | null }> {
  const rows = await tx<SyncRun[]>`
    select ${runColumns(tx)} from runs r join sites s on s.tenant_id = r.tenant_id and s.id = r.site_id
    where r.finished_at is not null and r.backfill_id is null and (r.new_count > 0 or r.changed_count > 0 or r.state <> 'succeeded' or r.kind <> 'poll')
      ${beforeId ? tx`and r.id < ${beforeId}::bigint` : tx``}
      ${
        source
          ? tx`and exists (
              select from run_streams x where x.tenant_id = r.tenant_id and x.run_id = r.id and x.source = ${source}
                and (x.new_count > 0 or x.changed_count > 0 or x.missing_count > 0 or x.quarantined_count > 0 or x.state = 'failed'))`
          : tx``
      }
      ${isFailed ? tx`and r.state in ('failed', 'succeeded_with_warnings', 'cancelled')` : tx``}
    order by r.id desc limit ${historyPageSize + 1}`;
  const runs = rows.slice(0, historyPageSize);
  return { runs, next: rows.length > historyPageSize ? runs.at(-1)!.id : null };
}

/** The sources that the company's shops were read by, with their words. */
export async function listRunSources(tx: Tx): Promise<{ value: string; label: string }[]> {
  return [
    ...(await tx<{ value: string; label: string }[]>`
      select c.source as value, coalesce(max(t.label), c.source) as label
      from cursors c left join source_types t on t.name = c.source group by c.source order by label`),
  ];
}

/** Asks the daemon to poll a shop now; false when this company has no such shop. */
export async function requestSync(tx: Tx, { siteId, userId }: { siteId: string; userId: string }): Promise<boolean> {
  const inserted = await tx`
    insert into commands (tenant_id, site_id, kind, user_id)
    select tenant_id, id, 'sync_now', ${userId} from sites where id = ${siteId} returning id`;
  if (inserted.length === 0) return false;
  // Before the polls that wait already: lower numbers go first.
  await tx`select enqueue_job(${siteId}::bigint, 'poll', -10)`;
  return true;
}

/** The backfills that go on, and those that ended within a day. */
export async function listBackfills(tx: Tx): Promise<SyncBackfill[]> {
  return await tx<SyncBackfill[]>`
    select b.id, b.site_id, s.name as site_name, b.state, b.waits_for_start, b.from_at, b.to_at, u.name as requested_by, b.error_code, b.error_facts,
           c.estimated_count, coalesce(c.read_count, 0) as read_count, coalesce(c.changed_count, 0) as changed_count
    from backfills b join sites s on s.tenant_id = b.tenant_id and s.id = b.site_id left join users u on u.id = b.requested_by
    left join lateral (
      select sum(estimated_count) as estimated_count, sum(read_count) as read_count, sum(changed_count) as changed_count
      from backfill_streams x where x.tenant_id = b.tenant_id and x.backfill_id = b.id) c on true
    where b.finished_at is null or b.finished_at > now() - interval '1 day'
    order by b.id desc limit 20`;
}

/** Pauses, resumes or cancels a backfill; false when this company has none with that id. One whose state does not allow it stays as it is. */
export async function changeBackfill(
  tx: Tx,
  { tenantId, id, verb }: { tenantId: string; id: string; verb: 'pause' | 'resume' | 'cancel' },
): Promise<boolean> {
  const [changed] = await runQuery<{ siteId: string }>(tx, 'change_backfill', { tenant: tenantId, id, verb });
  if (!changed) return (await tx`select from backfills where id = ${id}`).length > 0;
  await tx`select enqueue_job(${changed.siteId}::bigint, 'backfill', 100)`;
  await tx`select pg_notify('carrinho_progress', ${JSON.stringify({ tenant: tenantId, site: changed.siteId })})`;
  return true;
}

/** One run with its counts by stream; null when this company has none such. */
export async function findRunPage(
  tx: Tx,
  runId: string,
): Promise<{ run: SyncRun; streams: RunStream[]; carts: RunCarts; quarantine: QuarantineGroup[] } | null> {
  const [run] = await tx<SyncRun[]>`
    select ${runColumns(tx)} from runs r join sites s on s.tenant_id = r.tenant_id and s.id = r.site_id where r.id = ${runId}`;
  if (!run) return null;
  const streams = await tx<RunStream[]>`
    select coalesce(t.label, rs.source) as source_label,
           coalesce((select e.value ->> 'label' from jsonb_array_elements(t.streams) e where e.value ->> 'name' = rs.stream limit 1), rs.stream) as label,
           rs.state, rs.read_count, rs.new_count, rs.changed_count, rs.unchanged_count, rs.missing_count, rs.quarantined_count, rs.skipped,
           rs.started_at, rs.finished_at
    from run_streams rs left join source_types t on t.name = rs.source where rs.run_id = ${runId} order by rs.source, rs.stream`;
  const carts = await listRunCarts(tx, runId);
  return { run, streams: [...streams], carts, quarantine: await listQuarantine(tx, run.siteId) };
}

const mostRunCarts = 20;

/** The carts that a run moved from one status to another, the last ones by name. */
async function listRunCarts(tx: Tx, runId: string): Promise<RunCarts> {
  const moved = tx`cart_transitions t where t.run_id = ${runId} and t.from_status <> t.to_status`;
  const [row] = await tx<{ count: number }[]>`select count(*)::int as count from ${moved}`;
  const rows = await tx<RunCarts['rows']>`
    select t.cart_id, c.name, t.from_status, t.to_status from (select * from ${moved} order by t.id desc limit ${mostRunCarts}) t
    join carts c on c.tenant_id = t.tenant_id and c.id = t.cart_id order by t.id desc`;
  return { count: row!.count, rows: [...rows] };
}

const mostBatches = 20_000;

/** The batches of a run in their order. */
export async function listBatches(tx: Tx, runId: string): Promise<RunBatch[]> {
  return await tx<RunBatch[]>`
    select source, stream, scan, read_count, new_count, changed_count, unchanged_count, quarantined_count, duration_ms, committed_at
    from batches where run_id = ${runId} order by id limit ${mostBatches}`;
}

/** What of a shop could not be read, by reason; never what a row holds. */
export async function listQuarantine(tx: Tx, siteId: string): Promise<QuarantineGroup[]> {
  return await tx<QuarantineGroup[]>`
    select coalesce(t.label, q.source) as source_label,
           coalesce((select e.value ->> 'label' from jsonb_array_elements(t.streams) e where e.value ->> 'name' = q.stream limit 1), q.stream) as label,
           q.reason, q.count, q.last_seen_at
    from (
      select source, stream, reason, count(*)::integer as count, max(last_seen_at) as last_seen_at
      from quarantine where site_id = ${siteId} group by source, stream, reason order by count desc, source, stream, reason limit 50
    ) q
    left join source_types t on t.name = q.source
    order by q.count desc, q.source, q.stream, q.reason`;
}

/** A period to read again: the daemon counts it, then waits for a person to start it. */
export async function requestBackfill(
  tx: Tx,
  {
    tenantId,
    siteId,
    from,
    to,
    userId,
  }: { tenantId: string; siteId: string; from: Date; to: Date | null; userId: string },
): Promise<void> {
  await tx`
    insert into backfills (tenant_id, site_id, from_at, to_at, waits_for_start, requested_by)
    values (${tenantId}, ${siteId}, ${from}, ${to}, true, ${userId})`;
  await tx`select enqueue_job(${siteId}::bigint, 'backfill', 100)`;
}

/** Stops or resumes the shop's readings by itself; asked ones still go. */
export async function pauseSite(tx: Tx, siteId: string, isPaused: boolean): Promise<void> {
  await tx`update schedules set is_paused = ${isPaused}, updated_at = now() where site_id = ${siteId}`;
}

/** Leaves a decision about the shop's rows to its next reading, which comes at once. */
export async function askDaemon(
  tx: Tx,
  { siteId, kind, userId }: { siteId: string; kind: 'accept_loss' | 'retry_quarantine'; userId: string },
): Promise<void> {
  await tx`insert into commands (tenant_id, site_id, kind, user_id) select tenant_id, id, ${kind}, ${userId} from sites where id = ${siteId}`;
  await tx`select enqueue_job(${siteId}::bigint, 'poll', -10)`;
}
