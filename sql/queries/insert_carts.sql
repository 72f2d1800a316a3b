-- insert_carts: a staged page of which no row has a copy yet: the first load, without the join that a MERGE needs. Our ids go to staged_touched.
-- $1 tenant · $2 site · $3 source · $4 now
with written as (
insert into carts (tenant_id, site_id, source, external_id, session_id, checkout_page_id, name, email_raw, email, phone_raw, phone_e164, phone_status,
       phone_kind, phone_reason, phone_warnings, city, state, postcode, total, total_minor, currency, item_count, plugin_status,
       is_unsubscribed, coupon_code, order_external_id, time_text, parse_error, first_activity_at, last_activity_at, was_plugin_abandoned,
       source_hash, scan_hash, first_seen_at, changed_at)
select $1::bigint, $2::bigint, $3::text, s.external_id, s.session_id, s.checkout_page_id, s.name, s.email_raw, s.email, s.phone_raw,
       s.phone_e164, s.phone_status, s.phone_kind, s.phone_reason, s.phone_warnings, s.city, s.state, s.postcode, s.total, s.total_minor,
       s.currency, s.item_count, s.plugin_status, s.is_unsubscribed, s.coupon_code, s.order_external_id, s.time_text, s.parse_error,
       s.activity_at, s.activity_at, s.plugin_status in ('abandoned', 'lost'), s.source_hash, s.scan_hash, $4::timestamptz, $4::timestamptz
from staged_carts s
returning external_id, id
)
insert into staged_touched (external_id, entity_id) select external_id, id from written;
