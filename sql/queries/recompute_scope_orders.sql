-- recompute_scope_orders: the orders of the people looked at. A paid order that nobody touched is what was written of it; only the others are read. Of
-- two at the same instant the shop's number tells the first, so those are read too; and all are until the next pass over everything, once the company
-- has another currency than what was written.
-- $1 tenant
with company as materialized (
  select t.currency, coalesce(t.currency = b.currency, false) as is_as_written
  from tenants t
  left join customer_bounds b on b.tenant_id = t.id
  where t.id = $1
), doubted as (
  update customer_bounds b set currency = null from company c where b.tenant_id = $1 and b.currency is not null and not c.is_as_written
), written as materialized (
  select p.order_id, p.created_at, p.net_minor
  from written_person_orders p
  where p.tenant_id = $1 and (select is_as_written from company) and not exists (select from touched t where t.entity = 'order' and t.entity_id = p.order_id)
), found as (
  select m.person_id, m.entity_id as order_id, w.order_id is not null or o.is_counted as is_counted, w.order_id is not null or o.is_paid as is_paid,
         w.order_id is not null or o.is_own_currency as is_own_currency, coalesce(w.created_at, o.at) as at, coalesce(w.net_minor, o.net_minor) as net_minor,
         o.external_id, o.site_id
  from scope_people_members m
  left join written w on w.order_id = m.entity_id
  left join lateral (
    select class = 'paid' and currency = (select currency from company) and coalesce(created_at, paid_at) is not null as is_counted,
           class = 'paid' as is_paid, currency = (select currency from company) as is_own_currency, coalesce(created_at, paid_at) as at,
           net_minor, external_id, site_id
    from orders
    where tenant_id = $1 and id = m.entity_id and w.order_id is null
    offset 0
  ) o on true
  where m.tenant_id = $1 and m.entity = 'order'
), placed as (
  select f.*, f.external_id is null and count(*) over (partition by f.person_id, f.at) > 1 as is_tied from found f
)
insert into scope_orders (tenant_id, person_id, order_id, is_counted, is_paid, is_own_currency, at, net_minor, external_id, site_id)
select $1, p.person_id, p.order_id, p.is_counted, p.is_paid, p.is_own_currency, p.at, p.net_minor, coalesce(p.external_id, o.external_id),
       coalesce(p.site_id, o.site_id)
from placed p
left join lateral (select external_id, site_id from orders where tenant_id = $1 and id = p.order_id and p.is_tied offset 0) o on true;
