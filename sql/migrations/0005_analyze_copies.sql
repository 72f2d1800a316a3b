-- After a first load the planner knows nothing of the new rows until autovacuum comes by, and joins over them take minutes instead of
-- milliseconds. Only a table's owner may ANALYZE before Postgres 17, so the daemon asks through this function. What we
-- conclude from the copies grows with them and is joined as much.
create function analyze_copies() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze public.leads, public.lead_answers, public.carts, public.cart_items, public.cart_emails,
          public.orders, public.order_items, public.order_refunds, public.order_coupons, public.match_keys,
          public.people, public.person_members, public.cart_matches, public.cart_statuses, public.lead_statuses, public.recompute_queue;
end
$$;
revoke execute on function analyze_copies from public;
grant execute on function analyze_copies to carrinho_daemon;
