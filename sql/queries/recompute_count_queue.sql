-- recompute_count_queue: how many rows wait, counted no further than the limit.
-- $1 tenant · $2 limit
select count(*)::integer as waiting from (select from recompute_queue where tenant_id = $1 limit $2) waiting;
