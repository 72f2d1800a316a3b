-- The column "Tamanho" of the lead list is there only when some lead of the company has a size: one look-up instead of reading all leads.
create index leads_size_idx on leads (tenant_id) where size is not null;
