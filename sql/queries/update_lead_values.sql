-- update_lead_values: mapped values of leads, where they differ; gives the leads that changed. The list keeps the join
-- from reading all leads of the company.
-- $1 tenant · $2 now
update leads c
set name = s.name, phone_raw = s.phone_raw, phone_e164 = s.phone_e164, phone_status = s.phone_status, phone_kind = s.phone_kind,
    phone_reason = s.phone_reason, phone_warnings = s.phone_warnings, email_raw = s.email_raw, email = s.email, size = s.size, mapped_hash =
    s.mapped_hash,
    changed_at = $2::timestamptz
from staged_lead_values s
where c.tenant_id = $1 and c.id = any(array(select lead_id from staged_lead_values)) and c.id = s.lead_id
  and c.mapped_hash is distinct from s.mapped_hash
returning c.id;
