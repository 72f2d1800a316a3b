// What each report reads, in one or two statements over the period's range of an index. A rule that a figure or a filter has already is that one.
import type { ClockFacts, ClockSubject } from '#web/pages/report-clock.ts';
import { mostProducts, type ProductFacts } from '#web/pages/report-products.ts';
import { type RecoveryClass, type RecoveryFacts, recoveryClasses } from '#web/pages/report-recovery.ts';
import type { Period } from '#web/period.ts';
import type { Company } from '../context.ts';
import { type Fragment, runQuery, type Tx } from '../db.ts';
import { inPeriod } from '../lists/conditions.ts';
import { countedCarts } from './carts.ts';

type Scope = { company: Company; period: Period };

export async function loadRecovery(
  tx: Tx,
  { company, period: { from, to } }: Scope,
  classe: RecoveryClass | null,
): Promise<RecoveryFacts> {
  const values = { tenant: company.id, from, to };
  const weeks = await runQuery<RecoveryFacts['weeks'][number]>(tx, 'get_figures_cohorts', {
    ...values,
    class: classe && recoveryClasses[classe].class,
  });
  const [causes] = await runQuery<RecoveryFacts['causes']>(tx, 'get_figures_causes', values);
  return { weeks, causes: causes! };
}

/** The products in most carts of the rate, and how many products there are. */
export async function loadProducts(
  tx: Tx,
  { company, period }: Scope,
): Promise<{ rows: ProductFacts[]; total: number; siteCount: number }> {
  const rows = await tx<(ProductFacts & { total: number; siteCount: number })[]>`
    with carts_in as materialized (
      select s.tenant_id, s.cart_id, s.status = 'recovered' as is_recovered, s.currency = ${company.currency} as is_counted
      from cart_statuses s where ${countedCarts(tx).taxa} ${inPeriod(tx, tx`s.first_activity_at`, period)}
    ), items as (
      select c.site_id, i.product_id, x.cart_id, x.is_recovered, x.is_counted, max(i.name) as name, coalesce(sum(i.line_total), 0) as worth
      from carts_in x
      join carts c on c.tenant_id = x.tenant_id and c.id = x.cart_id
      join cart_items i on i.tenant_id = x.tenant_id and i.cart_id = x.cart_id and not i.is_bundle_child
      group by 1, 2, 3, 4, 5
    ), products as (
      select site_id, product_id, count(*)::int as carts, count(*) filter (where is_recovered)::int as recovered, max(cart_id) as newest,
             count(*) filter (where is_counted and not is_recovered)::int as left_carts,
             coalesce(round(100 * sum(worth) filter (where is_counted and not is_recovered)), 0)::bigint as left_minor
      from items group by 1, 2
    ), first as (
      select *, count(*) over ()::int as total from products order by carts desc, left_minor desc, site_id, product_id limit ${mostProducts}
    )
    select f.site_id, site.name as site_name, f.product_id, f.carts, f.recovered, f.left_carts, f.left_minor, f.total,
           (select count(*)::int from sites) as site_count,
           (select i.name from cart_items i where i.cart_id = f.newest and i.product_id = f.product_id and not i.is_bundle_child
            order by i.position limit 1) as name
    from first f join sites site on site.id = f.site_id
    order by f.carts desc, f.left_minor desc, f.site_id, f.product_id`;
  return { rows, total: rows[0]?.total ?? 0, siteCount: rows[0]?.siteCount ?? 0 };
}

/** Counts by weekday (Monday is 1) and hour of the company's clock. */
export async function loadClock(tx: Tx, { period }: Scope, subject: ClockSubject): Promise<ClockFacts> {
  const within = (at: Fragment) => inPeriod(tx, at, period);
  const instants: Readonly<Record<ClockSubject, () => Fragment>> = {
    leads: () =>
      tx`select s.captured_at as at from lead_statuses s where s.captured_at is not null ${within(tx`s.captured_at`)}`,
    abandonos: () => tx`
      select s.first_activity_at as at from cart_statuses s where ${countedCarts(tx).taxa} ${within(tx`s.first_activity_at`)}`,
    contatos: () =>
      tx`select k.contacted_at as at from contacts k where k.undone_at is null ${within(tx`k.contacted_at`)}`,
    pedidos: () => tx`
      select o.created_at as at from orders o where o.class = 'paid' and o.created_at is not null ${within(tx`o.created_at`)}`,
  };
  return await tx<ClockFacts[number][]>`
    select extract(isodow from time)::int as weekday, extract(hour from time)::int as hour, count(*)::int as count
    from (select local_time(at, (select reporting_time_zone from tenants where id = app_tenant_id())) as time from (${instants[subject]()}) i) t
    group by 1, 2`;
}
