-- insert_cart_emails: a staged page of which no row has a copy yet: the first load, without the join that a MERGE needs.
-- $1 tenant · $2 site · $3 source · $4 now
insert into cart_emails (tenant_id, site_id, source, external_id, session_id, coupon_code, scheduled_text, scheduled_at, state, source_hash, scan_hash,
       first_seen_at, changed_at)
select $1::bigint, $2::bigint, $3::text, s.external_id, s.session_id, s.coupon_code, s.scheduled_text, s.scheduled_at, s.state, s.source_hash,
       s.scan_hash, $4::timestamptz, $4::timestamptz
from staged_cart_emails s;
