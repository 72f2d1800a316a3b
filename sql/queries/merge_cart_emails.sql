-- merge_cart_emails: a staged page of new and changed cart emails. A copy whose content is the same is not touched, unless it was missing and is back.
-- $1 tenant · $2 site · $3 source · $4 now · $5 low · $6 high (the page's ids are > low and <= high, so that the join stays inside the page)
merge into cart_emails as c
using staged_cart_emails as s
   on c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id
  and c.external_id > $5 and c.external_id <= $6
 when matched and (c.source_hash is distinct from s.source_hash or c.missing_since is not null) then update
  set session_id = s.session_id, coupon_code = s.coupon_code, scheduled_text = s.scheduled_text, scheduled_at = s.scheduled_at, state =
      s.state,
      source_hash = s.source_hash, scan_hash = s.scan_hash, changed_at = $4::timestamptz, missing_since = null
 when not matched then
  insert (tenant_id, site_id, source, external_id, session_id, coupon_code, scheduled_text, scheduled_at, state, source_hash, scan_hash,
          first_seen_at, changed_at)
  values ($1::bigint, $2::bigint, $3::text, s.external_id, s.session_id, s.coupon_code, s.scheduled_text, s.scheduled_at, s.state, s.source_hash,
          s.scan_hash, $4::timestamptz, $4::timestamptz);
