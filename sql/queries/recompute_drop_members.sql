-- recompute_drop_members: a record without a key has no person.
-- $1 tenant
delete from person_members p
using (select node_entity(node) as entity, node_id(node) as entity_id from people_scope where not has_key offset 0) s
where p.tenant_id = $1 and p.entity = s.entity and p.entity_id = s.entity_id;
