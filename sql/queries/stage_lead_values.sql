-- stage_lead_values: what the field mapping makes of the leads of a batch.
create temp table if not exists staged_lead_values (
  lead_id bigint,
  name text,
  phone_raw text,
  phone_e164 text,
  phone_status text,
  phone_kind text,
  phone_reason text,
  phone_warnings text,
  email_raw text,
  email text,
  size text,
  mapped_hash bigint
) on commit delete rows;
