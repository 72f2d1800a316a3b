-- recompute_scope_pairs: the pairs of equal_pairs with their evidence, points and place (docs/rules.md, match). Void orders come along for the reason of a cart; they are placed apart.
-- $1 tenant
insert into scope_pairs
with pairs as materialized (
  select e.cart_id, e.order_id, e.has_email, e.phone_order, e.is_all_shared, e.key_count, e.has_code, e.is_chosen, e.is_indirect,
         e.cart_site_id = e.order_site_id as is_same_site, e.order_site_id, e.order_external_id, e.order_class as class, d.created_at,
         coalesce(e.order_paid_at, e.order_created_at, e.order_seen_at) as paid_at, nullif(lower(btrim(e.coupon_code)), '') as coupon_code,
         d.created_at >= e.first_activity_at as is_after,
         round(date_part('epoch', d.created_at - e.last_activity_at))::bigint as delta_seconds,
         coalesce(e.order_class = 'paid' and not e.is_chosen and e.order_created_at <= v.created_at, false) as is_refused
  from equal_pairs e
  cross join lateral (select coalesce(e.order_created_at, e.order_paid_at, e.order_seen_at) as created_at) d
  left join cart_overrides v on v.tenant_id = $1 and v.cart_id = e.cart_id and v.kind = 'not_recovery' and v.undone_at is null
), cart_products as materialized (
  -- the items of carts and orders that met, one after the other by their index: most of a company's items are of others
  select p.cart_id, i.product_id, count(*) over (partition by p.cart_id) as product_count
  from (select cart_id from pairs group by cart_id order by cart_id offset 0) p
  cross join lateral (
    select product_id from cart_items where tenant_id = $1 and cart_id = p.cart_id and not is_bundle_child and product_id > 0 offset 0
  ) i
  group by p.cart_id, i.product_id
), order_products as (
  -- product ids of two shops have nothing to do with each other
  select p.cart_id, p.order_id, i.product_id
  from (select cart_id, order_id from pairs where is_same_site order by order_id offset 0) p
  cross join lateral (select product_id from order_items where tenant_id = $1 and order_id = p.order_id and kind = 'line_item' offset 0) i
), shares as (
  select i.cart_id, i.order_id, count(distinct c.product_id)::numeric / max(c.product_count) as item_share
  from order_products i
  join cart_products c on c.cart_id = i.cart_id and c.product_id = i.product_id
  group by i.cart_id, i.order_id
), coupons as (
  select distinct p.cart_id, p.order_id
  from pairs p
  join order_coupons u on u.tenant_id = $1 and u.order_id = p.order_id
  where lower(btrim(u.code)) = p.coupon_code
), evidence as (
  select p.*,
         case p.phone_order / 2 when 0 then 'mobile' when 1 then 'international' when 2 then 'landline' end as phone_kind,
         coalesce(p.phone_order % 2 = 1, false) as is_phone_presumed,
         u.cart_id is not null as has_coupon,
         coalesce(s.item_share, 0)::numeric(7, 6) as item_share
  from pairs p
  left join coupons u on u.cart_id = p.cart_id and u.order_id = p.order_id
  left join shares s on s.cart_id = p.cart_id and s.order_id = p.order_id
)
select cart_id, order_id, class, created_at, paid_at, has_code, is_chosen, is_refused, is_indirect,
       has_email, phone_kind, is_phone_presumed, is_all_shared, has_coupon, is_after, item_share, key_count, delta_seconds,
       match_score(has_email, phone_kind, is_phone_presumed, is_all_shared, has_coupon, item_share, delta_seconds, is_after,
                   is_indirect, has_code, is_chosen),
       row_number() over (
         partition by cart_id, class = 'void'
         order by is_chosen desc, is_refused, class = 'paid' desc, has_code desc, is_indirect, has_coupon desc, is_after desc, item_share desc,
                  key_count desc, has_email desc, abs(delta_seconds), order_external_id, order_site_id, order_id)
from evidence;
