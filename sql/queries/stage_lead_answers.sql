-- stage_lead_answers: where a batch of lead answers lands by COPY, once a connection; row security does not allow COPY into the copies themselves.
create temp table if not exists staged_lead_answers (
  external_id bigint,
  lead_external_id bigint,
  key text,
  value text,
  source_hash bigint,
  scan_hash bigint
) on commit delete rows;
