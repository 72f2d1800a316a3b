-- former-version: runs
-- What a first sync pays besides its rows. Statistics of columns that no statement filters or joins by (addresses, notes, prices of items) were two
-- thirds of ANALYZE's work on orders; autovacuum counts them later.
create or replace function analyze_copies() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze public.leads, public.lead_answers, public.carts, public.cart_items, public.cart_emails,
          public.orders (tenant_id, id, site_id, external_id, storage, wc_status, class, currency, total_minor, net_minor, customer_external_id, email,
                         phone_e164, phone_status, phone_kind, utm_source, utm_campaign, utm_content, is_anonymized, created_at, paid_at, changed_at, missing_since),
          public.order_items (tenant_id, order_id, external_id, kind, product_id, variation_id),
          public.order_refunds, public.order_coupons, public.site_customers, public.match_keys,
          public.people, public.person_members, public.person_orders, public.customer_statuses, public.cart_matches, public.cart_statuses,
          public.lead_statuses, public.recompute_queue, public.search_terms;
end
$$;

-- orders_paid_status_idx holds what its statement asks for; nothing asked this one any more.
drop index orders_status_paid_idx;
