-- recompute_write_statuses: the status of each cart of the scope at an instant: the numbered rows of docs/rules.md, cart status, in their order.
-- A change is written to the log. Credit is decided after this, by recompute_write_credits.
-- $1 tenant · $2 now
with company as materialized (
  select make_interval(mins => cut_off_minutes) as cut_off, make_interval(mins => window_after_minutes) as after from tenants where id = $1
), facts as (
  select c.*, w.cut_off, w.after, $2::timestamptz as now,
         b.order_id as best_order_id, b.score, b.is_after, b.order_created_at, coalesce(b.order_class = 'paid', false) as is_paid,
         unpaid.newest_at as unpaid_at, void.order_id as void_order_id,
         coalesce(mail.was_sent, false) as was_mailed, coalesce(mail.was_sent_lately, false) as was_mailed_lately,
         exists (select from usable_keys k where k.tenant_id = $1 and k.entity = 'cart' and k.entity_id = c.id) as has_keys
  from scope_carts s
  cross join company w
  join carts c on c.tenant_id = $1 and c.id = s.cart_id
  left join scope_pairs b on b.cart_id = c.id and b.rank = 1 and b.order_class <> 'void'
  left join scope_pairs void on void.cart_id = c.id and void.rank = 1 and void.order_class = 'void'
  left join (
    select cart_id, max(order_created_at) as newest_at from scope_pairs where order_class = 'awaiting_payment' group by cart_id
  ) unpaid on unpaid.cart_id = c.id
  -- an e-mail from before the first activity of a later episode was about the episode before
  left join lateral (
    select count(*) > 0 as was_sent, bool_or(e.scheduled_at >= b.order_created_at - interval '720 hours') as was_sent_lately
    from cart_emails e
    where e.tenant_id = $1 and e.site_id = c.site_id and e.session_id = c.session_id and e.state = 'sent'
      and e.scheduled_at < b.order_created_at and (c.episode = 1 or e.scheduled_at >= c.first_activity_at)
  ) mail on b.order_class = 'paid'
), ruled as (
  select f.*,
         case
           when is_paid and order_created_at between first_activity_at - interval '120 seconds' and last_activity_at + cut_off
                and (lay_abandoned_at is null or order_created_at <= lay_abandoned_at) and not was_mailed then 2
           when is_paid then 3
           when unpaid_at >= now - interval '7 days' then 4
           when plugin_status not in ('abandoned', 'lost') and last_activity_at > now - cut_off then 5
           when missing_since <= last_activity_at + cut_off and not was_plugin_abandoned and lay_abandoned_at is null then 6
           when unpaid_at is not null then 7
           when now <= last_activity_at + after then 8
           else 9
         end as rule,
         case
           when not is_after then 'prior_purchase'
           when was_mailed_lately then 'plugin_email'
           else 'spontaneous'
         end as cause
  from facts f
), named as (
  select r.*,
         case when rule = 2 then 'purchased' when rule = 3 then 'recovered' when rule in (4, 5) then 'waiting' when rule = 6 then 'removed'
              else 'abandoned' end as status,
         case rule when 2 then 'direct_purchase' when 3 then cause when 4 then 'awaiting_payment' when 5 then 'in_progress' when 6 then 'removed'
              when 7 then 'payment_expired' when 8 then 'window_open' else 'window_closed' end as reason,
         case rule when 4 then unpaid_at + interval '7 days' when 5 then last_activity_at + cut_off when 8 then last_activity_at + after end as reevaluate_at
  from ruled r
), logged as (
  insert into cart_transitions (tenant_id, cart_id, from_status, from_reason, to_status, to_reason, order_id, happened_at)
  select $1, n.id, s.status, s.reason, n.status, n.reason, n.best_order_id, n.now
  from named n
  join cart_statuses s on s.tenant_id = $1 and s.cart_id = n.id
  where (s.status, s.reason) is distinct from (n.status, n.reason)
)
insert into cart_statuses as s (tenant_id, cart_id, status, reason, has_keys, best_order_id, void_order_id, score, causal_class,
                                total_minor, currency, first_activity_at, last_activity_at, reevaluate_at, changed_at)
select $1, id, status, reason, has_keys, best_order_id, case when rule >= 7 then void_order_id end, score, case when rule = 3 then cause end,
       total_minor, currency, first_activity_at, last_activity_at, reevaluate_at, now
from named
on conflict (tenant_id, cart_id) do update
set status = excluded.status, reason = excluded.reason, has_keys = excluded.has_keys, best_order_id = excluded.best_order_id,
    void_order_id = excluded.void_order_id, score = excluded.score, causal_class = excluded.causal_class, total_minor = excluded.total_minor,
    currency = excluded.currency, first_activity_at = excluded.first_activity_at, last_activity_at = excluded.last_activity_at,
    reevaluate_at = excluded.reevaluate_at, changed_at = excluded.changed_at
where (s.status, s.reason, s.has_keys, s.best_order_id, s.void_order_id, s.score, s.causal_class, s.total_minor, s.currency,
       s.first_activity_at, s.last_activity_at, s.reevaluate_at)
      is distinct from
      (excluded.status, excluded.reason, excluded.has_keys, excluded.best_order_id, excluded.void_order_id, excluded.score, excluded.causal_class,
       excluded.total_minor, excluded.currency, excluded.first_activity_at, excluded.last_activity_at, excluded.reevaluate_at);
