-- recompute_write_statuses: the status of each cart of the scope at an instant: the numbered rows of docs/rules.md, cart status, in their order.
-- A change is written to the log with its facts, in which a user is an id. Credit is decided after this, by recompute_write_credits.
-- $1 tenant · $2 now · $3 cause · $4 run
with company as materialized (
  select make_interval(mins => cut_off_minutes) as cut_off, make_interval(mins => window_after_minutes) as after from tenants where id = $1
), met as (
  -- the orders of a cart: the best that counts, the newest that waits for its payment, the best void one
  select p.cart_id, max(p.order_id) filter (where is_best) as best_order_id, max(p.score) filter (where is_best) as score,
         bool_or(p.is_after) filter (where is_best) as is_after, max(p.order_created_at) filter (where is_best) as order_created_at,
         max(p.order_class) filter (where is_best) as order_class, bool_or(p.has_code) filter (where is_best) as has_code,
         bool_or(p.is_after or p.item_share > 0 or p.has_code or p.is_chosen) filter (where p.order_class = 'paid' and not p.is_refused) as is_enough,
         max(p.order_created_at) filter (where p.order_class = 'awaiting_payment') as unpaid_at,
         max(p.order_id) filter (where p.rank = 1 and p.order_class = 'void') as void_order_id
  from scope_pairs p cross join lateral (select p.rank = 1 and p.order_class <> 'void' and not p.is_refused as is_best) b
  group by p.cart_id
), facts as (
  select c.id, c.first_activity_at, c.last_activity_at, c.lay_abandoned_at, c.plugin_status, c.missing_since, c.was_plugin_abandoned, c.total_minor,
         c.currency, w.cut_off, w.after, $2::timestamptz as now,
         b.best_order_id, b.score, b.is_after, b.order_created_at, b.order_class, coalesce(b.order_class = 'paid', false) as is_paid,
         coalesce(b.has_code, false) as has_code, by_hand.status as manual_status,
         coalesce(said.was_contacted, false) as was_contacted, coalesce(b.has_code or said.was_contacted_lately, false) as is_contacted,
         coalesce(b.order_class = 'paid' and not b.is_enough, false) as bought_other_items, b.unpaid_at, b.void_order_id,
         coalesce(mail.was_sent, false) as was_mailed, coalesce(mail.was_sent_lately, false) as was_mailed_lately,
         keyed.entity_id is not null as has_keys -- without a key it would have no person
  from scope_carts s
  cross join company w
  join carts c on c.tenant_id = $1 and c.id = s.cart_id
  left join met b on b.cart_id = c.id
  left join person_members keyed on keyed.tenant_id = $1 and keyed.entity = 'cart' and keyed.entity_id = c.id
  left join cart_overrides by_hand on by_hand.tenant_id = $1 and by_hand.cart_id = c.id and by_hand.kind = 'status' and by_hand.undone_at is null
  left join (
    select k.cart_id, bool_or(k.contacted_at < p.order_paid_at) as was_contacted,
           bool_or(k.contacted_at < p.order_paid_at and k.contacted_at >= p.order_paid_at - interval '7 days') as was_contacted_lately
    from scope_contacts k
    join scope_pairs p on p.cart_id = k.cart_id and p.rank = 1 and p.order_class = 'paid'
    group by k.cart_id
  ) said on said.cart_id = c.id
  -- an e-mail from before the first activity of a later episode was about the episode before
  left join (
    select p.cart_id, true as was_sent, bool_or(e.scheduled_at >= p.order_created_at - interval '720 hours') as was_sent_lately
    from (select * from scope_pairs where rank = 1 and order_class = 'paid' and not is_refused order by cart_id offset 0) p
    cross join lateral (select site_id, session_id, episode, first_activity_at from carts where tenant_id = $1 and id = p.cart_id offset 0) m
    join cart_emails e on e.tenant_id = $1 and e.site_id = m.site_id and e.session_id = m.session_id
    where e.state = 'sent' and e.scheduled_at < p.order_created_at and (m.episode = 1 or e.scheduled_at >= m.first_activity_at)
    group by p.cart_id
  ) mail on mail.cart_id = c.id
), ruled as (
  select f.*,
         case
           when manual_status is not null then 1
           when is_paid and order_created_at between first_activity_at - interval '120 seconds' and last_activity_at + cut_off
                and (lay_abandoned_at is null or order_created_at <= lay_abandoned_at)
                and not was_mailed and not was_contacted and not has_code then 2
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
           when is_contacted then 'contacted'
           when was_mailed_lately then 'plugin_email'
           else 'spontaneous'
         end as cause
  from facts f
  offset 0 -- else each place that names the rule would find it again
), named as (
  select r.*,
         case when rule = 1 then manual_status when rule = 2 then 'purchased' when rule = 3 then 'recovered' when rule in (4, 5) then 'waiting'
              when rule = 6 then 'removed' else 'abandoned' end as status,
         case rule when 1 then 'manual' when 2 then 'direct_purchase' when 3 then cause when 4 then 'awaiting_payment' when 5 then 'in_progress'
              when 6 then 'removed' when 7 then 'payment_expired' when 8 then 'window_open' else 'window_closed' end as reason,
         case rule when 4 then unpaid_at + interval '7 days' when 5 then last_activity_at + cut_off when 8 then last_activity_at + after end as reevaluate_at
  from ruled r
  offset 0
), changed as materialized (
  select n.*, s.cart_id is null as is_new, s.status as from_status, s.reason as from_reason, s.best_order_id as from_order_id,
         case when n.rule >= 7 then n.void_order_id end as void_id, case when n.status = 'recovered' then n.cause end as causal_class,
         n.rule = 3 and n.bought_other_items as is_other
  from named n
  left join cart_statuses s on s.tenant_id = $1 and s.cart_id = n.id
  where s.cart_id is null
     or (s.status, s.reason, s.has_keys, s.best_order_id, s.void_order_id, s.score, s.causal_class, s.bought_other_items, s.total_minor,
         s.currency, s.first_activity_at, s.last_activity_at, s.reevaluate_at)
        is distinct from
        (n.status, n.reason, n.has_keys, n.best_order_id, case when n.rule >= 7 then n.void_order_id end, n.score,
         case when n.status = 'recovered' then n.cause end, n.rule = 3 and n.bought_other_items, n.total_minor, n.currency,
         n.first_activity_at, n.last_activity_at, n.reevaluate_at)
), logged as (
  insert into cart_transitions (tenant_id, cart_id, from_status, from_reason, to_status, to_reason, order_id, happened_at, cause, run_id, facts)
  select $1, n.id, n.from_status, n.from_reason, n.status, n.reason, n.best_order_id, n.now, $3::text, $4::bigint,
         jsonb_strip_nulls(jsonb_build_object(
           'order', coalesce(o.order_number, o.external_id::text), 'orderClass', n.order_class, 'score', n.score,
           'class', case when n.status = 'recovered' then n.cause end,
           'override', act.kind, 'isUndone', nullif(act.undone_at is not null, false),
           'author', case when act.undone_at is null then act.user_id else act.undone_by end))
  from changed n
  left join orders o on o.tenant_id = $1 and o.id = n.best_order_id
  left join lateral (
    select v.kind, v.user_id, v.undone_at, v.undone_by
    from cart_overrides v
    where v.tenant_id = $1 and v.cart_id = n.id
    order by greatest(v.created_at, v.undone_at) desc, v.undone_at is null desc, v.id desc
    limit 1
  ) act on $3::text = 'by_hand'
  where not n.is_new
    and ((n.from_status, n.from_reason) <> (n.status, n.reason) or n.status = 'recovered' and n.from_order_id is distinct from n.best_order_id)
)
merge into cart_statuses as s
using changed as n on s.tenant_id = $1 and s.cart_id = n.id
when matched
     then update set status = n.status, reason = n.reason, has_keys = n.has_keys, best_order_id = n.best_order_id, void_order_id = n.void_id,
                     score = n.score, causal_class = n.causal_class, bought_other_items = n.is_other, total_minor = n.total_minor,
                     currency = n.currency, first_activity_at = n.first_activity_at, last_activity_at = n.last_activity_at,
                     reevaluate_at = n.reevaluate_at, changed_at = n.now
when not matched
     then insert (tenant_id, cart_id, status, reason, has_keys, best_order_id, void_order_id, score, causal_class, bought_other_items, total_minor,
                  currency, first_activity_at, last_activity_at, reevaluate_at, changed_at)
     values ($1, n.id, n.status, n.reason, n.has_keys, n.best_order_id, n.void_id, n.score, n.causal_class, n.is_other, n.total_minor, n.currency,
             n.first_activity_at, n.last_activity_at, n.reevaluate_at, n.now);
