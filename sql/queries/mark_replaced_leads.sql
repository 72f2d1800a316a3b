-- mark_replaced_leads: an id that came back with another captured_gmt is another lead (old servers give ids again); the one before is gone.
-- $1 tenant · $2 site · $3 source · $4 now · $5 low · $6 high (the page's ids are > low and <= high, so that the join stays inside the page)
update leads c set missing_since = $4::timestamptz, changed_at = $4::timestamptz
from staged_leads s
where c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id
  and c.external_id > $5 and c.external_id <= $6
  and c.captured_gmt <> s.captured_gmt and c.missing_since is null;
