-- A pass that writes thousands of rows tells the planner what it has written, part by part: three times all seven tables was a twentieth of a first pass.
drop function analyze_conclusions();
create function analyze_conclusions(part text) returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  case part
    when 'people' then analyze (skip_locked) public.people, public.person_members;
    when 'carts' then analyze (skip_locked) public.cart_matches, public.cart_statuses;
    when 'customers' then analyze (skip_locked) public.person_orders, public.customer_statuses, public.lead_statuses;
  end case;
end
$$;
revoke execute on function analyze_conclusions from public;
grant execute on function analyze_conclusions to carrinho_daemon;
