-- recompute_scope_carts: the touched carts, and those that a touched order or key met, meets or could meet.
-- $1 tenant · $2 is_full
insert into scope_carts
select entity_id from touched where entity = 'cart'
union
select m.cart_id from touched t join cart_matches m on m.tenant_id = $1 and m.order_id = t.entity_id where t.entity = 'order' and not $2
union
select s.cart_id from touched t join cart_statuses s on s.tenant_id = $1 and s.void_order_id = t.entity_id where t.entity = 'order' and not $2
union
select mine.entity_id
from touched t
join orders o on o.tenant_id = $1 and o.id = t.entity_id
join usable_keys its on its.tenant_id = $1 and its.entity = 'order' and its.entity_id = o.id
join usable_keys mine on mine.tenant_id = $1 and mine.key = its.key and mine.entity = 'cart'
join carts c on c.tenant_id = $1 and c.id = mine.entity_id
cross join (select make_interval(mins => window_before_minutes) as before, make_interval(mins => window_after_minutes) as after from tenants where id = $1) w
where t.entity = 'order' and not $2
  and o.created_at between c.first_activity_at - w.before and c.last_activity_at + w.after;
