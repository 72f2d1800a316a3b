-- recompute_email_folds: keeps, of the e-mails of the records looked at, those that fold to another address (suggestions of who might be one person);
-- a touched e-mail that nobody has any more goes.
-- $1 tenant
with gone as (
  delete from email_folds f using touched_keys k
  where f.tenant_id = $1 and f.key = k.key and not exists (select from usable_keys m where m.tenant_id = $1 and m.key = k.key)
)
insert into email_folds (tenant_id, key, fold)
select $1, key, fold
from (select key, email_fold(key) as fold from key_entries where not is_phone offset 0) emails
where fold is not null
on conflict do nothing;
