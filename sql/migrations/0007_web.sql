-- The column "Tamanho" of the lead list is there only when some lead of the company has a size: one look-up instead of reading all leads.
create index leads_size_idx on leads (tenant_id) where size is not null;

-- A tab of the lead list shows one customer status, which may be rare: its page comes straight from here.
create index lead_statuses_list_idx on lead_statuses (tenant_id, customer_status, captured_at desc, lead_id desc);
