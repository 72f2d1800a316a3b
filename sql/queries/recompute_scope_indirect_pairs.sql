-- recompute_scope_indirect_pairs: orders of the cart's person inside the window that no key of the cart leads to, where the company counts them.
-- $1 tenant
insert into equal_pairs (cart_id, order_id, has_email, is_all_shared, key_count, is_indirect, cart_site_id, first_activity_at, last_activity_at, coupon_code,
                         order_site_id, order_external_id, order_class, order_created_at, order_paid_at, order_seen_at)
with company as materialized (
  select make_interval(mins => window_before_minutes) as before, make_interval(mins => window_after_minutes) as after from tenants where id = $1
)
select s.cart_id, o.id, false, false, 0, true, c.site_id, c.first_activity_at, c.last_activity_at, c.coupon_code,
       o.site_id, o.external_id, o.class, o.created_at, o.paid_at, o.first_seen_at
from scope_carts s
cross join company w
join carts c on c.tenant_id = $1 and c.id = s.cart_id
join person_members mine on mine.tenant_id = $1 and mine.entity = 'cart' and mine.entity_id = c.id
join person_members its on its.tenant_id = $1 and its.person_id = mine.person_id and its.entity = 'order'
join orders o on o.tenant_id = $1 and o.id = its.entity_id
 and o.created_at between c.first_activity_at - w.before and c.last_activity_at + w.after
where (select counts_indirect_links from tenants where id = $1)
  and (o.paid_at is null or o.paid_at >= c.first_activity_at - w.before) and o.created_via is distinct from 'subscription'
on conflict (cart_id, order_id) do nothing;
