-- recompute_due_carts: carts whose status time alone has changed.
-- $1 tenant · $2 now
insert into scope_carts
select cart_id from cart_statuses where tenant_id = $1 and reevaluate_at <= $2;
