-- stage_order_coupons: the order coupons of a batch, by the shop's id of their order.
create temp table if not exists staged_order_coupons (
  order_external_id bigint,
  external_id bigint,
  code text,
  discount numeric(26, 8)
) on commit delete rows;
