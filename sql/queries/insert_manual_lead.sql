-- insert_manual_lead: a lead that a person wrote down, numbered beside the forms of its shop (source manual). The caller holds the lock of these numbers.
-- It is in the lists at once, also while its recompute waits for the daemon's.
-- $1 tenant · $2 site · $3 form · $4 name · $5 phone_raw · $6 phone · $7 phone_status · $8 phone_kind · $9 phone_reason · $10 phone_warnings
-- $11 email_raw · $12 email · $13 size · $14 now
with lead as (
  insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, phone_raw, phone_e164, phone_status,
                     phone_kind, phone_reason, phone_warnings, email_raw, email, size, source_hash, first_seen_at, changed_at)
  select $1::bigint, $2::bigint, 'manual', 1 + coalesce(max(l.external_id), 0), to_char($14::timestamptz at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),
         $14, 'manual', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $14
  from leads l where l.tenant_id = $1 and l.site_id = $2 and l.source = 'manual'
  returning tenant_id, id, captured_at
)
insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
select tenant_id, id, 'not_customer', captured_at, $14 from lead
returning lead_id as id;
