-- Two companies' first passes at once: ANALYZE holds its lock until its pass commits, and who skipped it then planned as if its company had no rows.
-- former-version: runs
create or replace function analyze_conclusions(part text) returns void language plpgsql security definer
set search_path = pg_catalog, public set default_statistics_target = '100' set lock_timeout = '5s' as $$
begin
  case part
    when 'people' then analyze public.people, public.person_members;
    when 'carts' then analyze public.cart_matches, public.cart_statuses;
    when 'customers' then analyze public.person_orders, public.customer_statuses, public.lead_statuses;
  end case;
exception when lock_not_available then
  null; -- a long pass of somebody else
end
$$;
