-- recompute_drop_members: a record without a key has no person.
-- $1 tenant
delete from person_members p using people_scope s
where p.tenant_id = $1 and p.entity = node_entity(s.node) and p.entity_id = node_id(s.node) and not s.has_key;
