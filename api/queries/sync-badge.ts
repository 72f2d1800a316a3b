// How fresh a company's copy is, as one word for the top of every page. The worst of its shops decides.
import type { SyncBadge } from '#web/components/sync-badge.tsx';
import type { Tx } from '../db.ts';

type SiteFreshness = {
  lastState: string | null;
  errorCode: string | null;
  errorFacts: Record<string, string> | null;
  goodAt: Date | null;
  isLive: boolean;
  liveSeconds: number | null;
  readCount: string | null;
  estimatedCount: string | null;
};

/** A poll a minute is the default; ten without one is late. */
const lateAfterMs = 10 * 60_000;
/** An ordinary poll takes less and is not worth a flicker. */
const minLiveSeconds = 3;

/** The badge of the current tenant. */
export async function loadSyncBadge(tx: Tx, now = new Date()): Promise<SyncBadge> {
  const sites = await tx<SiteFreshness[]>`
    select ended.state as last_state, ended.error_code, ended.error_facts,
           greatest(good.finished_at, (select max(c.caught_up_at) from cursors c where c.site_id = s.id)) as good_at,
           live.id is not null as is_live, extract(epoch from now() - live.started_at)::float8 as live_seconds,
           live.read_count, live.estimated_count
    from sites s
    left join lateral (
      select r.state, r.error_code, r.error_facts from runs r
      where r.tenant_id = s.tenant_id and r.site_id = s.id and r.backfill_id is null and r.finished_at is not null
      order by r.id desc limit 1) ended on true
    left join lateral (
      select r.finished_at from runs r
      where r.tenant_id = s.tenant_id and r.site_id = s.id and r.backfill_id is null and r.state in ('succeeded', 'succeeded_with_warnings')
      order by r.id desc limit 1) good on true
    left join lateral (
      select r.id, r.started_at, sum(rs.read_count) as read_count,
             case when bool_and(rs.estimated_count is not null or rs.state = 'absent') then sum(rs.estimated_count) end as estimated_count
      from runs r left join run_streams rs on rs.tenant_id = r.tenant_id and rs.run_id = r.id
      where r.tenant_id = s.tenant_id and r.site_id = s.id and r.backfill_id is null and r.state in ('connecting', 'reading', 'writing', 'recomputing')
      group by r.tenant_id, r.id limit 1) live on true`;
  return summarize(sites, now);
}

function summarize(sites: readonly SiteFreshness[], now: Date): SyncBadge {
  const failed =
    sites.find((site) => site.lastState === 'failed' && !site.isLive) ??
    sites.find((site) => site.lastState === 'failed');
  if (failed?.errorCode) return { state: 'failed', errorCode: failed.errorCode, errorFacts: failed.errorFacts ?? {} };

  const running = sites.filter(
    (site) => site.isLive && (site.goodAt === null || (site.liveSeconds ?? 0) >= minLiveSeconds),
  );
  if (running.length > 0) {
    const read = running.reduce((sum, site) => sum + Number(site.readCount ?? 0), 0);
    const isEstimated = running.every((site) => Number(site.estimatedCount ?? 0) > 0);
    const estimated = running.reduce((sum, site) => sum + Number(site.estimatedCount ?? 0), 0);
    return { state: 'running', percent: isEstimated ? Math.min(99, Math.floor((100 * read) / estimated)) : null };
  }
  const oldest = sites.reduce<Date | null | undefined>(
    (found, { goodAt }) =>
      found === undefined ? goodAt : found && goodAt && goodAt < found ? goodAt : goodAt && found,
    undefined,
  );
  if (!oldest) return { state: 'never', hasSites: sites.length > 0 };
  return { state: now.getTime() - oldest.getTime() > lateAfterMs ? 'late' : 'fresh', at: oldest };
}
