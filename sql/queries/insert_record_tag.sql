-- insert_record_tag: puts a tag on a record; one that is there stays as it was.
-- $1 tenant · $2 entity · $3 id · $4 name · $5 user · $6 now
insert into record_tags (tenant_id, tag_id, entity, entity_id, user_id, created_at)
select $1, t.id, $2, $3, $5, $6 from tags t where t.tenant_id = $1 and lower(t.name) = lower($4::text)
on conflict (tenant_id, entity, entity_id, tag_id) where undone_at is null do nothing
returning id;
