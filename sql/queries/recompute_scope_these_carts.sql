-- recompute_scope_these_carts: these carts.
-- $1 ids
insert into scope_carts select unnest($1::bigint[]);
