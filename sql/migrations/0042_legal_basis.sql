-- The legal basis that a company keeps people's data on, as the shop decided it (docs/lgpd.md).
-- former-version: runs
alter table tenants
  add column legal_basis text check (legal_basis in ('legitimate_interest', 'contract', 'consent')),
  add column legal_basis_note text not null default '' check (length(legal_basis_note) <= 4000);
