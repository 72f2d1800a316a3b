// What the panel reads: the figures of the period and of the one before, carts by day for the chart, and what waits right now.
import type { TimeZone } from '#shared/time-zone.ts';
import { localDay } from '#shared/time-zone.ts';
import { chartSteps, stepLimits } from '#web/chart-steps.ts';
import { dayCount, previousPeriod } from '#web/comparison.ts';
import type { ChartPoint, DashboardProps, ToDo } from '#web/pages/dashboard-types.ts';
import { addDays, type Period, parsePeriod } from '#web/period.ts';
import type { Company } from '../context.ts';
import type { Tx } from '../db.ts';
import { loadFigures } from './figures.ts';
import { listAlerts } from './sync.ts';
import { loadSyncBadge } from './sync-badge.ts';

type Scope = { company: Company; period: Period; now: Date };

/** Everything that the panel shows. */
export async function loadDashboard(tx: Tx, scope: Scope): Promise<DashboardProps['content']> {
  const { company, period, now } = scope;
  const figures = await loadFigures(tx, { tenantId: company.id, period, now });
  const { abandoned, waiting, recovered, purchased, removed } = figures.carts;
  const orders = figures.ordersByClass;
  const count = figures.leads + abandoned + waiting + recovered + purchased + removed;
  if (count + orders.paid + orders.awaiting_payment + orders.void === 0) {
    const { hasRecords, lastAt } = await findLastRecord(tx);
    return hasRecords ? { state: 'empty', lastAt } : { state: 'never', badge: await loadSyncBadge(tx, now) };
  }
  const before = previousPeriod(period, { timeZone: company.timeZone, now });
  return {
    state: 'ready',
    figures,
    previous: before && {
      figures: await loadFigures(tx, { tenantId: company.id, period: before, now }),
      firstDay: before.firstDay,
      lastDay: before.lastDay,
    },
    unreachableCount: await countUnreachable(tx, period),
    chart: await loadChart(tx, scope),
    toDo: await loadToDo(tx, scope),
    alerts: await listAlerts(tx),
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
    from cart_statuses s join carts c on c.tenant_id = s.tenant_id and c.id = s.cart_id
    where s.status = 'abandoned' and (c.phone_status = 'invalid' or (c.phone_status = 'valid' and c.phone_kind = 'landline'))
      ${from ? tx`and s.first_activity_at >= ${from}` : tx``} ${to ? tx`and s.first_activity_at < ${to}` : tx``}`;
  return row!.count;
}

/** Abandoned and recovered carts by day; for `tudo` from the first cart on. Null while there is no cart. */
async function loadChart(tx: Tx, { company: { timeZone }, period, now }: Scope) {
  const range = period.firstDay
    ? { firstDay: period.firstDay, lastDay: period.lastDay! }
    : await findCartDays(tx, { timeZone, now });
  if (!range) return null;
  const shift = Math.ceil(dayCount(range) / 7) * 7;
  const before = { firstDay: addDays(range.firstDay, -shift), lastDay: addDays(range.lastDay, -shift) };
  return {
    points: await countBySteps(tx, { range, timeZone }),
    previous: period.firstDay ? await countBySteps(tx, { range: before, timeZone }) : null,
  };
}

async function findCartDays(tx: Tx, { timeZone, now }: { timeZone: TimeZone; now: Date }) {
  const [row] = await tx<{ first: Date | null }[]>`select min(first_activity_at) as first from cart_statuses`;
  if (!row?.first) return null;
  const [firstDay, today] = [localDay(row.first, timeZone), localDay(now, timeZone)];
  return { firstDay, lastDay: today };
}

async function countBySteps(
  tx: Tx,
  { range, timeZone }: { range: { firstDay: string; lastDay: string }; timeZone: TimeZone },
): Promise<ChartPoint[]> {
  const steps = chartSteps(range);
  const limits = stepLimits(steps, timeZone);
  // The limits come from our own calendar: Postgres reads an offset such as +05:30 the other way round.
  const rows = await tx<{ step: number; abandoned: number; recovered: number }[]>`
    select width_bucket(first_activity_at, ${limits.map((limit) => limit.toISOString())}::timestamptz[]) - 1 as step,
           (count(*) filter (where status = 'abandoned'))::int as abandoned, (count(*) filter (where status = 'recovered'))::int as recovered
    from cart_statuses
    where first_activity_at >= ${limits[0]!} and first_activity_at < ${limits.at(-1)!}
    group by 1`;
  return steps.map((step, index) => {
    const found = rows.find((row) => row.step === index);
    return { ...step, abandoned: found?.abandoned ?? 0, recovered: found?.recovered ?? 0 };
  });
}

async function loadToDo(tx: Tx, { company, now }: Scope): Promise<ToDo> {
  const { from } = parsePeriod({ periodo: '7dias' }, { timeZone: company.timeZone, now });
  const hotFrom = new Date(now.getTime() - 24 * 3_600_000);
  const [row] = await tx<
    { awaitingCount: number; awaitingMinor: string; hotCount: number; hotMinor: string; wasCustomers: number }[]
  >`
    with unpaid as (
      select best_order_id from cart_statuses where status = 'waiting' and reason = 'awaiting_payment')
    select a.count as awaiting_count, a.minor as awaiting_minor, h.count as hot_count, h.minor as hot_minor, l.count as was_customers
    from
      (select (select count(*)::int from unpaid) as count, coalesce(sum(o.total_minor) filter (where o.currency = ${company.currency}), 0)::bigint as minor
       from (select distinct best_order_id from unpaid) s join orders o on o.id = s.best_order_id) a,
      (select count(*)::int as count, coalesce(sum(total_minor) filter (where currency = ${company.currency}), 0)::bigint as minor
       from cart_statuses where status = 'abandoned' and last_activity_at >= ${hotFrom}) h,
      (select count(*)::int as count from lead_statuses where customer_status = 'was_customer' and captured_at >= ${from}) l`;
  return {
    awaiting: { count: row!.awaitingCount, valueMinor: row!.awaitingMinor },
    hot: { count: row!.hotCount, valueMinor: row!.hotMinor },
    wasCustomers: row!.wasCustomers,
  };
}
