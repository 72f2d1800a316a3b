-- recompute_scope_contacted: the carts about which a contact with a touched record, made or undone, may say something else than before. A contact is
-- neither a key nor an order: it tells only of a cart that met one, by its person or by an order that brought its code back. Gives how many.
-- $1 tenant
insert into scope_carts
with coded as materialized (
  select k.entity, k.entity_id, k.key
  from touched t
  join contacts k on k.tenant_id = $1 and k.entity = t.entity and k.entity_id = t.entity_id
  where k.code is not null and exists (select from orders o where o.tenant_id = $1 and lower(btrim(o.utm_content)) = k.code)
)
select m.entity_id
from touched t
join person_members own on own.tenant_id = $1 and own.entity = t.entity and own.entity_id = t.entity_id
join person_members m on m.tenant_id = $1 and m.person_id = own.person_id and m.entity = 'cart'
where exists (select from cart_matches c where c.tenant_id = $1 and c.cart_id = m.entity_id)
union
select t.entity_id from touched t
where t.entity = 'cart' and exists (select from cart_matches c where c.tenant_id = $1 and c.cart_id = t.entity_id)
union
select entity_id from coded where entity = 'cart'
union
select mine.entity_id from coded k join usable_keys mine on mine.tenant_id = $1 and mine.key = k.key and mine.entity = 'cart';
