-- get_figures_causes: of the carts in the recovery rate of a period, those whose person was contacted since the first activity and those that were not, with
-- how many of each came back, and how long after the last activity the credited orders came, also as a histogram (docs/rules.md, figures). One row; hours, null without any.
-- $1 tenant · $2 from · $3 to
with company as materialized (
  select counts_carts_without_keys as counts_all from tenants where id = $1
), carts_in as materialized (
  select s.cart_id, s.status, s.causal_class, s.first_activity_at, extract(epoch from o.created_at - s.last_activity_at) / 3600 as hours, o.created_at >= s.first_activity_at as is_after
  from company w
  join cart_statuses s on s.tenant_id = $1
  left join orders o on o.tenant_id = $1 and o.id = s.credited_order_id and s.status = 'recovered'
  where ((s.status = 'recovered' and s.causal_class is distinct from 'prior_purchase') or (s.status = 'abandoned' and (s.has_keys or w.counts_all)))
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
  -- cart by cart, each a look into an index: as a join the planner takes the carts for few and reads the contacts anew for each
  select c.*,
         exists (select from contacts k
                 where k.tenant_id = $1 and k.entity = 'cart' and k.entity_id = c.cart_id and k.undone_at is null and k.contacted_at >= c.first_activity_at)
         or exists (select from person_members mine
                    join person_members its on its.tenant_id = $1 and its.person_id = mine.person_id
                    join contacts k on k.tenant_id = $1 and k.entity = its.entity and k.entity_id = its.entity_id
                    where mine.tenant_id = $1 and mine.entity = 'cart' and mine.entity_id = c.cart_id and k.undone_at is null
                      and k.contacted_at >= c.first_activity_at) as is_contacted
  from carts_in c
  offset 0 -- or each figure looks anew
) c;
