-- find_contacted_carts: the carts about which a contact with one of these records, made or undone, may say something else than before. A contact is
-- neither a key nor an order: it tells only of a cart that met an order paid after it, by its person, or by an order that brought its code back. One
-- column, `id`.
-- $1 tenant · $2 entities · $3 ids
with asked as materialized (
  select r.entity, r.entity_id, min(k.contacted_at) as first_at
  from unnest((select $2::text[]), (select $3::bigint[])) as r (entity, entity_id) -- one plan for any number, as in held_opt_outs()
  join contacts k on k.tenant_id = $1 and k.entity = r.entity and k.entity_id = r.entity_id
  group by r.entity, r.entity_id
), coded as materialized (
  select k.entity, k.entity_id, k.key
  from asked a
  join contacts k on k.tenant_id = $1 and k.entity = a.entity and k.entity_id = a.entity_id
  where k.code is not null and exists (select from orders o where o.tenant_id = $1 and lower(btrim(o.utm_content)) = k.code)
), told as (
  select m.entity_id as cart_id, a.first_at
  from asked a
  join person_members own on own.tenant_id = $1 and own.entity = a.entity and own.entity_id = a.entity_id
  join person_members m on m.tenant_id = $1 and m.person_id = own.person_id and m.entity = 'cart'
  union all
  select entity_id, first_at from asked where entity = 'cart'
)
select t.cart_id as id
from told t
where exists (
  select from cart_matches c
  join orders o on o.tenant_id = $1 and o.id = c.order_id
  where c.tenant_id = $1 and c.cart_id = t.cart_id and c.order_class = 'paid' and coalesce(o.paid_at, o.created_at, o.first_seen_at) > t.first_at)
union
select entity_id from coded where entity = 'cart'
union
select mine.entity_id from coded k join usable_keys mine on mine.tenant_id = $1 and mine.key = k.key and mine.entity = 'cart';
