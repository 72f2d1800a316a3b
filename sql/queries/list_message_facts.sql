-- list_message_facts: what messages about records say and how their audience is picked; a record that the company does not have is absent.
-- A cart that waits for a payment speaks of its order. $1 tenant · $2 entities · $3 ids
with wanted as (select entity, entity_id from unnest($2::text[], $3::bigint[]) as t (entity, entity_id)), records as (
  select 'lead'::text as entity, l.id, l.site_id, l.name, l.phone_e164, l.phone_kind, null::bigint as total_minor, null::text as currency, l.size,
         null::text as number, l.captured_at as at, null::bigint as checkout_page_id, null::text as session_id, false as is_awaiting, null::text as wc_status,
         false as is_paid, null::timestamptz as window_ends_at, null::text as item_names, s.customer_status <> 'not_customer' as is_customer
  from wanted w
  join leads l on l.tenant_id = $1 and l.id = w.entity_id
  join lead_statuses s on s.tenant_id = $1 and s.lead_id = l.id
  where w.entity = 'lead'
  union all
  select 'cart', c.id, c.site_id, c.name, c.phone_e164, c.phone_kind, case when is_awaiting then o.total_minor else c.total_minor end,
         case when is_awaiting then o.currency else c.currency end, null, case when is_awaiting then coalesce(o.order_number, o.external_id::text) end,
         c.last_activity_at, case when c.source = 'cart-abandonment' and c.missing_since is null then c.checkout_page_id end, c.session_id, is_awaiting,
         o.wc_status, false, c.last_activity_at + make_interval(mins => t.window_after_minutes),
         (select string_agg(i.name, ', ' order by i.position) from (
            select name, position from cart_items i where i.tenant_id = $1 and i.cart_id = c.id and not is_bundle_child and name <> '' order by position limit 3) i),
         null
  from wanted w
  join carts c on c.tenant_id = $1 and c.id = w.entity_id
  join tenants t on t.id = $1
  join cart_statuses s on s.tenant_id = $1 and s.cart_id = c.id
  cross join lateral (select s.status = 'waiting' and s.reason = 'awaiting_payment') a (is_awaiting)
  left join orders o on o.tenant_id = $1 and o.id = s.best_order_id
  where w.entity = 'cart'
  union all
  select 'order', o.id, o.site_id, concat_ws(' ', nullif(trim(o.first_name), ''), nullif(trim(o.last_name), '')), o.phone_e164, o.phone_kind, o.total_minor,
         o.currency, null, coalesce(o.order_number, o.external_id::text), o.created_at, null, null, o.class = 'awaiting_payment', o.wc_status, o.class = 'paid',
         null,
         (select string_agg(i.name, ', ' order by i.external_id) from (
            select name, external_id from order_items i where i.tenant_id = $1 and i.order_id = o.id and kind = 'line_item' order by external_id limit 3) i),
         null
  from wanted w
  join orders o on o.tenant_id = $1 and o.id = w.entity_id
  where w.entity = 'order'
)
select r.entity, r.id, r.name, r.phone_e164 as "phoneE164", r.phone_kind as "phoneKind", r.total_minor as "totalMinor", r.currency, r.size, r.number, r.at,
       r.checkout_page_id as "checkoutPageId", r.session_id as "sessionId", s.site_url as "siteUrl", r.is_awaiting as "isAwaitingPayment",
       r.wc_status as "wcStatus", r.is_paid as "isPaid", r.window_ends_at as "windowEndsAt", r.item_names as "itemNames",
       coalesce(r.is_customer, p.paid_order_count > 0, false) as "isCustomer"
from records r
join sites s on s.tenant_id = $1 and s.id = r.site_id
left join person_members m on m.tenant_id = $1 and m.entity = r.entity and m.entity_id = r.id
left join people p on p.tenant_id = $1 and p.id = m.person_id;
