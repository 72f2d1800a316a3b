-- What we conclude from the copies grows with them in a first load, and is joined as much.
create or replace function analyze_copies() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze public.leads, public.lead_answers, public.carts, public.cart_items, public.cart_emails,
          public.orders, public.order_items, public.order_refunds, public.order_coupons, public.match_keys,
          public.people, public.person_members, public.cart_matches, public.cart_statuses, public.lead_statuses, public.recompute_queue;
end
$$;
