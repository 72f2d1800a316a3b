-- find_mark: the mark in force of a record and channel: its latest contact that is not undone.
-- $1 tenant · $2 entity · $3 id · $4 channel
select c.id, c.channel, u.name as "userName", c.contacted_at as "contactedAt"
from contacts c left join users u on u.id = c.user_id
where c.tenant_id = $1 and c.entity = $2 and c.entity_id = $3 and c.channel = $4 and c.undone_at is null
order by c.contacted_at desc, c.id desc limit 1;
