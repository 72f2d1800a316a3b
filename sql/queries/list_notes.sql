-- list_notes: the notes about the person of a record, newest first.
-- $1 tenant · $2 entity · $3 id
select n.id, n.entity, n.entity_id as "entityId", n.body, u.name as "userName", n.created_at as "createdAt"
from person_records($1, $2, $3) r
join notes n on n.tenant_id = $1 and n.entity = r.entity and n.entity_id = r.entity_id and n.undone_at is null
left join users u on u.id = n.user_id
order by n.id desc limit 100;
