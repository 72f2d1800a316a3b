-- list_contacts: the company's contacts of a period, newest first; $4 and $5 only about one record.
-- $1 tenant · $2 from · $3 to · $4 entity · $5 id
select c.id, c.entity, coalesce(l.external_id, k.external_id, o.external_id)::text as "sourceId", c.channel, c.key, c.code, c.template,
       u.email as user, c.contacted_at as "contactedAt", c.undone_at as "undoneAt", undoer.email as "undoneBy"
from contacts c
left join leads l on c.entity = 'lead' and l.tenant_id = $1 and l.id = c.entity_id
left join carts k on c.entity = 'cart' and k.tenant_id = $1 and k.id = c.entity_id
left join orders o on c.entity = 'order' and o.tenant_id = $1 and o.id = c.entity_id
left join users u on u.id = c.user_id
left join users undoer on undoer.id = c.undone_by
where c.tenant_id = $1 and ($2::timestamptz is null or c.contacted_at >= $2) and ($3::timestamptz is null or c.contacted_at < $3)
  and ($4::text is null or (c.entity = $4 and c.entity_id = $5::bigint))
order by c.contacted_at desc, c.id desc;
