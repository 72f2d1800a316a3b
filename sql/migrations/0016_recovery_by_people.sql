-- What people say about a recovery is part of its evidence: the contact code that an order brings back, the order chosen by hand, the order refused.

alter table tenants
  -- a cart without e-mail and phone counts in the recovery rate as abandoned (docs/rules.md, figures)
  add column counts_carts_without_keys boolean not null default false;

alter table cart_matches
  add column has_code boolean not null default false,
  add column is_chosen boolean not null default false,
  add column is_refused boolean not null default false,
  add column is_indirect boolean not null default false;
-- Whether the pair competes for credit (docs/rules.md, credit).
alter table cart_matches add column earns_credit boolean not null generated always as (
  order_class = 'paid' and not is_refused and (not is_all_shared or has_coupon or item_share > 0 or has_code or is_chosen)) stored;

-- Recovered only by earlier orders without a common item: the shopper bought something else, so this cart stays in the work queue.
alter table cart_statuses add column bought_other_items boolean not null default false;

-- Why a status changed: what asked for the recompute, the run that brought the rows, and the facts without personal data (a user is an id).
alter table cart_transitions
  add column cause text check (cause in ('sync', 'time', 'by_hand', 'contact', 'recompute')),
  add column run_id bigint,
  add column facts jsonb not null default '{}';

-- Codes are compared trimmed and in lower case.
drop index orders_utm_content_idx;
create index orders_utm_content_idx on orders (tenant_id, lower(btrim(utm_content))) where utm_content is not null;
create index contacts_key_idx on contacts (tenant_id, key) where code is not null;

-- The points of a match, 0 to 100 (docs/rules.md, score). Every argument is a column of cart_matches, so the lines can be shown again.
drop function match_score(boolean, text, boolean, boolean, boolean, numeric, bigint, boolean);
create function match_score(
  has_email boolean, phone_kind text, is_phone_presumed boolean, is_all_shared boolean, has_coupon boolean,
  item_share numeric, delta_seconds bigint, is_after boolean,
  is_indirect boolean default false, has_code boolean default false, is_chosen boolean default false)
returns integer language sql immutable parallel safe as $$
  select case when has_code or is_chosen then 100 else greatest(0, least(100,
    case when is_indirect then 35 else
      least(80, case when has_email then 50 else 0 end
              + case phone_kind when 'mobile' then 45 when 'international' then 45 when 'landline' then 25 else 0 end) end
    - case when is_phone_presumed then 15 else 0 end
    - case when is_all_shared then 25 else 0 end
    + case when has_coupon then 40 else 0 end
    + round(25 * item_share)::integer
    + case when abs(delta_seconds) <= 86400 then 10 when abs(delta_seconds) <= 604800 then 5
           when abs(delta_seconds) > 1209600 then -10 else 0 end
    - case when is_after then 0 else 20 end)) end
$$;
