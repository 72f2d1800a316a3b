-- touch_carts: our ids of the staged carts' current episodes, for their items and keys.
-- $1 tenant · $2 site · $3 source
insert into staged_touched (external_id, entity_id)
select c.external_id, c.id
from staged_carts s
join carts c on c.tenant_id = $1 and c.site_id = $2 and c.source = $3 and c.external_id = s.external_id and c.is_current;
