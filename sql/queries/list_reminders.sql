-- list_reminders: the company's open reminders until an instant (all without it), the next one first.
-- $1 tenant · $2 to
select m.id, m.entity, coalesce(l.external_id, k.external_id, o.external_id)::text as "sourceId", m.remind_at as "remindAt", m.note,
       u.email as user, m.created_at as "createdAt"
from reminders m
left join leads l on m.entity = 'lead' and l.tenant_id = $1 and l.id = m.entity_id
left join carts k on m.entity = 'cart' and k.tenant_id = $1 and k.id = m.entity_id
left join orders o on m.entity = 'order' and o.tenant_id = $1 and o.id = m.entity_id
left join users u on u.id = m.user_id
where m.tenant_id = $1 and m.undone_at is null and ($2::timestamptz is null or m.remind_at < $2)
order by m.remind_at, m.id;
