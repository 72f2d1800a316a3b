-- recompute_touch_keys: the present keys of the touched records are touched too.
-- $1 tenant
insert into touched_keys
select distinct m.key
from touched t
join usable_keys m on m.tenant_id = $1 and m.entity = t.entity and m.entity_id = t.entity_id
on conflict do nothing;
