-- get_figures_causes: of the carts in the recovery rate of a period, those whose person was contacted since the first activity and those that were not, with
-- how many of each came back, and how long after the last activity the credited orders came, also as a histogram (docs/rules.md, figures). One row; hours, null without any.
-- $1 tenant · $2 from · $3 to
with touched as materialized (
  -- The last contact about a cart or its person: it is what lies after the beginning of the cart, if any does. From the contacts to the carts, because
  -- these are many: asked cart by cart a million costs ten times this.
  select cart_id, max(at) as at
  from (
    select k.entity_id as cart_id, k.contacted_at as at
    from contacts k where k.tenant_id = $1 and k.entity = 'cart' and k.undone_at is null and k.contacted_at >= coalesce($2::timestamptz, '-infinity')
    union all
    select its.entity_id, p.at
    from (
      select m.person_id, max(k.contacted_at) as at
      from contacts k join person_members m on m.tenant_id = $1 and m.entity = k.entity and m.entity_id = k.entity_id
      where k.tenant_id = $1 and k.undone_at is null and k.contacted_at >= coalesce($2::timestamptz, '-infinity')
      group by m.person_id) p
    join person_members its on its.tenant_id = $1 and its.person_id = p.person_id and its.entity = 'cart') k
  group by cart_id
), carts_in as materialized (
  select s.cart_id, s.causal_class, s.first_activity_at, case when s.status = 'recovered' then s.credited_order_id end as order_id, s.last_activity_at
  from cart_statuses s
  where s.tenant_id = $1
    and ((s.status = 'recovered' and s.causal_class is distinct from 'prior_purchase')
         or (s.status = 'abandoned' and (s.has_keys or (select counts_carts_without_keys from tenants where id = $1))))
    and s.first_activity_at >= coalesce($2::timestamptz, '-infinity') and s.first_activity_at < coalesce($3::timestamptz, 'infinity')
)
select count(*) filter (where is_contacted)::integer as contacted_carts,
       count(*) filter (where is_contacted and causal_class = 'contacted')::integer as contacted_recovered,
       count(*) filter (where not is_contacted)::integer as natural_carts,
       count(*) filter (where not is_contacted and causal_class in ('spontaneous', 'plugin_email'))::integer as natural_recovered,
       round((percentile_cont(0.5) within group (order by hours) filter (where is_after))::numeric, 1) as median_hours,
       round((percentile_cont(0.75) within group (order by hours) filter (where is_after))::numeric, 1) as p75_hours,
       count(*) filter (where is_after and hours < 1)::integer as within_hour,
       count(*) filter (where is_after and hours >= 1 and hours < 24)::integer as within_day,
       count(*) filter (where is_after and hours >= 24 and hours < 72)::integer as within_3_days,
       count(*) filter (where is_after and hours >= 72 and hours < 168)::integer as within_week,
       count(*) filter (where is_after and hours >= 168 and hours < 336)::integer as within_2_weeks,
       count(*) filter (where is_after and hours >= 336)::integer as later
from (
  select s.causal_class, coalesce(t.at >= s.first_activity_at, false) as is_contacted,
         extract(epoch from o.created_at - s.last_activity_at) / 3600 as hours, o.created_at >= s.first_activity_at as is_after
  from carts_in s
  left join touched t on t.cart_id = s.cart_id
  left join orders o on o.tenant_id = $1 and o.id = s.order_id
) c;
