-- recompute_scope_contacts: the contacts, since the first activity of each cart of the scope, about the cart or any record of its person.
-- $1 tenant
insert into scope_contacts
select c.id, k.id, k.contacted_at
from scope_carts s
join carts c on c.tenant_id = $1 and c.id = s.cart_id
join contacts k on k.tenant_id = $1 and k.entity = 'cart' and k.entity_id = c.id
where k.undone_at is null and k.contacted_at >= c.first_activity_at
union
select c.id, k.id, k.contacted_at
from contacts k
join person_members its on its.tenant_id = $1 and its.entity = k.entity and its.entity_id = k.entity_id
join person_members mine on mine.tenant_id = $1 and mine.person_id = its.person_id and mine.entity = 'cart'
join scope_carts s on s.cart_id = mine.entity_id
join carts c on c.tenant_id = $1 and c.id = s.cart_id
where k.tenant_id = $1 and k.undone_at is null and k.contacted_at >= c.first_activity_at;
