// What each report reads, in one or two statements over the period's range of an index. A rule that a figure or a filter has already is that one.
import type { ClockFacts, ClockSubject } from '#web/pages/report-clock.ts';
import { mostProducts, type ProductFacts } from '#web/pages/report-products.ts';
import { minQualityLeads, type QualityFacts, worstShare } from '#web/pages/report-quality.ts';
import { type RecoveryClass, type RecoveryFacts, recoveryClasses } from '#web/pages/report-recovery.ts';
import type { RepeatFacts } from '#web/pages/report-repeats.ts';
import type { ScoreFacts } from '#web/pages/report-scores.ts';
import type { TeamFacts } from '#web/pages/report-team.ts';
import type { Period } from '#web/period.ts';
import type { Company } from '../context.ts';
import { type Fragment, runQuery, type Tx } from '../db.ts';
import { inPeriod } from '../lists/conditions.ts';
import { countedCarts } from './carts.ts';
import { scoreGroups } from './customers.ts';
import { phoneConditions, repeatsPhone } from './leads.ts';

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

/** Counts by weekday (Monday is 1) and hour of the company's clock. With the zone as a value the clock is part of the statement, not a call a row. */
export async function loadClock(tx: Tx, { company, period }: Scope, subject: ClockSubject): Promise<ClockFacts> {
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
    from (select local_time(at, ${company.timeZone}) as time from (${instants[subject]()}) i) t
    group by 1, 2`;
}

/** People by the month of their first paid order, how the first orders went on, and the median interval as get_figures_customers has it. */
export async function loadRepeats(tx: Tx, { company, period }: Scope): Promise<RepeatFacts> {
  const { from, to } = period;
  const cohorts = await runQuery<RepeatFacts['cohorts'][number]>(tx, 'get_figures_purchase_cohorts', {
    tenant: company.id,
    from,
    to,
  });
  const [row] = await tx<Omit<RepeatFacts, 'cohorts'>[]>`
    select count(*) filter (where w.nth = 1)::int as first_count, count(*) filter (where w.nth = 1 and w.next_at is not null)::int as first_again,
           count(*) filter (where w.nth = 2)::int as second_count, count(*) filter (where w.nth = 2 and w.next_at is not null)::int as second_again,
           round((percentile_cont(0.5) within group (order by w.gap_seconds) filter (where w.gap_seconds >= 3600) / 86400)::numeric, 1) as median_days
    from person_orders w where true ${inPeriod(tx, tx`w.created_at`, period)}`;
  return { cohorts, ...row! };
}

/** How many people have each pair of scores, their mean M and the name of their group; from customer_statuses_scores_idx alone. */
export async function loadScores(tx: Tx): Promise<ScoreFacts> {
  const names = Object.entries(scoreGroups(tx)).reduce(
    (cases, [name, condition]) => tx`${cases} when ${condition} then ${name}`,
    tx``,
  );
  return await tx<ScoreFacts[number][]>`
    select c.recency, c.frequency, c.count, c.monetary, case ${names} end as score_group
    from (select recency, frequency, count(*)::int as count, avg(monetary)::float8 as monetary
          from customer_statuses where recency is not null group by 1, 2) c
    order by c.recency, c.frequency`;
}

/** The phones of a period's leads by form, and by week. */
export async function loadQuality(tx: Tx, { company, period }: Scope): Promise<QualityFacts> {
  const { movel, fixo, sem_ddd, invalido, ficticio, vazio } = phoneConditions(tx);
  const counts = tx`
    count(*)::int as leads, count(*) filter (where ${movel!})::int as movel, count(*) filter (where ${fixo!})::int as fixo,
    count(*) filter (where ${sem_ddd!})::int as sem_ddd, count(*) filter (where ${invalido!})::int as invalido,
    count(*) filter (where ${ficticio!})::int as ficticio, count(*) filter (where ${vazio!})::int as vazio,
    count(*) filter (where ${repeatsPhone(tx)})::int as repetido`;
  const leads = tx`
    from lead_statuses s join leads l on l.tenant_id = s.tenant_id and l.id = s.lead_id
    where true ${inPeriod(tx, tx`s.captured_at`, period)}`;
  const forms = await tx<QualityFacts['forms'][number][]>`
    select f.*, (select max(t.title) from form_titles t where t.form_plugin = f.form_plugin and t.form_id = f.form_id) as form_title,
           case when f.leads >= ${minQualityLeads} and 100 * f.invalido > ${Math.round(100 * worstShare)}::integer * f.leads then (
             select jsonb_agg(phone) from (
               select distinct left(l.phone_raw, 30) as phone ${leads} and l.form_plugin = f.form_plugin and l.form_id = f.form_id and ${invalido!}
               limit 200) bad)
           end as examples
    from (select l.form_plugin, l.form_id, ${counts} ${leads} group by 1, 2) f
    order by f.leads desc, f.form_plugin, f.form_id limit 100`;
  const weeks = await tx<QualityFacts['weeks'][number][]>`
    select date_trunc('week', local_day(s.captured_at, ${company.timeZone})::timestamp)::date::text as week,
           ${counts} ${leads} and s.captured_at is not null group by 1 order by 1`;
  return { forms, weeks };
}

/** What each user did in a period, and the carts of the rate that began in it and have a contact of the user's. */
export async function loadTeam(tx: Tx, { company, period }: Scope): Promise<TeamFacts> {
  return await tx<TeamFacts[number][]>`
    with done as (
      select k.user_id, count(*)::int as contacts, count(*) filter (where k.channel = 'whatsapp')::int as whatsapp,
             count(*) filter (where k.channel = 'email')::int as email
      from contacts k where k.undone_at is null and k.user_id is not null ${inPeriod(tx, tx`k.contacted_at`, period)} group by 1
    ), touched as (
      select distinct k.user_id, s.cart_id, s.causal_class, s.status, s.credited_currency, s.credited_minor
      from cart_statuses s
      join contacts k on k.tenant_id = s.tenant_id and k.entity = 'cart' and k.entity_id = s.cart_id and k.undone_at is null and k.user_id is not null
      where ${countedCarts(tx).taxa} ${inPeriod(tx, tx`s.first_activity_at`, period)}
    ), carts_of as (
      select t.user_id, count(*)::int as carts, count(*) filter (where t.causal_class = 'contacted')::int as recovered,
             count(*) filter (where t.causal_class = 'contacted' and t.credited_currency = ${company.currency})::int as credited,
             coalesce(sum(t.credited_minor) filter (where t.causal_class = 'contacted' and t.credited_currency = ${company.currency}), 0)::bigint as credited_minor
      from touched t group by 1
    )
    select u.id as user_id, u.name, coalesce(d.contacts, 0) as contacts, coalesce(d.whatsapp, 0) as whatsapp, coalesce(d.email, 0) as email,
           coalesce(c.carts, 0) as carts, coalesce(c.recovered, 0) as recovered, coalesce(c.credited, 0) as credited,
           coalesce(c.credited_minor, 0)::bigint as credited_minor
    from done d full join carts_of c on c.user_id = d.user_id
    join users u on u.id = coalesce(d.user_id, c.user_id)
    order by contacts desc, lower(u.name), u.id`;
}
