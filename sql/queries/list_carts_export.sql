-- list_carts_export: one page of carts by id, with their status and matches, best first, and the names of shared/list-rows.ts. A null shop or limit
-- of the period leaves it open.
-- $1 tenant · $2 site · $3 from · $4 to · $5 after · $6 limit
select c.id, c.external_id as "sourceId", c.email, c.phone_e164 as "phoneE164", round(c.total, 2)::text as total, c.item_count as "itemCount",
       c.plugin_status as "pluginStatus", s.status, s.reason, c.first_activity_at as "firstActivityAt", c.last_activity_at as "lastActivityAt",
       coalesce(m.matches, '[]') as matches, best.external_id as "bestOrderSourceId", credited.external_id as "creditedOrderSourceId",
       round(s.credited_minor::numeric / 100, 2)::text as "creditedValue", s.score, s.causal_class as "causalClass"
from carts c
left join cart_statuses s on s.tenant_id = $1 and s.cart_id = c.id
left join orders best on best.tenant_id = $1 and best.id = s.best_order_id
left join orders credited on credited.tenant_id = $1 and credited.id = s.credited_order_id
left join lateral (
  select json_agg(json_build_object('orderSourceId', o.external_id::text, 'class', m.order_class, 'keys', keys.equal, 'score', m.score) order by m.rank) as matches
  from cart_matches m
  join orders o on o.tenant_id = $1 and o.id = m.order_id
  cross join lateral (
    select array_agg(substr(mine.key, 3) order by mine.key) as equal
    from usable_keys mine
    join usable_keys its on its.tenant_id = $1 and its.key = mine.key and its.entity = 'order' and its.entity_id = m.order_id
    where mine.tenant_id = $1 and mine.entity = 'cart' and mine.entity_id = c.id
  ) keys
  where m.tenant_id = $1 and m.cart_id = c.id
) m on true
where c.tenant_id = $1 and c.id > $5
  and ($2::bigint is null or c.site_id = $2)
  and ($3::timestamptz is null or c.first_activity_at >= $3) and ($4::timestamptz is null or c.first_activity_at < $4)
order by c.id
limit $6;
