-- stage_cart_emails: where a batch of cart emails lands by COPY, once a connection; row security does not allow COPY into the copies themselves.
create temp table if not exists staged_cart_emails (
  external_id bigint,
  session_id text,
  coupon_code text,
  scheduled_text text,
  scheduled_at timestamptz,
  state text,
  source_hash bigint,
  scan_hash bigint
) on commit delete rows;
