-- recompute_scope_leads: touched leads, the leads of the people looked at, and every lead that has a touched key.
-- $1 tenant
insert into scope_leads
select entity_id from touched where entity = 'lead'
union
select node_id(node) from people_scope where node_entity(node) = 'lead'
union
select m.entity_id from touched_keys k join usable_keys m on m.tenant_id = $1 and m.key = k.key and m.entity = 'lead';
