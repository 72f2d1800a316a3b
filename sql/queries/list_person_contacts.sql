-- list_person_contacts: the contacts with the person of a record, undone ones too, newest first.
-- $1 tenant · $2 entity · $3 id
select c.id, c.entity, c.entity_id as "entityId", c.channel, c.template, c.code, u.name as "userName", c.contacted_at as "contactedAt",
       c.undone_at as "undoneAt", undoer.name as "undoneBy"
from person_records($1, $2, $3) r
join contacts c on c.tenant_id = $1 and c.entity = r.entity and c.entity_id = r.entity_id
left join users u on u.id = c.user_id
left join users undoer on undoer.id = c.undone_by
order by c.contacted_at desc, c.id desc limit 100;
