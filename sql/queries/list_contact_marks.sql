-- list_contact_marks: for records, whether they were written to by e-mail and by WhatsApp (the latest contact that is not undone), and whether they
-- may be. Two rows a record that exists.
-- $1 tenant · $2 entities · $3 ids
select r.entity, r.entity_id as "entityId", c.channel, mark.id, mark.name as "userName", mark.contacted_at as "contactedAt",
       block.code as "blockCode", block.is_blocking as "isBlocking", block.since as "blockedSince", block.phone_reason as "phoneReason", block.key
from unnest($2::text[], $3::bigint[]) as r (entity, entity_id)
cross join (values ('email'), ('whatsapp')) as c (channel)
cross join lateral contact_block($1, r.entity, r.entity_id, c.channel) block
left join lateral (
  select k.id, u.name, k.contacted_at
  from contacts k left join users u on u.id = k.user_id
  where k.tenant_id = $1 and k.entity = r.entity and k.entity_id = r.entity_id and k.channel = c.channel and k.undone_at is null
  order by k.contacted_at desc, k.id desc limit 1) mark on true;
