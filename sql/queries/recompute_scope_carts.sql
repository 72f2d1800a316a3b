-- recompute_scope_carts: the touched carts, those that a touched order or key met, meets or could meet, and those about which people said something
-- that this pass concerns: contacts of their person, a contact code, an order chosen by hand.
-- $1 tenant
insert into scope_carts
with company as materialized (
  select make_interval(mins => window_before_minutes) as before, make_interval(mins => window_after_minutes) as after, counts_indirect_links
  from tenants where id = $1
), ordered as materialized (
  select record_node('order', o.id) as node, o.created_at, lower(btrim(o.utm_content)) as code
  from touched t
  join orders o on o.tenant_id = $1 and o.id = t.entity_id
  where t.entity = 'order'
), contacted as materialized (
  -- the people, as they were and as they are, of the records looked at that somebody was contacted about
  select distinct p.person_id as was_person_id, m.person_id
  from (select node_entity(node) as entity, node_id(node) as entity_id, person_id from people_scope offset 0) p
  join contacts k on k.tenant_id = $1 and k.entity = p.entity and k.entity_id = p.entity_id
  left join person_members m on m.tenant_id = $1 and m.entity = k.entity and m.entity_id = k.entity_id
)
select entity_id from touched where entity = 'cart'
union
select m.cart_id from touched t join cart_matches m on m.tenant_id = $1 and m.order_id = t.entity_id where t.entity = 'order'
union
-- order by order: a merge over the index would read all of it
select s.cart_id
from touched t
cross join lateral (select cart_id from cart_statuses where tenant_id = $1 and void_order_id = t.entity_id offset 0) s
where t.entity = 'order'
union
select v.cart_id from touched t join cart_overrides v on v.tenant_id = $1 and v.order_id = t.entity_id and v.undone_at is null
where t.entity = 'order'
union
-- when a cart was active stands beside its status, which is read later; a cart without one is touched itself
select c.cart_id
from (
  -- of an unshared key every record is looked at
  select o.created_at, node_id(entry_node(e.cart)) as cart_id
  from (select entry_node(unnest(entries)) as node, entries from key_entries where not is_shared and entries[1] < 1::bigint << 60 offset 0) its
  join ordered o on o.node = its.node
  cross join lateral (select unnest(its.entries) as cart) e
  where e.cart < 1::bigint << 60
  union all
  select o.created_at, m.entity_id
  from (select entry_node(unnest(entries)) as node, key from key_entries where is_shared offset 0) its
  join ordered o on o.node = its.node
  join usable_keys m on m.tenant_id = $1 and m.key = its.key and m.entity = 'cart'
) met
cross join company w
join cart_statuses c on c.tenant_id = $1 and c.cart_id = met.cart_id
where met.created_at between c.first_activity_at - w.before and c.last_activity_at + w.after
union
-- an order with the code of a contact about a cart; one whose contact has a key of the cart marks only pairs that the keys made
select k.entity_id
from ordered o
join contacts k on k.tenant_id = $1 and k.code = o.code and k.entity = 'cart'
union
-- a contact was made or undone: the carts that have its key
select mine.entity_id
from touched t
join contacts k on k.tenant_id = $1 and k.entity = t.entity and k.entity_id = t.entity_id and k.code is not null
join usable_keys mine on mine.tenant_id = $1 and mine.key = k.key and mine.entity = 'cart'
union
select node_id(node)
from people_scope
where node_entity(node) = 'cart'
  and ((select counts_indirect_links from company) or person_id in (select was_person_id from contacted))
union
select m.entity_id
from contacted c
join person_members m on m.tenant_id = $1 and m.person_id = c.person_id and m.entity = 'cart'
join people_scope p on p.node = record_node('cart', m.entity_id);
