-- freeze_carts: the row's time jumped beyond the old cart's recovery window, or the shop gave the id of a deleted cart to another shopper (a restart of
-- MySQL before 8.0 does): the old facts stay as they are, and the staged row begins a new episode.
-- $1 tenant · $2 site · $3 source · $4 low · $5 high · $6 window_after in minutes
update carts c set is_current = false
from staged_carts s
where c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id and c.is_current
  and c.external_id > $4 and c.external_id <= $5
  and (s.activity_at > c.last_activity_at + $6::integer * interval '1 minute'
       or (c.missing_since is not null and s.session_id <> c.session_id));
