-- Lists by name, and how many of a list's rows have no phone that can be written to.

-- The name as lists are sorted by it: folded, so that case, accents and what stands before the first letter decide nothing.
alter table leads add column name_order text collate "C" generated always as (nullif(left(btrim(fold_words(left(name, 300))), 60), '')) stored;
alter table carts add column name_order text collate "C" generated always as (nullif(left(btrim(fold_words(left(name, 300))), 60), '')) stored;
create index leads_name_idx on leads (tenant_id, name_order, id);
create index carts_name_idx on carts (tenant_id, name_order, id);

create index leads_no_phone_idx on leads (tenant_id, captured_at) where phone_status <> 'valid';
create index carts_no_phone_idx on carts (tenant_id, first_activity_at) where phone_status <> 'valid';
create index orders_no_phone_idx on orders (tenant_id, created_at) where phone_status <> 'valid';
