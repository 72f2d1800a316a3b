-- update_legal_basis: what the company says it keeps people's data on.
-- $1 tenant · $2 basis · $3 note
update tenants set legal_basis = $2, legal_basis_note = $3 where id = $1;
