-- recompute_scope_code_pairs: the orders that bring back the code of a contact about the cart, inside the window even without an equal key, and
-- among the pairs found so far those that bring back the code of a contact with one of the cart's keys (docs/rules.md, match).
-- $1 tenant
insert into equal_pairs (cart_id, order_id, has_email, is_all_shared, key_count, has_code, cart_site_id, first_activity_at, last_activity_at, coupon_code,
                         order_site_id, order_external_id, order_class, order_created_at, order_paid_at, order_seen_at)
with company as materialized (
  select make_interval(mins => window_before_minutes) as before, make_interval(mins => window_after_minutes) as after from tenants where id = $1
), told as (
  select s.cart_id, k.code, true as is_own
  from scope_carts s
  join contacts k on k.tenant_id = $1 and k.entity = 'cart' and k.entity_id = s.cart_id
  where k.code is not null and k.undone_at is null
  union all
  select s.cart_id, k.code, false
  from contacts k
  join usable_keys u on u.tenant_id = $1 and u.key = k.key and u.entity = 'cart'
  join scope_carts s on s.cart_id = u.entity_id
  where k.tenant_id = $1 and k.code is not null and k.undone_at is null
)
select distinct t.cart_id, o.id, false, false, 0, true, c.site_id, c.first_activity_at, c.last_activity_at, c.coupon_code,
       o.site_id, o.external_id, o.class, o.created_at, o.paid_at, o.first_seen_at
from told t
join orders o on o.tenant_id = $1 and lower(btrim(o.utm_content)) = t.code
join carts c on c.tenant_id = $1 and c.id = t.cart_id
cross join company w
left join equal_pairs e on e.cart_id = t.cart_id and e.order_id = o.id
where e.cart_id is not null
   or t.is_own and o.created_at between c.first_activity_at - w.before and c.last_activity_at + w.after
      and (o.paid_at is null or o.paid_at >= c.first_activity_at - w.before) and o.created_via is distinct from 'subscription'
on conflict (cart_id, order_id) do update set has_code = true;
