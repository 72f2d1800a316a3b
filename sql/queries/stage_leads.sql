-- stage_leads: where a batch of leads lands by COPY, once a connection; row security does not allow COPY into the copies themselves.
create temp table if not exists staged_leads (
  external_id bigint,
  captured_gmt text,
  captured_at timestamptz,
  form_plugin text,
  form_id text,
  page_url text,
  source_hash bigint,
  scan_hash bigint
) on commit delete rows;
