-- recompute_write_matches: the pairs of the scope, void ones apart; those that are no more go, an equal row is not written. Gives how many changed.
-- $1 tenant
with wanted as (
  select * from scope_pairs where order_class <> 'void'
), was as (
  select m.* from scope_carts s join cart_matches m on m.tenant_id = $1 and m.cart_id = s.cart_id
), changed as materialized (
  select m.cart_id as old_cart_id, m.order_id as old_order_id, w.*
  from wanted w
  full join was m on m.cart_id = w.cart_id and m.order_id = w.order_id
  where (m.order_class, m.has_email, m.phone_kind, m.is_phone_presumed, m.is_all_shared, m.has_coupon, m.is_after, m.item_share, m.key_count,
         m.delta_seconds, m.score, m.rank, m.has_code, m.is_chosen, m.is_refused, m.is_indirect)
        is distinct from
        (w.order_class, w.has_email, w.phone_kind, w.is_phone_presumed, w.is_all_shared, w.has_coupon, w.is_after, w.item_share, w.key_count,
         w.delta_seconds, w.score, w.rank, w.has_code, w.is_chosen, w.is_refused, w.is_indirect)
), gone as (
  delete from cart_matches m using changed c
  where c.cart_id is null and m.tenant_id = $1 and m.cart_id = c.old_cart_id and m.order_id = c.old_order_id
), written as (
  insert into cart_matches (tenant_id, cart_id, order_id, order_class, has_email, phone_kind, is_phone_presumed, is_all_shared, has_coupon,
                            is_after, item_share, key_count, delta_seconds, score, rank, has_code, is_chosen, is_refused, is_indirect)
  select $1, cart_id, order_id, order_class, has_email, phone_kind, is_phone_presumed, is_all_shared, has_coupon,
         is_after, item_share, key_count, delta_seconds, score, rank, has_code, is_chosen, is_refused, is_indirect
  from changed
  where cart_id is not null
  order by cart_id, order_id -- as its primary key grows
  on conflict (tenant_id, cart_id, order_id) do update
  set order_class = excluded.order_class, has_email = excluded.has_email, phone_kind = excluded.phone_kind,
      is_phone_presumed = excluded.is_phone_presumed, is_all_shared = excluded.is_all_shared, has_coupon = excluded.has_coupon,
      is_after = excluded.is_after, item_share = excluded.item_share, key_count = excluded.key_count,
      delta_seconds = excluded.delta_seconds, score = excluded.score, rank = excluded.rank,
      has_code = excluded.has_code, is_chosen = excluded.is_chosen, is_refused = excluded.is_refused, is_indirect = excluded.is_indirect
)
select count(*)::integer as changed from changed;
