-- recompute_take_queue: takes the oldest rows out of the queue into touched and touched_keys; gives how many.
-- $1 tenant · $2 limit
with taken as (
  delete from recompute_queue where tenant_id = $1
    and id in (select id from recompute_queue where tenant_id = $1 order by id limit $2)
  returning entity, entity_id, key
), records as (
  insert into touched select distinct entity, entity_id from taken where entity <> 'key'
), keys as (
  insert into touched_keys select distinct key from taken where entity = 'key'
)
select count(*)::integer as taken from taken;
