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
  const sites = await tx<{ id: string }[]>`select id from sites order by id limit 2`;
  // A company's only shop is that of every cart: the carts need not be read for it.
  const only = sites.length === 1 ? sites[0]!.id : null;
  const siteId = only ? tx`${only}::bigint` : tx`c.site_id`;
  const rows = await tx<(ProductFacts & { total: number; siteCount: number })[]>`
    with carts_in as materialized (
      select s.tenant_id, s.cart_id, ${siteId} as site_id, s.status = 'recovered' as is_recovered,
             s.status = 'abandoned' and s.currency = ${company.currency} as is_left
      from cart_statuses s ${only ? tx`` : tx`join carts c on c.tenant_id = s.tenant_id and c.id = s.cart_id`}
      where ${countedCarts(tx).taxa} ${inPeriod(tx, tx`s.first_activity_at`, period)}
    ), items as (
      select x.site_id, i.product_id, x.cart_id, x.is_recovered, x.is_left, coalesce(sum(i.line_total) filter (where x.is_left), 0) as worth
      from carts_in x
      join cart_items i on i.tenant_id = x.tenant_id and i.cart_id = x.cart_id and not i.is_bundle_child
      group by 1, 2, 3, 4, 5
    ), products as (
      select site_id, product_id, count(*)::int as carts, count(*) filter (where is_recovered)::int as recovered, max(cart_id) as newest,
             count(*) filter (where is_left)::int as left_carts, coalesce(round(100 * sum(worth) filter (where is_left)), 0)::bigint as left_minor
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

/**
 * Counts by weekday (Monday is 1) and hour of the company's clock. The clock is asked once a quarter of an hour, of which all zones and their changes are
 * whole ones: asked of each of two million orders it costs five times the reading.
 */
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
    select date_part('isodow', time)::int as weekday, date_part('hour', time)::int as hour, sum(count)::int as count
    from (select local_time(to_timestamp(quarter * 900), ${company.timeZone}) as time, count
          from (select floor(date_part('epoch', at) / 900) as quarter, count(*) as count from (${instants[subject]()}) i group by 1) q) t
    group by 1, 2`;
}

/** People by the month of their first paid order, and how the first orders went on. */
export async function loadRepeats(tx: Tx, { company, period: { from, to } }: Scope): Promise<RepeatFacts> {
  const values = { tenant: company.id, from, to };
  const cohorts = await runQuery<RepeatFacts['cohorts'][number]>(tx, 'get_figures_purchase_cohorts', values);
  const [row] = await runQuery<Omit<RepeatFacts, 'cohorts'>>(tx, 'get_figures_customers', values);
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

/** The phones of a period's leads by form, and by week; both from one reading. */
export async function loadQuality(tx: Tx, { company, period }: Scope): Promise<QualityFacts> {
  const { movel, fixo, sem_ddd, invalido, ficticio, vazio } = phoneConditions(tx);
  const leads = tx`
    from lead_statuses s join leads l on l.tenant_id = s.tenant_id and l.id = s.lead_id
    where true ${inPeriod(tx, tx`s.captured_at`, period)}`;
  type Group = Omit<QualityFacts['forms'][number] & QualityFacts['weeks'][number], 'week'> & {
    week: string | null;
    isForm: boolean;
  };
  const groups = await tx<Group[]>`
    with phones as materialized (
      select l.form_plugin, l.form_id, date_trunc('week', local_day(s.captured_at, ${company.timeZone})::timestamp)::date as week,
             ${movel!} as movel, ${fixo!} as fixo, ${sem_ddd!} as sem_ddd, ${invalido!} as invalido, ${ficticio!} as ficticio, ${vazio!} as vazio,
             ${repeatsPhone(tx)} as repetido
      ${leads}
    ), groups as (
      select form_plugin, form_id, week, grouping(week) = 1 as is_form, count(*)::int as leads, count(*) filter (where movel)::int as movel,
             count(*) filter (where fixo)::int as fixo, count(*) filter (where sem_ddd)::int as sem_ddd,
             count(*) filter (where invalido)::int as invalido, count(*) filter (where ficticio)::int as ficticio,
             count(*) filter (where vazio)::int as vazio, count(*) filter (where repetido)::int as repetido
      from phones group by grouping sets ((form_plugin, form_id), (week))
    )
    select f.*, f.week::text as week,
           (select max(t.title) from form_titles t where t.form_plugin = f.form_plugin and t.form_id = f.form_id) as form_title,
           case when is_form and f.leads >= ${minQualityLeads} and 100 * f.invalido > ${Math.round(100 * worstShare)}::integer * f.leads then (
             select jsonb_agg(phone) from (
               select distinct left(l.phone_raw, 30) as phone ${leads} and l.form_plugin = f.form_plugin and l.form_id = f.form_id and ${invalido!}
               limit 200) bad)
           end as examples
    from groups f
    where is_form or week is not null
    order by is_form, f.week, f.leads desc, f.form_plugin, f.form_id`;
  return {
    forms: groups.filter(({ isForm }) => isForm).slice(0, 100),
    weeks: groups.flatMap(({ week, ...counts }) => (week === null ? [] : [{ ...counts, week }])),
  };
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
