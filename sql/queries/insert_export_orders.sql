-- insert_export_orders: the orders that `exportar pedidos` chooses, newest first, into export_ids. A null shop or limit of the period leaves it open.
-- $1 tenant · $2 site · $3 from · $4 to
insert into export_ids (id)
select o.id from orders o
where o.tenant_id = $1 and ($2::bigint is null or o.site_id = $2)
  and ($3::timestamptz is null or o.created_at >= $3) and ($4::timestamptz is null or o.created_at < $4)
order by o.created_at desc, o.id desc;
