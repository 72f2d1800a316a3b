-- recompute_clear_queue: a pass over everything does what waits. It holds nothing else then.
-- $1 tenant
delete from recompute_queue where tenant_id = $1;
