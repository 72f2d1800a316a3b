-- list_export_orders: the orders at some places of export_ids, as an export has them (shared/exports/row.ts).
-- $1 tenant · $2 after · $3 upto · $4 channels
select x.place, o.id::text as id, nullif(concat_ws(' ', nullif(trim(o.first_name), ''), nullif(trim(o.last_name), '')), '') as name, o.email,
       o.phone_e164 as "phoneE164", o.phone_status as "phoneStatus", o.phone_kind as "phoneKind", o.city, o.state, o.postcode, o.country,
       (select string_agg(i.name, ', ' order by i.external_id) from order_items i
        where i.tenant_id = $1 and i.order_id = o.id and i.kind = 'line_item') as products,
       o.net_minor::text as "valueMinor", o.currency, f.person_id::text as "personId", f.is_opted_out as "isOptedOut",
       f.contacted_at as "contactedAt", f.is_customer as "isCustomer", coalesce(o.order_number, o.external_id::text) as number,
       o.created_at as "createdAt", o.class as "orderClass", o.wc_status as "wcStatus",
       coalesce(nullif(o.payment_method_title, ''), o.payment_method) as "paymentMethod", o.total_minor::text as "totalMinor",
       o.refunded_minor::text as "refundedMinor", o.paid_at as "paidAt", site.name as "siteName"
from export_ids x
join orders o on o.tenant_id = $1 and o.id = x.id
join sites site on site.tenant_id = $1 and site.id = o.site_id
cross join lateral export_facts($1, 'order', o.id, $4::text[]) f
where x.place > $2::integer and x.place <= $3::integer
order by x.place;
