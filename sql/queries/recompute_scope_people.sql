-- recompute_scope_people: the people of the records and carts looked at.
-- $1 tenant
insert into scope_people
select coalesce(j.person_id, s.person_id)
from people_scope s
left join people_joined j on j.node = s.node
where s.has_key
union
select m.person_id
from scope_carts s
join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = s.cart_id
where not exists (select from people_scope p where p.node = record_node('cart', s.cart_id))
on conflict do nothing;
