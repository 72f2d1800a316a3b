-- list_export_customers: the people at some places of export_ids, as an export has them (shared/exports/row.ts). A person wants no messages when one of
-- their records says so; the address is that of the last order.
-- $1 tenant · $2 after · $3 upto · $4 channels
select x.place, x.id::text as id, d.name, d.email, d.phone_e164 as "phoneE164", case when d.phone_e164 is null then 'empty' else 'valid' end as "phoneStatus",
       d.phone_kind as "phoneKind", o.city, o.state, o.postcode, o.country, null as products, p.net_minor::text as "valueMinor", t.currency,
       x.id::text as "personId", coalesce(f.is_opted_out, false) as "isOptedOut", f.contacted_at as "contactedAt",
       coalesce(f.is_customer, false) as "isCustomer", c.status as "personStatus", p.paid_order_count as "paidOrderCount",
       p.first_paid_at as "firstPaidAt", p.last_paid_at as "lastPaidAt", c.last_seen_at as "lastSeenAt", c.recency, c.frequency, c.monetary
from export_ids x
join customer_statuses c on c.tenant_id = $1 and c.person_id = x.id
join people p on p.tenant_id = $1 and p.id = x.id
join tenants t on t.id = $1
cross join lateral person_display($1, x.id) d
left join lateral (
  select o.city, o.state, o.postcode, o.country
  from person_members m join orders o on o.tenant_id = $1 and o.id = m.entity_id
  where m.tenant_id = $1 and m.person_id = x.id and m.entity = 'order'
  order by o.created_at desc nulls last, o.id desc limit 1) o on true
left join lateral (
  select bool_or(f.is_opted_out) as is_opted_out, max(f.contacted_at) as contacted_at, bool_or(f.is_customer) as is_customer
  from person_members m cross join lateral export_facts($1, m.entity, m.entity_id, $4::text[]) f
  where m.tenant_id = $1 and m.person_id = x.id) f on true
where x.place > $2::integer and x.place <= $3::integer
order by x.place;
