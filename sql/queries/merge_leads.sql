-- merge_leads: a staged page of new and changed leads. A copy whose content is the same is not touched, unless it was missing and is back.
-- $1 tenant · $2 site · $3 source · $4 now · $5 low · $6 high (the page's ids are > low and <= high, so that the join stays inside the page)
merge into leads as c
using staged_leads as s
   on c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id and c.captured_gmt = s.captured_gmt
  and c.external_id > $5 and c.external_id <= $6
 when matched and (c.source_hash is distinct from s.source_hash or c.missing_since is not null) then update
  set captured_at = s.captured_at, form_plugin = s.form_plugin, form_id = s.form_id, page_url = s.page_url,
      source_hash = s.source_hash, scan_hash = s.scan_hash, changed_at = $4::timestamptz, missing_since = null
 when not matched then
  insert (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, page_url, source_hash, scan_hash,
          first_seen_at, changed_at)
  values ($1::bigint, $2::bigint, $3::text, s.external_id, s.captured_gmt, s.captured_at, s.form_plugin, s.form_id, s.page_url, s.source_hash,
          s.scan_hash, $4::timestamptz, $4::timestamptz);
