-- mark_replaced_leads: an id that came back with another captured_gmt is another lead (old servers give ids again); the one before is gone.
-- $1 tenant · $2 site · $3 source · $4 now
update leads c set missing_since = $4::timestamptz, changed_at = $4::timestamptz
from staged_leads s
where c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id
  and c.captured_gmt <> s.captured_gmt and c.missing_since is null;
