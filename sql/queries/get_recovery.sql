-- get_recovery: everything that explains the status of one cart, as one JSON document that both processes read (shared/recovery.ts): its pairs with
-- their evidence, best first; orders of the same person that no equal key leads to, each with the record that links it; contacts; what people said;
-- the log of changes, newest first. No row when there is no such cart.
-- $1 tenant · $2 cart
with cart as materialized (
  select c.*, s.status, s.reason, s.score, s.causal_class, s.has_keys, s.bought_other_items, s.best_order_id, s.void_order_id, s.credited_order_id,
         s.credited_minor, p.person_id, make_interval(mins => w.window_before_minutes) as before, make_interval(mins => w.window_after_minutes) as after
  from carts c
  join tenants w on w.id = c.tenant_id
  join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
  left join person_members p on p.tenant_id = c.tenant_id and p.entity = 'cart' and p.entity_id = c.id
  where c.tenant_id = $1 and c.id = $2
), keys as materialized (
  select key from usable_keys where tenant_id = $1 and entity = 'cart' and entity_id = $2
), products as materialized (
  select distinct product_id from cart_items where tenant_id = $1 and cart_id = $2 and not is_bundle_child and product_id > 0
), linked as (
  -- the evidence as recompute_scope_pairs has it
  select o.id as order_id,
         exists (select from order_coupons u where u.tenant_id = $1 and u.order_id = o.id and lower(btrim(u.code)) = nullif(lower(btrim(c.coupon_code)), '')) as has_coupon,
         case when o.site_id = c.site_id then
           coalesce((select count(*) from products p where exists (
             select from order_items i where i.tenant_id = $1 and i.order_id = o.id and i.kind = 'line_item' and i.product_id = p.product_id))::numeric
             / nullif((select count(*) from products), 0), 0)
           else 0 end::numeric(7, 6) as item_share,
         o.created_at >= c.first_activity_at as is_after,
         round(extract(epoch from o.created_at - c.last_activity_at))::bigint as delta_seconds
  from cart c
  join person_members its on its.tenant_id = $1 and its.person_id = c.person_id and its.entity = 'order'
  join orders o on o.tenant_id = $1 and o.id = its.entity_id and o.created_at between c.first_activity_at - c.before and c.last_activity_at + c.after
  where o.class <> 'void' and (o.paid_at is null or o.paid_at >= c.first_activity_at - c.before) and o.created_via is distinct from 'subscription'
    and not exists (select from cart_matches m where m.tenant_id = $1 and m.cart_id = $2 and m.order_id = o.id)
    and not exists (select from keys join usable_keys u on u.tenant_id = $1 and u.key = keys.key and u.entity = 'order' and u.entity_id = o.id)
), pairs as (
  select m.order_id, m.has_email, m.phone_kind, m.is_phone_presumed, m.is_all_shared, m.has_coupon, m.is_after, m.item_share, m.delta_seconds,
         m.has_code, m.is_chosen, m.is_refused, m.is_indirect, true as is_counted, m.score, m.rank
  from cart_matches m
  where m.tenant_id = $1 and m.cart_id = $2
  union all
  select order_id, false, null, false, false, has_coupon, is_after, item_share, delta_seconds, false, false, false, true, false,
         match_score(false, null, false, false, has_coupon, item_share, delta_seconds, is_after, true),
         1000000 + row_number() over (order by has_coupon desc, is_after desc, item_share desc, abs(delta_seconds), order_id)::integer
  from linked
)
select jsonb_build_object(
  'cartId', c.id::text, 'number', c.external_id::text, 'episode', c.episode, 'site', (select slug from sites where tenant_id = $1 and id = c.site_id),
  'status', c.status, 'reason', c.reason, 'score', c.score, 'causalClass', c.causal_class, 'hasKeys', c.has_keys,
  'boughtOtherItems', c.bought_other_items, 'firstActivityAt', c.first_activity_at, 'lastActivityAt', c.last_activity_at,
  'bestOrderId', c.best_order_id::text, 'creditedOrderId', c.credited_order_id::text, 'creditedMinor', c.credited_minor::text,
  'voidOrder', (select jsonb_build_object('number', coalesce(v.order_number, v.external_id::text), 'wcStatus', v.wc_status)
                from orders v where v.tenant_id = $1 and v.id = c.void_order_id),
  'creditHolder', (
    select h.external_id::text
    from cart_statuses s join carts h on h.tenant_id = $1 and h.id = s.cart_id
    where s.tenant_id = $1 and s.credited_order_id = c.best_order_id and s.cart_id <> c.id limit 1),
  'matches', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'orderId', o.id::text, 'orderNumber', coalesce(o.order_number, o.external_id::text), 'wcStatus', o.wc_status, 'orderClass', o.class,
      'totalMinor', o.total_minor::text, 'netMinor', o.net_minor::text, 'currency', o.currency, 'createdAt', o.created_at, 'paidAt', o.paid_at,
      'createdVia', o.created_via, 'hasEmail', p.has_email, 'phoneKind', p.phone_kind, 'isPhonePresumed', p.is_phone_presumed,
      'isAllShared', p.is_all_shared, 'hasCoupon', p.has_coupon, 'isAfter', p.is_after, 'itemShare', p.item_share::float8,
      'deltaSeconds', p.delta_seconds::text, 'hasCode', p.has_code, 'isChosen', p.is_chosen, 'isRefused', p.is_refused, 'isIndirect', p.is_indirect,
      'isCounted', p.is_counted, 'score', p.score, 'via', via.record,
      'keys', (select coalesce(jsonb_agg(k.key order by k.key), '[]') from keys k
               join usable_keys u on u.tenant_id = $1 and u.key = k.key and u.entity = 'order' and u.entity_id = o.id)) order by p.rank, o.id), '[]')
    from pairs p
    join orders o on o.tenant_id = $1 and o.id = p.order_id
    left join lateral (
      -- a record with a key of both where there is one, else the one that the order's own key leads to
      select jsonb_build_object('entity', r.entity, 'number', coalesce(ro.order_number, ro.external_id::text, rc.external_id::text, rl.external_id::text)) as record
      from person_members r
      left join orders ro on ro.tenant_id = $1 and r.entity = 'order' and ro.id = r.entity_id
      left join carts rc on rc.tenant_id = $1 and r.entity = 'cart' and rc.id = r.entity_id
      left join leads rl on rl.tenant_id = $1 and r.entity = 'lead' and rl.id = r.entity_id
      where r.tenant_id = $1 and r.person_id = c.person_id
        and not (r.entity = 'cart' and r.entity_id = c.id) and not (r.entity = 'order' and r.entity_id = o.id)
        and exists (select from usable_keys mine join usable_keys its on its.tenant_id = $1 and its.key = mine.key and its.entity = 'order' and its.entity_id = o.id
                    where mine.tenant_id = $1 and mine.entity = r.entity and mine.entity_id = r.entity_id)
      order by exists (select from usable_keys mine join keys on keys.key = mine.key
                       where mine.tenant_id = $1 and mine.entity = r.entity and mine.entity_id = r.entity_id) desc,
               array_position(array['order', 'cart', 'lead'], r.entity), coalesce(ro.external_id, rc.external_id, rl.external_id), r.entity_id
      limit 1
    ) via on p.is_indirect),
  'contacts', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'channel', k.channel, 'contactedAt', k.contacted_at, 'code', k.code, 'author', u.name) order by k.contacted_at desc, k.id desc), '[]')
    from (
      -- each by its own index: of one condition with `or` all contacts of the company would be read
      select id from contacts where tenant_id = $1 and entity = 'cart' and entity_id = $2
      union
      select its.id
      from person_members m join contacts its on its.tenant_id = $1 and its.entity = m.entity and its.entity_id = m.entity_id
      where m.tenant_id = $1 and m.person_id = c.person_id
      union
      select its.id from keys join contacts its on its.tenant_id = $1 and its.key = keys.key and its.code is not null
    ) about
    join contacts k on k.tenant_id = $1 and k.id = about.id
    left join users u on u.id = k.user_id
    where k.undone_at is null
      and (k.contacted_at >= c.first_activity_at
           or k.code in (select lower(btrim(o.utm_content)) from pairs p join orders o on o.tenant_id = $1 and o.id = p.order_id where p.has_code))),
  'overrides', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'kind', v.kind, 'status', v.status, 'orderNumber', coalesce(o.order_number, o.external_id::text), 'note', v.note, 'author', u.name,
      'createdAt', v.created_at, 'undoneAt', v.undone_at, 'undoneBy', w.name) order by v.id desc), '[]')
    from cart_overrides v
    left join orders o on o.tenant_id = $1 and o.id = v.order_id
    left join users u on u.id = v.user_id
    left join users w on w.id = v.undone_by
    where v.tenant_id = $1 and v.cart_id = c.id),
  'changeCount', (select count(*) from cart_transitions t where t.tenant_id = $1 and t.cart_id = c.id),
  'changes', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'fromStatus', t.from_status, 'fromReason', t.from_reason, 'toStatus', t.to_status, 'toReason', t.to_reason, 'happenedAt', t.happened_at,
      'orderNumber', coalesce(o.order_number, o.external_id::text), 'cause', t.cause, 'runId', t.run_id::text, 'facts', t.facts, 'author', u.name)
      order by t.id desc), '[]')
    from (select * from cart_transitions where tenant_id = $1 and cart_id = $2 order by id desc limit 50) t
    left join orders o on o.tenant_id = $1 and o.id = t.order_id
    left join users u on u.id = (t.facts ->> 'author')::bigint)
) as recovery
from cart c;
