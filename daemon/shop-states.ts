// How each stream of each shop stands, and which alerts are open: read by /status and /metrics, one short transaction a company. Ids, codes and
// counts only.
import type { SiteId, TenantId } from '#shared/ids.ts';
import { type Pool, withTenant } from './db.ts';

export type StreamState = {
  tenantId: TenantId;
  siteId: SiteId;
  source: string;
  stream: string;
  state: string;
  /** Reads are due: the company is not suspended and nobody paused the shop's. */
  isDue: boolean;
  lagSeconds: number | null;
  lastSuccessAt: Date | null;
  lastErrorCode: string | null;
  rows: { read: number; new: number; changed: number; unchanged: number; missing: number; quarantined: number };
};

export type OpenAlert = { tenantId: TenantId; siteId: SiteId; code: string; subject: string; raisedAt: Date };

export async function listShopStates(pool: Pool): Promise<{ streams: StreamState[]; alerts: OpenAlert[] }> {
  const tenants = await pool.query<{ id: TenantId }>('select distinct tenant_id as id from sites order by 1');
  const streams: StreamState[] = [];
  const alerts: OpenAlert[] = [];
  for (const { id: tenantId } of tenants.rows) {
    await withTenant(pool, tenantId, async (client) => {
      const states = await client.query<StreamState>(
        `with streams as (
           select site_id, source, stream, max(caught_up_at) as caught_up_at from cursors where tenant_id = $1 group by site_id, source, stream
         ), newest as (
           select s.id as site_id,
                  (select max(r.id) from runs r where r.tenant_id = $1 and r.site_id = s.id) as run_id,
                  (select r.error_code from runs r where r.tenant_id = $1 and r.site_id = s.id and r.error_code is not null order by r.id desc limit 1) as error_code
           from sites s where s.tenant_id = $1
         )
         select $1 as "tenantId", s.site_id as "siteId", s.source, s.stream, coalesce(rs.state, 'waiting') as state,
                not exists (select from tenants t where t.id = $1 and t.suspended_at is not null)
                  and not exists (select from schedules p where p.tenant_id = $1 and p.site_id = s.site_id and p.kind = 'poll' and p.is_paused) as "isDue",
                extract(epoch from now() - s.caught_up_at)::integer as "lagSeconds", s.caught_up_at as "lastSuccessAt", n.error_code as "lastErrorCode",
                json_build_object('read', coalesce(rs.read_count, 0), 'new', coalesce(rs.new_count, 0), 'changed', coalesce(rs.changed_count, 0),
                  'unchanged', coalesce(rs.unchanged_count, 0), 'missing', coalesce(rs.missing_count, 0), 'quarantined', coalesce(rs.quarantined_count, 0)) as rows
         from streams s join newest n using (site_id)
              left join run_streams rs on rs.tenant_id = $1 and rs.run_id = n.run_id and rs.source = s.source and rs.stream = s.stream
         order by s.site_id, s.source, s.stream`,
        [tenantId],
      );
      streams.push(...states.rows);
      const open = await client.query<OpenAlert>(
        `select tenant_id as "tenantId", site_id as "siteId", code, subject, raised_at as "raisedAt" from site_alerts
         where tenant_id = $1 order by site_id, code, subject`,
        [tenantId],
      );
      alerts.push(...open.rows);
    });
  }
  return { streams, alerts };
}

export type QueueState = { waiting: number; running: number; failed: number; oldestWaitingSeconds: number | null };

/** The job engine's queue: of the whole installation, not of this process. */
export async function readQueue(pool: Pool): Promise<QueueState> {
  const { rows } = await pool.query<QueueState>(
    `select count(*) filter (where locked_at is null and attempts < max_attempts)::integer as waiting,
            count(*) filter (where locked_at is not null)::integer as running,
            count(*) filter (where locked_at is null and attempts >= max_attempts)::integer as failed,
            extract(epoch from now() - min(run_at) filter (where locked_at is null and attempts < max_attempts))::integer as "oldestWaitingSeconds"
     from graphile_worker._private_jobs`,
  );
  return rows[0]!;
}
