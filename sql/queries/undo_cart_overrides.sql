-- undo_cart_overrides: takes back what people said of a cart.
-- $1 tenant · $2 cart · $3 now · $4 user
update cart_overrides set undone_at = $3, undone_by = $4 where tenant_id = $1 and cart_id = $2 and undone_at is null;
