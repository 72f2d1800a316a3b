// What the panel reads: the figures of the period and of the one before, carts by day for the chart, and what waits right now.
import { addDays, dayCount, previousPeriod } from '#shared/comparison.ts';
import { localDay, startOfLocalDay } from '#shared/time-zone.ts';
import { chartSteps } from '#web/chart-steps.ts';
import type { ChartPoint, DashboardData, DashboardProps, Digest, ToDo } from '#web/pages/dashboard-types.ts';
import { type Period, parsePeriod } from '#web/period.ts';
import type { Company } from '../context.ts';
import { type Fragment, runQuery, type Tx } from '../db.ts';
import { type Keep, keptForMs } from '../kept.ts';
import { inPeriod } from '../lists/conditions.ts';
import { areMany, loadFigures, loadKeptFigures } from './figures.ts';
import { listAlerts } from './sync.ts';
import { loadSyncBadge } from './sync-badge.ts';

type Scope = { company: Company; period: Period; now: Date };

type KeptScope = Scope & { keep: Keep; restMs: number };

/** Everything that the panel shows. What it counts is kept for the next who asks, `restMs` where it is dear (api/kept.ts). */
export async function loadDashboard(tx: Tx, scope: KeptScope): Promise<DashboardProps['content']> {
  const { company, period, now, keep } = scope;
  const name = `painel:${period.name}:${period.firstDay}:${period.lastDay}`;
  const what = {
    tenantId: company.id,
    name,
    restMs: (data: Counted | null) => (data && areMany(data.figures) ? scope.restMs : 0),
  };
  const counted = await keep(tx, what, (tx) => countDashboard(tx, scope));
  if (counted) return { state: 'ready', ...counted, alerts: await listAlerts(tx), syncedAt: await findSyncedAt(tx) };
  const { hasRecords, lastAt } = await findLastRecord(tx);
  return hasRecords ? { state: 'empty', lastAt } : { state: 'never', badge: await loadSyncBadge(tx, now) };
}

type Counted = Omit<DashboardData, 'alerts' | 'syncedAt'>;

/** Null where the period holds nothing. */
async function countDashboard(tx: Tx, scope: KeptScope): Promise<Counted | null> {
  const { company, period, now, keep, restMs } = scope;
  // Days, open windows and what waits are few rows of large tables: at the default cost of a page out of order the planner would read a table whole.
  await tx`set local random_page_cost = 1.1`;
  const figures = await loadKeptFigures(keep, tx, { tenantId: company.id, period, now, restMs });
  const { abandoned, waiting, recovered, purchased, removed } = figures.carts;
  const orders = figures.ordersByClass;
  const count = figures.leads + abandoned + waiting + recovered + purchased + removed;
  if (count + orders.paid + orders.awaiting_payment + orders.void === 0) return null;
  // To the minute: what went before is counted once for all who look within it.
  const minute = new Date(now.getTime() - (now.getTime() % 60_000));
  const before = previousPeriod(period, { timeZone: company.timeZone, now: minute });
  return {
    figures,
    previous: before && {
      figures: await loadKeptFigures(keep, tx, {
        tenantId: company.id,
        period: before,
        now,
        restMs: restMs && keptForMs,
      }),
      firstDay: before.firstDay,
      lastDay: before.lastDay,
    },
    unreachableCount: await countUnreachable(tx, period),
    chart: await loadChart(tx, scope),
    toDo: await loadToDo(tx, scope),
    contacted: await countContacted(tx, period),
  };
}

/** The newest instant of any record; hasRecords is false while the company has none at all. */
async function findLastRecord(tx: Tx): Promise<{ hasRecords: boolean; lastAt: Date | null }> {
  const [row] = await tx<{ hasRecords: boolean; lastAt: Date | null }[]>`
    select exists (select from leads) or exists (select from carts) or exists (select from orders) as has_records,
           greatest((select captured_at from leads where captured_at is not null order by captured_at desc, id desc limit 1),
                    (select max(last_activity_at) from carts),
                    (select created_at from orders where created_at is not null order by created_at desc, id desc limit 1)) as last_at`;
  return row!;
}

async function countUnreachable(tx: Tx, { from, to }: Period): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count
    from carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
    where s.status = 'abandoned' and (c.phone_status = 'invalid' or (c.phone_status = 'valid' and c.phone_kind = 'landline'))
      ${from ? tx`and c.first_activity_at >= ${from} and s.first_activity_at >= ${from}` : tx``}
      ${to ? tx`and c.first_activity_at < ${to} and s.first_activity_at < ${to}` : tx``}`;
  return row!.count;
}

/** When the newest complete reading of any shop ended. */
async function findSyncedAt(tx: Tx): Promise<Date | null> {
  const [row] = await tx<{ at: Date | null }[]>`
    select max(greatest(r.finished_at, (select max(c.caught_up_at) from cursors c where c.site_id = s.id))) as at
    from sites s left join lateral (
      select finished_at from runs r where r.tenant_id = s.tenant_id and r.site_id = s.id and r.state in ('succeeded', 'succeeded_with_warnings')
      order by r.id desc limit 1) r on true`;
  return row!.at;
}

/** Abandoned and recovered carts by day; for `tudo` from the first cart on. Null while there is no cart. */
async function loadChart(tx: Tx, { company, period, now }: Scope) {
  const range = period.firstDay
    ? { firstDay: period.firstDay, lastDay: period.lastDay! }
    : await findCartDays(tx, { company, now });
  if (!range) return null;
  const shift = Math.ceil(dayCount(range) / 7) * 7;
  const before = { firstDay: addDays(range.firstDay, -shift), lastDay: addDays(range.lastDay, -shift) };
  return {
    points: await countBySteps(tx, { range, company }),
    previous: period.firstDay ? await countBySteps(tx, { range: before, company }) : null,
  };
}

async function findCartDays(tx: Tx, { company: { timeZone }, now }: { company: Company; now: Date }) {
  const [row] = await tx<
    { first: string | null }[]
  >`select min(day)::text as first from cart_days where cart_count > 0`;
  return row?.first ? { firstDay: row.first, lastDay: localDay(now, timeZone) } : null;
}

async function countBySteps(
  tx: Tx,
  { range, company: { id, timeZone } }: { range: { firstDay: string; lastDay: string }; company: Company },
): Promise<ChartPoint[]> {
  const days = await runQuery<{ day: string; abandoned: number; recovered: number }>(tx, 'get_figures_series', {
    tenant: id,
    from: startOfLocalDay(range.firstDay, timeZone),
    to: startOfLocalDay(addDays(range.lastDay, 1), timeZone),
  });
  return chartSteps(range).map((step) => {
    const inside = days.filter(({ day }) => day >= step.firstDay && day <= step.lastDay);
    return {
      ...step,
      abandoned: inside.reduce((sum, { abandoned }) => sum + abandoned, 0),
      recovered: inside.reduce((sum, { recovered }) => sum + recovered, 0),
    };
  });
}

/** A day as the company's clock has it; without one the day before. */
export async function loadDigest(
  tx: Tx,
  { company, now, day }: Omit<Scope, 'period'> & { day?: string | null },
): Promise<Digest> {
  const asked = day ? { de: day, ate: day } : { periodo: 'ontem' };
  const { from, to, firstDay } = parsePeriod(asked, { timeZone: company.timeZone, now });
  const [row] = await tx<{ count: number; minor: string; contactCount: number }[]>`
    select count(*)::int as count, coalesce(sum(s.credited_minor) filter (where s.credited_currency = ${company.currency}), 0)::bigint as minor,
           (select count(*)::int from contacts where contacted_at >= ${from} and contacted_at < ${to} and undone_at is null) as contact_count
    from orders o
    -- by the day's orders: the planner would rather walk all carts that have one
    cross join lateral (
      select * from cart_statuses where tenant_id = o.tenant_id and credited_order_id = o.id offset 0) s
    where o.created_at >= ${from} and o.created_at < ${to} and s.status = 'recovered' and s.causal_class <> 'prior_purchase'`;
  const { count, minor, contactCount } = row!;
  const figures = await loadFigures(tx, { tenantId: company.id, period: { from, to }, now });
  return { companyName: company.name, day: firstDay!, figures, recovered: { count, minor }, contactCount };
}

const contactsOf = (tx: Tx, entity: 'lead' | 'cart', id: Fragment) => tx`
  select from contacts k where k.entity = ${entity} and k.entity_id = ${id} and k.undone_at is null`;

async function countContacted(tx: Tx, period: Period): Promise<{ leads: number; carts: number }> {
  const [row] = await tx<{ leads: number; carts: number }[]>`
    select (select count(*)::int from lead_statuses s
            where exists (${contactsOf(tx, 'lead', tx`s.lead_id`)}) ${inPeriod(tx, tx`s.captured_at`, period)}) as leads,
           (select count(*)::int from cart_statuses s
            where s.status in ('abandoned', 'waiting', 'recovered') and exists (${contactsOf(tx, 'cart', tx`s.cart_id`)})
              ${inPeriod(tx, tx`s.first_activity_at`, period)}) as carts`;
  return row!;
}

async function loadToDo(tx: Tx, { company, now }: Scope): Promise<ToDo> {
  const { from } = parsePeriod({ periodo: '7dias' }, { timeZone: company.timeZone, now });
  const hotFrom = new Date(now.getTime() - 24 * 3_600_000);
  const [row] = await tx<
    { awaitingCount: number; awaitingMinor: string; hotCount: number; hotMinor: string; leadsWithoutContact: number }[]
  >`
    with unpaid as (
      select best_order_id from cart_statuses where status = 'waiting' and reason = 'awaiting_payment')
    select a.count as awaiting_count, a.minor as awaiting_minor, h.count as hot_count, h.minor as hot_minor, l.count as leads_without_contact
    from
      (select (select count(*)::int from unpaid) as count, coalesce(sum(o.total_minor) filter (where o.currency = ${company.currency}), 0)::bigint as minor
       from (select distinct best_order_id from unpaid) s join orders o on o.id = s.best_order_id) a,
      (select count(*)::int as count, coalesce(sum(total_minor) filter (where currency = ${company.currency}), 0)::bigint as minor
       from cart_statuses where status = 'abandoned' and last_activity_at >= ${hotFrom}) h,
      (select count(*)::int as count from lead_statuses s where captured_at >= ${from} and not exists (${contactsOf(tx, 'lead', tx`s.lead_id`)})) l`;
  return {
    awaiting: { count: row!.awaitingCount, valueMinor: row!.awaitingMinor },
    hot: { count: row!.hotCount, valueMinor: row!.hotMinor },
    leadsWithoutContact: row!.leadsWithoutContact,
  };
}
