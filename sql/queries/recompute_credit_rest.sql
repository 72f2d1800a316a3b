-- recompute_credit_rest: the next pairs, best first, whose cart and order are both free.
-- $1 position (after it) · $2 limit
select p.position, p.cart_id, p.order_id
from credit_pairs p
where p.position > $1
  and not exists (select from credits c where c.cart_id = p.cart_id)
  and not exists (select from credits c where c.order_id = p.order_id)
order by p.position
limit $2;
