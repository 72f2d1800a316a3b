-- get_legal_basis: what the company says it keeps people's data on.
-- $1 tenant
select legal_basis as basis, legal_basis_note as note from tenants where id = $1;
