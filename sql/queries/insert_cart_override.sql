-- insert_cart_override: what a person says of a cart from now on.
-- $1 tenant · $2 cart · $3 kind · $4 status · $5 order · $6 note · $7 user · $8 now
insert into cart_overrides (tenant_id, cart_id, kind, status, order_id, note, user_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8);
