-- find_order_by_number: our id of the order with this number in a shop: the cart's own shop first, then the newest.
-- $1 tenant · $2 number · $3 cart
select o.id
from orders o
where o.tenant_id = $1 and (o.order_number = $2::text or o.external_id::text = $2::text)
order by o.site_id = (select site_id from carts where tenant_id = $1 and id = $3) desc, o.order_number = $2::text desc nulls last, o.created_at desc nulls last, o.id desc
limit 1;
