-- recompute_drop_people: a person without records is nobody. Only who lost one can be.
-- $1 tenant
delete from people p
using (select old_id as person_id from people_moves union select person_id from people_scope where not has_key and person_id is not null) was
where p.tenant_id = $1 and p.id = was.person_id
  and not exists (select from person_members m where m.tenant_id = $1 and m.person_id = p.id);
