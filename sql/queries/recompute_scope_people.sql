-- recompute_scope_people: the people of the records and carts looked at.
-- $1 tenant
insert into scope_people
select m.person_id
from people_scope s
join person_members m on m.tenant_id = $1 and m.entity = s.entity and m.entity_id = s.entity_id
union
select m.person_id
from scope_carts s
join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = s.cart_id
on conflict do nothing;
