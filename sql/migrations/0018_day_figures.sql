-- Figures by local day, kept in the transaction of the change by statement triggers, so that no path can forget them and a view of a year reads a
-- few hundred rows. What each roll-up is made of is one text (…_days_of): the trigger runs it over the changed rows, the view true_…_days over all
-- of them, and the nightly check compares the two. '-infinity' is the day of what has no readable date.

-- The currency of credited_minor: a sum over carts must not need the order.
alter table cart_statuses add column credited_currency text;
update cart_statuses s set credited_currency = o.currency from orders o where o.tenant_id = s.tenant_id and o.id = s.credited_order_id;

-- The zone whose days the figures count: the shops' where they all have one, else the company's (docs/rules.md, figures). Kept by triggers below.
alter table tenants add column reporting_time_zone text;
update tenants set reporting_time_zone = time_zone;
alter table tenants alter column reporting_time_zone set not null;

-- The day in a zone. A fixed offset ('+05:30') is not left to Postgres, which reads its sign the other way round.
create function local_day(at timestamptz, zone text) returns date language sql immutable parallel safe as $$
  select (case when zone like '+%' or zone like '-%'
               then at at time zone 'UTC' + make_interval(mins => (left(zone, 1) || '1')::integer * (substr(zone, 2, 2)::integer * 60 + substr(zone, 5, 2)::integer))
               else at at time zone zone end)::date
$$;

-- The first instant of that day. Where an hour comes twice around midnight it may be the later one: who looks for a day's rows starts earlier.
create function day_start(day date, zone text) returns timestamptz language sql immutable parallel safe as $$
  select case when zone like '+%' or zone like '-%'
              then (day - make_interval(mins => (left(zone, 1) || '1')::integer * (substr(zone, 2, 2)::integer * 60 + substr(zone, 5, 2)::integer))) at time zone 'UTC'
              else day::timestamp at time zone zone end
$$;

-- The whole local days [first_day, end_day) of a period that begins with a day, and where to look for the rows of the day that it breaks off in (null:
-- it ends with a day).
-- A null limit leaves the period open; only the one that is open at both ends has what has no date.
create function period_days(from_at timestamptz, to_at timestamptz, zone text, out first_day date, out end_day date, out rest_from timestamptz)
language sql immutable parallel safe as $$
  select case when from_at is null and to_at is null then '-infinity' else coalesce(local_day(from_at, zone), '0001-01-01') end,
         coalesce(local_day(to_at, zone), 'infinity'),
         case when local_day(to_at - interval '1 microsecond', zone) = local_day(to_at, zone)
              then day_start(local_day(to_at, zone), zone) - interval '2 hours' end
$$;

-- What WooCommerce's own report counts: everything but pending, failed and cancelled, as long as the shop has it.
create function is_reported_order(wc_status text, missing_since timestamptz) returns boolean language sql immutable parallel safe as $$
  select missing_since is null and wc_status not in ('pending', 'failed', 'cancelled', 'trash', 'auto-draft', 'draft', 'checkout-draft')
$$;

create table cart_days (
  tenant_id bigint not null references tenants,
  day date not null, -- of the first activity
  status text not null,
  reason text not null,
  has_keys boolean not null,
  causal_class text not null, -- '' for none, as credited_currency
  currency text not null,
  credited_currency text not null,
  cart_count integer not null,
  total_minor bigint not null,
  credited_minor bigint not null,
  primary key (tenant_id, day, status, reason, has_keys, causal_class, currency, credited_currency)
);
select protect_tenant_table('cart_days', 'select, insert, update, delete', 'select, insert, update, delete');

-- By shop, so that two shops that are read at once do not wait for each other's rows.
create table order_days (
  tenant_id bigint not null references tenants,
  day date not null, -- of the creation
  site_id bigint not null,
  class text not null,
  currency text not null,
  is_reported boolean not null,
  order_count integer not null,
  net_minor bigint not null,
  net_sales numeric not null, -- without tax and shipping
  primary key (tenant_id, day, site_id, class, currency, is_reported)
);
select protect_tenant_table('order_days', 'select, insert, update, delete', 'select, insert, update, delete');

-- Refunds of reported orders, by their own day.
create table refund_days (
  tenant_id bigint not null references tenants,
  day date not null,
  site_id bigint not null,
  currency text not null,
  refund_count integer not null,
  amount numeric not null,
  primary key (tenant_id, day, site_id, currency)
);
select protect_tenant_table('refund_days', 'select, insert, update, delete', 'select, insert, update, delete');

create table lead_days (
  tenant_id bigint not null references tenants,
  day date not null, -- of the capture
  customer_status text not null,
  lead_count integer not null,
  primary key (tenant_id, day, customer_status)
);
select protect_tenant_table('lead_days', 'select, insert, update, delete', 'select, insert, update, delete');

-- The roll-up of a set of rows, each with its sign: 1 for what is there now, -1 for what was there before.
create function cart_days_of(rows text) returns text language sql immutable as $f$
  select format($$
    select c.tenant_id, local_day(c.first_activity_at, t.reporting_time_zone) as day, c.status, c.reason, c.has_keys,
           coalesce(c.causal_class, '') as causal_class, c.currency, coalesce(c.credited_currency, '') as credited_currency,
           sum(c.sign)::integer as cart_count, sum(c.sign * c.total_minor)::bigint as total_minor,
           sum(c.sign * coalesce(c.credited_minor, 0))::bigint as credited_minor
    from %s c join tenants t on t.id = c.tenant_id
    group by 1, 2, 3, 4, 5, 6, 7, 8$$, rows)
$f$;

create function order_days_of(rows text) returns text language sql immutable as $f$
  select format($$
    select o.tenant_id, coalesce(local_day(o.created_at, t.reporting_time_zone), '-infinity') as day, o.site_id, o.class, o.currency,
           is_reported_order(o.wc_status, o.missing_since) as is_reported,
           sum(o.sign)::integer as order_count, sum(o.sign * (o.total_minor - o.refunded_minor))::bigint as net_minor,
           sum(o.sign * (o.total - o.tax_total - o.shipping_total)) as net_sales
    from %s o join tenants t on t.id = o.tenant_id
    group by 1, 2, 3, 4, 5, 6$$, rows)
$f$;

create function refund_days_of(refunds text, orders text) returns text language sql immutable as $f$
  select format($$
    select r.tenant_id, coalesce(local_day(r.refunded_at, t.reporting_time_zone), '-infinity') as day, o.site_id, o.currency,
           sum(r.sign * o.sign)::integer as refund_count, sum(r.sign * o.sign * r.amount) as amount
    from %s r
    join %s o on o.tenant_id = r.tenant_id and o.id = r.order_id
    join tenants t on t.id = r.tenant_id
    where is_reported_order(o.wc_status, o.missing_since)
    group by 1, 2, 3, 4$$, refunds, orders)
$f$;

create function lead_days_of(rows text) returns text language sql immutable as $f$
  select format($$
    select l.tenant_id, coalesce(local_day(l.captured_at, t.reporting_time_zone), '-infinity') as day, l.customer_status,
           sum(l.sign)::integer as lead_count
    from %s l join tenants t on t.id = l.tenant_id
    group by 1, 2, 3$$, rows)
$f$;

do $$
declare
  every constant text := '(select 1 as sign, * from %s)';
begin
  execute 'create view true_cart_days with (security_invoker = true) as ' || cart_days_of(format(every, 'cart_statuses'));
  execute 'create view true_order_days with (security_invoker = true) as ' || order_days_of(format(every, 'orders'));
  execute 'create view true_refund_days with (security_invoker = true) as '
    || refund_days_of(format(every, 'order_refunds'), format(every, 'orders'));
  execute 'create view true_lead_days with (security_invoker = true) as ' || lead_days_of(format(every, 'lead_statuses'));
end
$$;
grant select on true_cart_days, true_order_days, true_refund_days, true_lead_days to carrinho_daemon;

-- A rebuild waits for every transaction that has counted, and they for it: see rebuild_figures.
create function figures_lock(tenant_id bigint) returns bigint language sql immutable strict as $$
  select hashtextextended('figures:' || tenant_id, 0)
$$;

-- Adds what a statement changed to the days. The rows come in the order of the key, so that two transactions never wait for each other in a ring.
create function roll_up() returns trigger language plpgsql as $$
declare
  changes constant text := case tg_op
    when 'INSERT' then '(select 1 as sign, * from new_rows)'
    when 'DELETE' then '(select -1 as sign, * from old_rows)'
    else '(select 1 as sign, * from new_rows union all select -1, * from old_rows)' end;
  refunds text := changes;
  orders text := '(select 1 as sign, * from orders)';
  tenant_count bigint;
begin
  execute format('select pg_advisory_xact_lock_shared(figures_lock(tenant_id)) from (select distinct tenant_id from %s c order by 1) c', changes);
  get diagnostics tenant_count = row_count;
  if tenant_count = 0 then return null; end if; -- a merge that only updated has inserted nothing
  case tg_table_name
    when 'cart_statuses' then
      execute format($q$
        insert into cart_days as d select * from (%s) c where (cart_count, total_minor, credited_minor) <> (0, 0, 0) order by 1, 2, 3, 4, 5, 6, 7, 8
        on conflict (tenant_id, day, status, reason, has_keys, causal_class, currency, credited_currency) do update
        set cart_count = d.cart_count + excluded.cart_count, total_minor = d.total_minor + excluded.total_minor,
            credited_minor = d.credited_minor + excluded.credited_minor$q$, cart_days_of(changes));
      return null;
    when 'lead_statuses' then
      execute format($q$
        insert into lead_days as d select * from (%s) c where lead_count <> 0 order by 1, 2, 3
        on conflict (tenant_id, day, customer_status) do update set lead_count = d.lead_count + excluded.lead_count$q$, lead_days_of(changes));
      return null;
    when 'orders' then
      execute format($q$
        insert into order_days as d select * from (%s) c where (order_count, net_minor, net_sales) <> (0, 0, 0) order by 1, 2, 3, 4, 5, 6
        on conflict (tenant_id, day, site_id, class, currency, is_reported) do update
        set order_count = d.order_count + excluded.order_count, net_minor = d.net_minor + excluded.net_minor,
            net_sales = d.net_sales + excluded.net_sales$q$, order_days_of(changes));
      if tg_op = 'INSERT' then return null; end if; -- its refunds come after it
      -- a refund is counted by what its order is: the same refunds leave with the order as it was and come with the order as it is
      refunds := '(select 1 as sign, * from order_refunds)';
      orders := changes;
      if tg_op = 'UPDATE' then
        orders := format('(select c.* from %s c where exists (
                     select from old_rows o join new_rows n on n.tenant_id = o.tenant_id and n.id = o.id
                     where o.tenant_id = c.tenant_id and o.id = c.id
                       and (o.currency, o.site_id, is_reported_order(o.wc_status, o.missing_since))
                           is distinct from (n.currency, n.site_id, is_reported_order(n.wc_status, n.missing_since))))', changes);
      end if;
    else null; -- order_refunds
  end case;
  execute format($q$
    insert into refund_days as d select * from (%s) c where (refund_count, amount) <> (0, 0) order by 1, 2, 3, 4
    on conflict (tenant_id, day, site_id, currency) do update
    set refund_count = d.refund_count + excluded.refund_count, amount = d.amount + excluded.amount$q$, refund_days_of(refunds, orders));
  return null;
end
$$;

do $$
declare
  rolled text;
begin
  foreach rolled in array array['cart_statuses', 'lead_statuses', 'orders', 'order_refunds'] loop
    execute format('create trigger roll_up_new after insert on %s referencing new table as new_rows for each statement execute function roll_up()', rolled);
    execute format('create trigger roll_up_changed after update on %s referencing old table as old_rows new table as new_rows for each statement execute function roll_up()', rolled);
    execute format('create trigger roll_up_gone after delete on %s referencing old table as old_rows for each statement execute function roll_up()', rolled);
  end loop;
end
$$;

-- Counts a company's days anew. It waits for what is being written, and a recompute waits for it: that one's snapshot would be too old for these rows.
create function rebuild_figures(tenant bigint) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('recompute:' || tenant, 0));
  perform pg_advisory_xact_lock(figures_lock(tenant));
  delete from cart_days where tenant_id = tenant;
  delete from order_days where tenant_id = tenant;
  delete from refund_days where tenant_id = tenant;
  delete from lead_days where tenant_id = tenant;
  insert into cart_days select * from true_cart_days where tenant_id = tenant;
  insert into order_days select * from true_order_days where tenant_id = tenant;
  insert into refund_days select * from true_refund_days where tenant_id = tenant;
  insert into lead_days select * from true_lead_days where tenant_id = tenant;
end
$$;
revoke execute on function rebuild_figures from public;
grant execute on function rebuild_figures to carrinho_daemon;

-- A zone that this server's tables do not have yet must not stop a sync: its shop's days are then the company's.
create function is_known_zone(zone text) returns boolean language plpgsql stable as $$
begin
  return local_day(now(), zone) is not null;
exception when data_exception then
  return false;
end
$$;

-- As the owner: who changes a zone need not be working for the company at that moment.
create function keep_reporting_zone() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  tenant constant bigint := case tg_table_name when 'tenants' then (to_jsonb(new) ->> 'id')::bigint else (to_jsonb(new) ->> 'tenant_id')::bigint end;
begin
  update tenants t set reporting_time_zone = z.zone
  from (select case when count(distinct zone) = 1 then min(zone) else max(own) end as zone
        from (select c.time_zone as own, case when is_known_zone(coalesce(s.time_zone, s.detected_time_zone))
                                              then coalesce(s.time_zone, s.detected_time_zone) else c.time_zone end as zone
              from tenants c left join sites s on s.tenant_id = c.id where c.id = tenant) zones) z
  where t.id = tenant and t.reporting_time_zone <> z.zone and is_known_zone(z.zone);
  if found then perform rebuild_figures(tenant); end if;
  return null;
end
$$;
create trigger keep_reporting_zone after insert or update of time_zone, detected_time_zone on sites for each row execute function keep_reporting_zone();
create trigger keep_reporting_zone after update of time_zone on tenants for each row execute function keep_reporting_zone();

create function first_reporting_zone() returns trigger language plpgsql as $$
begin
  new.reporting_time_zone := case when is_known_zone(new.time_zone) then new.time_zone else 'UTC' end;
  return new;
end
$$;
create trigger first_reporting_zone before insert on tenants for each row execute function first_reporting_zone();

-- What stands in the shops already; a zone that differs rebuilds by itself.
select rebuild_figures(id) from tenants;
update sites set time_zone = time_zone;

-- Abandoned carts that nobody can be reached by on WhatsApp: counted from here.
create index carts_unreachable_idx on carts (tenant_id, first_activity_at) where phone_status = 'invalid' or (phone_status = 'valid' and phone_kind = 'landline');
create index order_refunds_refunded_idx on order_refunds (tenant_id, refunded_at);
