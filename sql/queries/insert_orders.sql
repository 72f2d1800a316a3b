-- insert_orders: a staged page of which no row has a copy yet: the first load, without the join that a MERGE needs. Our ids go to staged_touched.
-- $1 tenant · $2 site · $3 now
with written as (
insert into orders (tenant_id, site_id, external_id, order_number, storage, wc_status, currency, total, tax_total, shipping_total, discount_total, refunded,
       total_minor, refunded_minor, customer_external_id, first_name, last_name, email_raw, email, phone_raw, cellphone_raw,
       shipping_phone_raw, phone_e164, phone_status, phone_kind, phone_reason, phone_warnings, company, address_1, address_2, address_number,
       district, city, state, postcode, country, tax_document, person_type, payment_method, payment_method_title, created_via, customer_note,
       utm_source, utm_medium, utm_campaign, utm_content, is_anonymized, created_at, modified_at, paid_at, completed_at, created_text,
       modified_text, class, source_hash, scan_hash, first_seen_at, changed_at)
select $1::bigint, $2::bigint, s.external_id, s.order_number, s.storage, s.wc_status, s.currency, s.total, s.tax_total, s.shipping_total,
       s.discount_total, s.refunded, s.total_minor, s.refunded_minor, s.customer_external_id, s.first_name, s.last_name, s.email_raw, s.email,
       s.phone_raw, s.cellphone_raw, s.shipping_phone_raw, s.phone_e164, s.phone_status, s.phone_kind, s.phone_reason, s.phone_warnings,
       s.company, s.address_1, s.address_2, s.address_number, s.district, s.city, s.state, s.postcode, s.country, s.tax_document,
       s.person_type, s.payment_method, s.payment_method_title, s.created_via, s.customer_note, s.utm_source, s.utm_medium, s.utm_campaign,
       s.utm_content, s.is_anonymized, s.created_at, s.modified_at, s.paid_at, s.completed_at, s.created_text, s.modified_text,
       order_class(s.wc_status, k.manual_class, coalesce(k.has_paid_order, false), false, s.total, s.refunded), s.source_hash, s.scan_hash,
       $3::timestamptz, $3::timestamptz
from staged_orders s
left join order_status_classes k on k.tenant_id = $1 and k.site_id = $2 and k.wc_status = s.wc_status
returning external_id, id
)
insert into staged_touched (external_id, entity_id) select external_id, id from written;
