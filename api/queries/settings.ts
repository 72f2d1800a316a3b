// What the Configurações screen reads and writes: the company's own row, the schedules of its shops, and the recompute that a change asks for.
import type { CompanySettings } from '#shared/company-settings.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import type { RecomputeState, ScheduleKind, SiteSchedule } from '#web/pages/settings.tsx';
import type { Tx } from '../db.ts';

export async function getCompanySettings(tx: Tx, tenantId: TenantId): Promise<CompanySettings> {
  const [settings] = await tx<CompanySettings[]>`
    select name, time_zone, currency, area_code, window_before_minutes, window_after_minutes, cut_off_minutes, cool_down_minutes,
           counts_indirect_links, counts_carts_without_keys, export_rows_per_day
    from tenants where id = ${tenantId}`;
  return settings!;
}

export async function saveCompanySettings(tx: Tx, tenantId: TenantId, settings: CompanySettings): Promise<void> {
  await tx`
    update tenants set name = ${settings.name}, time_zone = ${settings.timeZone}, currency = ${settings.currency}, area_code = ${settings.areaCode},
           window_before_minutes = ${settings.windowBeforeMinutes}, window_after_minutes = ${settings.windowAfterMinutes},
           cut_off_minutes = ${settings.cutOffMinutes}, cool_down_minutes = ${settings.coolDownMinutes},
           counts_indirect_links = ${settings.countsIndirectLinks}, counts_carts_without_keys = ${settings.countsCartsWithoutKeys},
           export_rows_per_day = ${settings.exportRowsPerDay}
    where id = ${tenantId}`;
  await tellDaemons(tx, tenantId);
}

/** The schedules of every shop that was connected, by name. */
export async function listSchedules(tx: Tx): Promise<SiteSchedule[]> {
  return await tx<SiteSchedule[]>`
    select s.id, s.name, coalesce(s.time_zone, s.detected_time_zone, t.time_zone) as time_zone, bool_or(p.is_paused) as is_paused,
           jsonb_object_agg(p.kind, p.cron_expression) as expressions
    from sites s join tenants t on t.id = s.tenant_id join schedules p on p.tenant_id = s.tenant_id and p.site_id = s.id
    group by s.id, s.name, s.time_zone, s.detected_time_zone, t.time_zone order by s.name, s.id`;
}

/** Saves a shop's schedules, or only pauses and resumes them; false when this company has no such shop. */
export async function saveSchedules(
  tx: Tx,
  {
    tenantId,
    siteId,
    expressions,
    isPaused,
  }: { tenantId: TenantId; siteId: string; expressions: Partial<Record<ScheduleKind, string>>; isPaused: boolean },
): Promise<boolean> {
  const [site] = await tx`select from sites where id = ${siteId}`;
  if (!site) return false;
  for (const [kind, expression] of Object.entries(expressions)) {
    await tx`
      insert into schedules (tenant_id, site_id, kind, cron_expression) values (${tenantId}, ${siteId}, ${kind}, ${expression})
      on conflict (tenant_id, site_id, kind) do update set cron_expression = excluded.cron_expression, updated_at = now()`;
  }
  await tx`update schedules set is_paused = ${isPaused}, updated_at = now() where site_id = ${siteId} and is_paused <> ${isPaused}`;
  await tellDaemons(tx, tenantId, siteId);
  return true;
}

/** Asks the daemon to conclude everything anew; false for a company without a shop, which has nothing to conclude. */
export async function requestRecompute(tx: Tx, { userId }: { userId: UserId }): Promise<boolean> {
  const [command] = await tx<{ siteId: string }[]>`
    insert into commands (tenant_id, site_id, kind, user_id)
    select tenant_id, id, 'recompute', ${userId} from sites order by id limit 1 returning site_id`;
  if (!command) return false;
  await tx`select enqueue_job(${command.siteId}::bigint, 'recompute', -10)`;
  return true;
}

export async function findRecompute(tx: Tx): Promise<RecomputeState> {
  const [found] = await tx<NonNullable<RecomputeState>[]>`
    select created_at as asked_at, started_at, finished_at from commands where kind = 'recompute' order by created_at desc, id desc limit 1`;
  return found ?? null;
}

/** The daemons look at the shop, or the whole company, anew. */
export async function tellDaemons(tx: Tx, tenantId: TenantId, siteId?: string): Promise<void> {
  await tx`select pg_notify('carrinho_settings', ${JSON.stringify({ tenant: tenantId, ...(siteId && { site: siteId }) })})`;
}
