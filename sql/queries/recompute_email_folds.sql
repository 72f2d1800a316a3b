-- recompute_email_folds: keeps, of the touched e-mails, those in use that fold to another address (suggestions of who might be one person).
-- $1 tenant
with folded as materialized (
  select distinct key, fold
  from (select key, email_fold(key) as fold from touched_keys where key >= 'e:' and key < 'f' offset 0) keys
  where fold is not null
), gone as (
  delete from email_folds f using folded k
  where f.tenant_id = $1 and f.key = k.key and not exists (select from usable_keys m where m.tenant_id = $1 and m.key = k.key)
)
insert into email_folds (tenant_id, key, fold)
select $1, key, fold
from folded
where exists (select from usable_keys m where m.tenant_id = $1 and m.key = folded.key)
on conflict do nothing;
