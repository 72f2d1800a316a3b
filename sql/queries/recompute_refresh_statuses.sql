-- recompute_refresh_statuses: the order statuses that occur in a shop, and whether some order that the shop still has in one of them has a paid
-- date; gives those that changed. Jumps from status to status by index, so it costs the same for two million orders.
-- $1 tenant · $2 site
with recursive seen as (
  (select wc_status from orders where tenant_id = $1 and site_id = $2 order by wc_status limit 1)
  union all
  select (select o.wc_status from orders o where o.tenant_id = $1 and o.site_id = $2 and o.wc_status > seen.wc_status order by o.wc_status limit 1)
  from seen where seen.wc_status is not null
), known as (
  select wc_status from seen where wc_status is not null
  union
  select wc_status from order_status_classes where tenant_id = $1 and site_id = $2
), facts as (
  -- The first one from this status on, in the order of the index: of a table that grows faster than its statistics the planner would read every
  -- order for `exists`, at each page.
  select k.wc_status,
         coalesce((select o.wc_status from orders o where o.tenant_id = $1 and o.site_id = $2 and o.wc_status >= k.wc_status
                     and o.paid_at is not null and o.missing_since is null order by o.wc_status limit 1) = k.wc_status, false) as has_paid_order
  from known k
)
insert into order_status_classes as s (tenant_id, site_id, wc_status, has_paid_order)
select $1, $2, wc_status, has_paid_order from facts
on conflict (tenant_id, site_id, wc_status) do update set has_paid_order = excluded.has_paid_order
where s.has_paid_order is distinct from excluded.has_paid_order
returning wc_status;
