-- list_leads_export: one page of leads by id, with the names of shared/list-rows.ts. A null shop or limit of the period leaves it open.
-- $1 tenant · $2 site · $3 from · $4 to · $5 after · $6 limit
select l.id, l.external_id as "sourceId", l.form_id as "formId", l.captured_at as "submittedAt", l.name, l.phone_raw as "phoneRaw",
       l.phone_e164 as "phoneE164", l.phone_status as "phoneStatus", l.phone_kind as "phoneKind", l.email, l.size,
       s.customer_status as "customerStatus", s.first_paid_at as "firstPaidAt",
       round((extract(epoch from s.first_paid_at - l.captured_at) / 86400)::numeric, 1)::text as "purchaseDays"
from leads l
left join lead_statuses s on s.tenant_id = $1 and s.lead_id = l.id
where l.tenant_id = $1 and l.id > $5
  and ($2::bigint is null or l.site_id = $2) and ($3::timestamptz is null or l.captured_at >= $3) and ($4::timestamptz is null or l.captured_at < $4)
order by l.id
limit $6;
