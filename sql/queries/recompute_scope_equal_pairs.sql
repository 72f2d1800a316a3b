-- recompute_scope_equal_pairs: every cart of the scope with every order that has an equal key and was created inside the window, and which keys
-- those are (docs/rules.md, match), with what is asked of both later: a pass over everything would read them again. A table of its own, so that the planner knows how many there are before their evidence is joined: guessing
-- three for seven thousand made it compare each pair with each product (minutes instead of a second).
-- $1 tenant
insert into equal_pairs (cart_id, order_id, has_email, phone_order, is_all_shared, key_count, cart_site_id, first_activity_at, last_activity_at, coupon_code,
                         order_site_id, order_external_id, order_class, order_created_at, order_paid_at, order_seen_at)
with company as materialized (
  select make_interval(mins => window_before_minutes) as before, make_interval(mins => window_after_minutes) as after from tenants where id = $1
)
select c.id as cart_id, o.id as order_id,
       bool_or(not k.is_phone) as has_email,
       min(case when k.is_phone then k.phone_order end) as phone_order,
       bool_and(k.is_shared) as is_all_shared,
       count(*)::integer as key_count,
       c.site_id, c.first_activity_at, c.last_activity_at, c.coupon_code,
       o.site_id, o.external_id, o.class, o.created_at, o.paid_at, o.first_seen_at
from scope_carts s
cross join company w
join carts c on c.tenant_id = $1 and c.id = s.cart_id
join equal_entries k on k.tenant_id = $1 and k.cart_id = c.id
join orders o on o.tenant_id = $1 and o.id = k.order_id
 and o.created_at between c.first_activity_at - w.before and c.last_activity_at + w.after
where (o.paid_at is null or o.paid_at >= c.first_activity_at - w.before)
  and o.created_via is distinct from 'subscription'
group by c.id, o.id, c.site_id, c.first_activity_at, c.last_activity_at, c.coupon_code,
       o.site_id, o.external_id, o.class, o.created_at, o.paid_at, o.first_seen_at;
