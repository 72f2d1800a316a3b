// Where a person is named outside the own records: files of exports, searches that were kept, rows that could not be read. Looked for by what the
// records said, before it goes.
import type { TenantClient } from '../db.ts';

export type PersonalTexts = {
  emails: string[] /** The last eight digits of each phone. */;
  phones: string[] /** Words of names, folded. */;
  words: string[];
};

type RecordIds = { leads: string[]; carts: string[]; orders: string[] };

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** What the records and keys say of their person. */
export async function readPersonalTexts(
  client: TenantClient,
  { leads, carts, orders, keys }: RecordIds & { keys: string[] },
): Promise<PersonalTexts> {
  const { rows } = await client.query<{ name: string | null; email: string | null; phone: string | null }>(
    `select name, email_raw as email, phone_raw as phone from leads where tenant_id = $1 and id = any($2::bigint[])
     union select name, email_raw, phone_raw from carts where tenant_id = $1 and id = any($3::bigint[])
     union select concat_ws(' ', first_name, last_name), email_raw, p.phone from orders
           cross join lateral unnest(array[phone_raw, cellphone_raw, shipping_phone_raw]) as p (phone) where tenant_id = $1 and id = any($4::bigint[])`,
    [client.tenantId, leads, carts, orders],
  );
  const distinct = (texts: string[]) => [...new Set(texts.filter((text) => text !== ''))];
  const digits = (text: string) => text.replace(/\D/g, '').slice(-8);
  return {
    emails: distinct([
      ...rows.map(({ email }) => email?.trim().toLowerCase() ?? ''),
      ...keys.filter((key) => key.startsWith('e:')).map((key) => key.slice(2)),
    ]),
    phones: distinct([
      ...rows.map(({ phone }) => digits(phone ?? '')),
      ...keys.filter((key) => key.startsWith('p:')).map(digits),
    ]).filter((text) => text.length === 8),
    words: distinct(rows.flatMap(({ name }) => fold(name ?? '').split(/[^\p{L}\p{N}]+/u))).filter(
      (word) => word.length > 2,
    ),
  };
}

/** Whether somebody who types this looks for the person: a part of an e-mail or phone, or only words of the names. */
function isAbout(search: string, { emails, phones, words }: PersonalTexts): boolean {
  const folded = fold(search).trim();
  if (folded === '') return false;
  const digits = folded.replace(/\D/g, '');
  if (digits.length >= 4 && phones.some((phone) => phone.includes(digits.slice(-8)) || digits.includes(phone)))
    return true;
  if (emails.some((email) => email.includes(folded) || folded.includes(email))) return true;
  const typed = folded.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  return typed.length > 0 && typed.every((word) => words.some((name) => name.startsWith(word)));
}

/** Takes the person out of files, searches and rows in quarantine. Gives how many exports and rows. */
export async function eraseMentions(
  client: TenantClient,
  texts: PersonalTexts,
  { leads, carts, orders }: RecordIds,
): Promise<{ exports: number; quarantined: number }> {
  const tenant = client.tenantId;
  // Nobody knows who is in a file without reading it; each is a day old at most and is made again in a minute.
  await client.query('delete from export_chunks where tenant_id = $1', [tenant]);
  await client.query(
    `update exports set state = case when state in ('queued', 'running') then 'failed' else state end, finished_at = coalesce(finished_at, now()),
                        part_count = 0, byte_count = 0
     where tenant_id = $1 and (state in ('queued', 'running') or part_count > 0)`,
    [tenant],
  );
  const { rows: searches } = await client.query<{ id: string; search: string }>(
    `select id, query ->> 'busca' as search from exports where tenant_id = $1 and coalesce(query ->> 'busca', '') <> ''`,
    [tenant],
  );
  const named = searches.filter(({ search }) => isAbout(search, texts)).map(({ id }) => id);
  await client.query(
    `update exports set query = query - 'busca', filter_text = '(busca eliminada)' where tenant_id = $1 and id = any($2::bigint[])`,
    [tenant, named],
  );
  const { rows: segments } = await client.query<{ id: string; name: string; query: string }>(
    'select id, name, query from segments where tenant_id = $1',
    [tenant],
  );
  const kept = segments.filter(({ query }) => isAbout(new URLSearchParams(query).get('busca') ?? '', texts));
  await client.query('delete from segments where tenant_id = $1 and id = any($2::bigint[])', [
    tenant,
    kept.map(({ id }) => id),
  ]);
  const { rowCount } = await client.query(
    `update quarantine q set raw = '', detail = '' where q.tenant_id = $1 and q.raw <> '' and (
       lower(q.raw) like any ($2::text[]) or regexp_replace(q.raw, '\\D', '', 'g') like any ($3::text[])
       or (q.site_id, q.external_id) in (
         select site_id, external_id::text from leads where tenant_id = $1 and id = any($4::bigint[])
         union all select site_id, external_id::text from carts where tenant_id = $1 and id = any($5::bigint[])
         union all select site_id, external_id::text from orders where tenant_id = $1 and id = any($6::bigint[])))`,
    [
      tenant,
      texts.emails.map((email) => `%${email.replace(/[\\%_]/g, '\\$&')}%`),
      texts.phones.map((phone) => `%${phone}%`),
      leads,
      carts,
      orders,
    ],
  );
  return { exports: named.length, quarantined: rowCount ?? 0 };
}
