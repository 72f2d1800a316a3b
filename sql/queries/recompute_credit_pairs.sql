-- recompute_credit_pairs: the pairs that compete, in the strict order of preference (docs/rules.md, credit). All matched by shared keys only
-- compete with the cart's coupon or a common item. A cart and an order that have nobody but each other, most of them, are decided at once.
-- $1 tenant
with earning as materialized (
  select m.*
  from credit_carts r
  join cart_statuses s on s.tenant_id = $1 and s.cart_id = r.cart_id and s.status = 'recovered'
  join cart_matches m on m.tenant_id = $1 and m.cart_id = r.cart_id
  where m.earns_credit
), marked as materialized (
  select e.*, c.cart_id is not null or o.order_id is not null as is_contested
  from earning e
  left join (select cart_id from earning group by cart_id having count(*) > 1) c on c.cart_id = e.cart_id
  left join (select order_id from earning group by order_id having count(*) > 1) o on o.order_id = e.order_id
), alone as (
  insert into credits (cart_id, order_id) select cart_id, order_id from marked where not is_contested
)
insert into credit_pairs (position, cart_id, order_id)
select row_number() over (
         order by m.is_chosen desc, m.has_code desc, m.is_indirect, m.has_coupon desc, m.is_after desc, m.item_share desc,
                  m.key_count desc, m.has_email desc, abs(m.delta_seconds), o.external_id, o.site_id, o.id,
                  c.last_activity_at desc, c.external_id desc, c.episode desc, c.site_id, c.id desc),
       m.cart_id, m.order_id
from marked m
join carts c on c.tenant_id = $1 and c.id = m.cart_id
join orders o on o.tenant_id = $1 and o.id = m.order_id
where m.is_contested;
