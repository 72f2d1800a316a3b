-- lock_cart_overrides: two people who judge the same cart come one after the other.
-- $1 tenant · $2 cart
select pg_advisory_xact_lock(hashtextextended('cart_overrides:' || $1::text || ':' || $2::text, 0));
