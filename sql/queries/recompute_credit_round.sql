-- recompute_credit_round: pairs that are the best left for their cart and for their order are credited; all pairs of both are out. Under a
-- strict total order, rounds until nothing is left give what taking one pair after the other gives. No parameters.
with best as (
  select position, cart_id, order_id,
         min(position) over (partition by cart_id) as best_of_cart, min(position) over (partition by order_id) as best_of_order
  from credit_pairs
), chosen as (
  insert into credits
  select cart_id, order_id from best where position = best_of_cart and position = best_of_order
  returning cart_id, order_id
)
delete from credit_pairs p
where p.cart_id in (select cart_id from chosen) or p.order_id in (select order_id from chosen);
