-- list_person_reminders: the open reminders about the person of a record, the next one first.
-- $1 tenant · $2 entity · $3 id
select m.id, m.entity, m.entity_id as "entityId", m.remind_at as "remindAt", m.note, u.name as "userName", m.created_at as "createdAt"
from person_records($1, $2, $3) r
join reminders m on m.tenant_id = $1 and m.entity = r.entity and m.entity_id = r.entity_id and m.undone_at is null
left join users u on u.id = m.user_id
order by m.remind_at, m.id;
