-- list_orders_export: one page of orders by id, with their keys and the names of shared/list-rows.ts. A null shop or limit of the period leaves it open.
-- $1 tenant · $2 site · $3 from · $4 to · $5 after · $6 limit
select o.id, o.external_id as "sourceId", o.wc_status as "wcStatus", o.class, round(o.total, 2)::text as total, round(o.refunded, 2)::text as refunded,
       round(o.net_minor::numeric / 100, 2)::text as net, o.currency, o.created_at as "createdAt", k.email_key as "emailKey",
       coalesce(k.phone_keys, '{}') as "phoneKeys"
from orders o
left join lateral (
  select min(substr(m.key, 3)) filter (where m.key < 'p:') as email_key,
         array_agg(substr(m.key, 3) order by m.key) filter (where m.key >= 'p:') as phone_keys
  from usable_keys m
  where m.tenant_id = $1 and m.entity = 'order' and m.entity_id = o.id
) k on true
where o.tenant_id = $1 and o.id > $5
  and ($2::bigint is null or o.site_id = $2) and ($3::timestamptz is null or o.created_at >= $3) and ($4::timestamptz is null or o.created_at < $4)
order by o.id
limit $6;
