-- stage_order_refunds: the order refunds of a batch, by the shop's id of their order.
create temp table if not exists staged_order_refunds (
  order_external_id bigint,
  external_id bigint,
  amount numeric(26, 8),
  reason text,
  refunded_at timestamptz
) on commit delete rows;
