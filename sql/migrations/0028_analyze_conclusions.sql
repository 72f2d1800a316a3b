-- A first pass concludes thousands of rows into tables whose statistics say that they are empty: the statements after it, and the pages, would choose
-- plans for a handful (seconds a page, until autovacuum comes by). Whoever is analyzing one of them already does it for us.
create function analyze_conclusions() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze (skip_locked) public.people, public.person_members, public.person_orders, public.customer_statuses, public.cart_matches,
                        public.cart_statuses, public.lead_statuses;
end
$$;
revoke execute on function analyze_conclusions from public;
grant execute on function analyze_conclusions to carrinho_daemon;
