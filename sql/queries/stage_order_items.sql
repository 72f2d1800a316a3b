-- stage_order_items: the order items of a batch, by the shop's id of their order.
create temp table if not exists staged_order_items (
  order_external_id bigint,
  external_id bigint,
  kind text,
  name text,
  product_id bigint,
  variation_id bigint,
  quantity numeric(18, 4),
  subtotal numeric(26, 8),
  total numeric(26, 8),
  total_tax numeric(26, 8),
  attributes text
) on commit delete rows;
