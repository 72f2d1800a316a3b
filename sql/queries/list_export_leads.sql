-- list_export_leads: the leads at some places of export_ids, as an export has them (shared/exports/row.ts).
-- $1 tenant · $2 after · $3 upto · $4 channels
select x.place, l.id::text as id, nullif(trim(l.name), '') as name, l.email, l.phone_e164 as "phoneE164", l.phone_status as "phoneStatus",
       l.phone_kind as "phoneKind", null as city, null as state, null as postcode, null as country, null as products, null as "valueMinor",
       null as currency, f.person_id::text as "personId", f.is_opted_out as "isOptedOut", f.contacted_at as "contactedAt",
       f.is_customer as "isCustomer", l.size, s.customer_status as "customerStatus",
       coalesce((select (array_agg(g.stage order by g.id desc))[1] from lead_stages g where g.tenant_id = $1 and g.lead_id = l.id and g.undone_at is null),
                'new') as stage,
       l.captured_at as "capturedAt", s.first_paid_at as "firstPaidAt", coalesce(t.title, l.form_plugin || ' ' || l.form_id) as form,
       l.page_url as "pageUrl", site.name as "siteName", l.external_id::text as number
from export_ids x
join leads l on l.tenant_id = $1 and l.id = x.id
join sites site on site.tenant_id = $1 and site.id = l.site_id
left join lead_statuses s on s.tenant_id = $1 and s.lead_id = l.id
left join form_titles t on t.tenant_id = $1 and t.site_id = l.site_id and t.form_plugin = l.form_plugin and t.form_id = l.form_id
cross join lateral export_facts($1, 'lead', l.id, $4::text[]) f
where x.place > $2::integer and x.place <= $3::integer
order by x.place;
