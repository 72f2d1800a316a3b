-- Who is whom, with what people say about it: edges and denied keys count, a person that a hand divides is known as such, what became of each
-- person is written down, and e-mails that might be the same are found without reading all of them.

-- One of several people made of records that keys alone would make one: when a record of it changes, all of them are looked at again.
alter table people add column is_split boolean not null default false;
create index people_split_idx on people (tenant_id) where is_split;

-- What a person's edge says only counts between keys that identify somebody.
create view usable_edges with (security_invoker = true) as
  select e.tenant_id, e.id, e.kind, e.key_a, e.key_b
  from person_edges e
  where e.undone_at is null
    and not exists (select from shared_keys s where s.tenant_id = e.tenant_id and s.key in (e.key_a, e.key_b))
    and not exists (select from denied_keys d where d.tenant_id = e.tenant_id
                    and d.key in (e.key_a, e.key_b, 'd:' || split_part(e.key_a, '@', 2), 'd:' || split_part(e.key_b, '@', 2)));
grant select on usable_edges to carrinho_daemon, carrinho_api;

-- merged: person_id is no more, its records are other_person_id's since the record (or the edge by hand) that has the key. split: records of
-- person_id became other_person_id's, because a key was lost or a hand divided them.
create table person_changes (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  kind text not null check (kind in ('merged', 'split')),
  person_id bigint not null,
  other_person_id bigint not null,
  key text collate "C" check (key ~ '^[ep]:'),
  entity text check (entity in ('lead', 'cart', 'order', 'edge')),
  entity_id bigint,
  changed_at timestamptz not null,
  primary key (tenant_id, id)
);
create index person_changes_person_idx on person_changes (tenant_id, person_id, id);
create index person_changes_other_idx on person_changes (tenant_id, other_person_id, id);
select protect_tenant_table('person_changes', 'select, insert', 'select, insert');

-- Domains that exist only as a slip of the finger, with what was meant. googlemail.com is another name of the same mailbox.
create function mistyped_domains() returns jsonb language sql immutable parallel safe as $$
  select '{
    "googlemail.com": "gmail.com", "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com", "gamil.com": "gmail.com",
    "gmil.com": "gmail.com", "gnail.com": "gmail.com", "gmaill.com": "gmail.com", "gmaiil.com": "gmail.com", "gemail.com": "gmail.com",
    "gimail.com": "gmail.com", "gmail.co": "gmail.com", "gmail.cm": "gmail.com", "gmail.con": "gmail.com", "gmail.cpm": "gmail.com",
    "gmail.comm": "gmail.com", "gmail.com.br": "gmail.com", "hotmai.com": "hotmail.com", "hotmal.com": "hotmail.com",
    "hotmial.com": "hotmail.com", "hotmil.com": "hotmail.com", "hotamil.com": "hotmail.com", "homail.com": "hotmail.com",
    "hotnail.com": "hotmail.com", "rotmail.com": "hotmail.com", "hotmaill.com": "hotmail.com", "hotmail.co": "hotmail.com",
    "hotmail.con": "hotmail.com", "hotmail.comm": "hotmail.com", "outlok.com": "outlook.com", "outloo.com": "outlook.com",
    "outook.com": "outlook.com", "outllok.com": "outlook.com", "outlook.con": "outlook.com", "yaho.com": "yahoo.com",
    "yahoo.con": "yahoo.com", "yaho.com.br": "yahoo.com.br", "yhoo.com.br": "yahoo.com.br", "yahoo.com.b": "yahoo.com.br",
    "iclod.com": "icloud.com", "icoud.com": "icloud.com", "icloud.con": "icloud.com", "live.con": "live.com", "uol.com.b": "uol.com.br"
  }'::jsonb
$$;

-- The address that an e-mail key may stand for: without +tag, without the dots of Gmail, in the domain that was meant. Null when that is the key
-- itself. Only ever a suggestion: no key is folded (docs/rules.md, e-mails). What most addresses are is told by the first condition.
create function email_fold(key text) returns text language sql immutable parallel safe as $$
  select case
    when not (key like 'e:%+%@%' or key like 'e:%.%@gmail.com' or mistyped_domains() ? split_part(key, '@', 2)) or key not like 'e:_%'
      or key like 'e:+%' then null
    when coalesce(mistyped_domains() ->> split_part(key, '@', 2), split_part(key, '@', 2)) = 'gmail.com'
      then nullif(replace(split_part(split_part(key, '@', 1), '+', 1), '.', '') || '@gmail.com', key)
    else nullif(split_part(split_part(key, '@', 1), '+', 1) || '@' || coalesce(mistyped_domains() ->> split_part(key, '@', 2), split_part(key, '@', 2)), key)
  end
$$;

-- The e-mail keys in use that fold to another address.
create table email_folds (
  tenant_id bigint not null references tenants,
  key text collate "C" not null,
  fold text collate "C" not null,
  primary key (tenant_id, key)
);
create index email_folds_fold_idx on email_folds (tenant_id, fold, key);
select protect_tenant_table('email_folds', 'select, insert, delete', 'select, insert, delete');

-- An operator denies a key on a page.
grant update (is_denied) on match_keys to carrinho_api;
