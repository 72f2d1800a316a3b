-- list_contact_marks: for records, whether they were written to by e-mail and by WhatsApp (the latest contact that is not undone), and whether they
-- may be, as contact_block() says it. Two rows a record that exists.
-- $1 tenant · $2 entities · $3 ids
with asked as materialized (
  select * from unnest((select $2::text[]), (select $3::bigint[])) as r (entity, entity_id) -- one plan for any number, as in held_opt_outs()
), records as (
  select a.*, x.email, x.phone_e164, x.phone_status, x.phone_kind, x.phone_reason
  from asked a join leads x on x.tenant_id = $1 and x.id = a.entity_id where a.entity = 'lead'
  union all
  select a.*, x.email, x.phone_e164, x.phone_status, x.phone_kind, x.phone_reason
  from asked a join carts x on x.tenant_id = $1 and x.id = a.entity_id where a.entity = 'cart'
  union all
  select a.*, x.email, x.phone_e164, x.phone_status, x.phone_kind, x.phone_reason
  from asked a join orders x on x.tenant_id = $1 and x.id = a.entity_id where a.entity = 'order'
), held as materialized (
  select * from held_opt_outs($1, $2, $3)
), marks as (
  select distinct on (k.entity, k.entity_id, k.channel) k.entity, k.entity_id, k.channel, k.id, u.name, k.contacted_at
  from asked a
  join contacts k on k.tenant_id = $1 and k.entity = a.entity and k.entity_id = a.entity_id and k.undone_at is null
  left join users u on u.id = k.user_id
  order by k.entity, k.entity_id, k.channel, k.contacted_at desc, k.id desc
)
select r.entity, r.entity_id as "entityId", c.channel, mark.id, mark.name as "userName", mark.contacted_at as "contactedAt",
       block.code as "blockCode", coalesce(block.code <> 'landline', false) as "isBlocking", block.since as "blockedSince",
       case when block.code = 'invalid_phone' then r.phone_reason end as "phoneReason",
       contact_address(c.channel, r.email, r.phone_status, r.phone_e164) as key
from records r
cross join (values ('email'), ('whatsapp')) as c (channel)
cross join lateral (
  select contact_code(c.channel, o.since, r.email, r.phone_status, r.phone_kind) as code, o.since
  from (select min(h.created_at) as since
        from held h where h.entity = r.entity and h.entity_id = r.entity_id and h.channel in (c.channel, 'all')) o) block
left join marks mark on mark.entity = r.entity and mark.entity_id = r.entity_id and mark.channel = c.channel;
