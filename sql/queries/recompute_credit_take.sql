-- recompute_credit_take: pairs that were taken one after the other.
-- $1 carts · $2 orders
insert into credits select * from unnest($1::bigint[], $2::bigint[]);
