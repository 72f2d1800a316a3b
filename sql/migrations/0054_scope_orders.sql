-- The orders of the people looked at, read once and told apart: those that count as bought, one after the other, and the others. A batch has them in
-- work tables, a pass over everything in these views.
-- former-version: runs
create view whole_company.scope_orders with (security_invoker = true) as
  select m.tenant_id, m.person_id, m.entity_id as order_id,
         o.class = 'paid' and o.currency = (select currency from tenants where id = app_tenant_id()) and coalesce(o.created_at, o.paid_at) is not null
           as is_counted,
         o.class = 'paid' as is_paid, o.currency = (select currency from tenants where id = app_tenant_id()) as is_own_currency,
         coalesce(o.created_at, o.paid_at) as at, o.net_minor, o.external_id, o.site_id
  from person_members m
  join orders o on o.tenant_id = m.tenant_id and o.id = m.entity_id
  where m.entity = 'order';
create view whole_company.wanted_person_orders with (security_invoker = true) as
  select tenant_id, person_id, order_id, row_number() over person as nth, date_part('epoch', at - lag(at) over person)::bigint as gap_seconds,
         at as created_at, lead(at) over person as next_at, net_minor
  from whole_company.scope_orders
  where is_counted
  -- a view is asked for one company, and only what the window is divided by goes below it
  window person as (partition by tenant_id, person_id order by at, external_id, site_id);
grant select on whole_company.scope_orders, whole_company.wanted_person_orders to carrinho_daemon;

-- In which currency all that person_orders holds was paid; null: in more than one, until a pass over everything. A batch reads an order again where it
-- can't tell.
alter table customer_bounds add column currency text;
update customer_bounds b set currency = t.currency from tenants t where t.id = b.tenant_id;
