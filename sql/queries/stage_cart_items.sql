-- stage_cart_items: the cart items of a batch, by the shop's id of their cart.
create temp table if not exists staged_cart_items (
  external_id bigint,
  position integer,
  product_id bigint,
  variation_id bigint,
  name text,
  attributes text,
  quantity numeric(18, 4),
  line_total numeric(26, 8),
  is_bundle_child boolean
) on commit delete rows;
