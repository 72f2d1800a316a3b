-- recompute_shared_keys: a phone with 4 or more e-mails, an e-mail with 6 or more phones, met in the same records (docs/rules.md, shared keys).
-- A key that becomes or stops being shared touches its records.
-- $1 tenant
with met as (
  -- records cannot be counted beforehand: one record may have many keys, three orders with two phones each are enough
  select distinct mine.key, other.key as other_key
  from keyed mine
  join usable_keys other on other.tenant_id = $1 and other.entity = mine.entity and other.entity_id = mine.entity_id
   and (other.key >= 'p:') <> (mine.key >= 'p:')
  where mine.tenant_id = $1
), crowded as (
  select key from met group by key having count(*) >= case when key >= 'p:' then 4 else 6 end
), no_longer as (
  delete from shared_keys s
  where s.tenant_id = $1 and s.key in (select key from touched_keys) and not exists (select from crowded c where c.key = s.key)
  returning s.key
), from_now_on as (
  insert into shared_keys (tenant_id, key) select $1, key from crowded
  on conflict do nothing
  returning key
)
insert into pg_temp.touched
select distinct m.entity, m.entity_id
from (select key from no_longer union all select key from from_now_on) flipped
join usable_keys m on m.tenant_id = $1 and m.key = flipped.key
on conflict do nothing;
