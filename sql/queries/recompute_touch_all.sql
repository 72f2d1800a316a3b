-- recompute_touch_all: every record of the company, and every key that is or was in use; the queue holds nothing else then.
-- $1 tenant
with emptied as (
  delete from recompute_queue where tenant_id = $1
), keys as (
  insert into touched_keys
  select key from usable_keys where tenant_id = $1
  union
  select key from shared_keys where tenant_id = $1
  union
  select key from email_folds where tenant_id = $1
)
insert into touched
select 'lead', id from leads where tenant_id = $1
union all
select 'cart', id from carts where tenant_id = $1
union all
select 'order', id from orders where tenant_id = $1;
