// The copies of one invented company, made by Postgres itself: the same rows at every run, a million carts in some minutes. Chance is a hash of the
// row's number, so that nothing depends on the order in which Postgres makes the rows. Shares are those of the demo shops, rounded.
import type { TenantId } from '#shared/ids.ts';
import type { Client } from '../daemon/db.ts';

export type CompanySize = { carts: number; orders: number; leads: number };
type Company = CompanySize & { tenant: TenantId; site: string; now: string };

/** The instant that the rows are made for unless told: the newest are a minute old. */
export const companyNow = new Date('2026-06-01T12:00:00Z');

const functions = `
  create or replace function pg_temp.chance(row_number bigint, seed bigint) returns double precision language sql immutable
    as $$ select ((hashint8extended(row_number, seed) >> 11) & 9007199254740991) / 9007199254740992.0::double precision $$;
  -- some buy often, most once or twice: the busiest has some fifty of two million orders
  create or replace function pg_temp.buyer(order_number bigint, people bigint) returns bigint language sql immutable
    as $$ select floor(people * power(pg_temp.chance(order_number, 1), 1.3))::bigint $$;
  create or replace function pg_temp.email_of(person bigint, variant boolean) returns text language sql immutable
    as $$ select 'cliente' || person || case when variant then '.trabalho' else '' end || '@example.com' $$;
  create or replace function pg_temp.phone_of(person bigint) returns text language sql immutable
    as $$ select '+55' || (array[11, 21, 31, 41, 51, 61, 71, 81])[1 + person % 8] || '9' || lpad(person::text, 8, '0') $$;
  -- orders come evenly over three years, numbered as they come
  create or replace function pg_temp.ordered_at(order_number bigint, orders bigint, now timestamptz) returns timestamptz language sql immutable
    as $$ select date_trunc('second', now - interval '1 minute' - (orders - order_number) * (interval '1095 days' / orders)) $$;
  -- Of a record's keys: 70 % have both, 18 % the e-mail alone, 9 % the phone alone, 3 % none. A few have the phone of the household's first
  -- member, the counter's phone, or the counter's e-mail.
  create or replace function pg_temp.email_key(row_number bigint, seed bigint, person bigint) returns text language sql immutable
    as $$ select case when pg_temp.chance(row_number, seed) >= 0.88 then null
                      when pg_temp.chance(row_number, seed + 1) < 0.0005 then 'balcao@example.com'
                      else pg_temp.email_of(person, pg_temp.chance(row_number, seed + 1) > 0.94) end $$;
  create or replace function pg_temp.phone_key(row_number bigint, seed bigint, person bigint) returns text language sql immutable
    as $$ select case when pg_temp.chance(row_number, seed) between 0.70 and 0.88 or pg_temp.chance(row_number, seed) >= 0.97 then null
                      when pg_temp.chance(row_number, seed + 2) < 0.003 then '+5511300000' || lpad((row_number % 20)::text, 2, '0')
                      when pg_temp.chance(row_number, seed + 2) > 0.97 then pg_temp.phone_of(person - person % 3)
                      else pg_temp.phone_of(person) end $$;`;

// Only whole numbers and the instant are put into the text: a prepared statement would have to name all of them.
const statementsFor = ({ tenant, site, carts, orders, leads, now }: Company): string[] => [
  `insert into order_status_classes (tenant_id, site_id, wc_status, has_paid_order)
   select ${tenant}::bigint, ${site}::bigint, unnest(array['completed', 'processing', 'pending', 'on-hold', 'cancelled', 'failed', 'refunded']), true`,
  `insert into orders (tenant_id, id, site_id, external_id, order_number, storage, wc_status, class, currency, total, tax_total, shipping_total,
                       refunded, total_minor, refunded_minor, first_name, last_name, email_raw, email, phone_raw, phone_e164, phone_status,
                       phone_kind, address_1, address_number, district, city, state, postcode, country, payment_method, payment_method_title,
                       created_via, created_at, modified_at, paid_at, created_text, modified_text, source_hash, scan_hash, first_seen_at, changed_at)
   overriding system value
   select ${tenant}::bigint, i, ${site}::bigint, 1000 + i * 3, (1000 + i * 3)::text, 'hpos', f.status, order_class(f.status, null, true, false, f.total, f.refunded),
          case when pg_temp.chance(i, 8) < 0.002 then 'USD' else 'BRL' end, f.total, 0, 19.9, f.refunded, round(f.total * 100), round(f.refunded * 100),
          'Maria' || f.person % 500, 'da Silva ' || f.person, f.email, f.email, f.phone, f.phone, case when f.phone is null then 'empty' else 'valid' end,
          case when f.phone like '+551130%' then 'landline' when f.phone is not null then 'mobile' end,
          'Rua das Acácias, apartamento ' || i % 90, (i % 2000)::text, 'Centro', 'São Paulo', 'SP', lpad((i % 99999)::text, 5, '0') || '-000', 'BR',
          'pix', 'Pix à vista', case when pg_temp.chance(i, 9) < 0.02 then 'subscription' when pg_temp.chance(i, 9) < 0.06 then 'admin' else 'checkout' end,
          f.created_at, f.created_at + interval '20 minutes',
          case when f.status in ('completed', 'processing', 'refunded') then f.created_at + interval '20 minutes' end,
          to_char(f.created_at, 'YYYY-MM-DD HH24:MI:SS'), to_char(f.created_at, 'YYYY-MM-DD HH24:MI:SS'), i, i, f.created_at, f.created_at
   from (select i, person, status, created_at, total, pg_temp.email_key(i, 20, person) as email, pg_temp.phone_key(i, 20, person) as phone,
                case when status = 'refunded' then total when pg_temp.chance(i, 5) < 0.02 then 20 else 0 end as refunded
         from (select i, pg_temp.buyer(i, ${orders}::bigint * 45 / 100) as person, pg_temp.ordered_at(i, ${orders}, ${now}) as created_at,
                      50 + round((250 * pg_temp.chance(i, 4))::numeric, 2) as total,
                      case when pg_temp.chance(i, 3) < 0.70 then 'completed' when pg_temp.chance(i, 3) < 0.79 then 'processing'
                           when pg_temp.chance(i, 3) < 0.83 then 'pending' when pg_temp.chance(i, 3) < 0.86 then 'on-hold'
                           when pg_temp.chance(i, 3) < 0.94 then 'cancelled' when pg_temp.chance(i, 3) < 0.97 then 'failed' else 'refunded' end as status
               from generate_series(1, ${orders}::bigint) i offset 0) drawn offset 0) f`,
  `insert into order_items (tenant_id, order_id, external_id, kind, name, product_id, quantity, subtotal, total)
   select ${tenant}::bigint, i, i * 4 + n, case when n = 0 then 'shipping' else 'line_item' end, case when n = 0 then 'Correios PAC' else 'Sapato de couro' end,
          case when n > 0 then 1 + floor(3000 * pg_temp.chance(i * 4 + n, 6))::bigint end, 1, 60, 60
   from generate_series(1, ${orders}::bigint) i cross join generate_series(0, 3) n
   where n <= 1 or pg_temp.chance(i, 7) < case n when 2 then 0.5 else 0.2 end`,
  `insert into order_coupons (tenant_id, order_id, external_id, code)
   select ${tenant}::bigint, i, i, (array['VOLTA10', 'volta10', 'BEMVINDA', 'FRETE'])[1 + i % 4]
   from generate_series(1, ${orders}::bigint) i where pg_temp.chance(i, 10) < 0.12`,
  `insert into order_refunds (tenant_id, order_id, external_id, amount, refunded_at)
   select tenant_id, id, id, refunded, created_at + interval '3 days' from orders where tenant_id = ${tenant} and refunded > 0`,
  // 45 % of the carts are of somebody who orders about then: minutes later (an ordinary checkout), days later, or the day before
  `insert into carts (tenant_id, id, site_id, source, external_id, session_id, name, email_raw, email, phone_raw, phone_e164, phone_status, phone_kind,
                      city, state, total, total_minor, currency, item_count, plugin_status, coupon_code, time_text, first_activity_at, last_activity_at,
                      lay_abandoned_at, was_plugin_abandoned, source_hash, scan_hash, first_seen_at, changed_at)
   overriding system value
   select ${tenant}::bigint, j, ${site}::bigint, 'cart-abandonment', j, 's' || j, 'Maria' || person % 500, email, email, phone, phone,
          case when phone is null then 'empty' else 'valid' end,
          case when phone like '+551130%' then 'landline' when phone is not null then 'mobile' end, 'São Paulo', 'SP',
          80 + j % 300, (80 + j % 300) * 100, 'BRL', 2,
          case when is_buyer and pg_temp.chance(j, 42) < 0.5 then 'completed' when pg_temp.chance(j, 42) < 0.8 then 'abandoned' else 'lost' end,
          case when pg_temp.chance(j, 43) < 0.15 then 'VOLTA10' end, to_char(at, 'YYYY-MM-DD HH24:MI:SS'), at, at + stay,
          case when stay > interval '1 hour' then at + interval '1 hour' end, pg_temp.chance(j, 42) between 0.5 and 0.95, j, j, at, at
   from (select j, is_buyer, person, pg_temp.email_key(j, 50, person) as email, pg_temp.phone_key(j, 50, person) as phone,
                least(at, ${now} - interval '30 minutes') as at,
                case when pg_temp.chance(j, 44) < 0.6 then interval '0' when pg_temp.chance(j, 44) < 0.95 then interval '25 minutes'
                     else interval '20 hours' end as stay
         from (select j, is_buyer,
                      case when is_buyer then pg_temp.buyer(k, ${orders}::bigint * 45 / 100)
                           else ${orders}::bigint + floor(${carts}::bigint * 0.4 * pg_temp.chance(j, 41))::bigint end as person,
                      pg_temp.ordered_at(k, ${orders}, ${now})
                      - case when pg_temp.chance(j, 45) < 0.4 then interval '20 minutes' * pg_temp.chance(j, 46)
                             when pg_temp.chance(j, 45) < 0.95 then interval '20 days' * power(pg_temp.chance(j, 46), 2)
                             else interval '-30 hours' * pg_temp.chance(j, 46) end as at
               from (select j, pg_temp.chance(j, 40) < 0.45 as is_buyer,
                            least(${orders}::bigint, 1 + (j - 1) * ${orders}::bigint / ${carts}::bigint + floor(2 * pg_temp.chance(j, 47))::bigint) as k
                     from generate_series(1, ${carts}::bigint) j offset 0) numbered offset 0) drawn offset 0) f`,
  `insert into cart_items (tenant_id, cart_id, position, product_id, name, quantity, line_total)
   select ${tenant}::bigint, j, n, case when pg_temp.chance(j * 4 + n, 48) < 0.5 then 1 + floor(3000 * pg_temp.chance((1 + (j - 1) * ${orders}::bigint / ${carts}::bigint) * 4 + n, 6))::bigint
                                 else 1 + floor(3000 * pg_temp.chance(j * 4 + n, 49))::bigint end, 'Sapato de couro', 1, 60
   from generate_series(1, ${carts}::bigint) j cross join generate_series(1, 3) n
   where n = 1 or pg_temp.chance(j, 38) < case n when 2 then 0.5 else 0.2 end`,
  `insert into cart_emails (tenant_id, site_id, source, external_id, session_id, scheduled_at, state, source_hash, first_seen_at, changed_at)
   select tenant_id, site_id, 'cart-abandonment', id, session_id, last_activity_at + interval '90 minutes', 'sent', id, first_seen_at, changed_at
   from carts where tenant_id = ${tenant} and email is not null and pg_temp.chance(id, 39) < 0.4`,
  `insert into leads (tenant_id, id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, phone_raw, phone_e164,
                      phone_status, phone_kind, email_raw, email, source_hash, first_seen_at, changed_at)
   overriding system value
   select ${tenant}::bigint, l, ${site}::bigint, 'form-vibes', l, '-', at, 'wpforms', '1', 'Maria' || person, phone, phone,
          case when phone is null then 'empty' else 'valid' end, case when phone like '+551130%' then 'landline' when phone is not null then 'mobile' end,
          email, email, l, at, at
   from (select l, person, pg_temp.ordered_at(l, ${leads}, ${now}) as at,
                pg_temp.email_key(l, 70, person) as email, pg_temp.phone_key(l, 70, person) as phone
         from (select l, floor(${orders}::bigint * 0.7 * pg_temp.chance(l, 60))::bigint as person from generate_series(1, ${leads}::bigint) l offset 0) drawn offset 0) f`,
  `insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
   select tenant_id, 'e:' || email, entity, id, null from (
     select tenant_id, email, 'order' as entity, id from orders where tenant_id = ${tenant}
     union all select tenant_id, email, 'cart', id from carts where tenant_id = ${tenant}
     union all select tenant_id, email, 'lead', id from leads where tenant_id = ${tenant}) r
   where email is not null
   union all
   select tenant_id, 'p:' || phone_e164, entity, id, phone_kind from (
     select tenant_id, phone_e164, phone_kind, 'order' as entity, id from orders where tenant_id = ${tenant}
     union all select tenant_id, phone_e164, phone_kind, 'cart', id from carts where tenant_id = ${tenant}
     union all select tenant_id, phone_e164, phone_kind, 'lead', id from leads where tenant_id = ${tenant}) r
   where phone_e164 is not null`,
  // what a first sync leaves waiting: more than a pass takes, so that the pass is one over everything
  `insert into recompute_queue (tenant_id, entity, entity_id)
   select ${tenant}::bigint, 'cart', j from generate_series(1, ${carts}::bigint) j
   union all select ${tenant}::bigint, 'order', i from generate_series(1, ${orders}::bigint) i
   union all select ${tenant}::bigint, 'lead', l from generate_series(1, ${leads}::bigint) l`,
];

const searched = ['leads', 'carts', 'orders'];

/** The search terms of a company at once and their index afterwards: entry by entry those of two million orders take longer than all else. */
async function writeSearchTerms(owner: Client, tenant: TenantId): Promise<void> {
  await owner.query(
    `set maintenance_work_mem = '512MB'; set work_mem = '256MB'; alter table search_terms drop constraint search_terms_pkey`,
  );
  for (const table of searched) {
    const { rows } = await owner.query<{ terms: string }>('select search_terms_of($1, $2) as terms', [
      table,
      `(select * from ${table} where tenant_id = ${tenant}) r`,
    ]);
    await owner.query(`insert into search_terms ${rows[0]!.terms}`);
  }
  await owner.query(
    `alter table search_terms add primary key (tenant_id, entity, term, entity_id); reset maintenance_work_mem; reset work_mem`,
  );
}

/** Writes a company of this size, with its keys and its queue, as the owner of the tables; its newest rows are of `at`. Gives its id. */
export async function writeCompany(owner: Client, size: CompanySize, at = companyNow): Promise<TenantId> {
  const now = `'${at.toISOString()}'::timestamptz`;
  const { rows } = await owner.query<{ tenant: TenantId; site: string }>(
    `with company as (
       insert into tenants (slug, name) select 'medida-' || count(*) + 1, 'Medida' from tenants returning id)
     insert into sites (tenant_id, slug, name) select id, 'loja', 'Loja' from company returning tenant_id as tenant, id as site`,
  );
  await owner.query(functions);
  for (const table of searched) await owner.query(`alter table ${table} disable trigger keep_search_terms_new`);
  for (const statement of statementsFor({ ...rows[0]!, ...size, now })) await owner.query(statement);
  for (const table of searched) await owner.query(`alter table ${table} enable trigger keep_search_terms_new`);
  await writeSearchTerms(owner, rows[0]!.tenant);
  return rows[0]!.tenant;
}
