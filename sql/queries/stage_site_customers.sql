-- stage_site_customers: where a batch of accounts lands by COPY, once a connection; row security does not allow COPY into the copies themselves.
create temp table if not exists staged_site_customers (
  external_id bigint,
  email text,
  first_name text,
  last_name text,
  display_name text,
  registered_at timestamptz,
  billing_phone text,
  billing_city text,
  billing_state text,
  billing_postcode text,
  billing_country text,
  has_customer_role boolean,
  is_paying_customer boolean,
  order_count integer,
  total_spent numeric(26, 8),
  last_active_at timestamptz,
  parse_error text,
  source_hash bigint,
  scan_hash bigint
) on commit delete rows;
