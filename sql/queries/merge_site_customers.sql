-- merge_site_customers: a staged page of new and changed accounts. A copy whose content is the same is not touched, unless it was missing and is back.
-- $1 tenant · $2 site · $3 source · $4 now · $5 low · $6 high (the page's ids are > low and <= high, so that the join stays inside the page)
merge into site_customers as c
using staged_site_customers as s
   on c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id
  and c.external_id > $5 and c.external_id <= $6
 when matched and (c.source_hash is distinct from s.source_hash or c.missing_since is not null) then update
  set email = s.email, first_name = s.first_name, last_name = s.last_name, display_name = s.display_name, registered_at = s.registered_at,
      billing_phone = s.billing_phone, billing_city = s.billing_city, billing_state = s.billing_state, billing_postcode = s.billing_postcode,
      billing_country = s.billing_country, has_customer_role = s.has_customer_role, is_paying_customer = s.is_paying_customer,
      order_count = s.order_count, total_spent = s.total_spent, last_active_at = s.last_active_at, parse_error = s.parse_error,
      source_hash = s.source_hash, scan_hash = s.scan_hash, changed_at = $4::timestamptz, missing_since = null
 when not matched then
  insert (tenant_id, site_id, source, external_id, email, first_name, last_name, display_name, registered_at, billing_phone, billing_city,
          billing_state, billing_postcode, billing_country, has_customer_role, is_paying_customer, order_count, total_spent, last_active_at,
          parse_error, source_hash, scan_hash, first_seen_at, changed_at)
  values ($1::bigint, $2::bigint, $3::text, s.external_id, s.email, s.first_name, s.last_name, s.display_name, s.registered_at, s.billing_phone,
          s.billing_city, s.billing_state, s.billing_postcode, s.billing_country, s.has_customer_role, s.is_paying_customer, s.order_count,
          s.total_spent, s.last_active_at, s.parse_error, s.source_hash, s.scan_hash, $4::timestamptz, $4::timestamptz);
