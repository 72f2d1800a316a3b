-- touch_orders: our ids of the staged orders, for their items, refunds, coupons and keys.
-- $1 tenant · $2 site
insert into staged_touched (external_id, entity_id)
select c.external_id, c.id
from staged_orders s
join orders c on c.tenant_id = $1 and c.site_id = $2 and c.external_id = s.external_id;
