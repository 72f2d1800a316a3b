-- The carts that a run moved, for its page.
create index cart_transitions_run_idx on cart_transitions (tenant_id, run_id, id) where run_id is not null;
