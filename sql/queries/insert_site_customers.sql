-- insert_site_customers: a staged page of which no row has a copy yet: the first load, without the join that a MERGE needs.
-- $1 tenant · $2 site · $3 source · $4 now
insert into site_customers (tenant_id, site_id, source, external_id, email, first_name, last_name, display_name, registered_at, billing_phone,
       billing_city, billing_state, billing_postcode, billing_country, has_customer_role, is_paying_customer, order_count, total_spent,
       last_active_at, parse_error, source_hash, scan_hash, first_seen_at, changed_at)
select $1::bigint, $2::bigint, $3::text, s.external_id, s.email, s.first_name, s.last_name, s.display_name, s.registered_at, s.billing_phone,
       s.billing_city, s.billing_state, s.billing_postcode, s.billing_country, s.has_customer_role, s.is_paying_customer, s.order_count, s.total_spent,
       s.last_active_at, s.parse_error, s.source_hash, s.scan_hash, $4::timestamptz, $4::timestamptz
from staged_site_customers s;
