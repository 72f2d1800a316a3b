-- recompute_write_matches: the pairs of the scope, void ones apart; an equal row is not written.
-- $1 tenant
insert into cart_matches as m (tenant_id, cart_id, order_id, order_class, has_email, phone_kind, is_phone_presumed, is_all_shared, has_coupon,
                               is_after, item_share, key_count, delta_seconds, score, rank, has_code, is_chosen, is_refused, is_indirect)
select $1, cart_id, order_id, order_class, has_email, phone_kind, is_phone_presumed, is_all_shared, has_coupon,
       is_after, item_share, key_count, delta_seconds, score, rank, has_code, is_chosen, is_refused, is_indirect
from scope_pairs
where order_class <> 'void'
on conflict (tenant_id, cart_id, order_id) do update
set order_class = excluded.order_class, has_email = excluded.has_email, phone_kind = excluded.phone_kind,
    is_phone_presumed = excluded.is_phone_presumed, is_all_shared = excluded.is_all_shared, has_coupon = excluded.has_coupon,
    is_after = excluded.is_after, item_share = excluded.item_share, key_count = excluded.key_count,
    delta_seconds = excluded.delta_seconds, score = excluded.score, rank = excluded.rank,
    has_code = excluded.has_code, is_chosen = excluded.is_chosen, is_refused = excluded.is_refused, is_indirect = excluded.is_indirect
where (m.order_class, m.has_email, m.phone_kind, m.is_phone_presumed, m.is_all_shared, m.has_coupon, m.is_after, m.item_share, m.key_count,
       m.delta_seconds, m.score, m.rank, m.has_code, m.is_chosen, m.is_refused, m.is_indirect)
      is distinct from
      (excluded.order_class, excluded.has_email, excluded.phone_kind, excluded.is_phone_presumed, excluded.is_all_shared, excluded.has_coupon,
       excluded.is_after, excluded.item_share, excluded.key_count, excluded.delta_seconds, excluded.score, excluded.rank,
       excluded.has_code, excluded.is_chosen, excluded.is_refused, excluded.is_indirect);
