-- What the recompute needs to find its rows by index, and the points of a match in one place.

-- A void order names itself in the reason of a cart: when it changes, that cart is looked at again.
create index cart_statuses_void_idx on cart_statuses (tenant_id, void_order_id) where void_order_id is not null;

-- Values of different currencies are never added up, so a cart's status carries the currency of its total.
alter table cart_statuses add column currency text not null default 'BRL';
drop index cart_statuses_period_idx;
create index cart_statuses_period_idx on cart_statuses (tenant_id, first_activity_at)
  include (status, reason, has_keys, total_minor, currency, causal_class, credited_order_id);

-- The statuses of a shop are found by jumping from one to the next (recompute_refresh_statuses).
create index orders_status_idx on orders (tenant_id, site_id, wc_status);

-- The points of a match, 0 to 100 (docs/rules.md, score). Every argument is a column of cart_matches, so the lines can be shown again.
create function match_score(
  has_email boolean, phone_kind text, is_phone_presumed boolean, is_all_shared boolean, has_coupon boolean,
  item_share numeric, delta_seconds bigint, is_after boolean)
returns integer language sql immutable parallel safe as $$
  select greatest(0, least(100,
    least(80, case when has_email then 50 else 0 end
            + case phone_kind when 'mobile' then 45 when 'international' then 45 when 'landline' then 25 else 0 end)
    - case when is_phone_presumed then 15 else 0 end
    - case when is_all_shared then 25 else 0 end
    + case when has_coupon then 40 else 0 end
    + round(25 * item_share)::integer
    + case when abs(delta_seconds) <= 86400 then 10 when abs(delta_seconds) <= 604800 then 5
           when abs(delta_seconds) > 1209600 then -10 else 0 end
    - case when is_after then 0 else 20 end))
$$;
