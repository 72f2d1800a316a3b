-- merge_carts: a staged page of new and changed carts, over their current episodes. What only repeated looking shows is added up here: the
-- first and last time ever seen, the instant at which the cart had lain silent longer than the cut-off before the shopper came back, and the
-- value that we saw before the plugin wrote the order's over it.
-- $1 tenant · $2 site · $3 source · $4 now · $5 low · $6 high (the page's ids are > low and <= high) · $7 cut_off in minutes
merge into carts as c
using (
  select s.*, $7::integer * interval '1 minute' as cut_off,
         1 + coalesce((select max(p.episode) from carts p where p.tenant_id = $1 and p.site_id = $2 and p.source = $3 and p.external_id = s.external_id), 0) as episode
  from staged_carts s
) as s
   on c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id and c.is_current
  and c.external_id > $5 and c.external_id <= $6
 when matched and (c.source_hash is distinct from s.source_hash or c.missing_since is not null) then update
  set session_id = s.session_id, checkout_page_id = s.checkout_page_id, name = s.name, email_raw = s.email_raw, email = s.email, phone_raw =
      s.phone_raw, phone_e164 = s.phone_e164, phone_status = s.phone_status, phone_kind = s.phone_kind, phone_reason = s.phone_reason,
      phone_warnings = s.phone_warnings, city = s.city, state = s.state, postcode = s.postcode, currency = s.currency, item_count =
      s.item_count, plugin_status = s.plugin_status, is_unsubscribed = s.is_unsubscribed, coupon_code = s.coupon_code, order_external_id =
      s.order_external_id, time_text = s.time_text, parse_error = s.parse_error,
      total = case when s.plugin_status = 'completed' then coalesce(c.total, s.total) else s.total end,
      total_minor = case when s.plugin_status = 'completed' and c.total is not null then c.total_minor else s.total_minor end,
      first_activity_at = least(c.first_activity_at, s.activity_at),
      last_activity_at = greatest(c.last_activity_at, s.activity_at),
      lay_abandoned_at = coalesce(c.lay_abandoned_at, case when s.activity_at > c.last_activity_at + s.cut_off then c.last_activity_at + s.cut_off end),
      return_count = c.return_count + case when s.activity_at > c.last_activity_at + s.cut_off then 1 else 0 end,
      was_plugin_abandoned = c.was_plugin_abandoned or s.plugin_status in ('abandoned', 'lost'),
      source_hash = s.source_hash, scan_hash = s.scan_hash, changed_at = $4::timestamptz, missing_since = null
 when not matched then
  insert (tenant_id, site_id, source, episode, external_id, session_id, checkout_page_id, name, email_raw, email, phone_raw, phone_e164,
          phone_status, phone_kind, phone_reason, phone_warnings, city, state, postcode, total, total_minor, currency, item_count, plugin_status,
          is_unsubscribed, coupon_code, order_external_id, time_text, parse_error, first_activity_at, last_activity_at, was_plugin_abandoned,
          source_hash, scan_hash, first_seen_at, changed_at)
  values ($1::bigint, $2::bigint, $3::text, s.episode, s.external_id, s.session_id, s.checkout_page_id, s.name, s.email_raw, s.email, s.phone_raw,
          s.phone_e164, s.phone_status, s.phone_kind, s.phone_reason, s.phone_warnings, s.city, s.state, s.postcode, s.total, s.total_minor,
          s.currency, s.item_count, s.plugin_status, s.is_unsubscribed, s.coupon_code, s.order_external_id, s.time_text, s.parse_error,
          s.activity_at, s.activity_at, s.plugin_status in ('abandoned', 'lost'), s.source_hash, s.scan_hash, $4::timestamptz, $4::timestamptz);
