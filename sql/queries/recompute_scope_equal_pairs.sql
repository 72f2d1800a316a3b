-- recompute_scope_equal_pairs: every cart of the scope with every order that has an equal key and was created inside the window, and which keys
-- those are (docs/rules.md, match). A table of its own, so that the planner knows how many there are before their evidence is joined: guessing
-- three for seven thousand made it compare each pair with each product (minutes instead of a second).
-- $1 tenant
insert into equal_pairs (cart_id, order_id, has_email, phone_order, is_all_shared, key_count)
with company as materialized (
  select make_interval(mins => window_before_minutes) as before, make_interval(mins => window_after_minutes) as after from tenants where id = $1
)
select c.id as cart_id, o.id as order_id,
       bool_or(mine.key < 'p:') as has_email,
       -- mobile and international phones are worth more than landlines, stated ones more than presumed ones
       min(case when mine.key >= 'p:' then
             case mine.phone_kind when 'mobile' then 0 when 'international' then 2 else 4 end
             + case when mine.is_presumed or its.is_presumed then 1 else 0 end end) as phone_order,
       bool_and(shared.key is not null) as is_all_shared,
       count(*)::integer as key_count
from scope_carts s
cross join company w
join carts c on c.tenant_id = $1 and c.id = s.cart_id
join usable_keys mine on mine.tenant_id = $1 and mine.entity = 'cart' and mine.entity_id = c.id
join usable_keys its on its.tenant_id = $1 and its.key = mine.key and its.entity = 'order'
join orders o on o.tenant_id = $1 and o.id = its.entity_id
 and o.created_at between c.first_activity_at - w.before and c.last_activity_at + w.after
left join shared_keys shared on shared.tenant_id = $1 and shared.key = mine.key
where (o.paid_at is null or o.paid_at >= c.first_activity_at - w.before)
  and o.created_via is distinct from 'subscription'
group by c.id, o.id;
