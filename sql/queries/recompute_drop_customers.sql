-- recompute_drop_customers: people who are no more.
-- $1 tenant
delete from customer_statuses c
using (select old_id as person_id from people_moves union select person_id from people_scope where not has_key and person_id is not null) was
where c.tenant_id = $1 and c.person_id = was.person_id
  and not exists (select from people p where p.tenant_id = $1 and p.id = was.person_id);
