-- recompute_notify: tells the pages of this company what kinds of rows changed, when this transaction commits.
-- $1 tenant · $2 kinds
select pg_notify('carrinho_changed', json_build_object('tenant', $1::bigint::text, 'kinds', $2::text[])::text);
