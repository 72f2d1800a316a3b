-- recompute_credit_round: pairs that are the best left for their cart and for their order are credited; all pairs of both are out. Under a
-- strict total order, rounds until nothing is left give what taking one pair after the other gives. No parameters.
with chosen as (
  insert into credits
  select p.cart_id, p.order_id
  from credit_pairs p
  join (select min(position) as position from credit_pairs group by cart_id) of_cart using (position)
  join (select min(position) as position from credit_pairs group by order_id) of_order using (position)
  returning cart_id, order_id
)
delete from credit_pairs p
where p.cart_id in (select cart_id from chosen) or p.order_id in (select order_id from chosen);
