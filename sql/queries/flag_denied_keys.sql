-- flag_denied_keys: after a change of denied_keys by one key (or one domain): the keys in use that it concerns are flagged as the whole list has
-- it now. Those that flip are queued with their records, and so are edges by hand that end in one: they may hold people together without a record.
-- $1 tenant · $2 key
with denied as (
  select key from denied_keys where tenant_id = $1
), flipped as (
  update match_keys m set is_denied = not m.is_denied
  where m.tenant_id = $1 and (m.key = $2 or (starts_with($2, 'd:') and split_part(m.key, '@', 2) = substr($2, 3)))
    and m.is_denied <> (m.key in (select key from denied) or 'd:' || split_part(m.key, '@', 2) in (select key from denied))
  returning m.key, m.entity, m.entity_id
), ends as (
  select x.key
  from person_edges e cross join lateral (values (e.key_a), (e.key_b)) x (key)
  where e.tenant_id = $1 and e.undone_at is null and (x.key = $2 or (starts_with($2, 'd:') and split_part(x.key, '@', 2) = substr($2, 3)))
)
insert into recompute_queue (tenant_id, entity, entity_id, key)
select distinct $1::bigint, entity, entity_id, null from flipped
union all
select $1::bigint, 'key', null::bigint, key from (select key from flipped union select key from ends) keys;
