-- recompute_credit_all: every cart that could take credit or has it.
-- $1 tenant
insert into credit_carts
select cart_id from cart_statuses where tenant_id = $1 and (status = 'recovered' or credited_order_id is not null);
