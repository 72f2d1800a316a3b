-- recompute_scope_people: the people of the records and carts looked at, and their records. Of the people of records looked at every record is, so
-- only those of the carts' people are looked up.
-- $1 tenant
with near as materialized (
  select coalesce(j.person_id, s.person_id) as person_id, s.node
  from people_scope s
  left join people_joined j on j.node = s.node
  where s.has_key
), far as materialized (
  select distinct m.person_id
  from scope_carts s
  join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = s.cart_id
  where not exists (select from people_scope p where p.node = record_node('cart', s.cart_id))
), people as (
  insert into scope_people select person_id from near union select person_id from far
)
insert into scope_people_members (tenant_id, person_id, entity, entity_id)
select $1, person_id, node_entity(node), node_id(node) from near
union all
select $1, m.person_id, m.entity, m.entity_id from far f join person_members m on m.tenant_id = $1 and m.person_id = f.person_id;
