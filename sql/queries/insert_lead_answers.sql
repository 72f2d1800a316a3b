-- insert_lead_answers: a staged page of which no row has a copy yet: the first load, without the join that a MERGE needs.
-- $1 tenant · $2 site · $3 source · $4 now
insert into lead_answers (tenant_id, site_id, source, external_id, lead_external_id, key, value, source_hash, scan_hash, first_seen_at, changed_at)
select $1::bigint, $2::bigint, $3::text, s.external_id, s.lead_external_id, s.key, s.value, s.source_hash, s.scan_hash, $4::timestamptz,
       $4::timestamptz
from staged_lead_answers s;
