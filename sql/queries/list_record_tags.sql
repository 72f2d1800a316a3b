-- list_record_tags: the tags of the person of a record, by name.
-- $1 tenant · $2 entity · $3 id
select g.id, t.name, g.entity, g.entity_id as "entityId", u.name as "userName", g.created_at as "createdAt"
from person_records($1, $2, $3) r
join record_tags g on g.tenant_id = $1 and g.entity = r.entity and g.entity_id = r.entity_id and g.undone_at is null
join tags t on t.tenant_id = $1 and t.id = g.tag_id
left join users u on u.id = g.user_id
order by lower(t.name), g.id;
