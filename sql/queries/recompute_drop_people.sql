-- recompute_drop_people: a person without records is nobody.
-- $1 tenant
delete from people p using (select distinct person_id from people_scope where person_id is not null) was
where p.tenant_id = $1 and p.id = was.person_id
  and not exists (select from person_members m where m.tenant_id = $1 and m.person_id = p.id);
