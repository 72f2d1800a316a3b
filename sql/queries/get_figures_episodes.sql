-- get_figures_episodes: the carts of a period "por pessoa" (docs/rules.md, figures): a cart counts only when no later cart of the same person began
-- less than 24 h after its last activity, so of several carts of one visit the last one does. Carts without a person stand alone; removed ones
-- neither count nor hide another. One row. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to
with carts_in as materialized (
  select s.cart_id, s.status, s.causal_class, s.has_keys, s.first_activity_at, s.last_activity_at, m.person_id
  from cart_statuses s
  left join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = s.cart_id
  where s.tenant_id = $1 and s.status <> 'removed'
    and s.first_activity_at >= coalesce($2::timestamptz, '-infinity') and s.first_activity_at < coalesce($3::timestamptz, 'infinity')
), counted as (
  select c.status, coalesce(c.causal_class, '') as causal_class,
         c.has_keys or (select counts_carts_without_keys from tenants where id = $1) as is_known
  from carts_in c
  where not exists (
    select
    from person_members p
    join cart_statuses later on later.tenant_id = $1 and later.cart_id = p.entity_id
    where p.tenant_id = $1 and p.person_id = c.person_id and p.entity = 'cart' and p.entity_id <> c.cart_id and later.status <> 'removed'
      and (later.first_activity_at, later.cart_id) > (c.first_activity_at, c.cart_id)
      and later.first_activity_at < c.last_activity_at + interval '24 hours')
)
select count(*)::integer as episode_count,
       (select count(*)::integer from carts_in) as cart_count,
       count(*) filter (where status = 'abandoned')::integer as abandoned_count,
       count(*) filter (where status = 'waiting')::integer as waiting_count,
       count(*) filter (where status = 'recovered')::integer as recovered_count,
       count(*) filter (where status = 'purchased')::integer as purchased_count,
       count(*) filter (where status = 'recovered' and causal_class <> 'prior_purchase')::integer as rate_recovered,
       count(*) filter (where status = 'abandoned' and is_known)::integer as rate_abandoned
from counted;
