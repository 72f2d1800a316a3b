-- merge_orders: a staged page of new and changed orders. A copy whose content is the same is not touched, unless it was missing and is back.
-- $1 tenant · $2 site · $3 now · $4 low · $5 high (the page's ids are > low and <= high, so that the join stays inside the page)
merge into orders as c
using (
  select s.*, order_class(s.wc_status, k.manual_class, coalesce(k.has_paid_order, false), false, s.total, s.refunded) as class
  from staged_orders s
  left join order_status_classes k on k.tenant_id = $1 and k.site_id = $2 and k.wc_status = s.wc_status
) as s
   on c.tenant_id = $1 and c.site_id = $2 and c.external_id = s.external_id
  and c.external_id > $4 and c.external_id <= $5
 when matched and (c.source_hash is distinct from s.source_hash or c.missing_since is not null) then update
  set order_number = s.order_number, storage = s.storage, wc_status = s.wc_status, currency = s.currency, total = s.total, tax_total =
      s.tax_total, shipping_total = s.shipping_total, discount_total = s.discount_total, refunded = s.refunded, total_minor = s.total_minor,
      refunded_minor = s.refunded_minor, customer_external_id = s.customer_external_id, first_name = s.first_name, last_name = s.last_name,
      email_raw = s.email_raw, email = s.email, phone_raw = s.phone_raw, cellphone_raw = s.cellphone_raw, shipping_phone_raw =
      s.shipping_phone_raw, phone_e164 = s.phone_e164, phone_status = s.phone_status, phone_kind = s.phone_kind, phone_reason =
      s.phone_reason, phone_warnings = s.phone_warnings, company = s.company, address_1 = s.address_1, address_2 = s.address_2, address_number
      = s.address_number, district = s.district, city = s.city, state = s.state, postcode = s.postcode, country = s.country, tax_document =
      s.tax_document, person_type = s.person_type, payment_method = s.payment_method, payment_method_title = s.payment_method_title,
      created_via = s.created_via, customer_note = s.customer_note, utm_source = s.utm_source, utm_medium = s.utm_medium, utm_campaign =
      s.utm_campaign, utm_content = s.utm_content, is_anonymized = s.is_anonymized, created_at = s.created_at, modified_at = s.modified_at,
      paid_at = s.paid_at, completed_at = s.completed_at, created_text = s.created_text, modified_text = s.modified_text, class = s.class,
      source_hash = s.source_hash, scan_hash = s.scan_hash, changed_at = $3::timestamptz, missing_since = null
 when not matched then
  insert (tenant_id, site_id, external_id, order_number, storage, wc_status, currency, total, tax_total, shipping_total, discount_total, refunded,
          total_minor, refunded_minor, customer_external_id, first_name, last_name, email_raw, email, phone_raw, cellphone_raw,
          shipping_phone_raw, phone_e164, phone_status, phone_kind, phone_reason, phone_warnings, company, address_1, address_2, address_number,
          district, city, state, postcode, country, tax_document, person_type, payment_method, payment_method_title, created_via, customer_note,
          utm_source, utm_medium, utm_campaign, utm_content, is_anonymized, created_at, modified_at, paid_at, completed_at, created_text,
          modified_text, class, source_hash, scan_hash, first_seen_at, changed_at)
  values ($1::bigint, $2::bigint, s.external_id, s.order_number, s.storage, s.wc_status, s.currency, s.total, s.tax_total, s.shipping_total,
          s.discount_total, s.refunded, s.total_minor, s.refunded_minor, s.customer_external_id, s.first_name, s.last_name, s.email_raw, s.email,
          s.phone_raw, s.cellphone_raw, s.shipping_phone_raw, s.phone_e164, s.phone_status, s.phone_kind, s.phone_reason, s.phone_warnings,
          s.company, s.address_1, s.address_2, s.address_number, s.district, s.city, s.state, s.postcode, s.country, s.tax_document,
          s.person_type, s.payment_method, s.payment_method_title, s.created_via, s.customer_note, s.utm_source, s.utm_medium, s.utm_campaign,
          s.utm_content, s.is_anonymized, s.created_at, s.modified_at, s.paid_at, s.completed_at, s.created_text, s.modified_text, s.class,
          s.source_hash, s.scan_hash, $3::timestamptz, $3::timestamptz);
