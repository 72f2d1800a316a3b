-- find_other_recent_contact: the latest contact with the person of a record inside the company's cool-down, but for the one with this code.
-- $1 tenant · $2 entity · $3 id · $4 at · $5 code
select c.id, c.channel, u.name as "userName", c.contacted_at as "contactedAt"
from tenants t, person_records($1, $2, $3) r
join contacts c on c.tenant_id = $1 and c.entity = r.entity and c.entity_id = r.entity_id and c.undone_at is null and c.code is distinct from $5
left join users u on u.id = c.user_id
where t.id = $1 and c.contacted_at > $4::timestamptz - make_interval(mins => t.cool_down_minutes)
order by c.contacted_at desc, c.id desc limit 1;
