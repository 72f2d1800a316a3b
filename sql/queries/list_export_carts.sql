-- list_export_carts: the carts at some places of export_ids, as an export has them (shared/exports/row.ts).
-- $1 tenant · $2 after · $3 upto · $4 channels
select x.place, c.id::text as id, nullif(trim(c.name), '') as name, c.email, c.phone_e164 as "phoneE164", c.phone_status as "phoneStatus",
       c.phone_kind as "phoneKind", c.city, c.state, c.postcode, null as country,
       (select string_agg(i.name, ', ' order by i.position) from cart_items i
        where i.tenant_id = $1 and i.cart_id = c.id and not i.is_bundle_child) as products,
       c.total_minor::text as "valueMinor", c.currency, f.person_id::text as "personId", f.is_opted_out as "isOptedOut",
       f.contacted_at as "contactedAt", f.is_customer as "isCustomer", c.item_count as "itemCount", s.status, s.reason,
       c.first_activity_at as "firstActivityAt", c.last_activity_at as "lastActivityAt",
       coalesce(b.order_number, b.external_id::text) as "orderNumber", s.credited_minor::text as "creditedMinor", site.name as "siteName",
       c.external_id::text as number
from export_ids x
join carts c on c.tenant_id = $1 and c.id = x.id
join sites site on site.tenant_id = $1 and site.id = c.site_id
left join cart_statuses s on s.tenant_id = $1 and s.cart_id = c.id
left join orders b on b.tenant_id = $1 and b.id = s.best_order_id
cross join lateral export_facts($1, 'cart', c.id, $4::text[]) f
where x.place > $2::integer and x.place <= $3::integer
order by x.place;
