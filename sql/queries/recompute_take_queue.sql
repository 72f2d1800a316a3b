-- recompute_take_queue: takes the oldest rows out of the queue into touched and touched_keys; gives how many. By a bound on their number, not by a
-- list of them: nobody knows how long the queue is, and a plan for a short one compared each row with each (34 s for 100,000 rows).
-- $1 tenant · $2 limit
with taken as (
  delete from recompute_queue where tenant_id = $1
    and id <= (select max(id) from (select id from recompute_queue where tenant_id = $1 order by id limit $2) oldest)
  returning entity, entity_id, key
), records as (
  insert into touched select distinct entity, entity_id from taken where entity <> 'key'
), keys as (
  insert into touched_keys select distinct key from taken where entity = 'key'
)
select count(*)::integer as taken from taken;
