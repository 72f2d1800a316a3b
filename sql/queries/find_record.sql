-- find_record: whether the company has this record, and the person it belongs to.
-- $1 tenant · $2 entity · $3 id
select r.id, p.person_id as "personId"
from (
  select id from leads where $2::text = 'lead' and tenant_id = $1 and id = $3
  union all
  select id from carts where $2::text = 'cart' and tenant_id = $1 and id = $3
  union all
  select id from orders where $2::text = 'order' and tenant_id = $1 and id = $3
) r
left join person_members p on p.tenant_id = $1 and p.entity = $2 and p.entity_id = r.id;
