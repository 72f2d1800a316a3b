-- insert_leads: a staged page of which no row has a copy yet: the first load, without the join that a MERGE needs.
-- $1 tenant · $2 site · $3 source · $4 now
insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, page_url, source_hash, scan_hash,
       first_seen_at, changed_at)
select $1::bigint, $2::bigint, $3::text, s.external_id, s.captured_gmt, s.captured_at, s.form_plugin, s.form_id, s.page_url, s.source_hash,
       s.scan_hash, $4::timestamptz, $4::timestamptz
from staged_leads s;
