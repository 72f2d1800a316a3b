-- find_lead_by_keys: the newest lead that has one of these keys.
-- $1 tenant · $2 keys
select l.id, l.name, l.captured_at as "capturedAt"
from match_keys k join leads l on l.tenant_id = $1 and l.id = k.entity_id
where k.tenant_id = $1 and k.key = any($2::text[]) and k.entity = 'lead'
order by l.captured_at desc nulls last, l.id desc limit 1;
