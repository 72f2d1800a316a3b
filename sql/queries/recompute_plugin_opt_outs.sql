-- recompute_plugin_opt_outs: who unsubscribed from the plugin's e-mails wants no e-mail from us either, as long as any cart with that address is
-- flagged. Over the touched carts' addresses and the touched keys, or over all.
-- $1 tenant · $2 is_full · $3 now
with addresses as (
  select 'e:' || c.email as key from touched t join carts c on c.tenant_id = $1 and c.id = t.entity_id
  where not $2 and t.entity = 'cart' and c.email is not null
  union
  select key from touched_keys where not $2 and key like 'e:%'
  union
  select 'e:' || c.email from carts c where $2 and c.tenant_id = $1 and c.is_unsubscribed and c.email is not null
  union
  select o.key from opt_outs o where $2 and o.tenant_id = $1 and o.source = 'plugin' and o.undone_at is null
), judged as (
  select a.key, exists (select from carts c where c.tenant_id = $1 and c.email = substr(a.key, 3) and c.is_unsubscribed) as is_wanted from addresses a
), gone as (
  update opt_outs o set undone_at = $3::timestamptz
  from judged j
  where not j.is_wanted and o.tenant_id = $1 and o.key = j.key and o.source = 'plugin' and o.undone_at is null
)
insert into opt_outs (tenant_id, key, channel, source, reason, created_at)
select $1, j.key, 'email', 'plugin', '', $3::timestamptz
from judged j
where j.is_wanted and not exists (
  select from opt_outs o where o.tenant_id = $1 and o.key = j.key and o.source = 'plugin' and o.undone_at is null);
