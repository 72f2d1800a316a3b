-- clear_order_items: those of the written orders, before the staged ones take their place.
-- By a list: a join with a table of which nothing is known reads all that the company has.
-- $1 tenant
delete from order_items where tenant_id = $1 and order_id = any(array(select entity_id from staged_touched));
