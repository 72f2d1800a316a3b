-- recompute_touch_same_keys: a key touches the keys that somebody called the same, and theirs. Also over edges that do not count now: they may
-- have counted before.
-- $1 tenant
insert into touched_keys
with recursive reached as (
  select key from touched_keys
  union
  select case when e.key_a = r.key then e.key_b else e.key_a end
  from reached r
  join person_edges e on e.tenant_id = $1 and e.kind = 'same' and e.undone_at is null and (e.key_a = r.key or e.key_b = r.key)
)
select key from reached
on conflict do nothing;
