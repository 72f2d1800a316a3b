// The act that erases: every record of a person in its erased form, what people wrote beside them, files and searches that name them, and the
// tombstones that keep the next sync from bringing them back; one transaction, while no batch writes and nothing is recomputed (docs/lgpd.md).
import type { RecordKind, RecordRef } from '#shared/contacts/record.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { notifyChanged, recomputeTouched } from '#shared/recompute/touched.ts';
import type { SecretBox } from '#shared/secrets.ts';
import { type Pool, type TenantClient, withTenant } from '../db.ts';
import { withPass } from '../recompute/pass.ts';
import { erasedColumns, erasedLeadValues, erasedSql, keysIn, recordIdentifier } from './erased-form.ts';
import { clearTraces, type ErasureReason, keepErased, replaceKeys } from './erased-records.ts';
import { eraseMentions, readPersonalTexts } from './mentions.ts';
import { erasuresOf, pseudonymOf, type Tombstones, writeTombstones } from './tombstones.ts';

/** How many rows of what were emptied; it stands in the request and in the audit log. */
export type ErasureOutcome = {
  leads: number;
  carts: number;
  orders: number;
  accounts: number;
  texts: number;
  exports: number;
  quarantined: number;
  keys: number;
};

type Key = { key: string; isKept: boolean };

/** So often an erasure is begun again when an act of somebody came in between. */
const attempts = 5;

/**
 * Executes one approved request. Gives what was emptied; null when the request is not approved any more. The person of the request may have been
 * merged meanwhile: whoever has its records is erased.
 */
export async function erasePerson(
  pool: Pool,
  box: SecretBox,
  { tenantId, requestId, now, log }: { tenantId: TenantId; requestId: string; now: Date; log: Log },
): Promise<ErasureOutcome | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      const outcome = await eraseOnce(pool, box, { tenantId, requestId, now });
      if (outcome) log.info('person.erased', { tenant: tenantId, request: requestId, ...outcome });
      return outcome;
    } catch (error) {
      const isSerialization = error instanceof Error && 'code' in error && error.code === '40001';
      if (!isSerialization || attempt === attempts) throw error;
    }
  }
}

type RequestRow = { personId: string; requestedBy: UserId | null; decidedBy: UserId | null };

async function eraseOnce(
  pool: Pool,
  box: SecretBox,
  { tenantId, requestId, now }: { tenantId: TenantId; requestId: string; now: Date },
): Promise<ErasureOutcome | null> {
  const before = await withTenant(pool, tenantId, (client) => findPersonOf(client, requestId));
  const locks = [`erasures:${tenantId}`, ...(before ? [`contacts:${tenantId}:person:${before}`] : [])];
  const work = async (db: Statements, client: TenantClient) => {
    const { rows } = await client.query<RequestRow>(
      `select person_id as "personId", requested_by as "requestedBy", decided_by as "decidedBy" from subject_requests
       where tenant_id = $1 and id = $2 and kind = 'erasure' and state = 'approved' for update`,
      [tenantId, requestId],
    );
    const request = rows[0];
    if (!request) return null;
    const person = await findPersonOf(client, requestId);
    const records = person ? await listMembers(client, person) : [];
    const outcome = await eraseRecords(db, client, box, { records, reason: 'request', now });
    await client.query(
      `update subject_requests set state = 'done', done_at = $3, outcome = $4, note = '' where tenant_id = $1 and id = $2`,
      [tenantId, requestId, now, JSON.stringify(outcome)],
    );
    // What was asked before about the same person may say who it is.
    await client.query(`update subject_requests set note = '' where tenant_id = $1 and person_id = any($2::bigint[])`, [
      tenantId,
      [request.personId, ...(person ? [person] : [])],
    ]);
    await client.query(
      `insert into audit_log (tenant_id, user_id, action, entity, entity_id, facts, happened_at)
       values ($1, $2, 'person.erased', 'person', $3, $4, $5)`,
      [
        tenantId,
        request.decidedBy,
        person ?? request.personId,
        JSON.stringify({ request: requestId, ...outcome }),
        now,
      ],
    );
    return outcome;
  };
  return await withPass(pool, tenantId, work, { alsoLocks: locks });
}

async function findPersonOf(client: TenantClient, requestId: string): Promise<string | null> {
  const { rows } = await client.query<{ id: string }>(
    `with recursive trail as (
       select person_id as id from subject_requests where tenant_id = $1 and id = $2
       union all
       select c.other_person_id from trail t
       join lateral (select other_person_id from person_changes where tenant_id = $1 and person_id = t.id and kind = 'merged' order by id desc limit 1) c
         on not exists (select from people where tenant_id = $1 and id = t.id)
     ) select p.id from trail t join people p on p.tenant_id = $1 and p.id = t.id`,
    [client.tenantId, requestId],
  );
  return rows[0]?.id ?? null;
}

async function listMembers(client: TenantClient, personId: string): Promise<RecordRef[]> {
  const { rows } = await client.query<RecordRef>(
    'select entity, entity_id as id from person_members where tenant_id = $1 and person_id = $2 order by entity, entity_id',
    [client.tenantId, personId],
  );
  return rows;
}

/**
 * Erases these records and whatever tells who they were. Their keys are remembered with the reason `request` only: whoever comes back after the
 * retention is somebody new, and what `sync` finds by an erased key says nothing about its other keys. Runs in a pass that holds the lock of erasures.
 */
export async function eraseRecords(
  db: Statements,
  client: TenantClient,
  box: SecretBox,
  { records: members, reason, now }: { records: readonly RecordRef[]; reason: ErasureReason; now: Date },
): Promise<ErasureOutcome> {
  const keys = await listKeys(client, members);
  const erasing = keys.filter(({ isKept }) => !isKept).map(({ key }) => key);
  const mentioned = reason === 'request' ? await eraseAnswers(client, erasing, now) : [];
  const records = [...members, ...mentioned];
  const idsOf = (entity: RecordKind) => records.filter((record) => record.entity === entity).map(({ id }) => id);
  const [leads, carts, orders] = [idsOf('lead'), idsOf('cart'), idsOf('order')];
  const texts = await readPersonalTexts(client, { leads, carts, orders, keys: keys.map(({ key }) => key) });
  let tombstones = await erasuresOf(box).begin(client);
  const accounts = await listAccounts(client, { orders, keys: erasing });
  const identifiers = [
    ...(reason === 'request' ? keys.map(({ key, isKept }) => ({ identifier: key, isKept })) : []),
    ...(await listIdentifiers(client, { leads, carts, orders })),
    ...accounts.map(({ siteId, externalId }) => ({
      identifier: recordIdentifier.account(siteId, externalId),
      isKept: false,
    })),
  ];
  await writeTombstones(client, identifiers, tombstones);
  tombstones = await erasuresOf(box).begin(client);

  await eraseLeads(client, leads, now);
  await eraseCarts(client, carts, now, tombstones);
  await eraseOrders(client, orders, now);
  await eraseAccounts(client, accounts, now);
  for (const [entity, ids] of [
    ['lead', leads],
    ['cart', carts],
    ['order', orders],
  ] as const) {
    await keepErased(client, { entity, ids, reason, now });
  }
  const cleared = await clearTraces(client, records, tombstones);
  await replaceKeys(client, erasing, tombstones);
  await client.query(
    `update match_keys k set key = t.new from unnest($2::text[], $3::text[]) as t (old, new) where k.tenant_id = $1 and k.key = t.old`,
    [client.tenantId, erasing, erasing.map((key) => pseudonymOf(key, tombstones))],
  );
  const mentions =
    reason === 'request'
      ? await eraseMentions(client, texts, { leads, carts, orders })
      : { exports: 0, quarantined: 0 };

  await client.query('insert into touched select * from unnest($1::text[], $2::bigint[]) on conflict do nothing', [
    records.map(({ entity }) => entity),
    records.map(({ id }) => id),
  ]);
  await client.query('insert into touched_keys select distinct * from unnest($1::text[]) on conflict do nothing', [
    [...erasing, ...erasing.map((key) => pseudonymOf(key, tombstones))],
  ]);
  await recomputeTouched(db, { now, cause: 'by_hand', isFull: false });
  await notifyChanged(db, ['cart', 'export', 'lead', 'order']);
  return {
    leads: leads.length,
    carts: carts.length,
    orders: orders.length,
    accounts: accounts.length,
    texts: cleared,
    ...mentions,
    keys: erasing.length,
  };
}

/** The keys of these records. Kept are those that are others' too: shared, denied, or on a record of somebody else (divided by hand). */
async function listKeys(client: TenantClient, records: readonly RecordRef[]): Promise<Key[]> {
  const { rows } = await client.query<Key>(
    `with own as (select * from unnest($2::text[], $3::bigint[]) as t (entity, id)),
          keys as (select distinct k.key from match_keys k join own o on k.tenant_id = $1 and k.entity = o.entity and k.entity_id = o.id
                   where k.key !~ '^.:~')
     select k.key,
            exists (select from shared_keys s where s.tenant_id = $1 and s.key = k.key)
            or exists (select from match_keys m where m.tenant_id = $1 and m.key = k.key
                       and (m.is_denied or not exists (select from own o where o.entity = m.entity and o.id = m.entity_id))) as "isKept"
     from keys k`,
    [client.tenantId, records.map(({ entity }) => entity), records.map(({ id }) => id)],
  );
  return rows;
}

/**
 * Empties answers of forms that are one of these keys, whoever's lead they stand in. Gives the leads that nothing else identifies: they are the
 * person's, though no mapped field says so.
 */
async function eraseAnswers(client: TenantClient, keys: string[], now: Date): Promise<RecordRef[]> {
  type Row = {
    siteId: string;
    source: string;
    externalId: string;
    value: string;
    areaCode: string | null;
    leadId: string | null;
    hasKeys: boolean;
  };
  const { rows } = await client.query<Row>(
    `select a.site_id as "siteId", a.source, a.external_id as "externalId", a.value, coalesce(w.area_code, t.area_code) as "areaCode", l.id as "leadId",
            exists (select from match_keys k where k.tenant_id = $1 and k.entity = 'lead' and k.entity_id = l.id) as "hasKeys"
     from lead_answers a
     join sites w on w.tenant_id = $1 and w.id = a.site_id
     join tenants t on t.id = $1
     left join leads l on l.tenant_id = $1 and l.site_id = a.site_id and l.source = a.source and l.external_id = a.lead_external_id
     where a.tenant_id = $1 and (lower(btrim(a.value)) = any($2::text[]) or right(regexp_replace(a.value, '\\D', '', 'g'), 8) = any($3::text[]))`,
    [
      client.tenantId,
      keys.filter((key) => key.startsWith('e:')).map((key) => key.slice(2)),
      keys.filter((key) => key.startsWith('p:')).map((key) => key.slice(-8)),
    ],
  );
  const known = new Set(keys);
  const named = rows.filter(({ value, areaCode }) => keysIn(value, { areaCode }).some((key) => known.has(key)));
  await client.query(
    `update lead_answers a set ${assignments(erasedColumns.lead_answers!)}, ${unhashed}, changed_at = $2
     from unnest($3::bigint[], $4::text[], $5::bigint[]) as t (site_id, source, external_id)
     where a.tenant_id = $1 and a.site_id = t.site_id and a.source = t.source and a.external_id = t.external_id`,
    [
      client.tenantId,
      now,
      named.map(({ siteId }) => siteId),
      named.map(({ source }) => source),
      named.map(({ externalId }) => externalId),
    ],
  );
  const ids = new Set(named.flatMap(({ leadId, hasKeys }) => (leadId === null || hasKeys ? [] : [leadId])));
  return [...ids].map((id) => ({ entity: 'lead', id }));
}

type RecordIds = { leads: string[]; carts: string[]; orders: string[] };

async function listIdentifiers(client: TenantClient, { leads, carts, orders }: RecordIds) {
  const { rows: ofLeads } = await client.query<{
    siteId: string;
    source: string;
    externalId: string;
    capturedGmt: string;
  }>(
    `select site_id as "siteId", source, external_id as "externalId", captured_gmt as "capturedGmt" from leads where tenant_id = $1 and id = any($2::bigint[])`,
    [client.tenantId, leads],
  );
  const { rows: ofCarts } = await client.query<{ siteId: string; sessionId: string }>(
    `select distinct site_id as "siteId", session_id as "sessionId" from carts where tenant_id = $1 and id = any($2::bigint[]) and session_id !~ '^s:~'`,
    [client.tenantId, carts],
  );
  const { rows: ofOrders } = await client.query<{ siteId: string; externalId: string }>(
    `select site_id as "siteId", external_id as "externalId" from orders where tenant_id = $1 and id = any($2::bigint[])`,
    [client.tenantId, orders],
  );
  return [
    ...ofLeads.map((row) => recordIdentifier.lead(row.siteId, row.source, row.externalId, row.capturedGmt)),
    ...ofCarts.map((row) => recordIdentifier.session(row.siteId, row.sessionId)),
    ...ofOrders.map((row) => recordIdentifier.order(row.siteId, row.externalId)),
  ].map((identifier) => ({ identifier, isKept: false }));
}

type Account = { siteId: string; externalId: string; source: string };

/** The accounts whose e-mail or phone is one of the keys, or all of whose orders are among these. */
async function listAccounts(
  client: TenantClient,
  { orders, keys }: { orders: string[]; keys: string[] },
): Promise<Account[]> {
  const { rows } = await client.query<
    Account & { email: string | null; phone: string | null; areaCode: string | null; isLinked: boolean }
  >(
    `select c.site_id as "siteId", c.external_id as "externalId", c.source, c.email, c.billing_phone as phone, coalesce(w.area_code, t.area_code) as "areaCode",
            l.external_id is not null as "isLinked"
     from site_customers c
     join sites w on w.tenant_id = $1 and w.id = c.site_id
     join tenants t on t.id = $1
     left join (
       select o.site_id, o.customer_external_id as external_id from orders o
       where o.tenant_id = $1 and (o.site_id, o.customer_external_id) in (
         select site_id, customer_external_id from orders where tenant_id = $1 and id = any($2::bigint[]) and customer_external_id is not null)
       group by 1, 2 having bool_and(o.id = any($2::bigint[]))
     ) l on l.site_id = c.site_id and l.external_id = c.external_id
     where c.tenant_id = $1 and (l.external_id is not null or lower(c.email) = any($3::text[])
       or right(regexp_replace(c.billing_phone, '\\D', '', 'g'), 8) = any($4::text[]))`,
    [
      client.tenantId,
      orders,
      keys.filter((key) => key.startsWith('e:')).map((key) => key.slice(2)),
      keys.filter((key) => key.startsWith('p:')).map((key) => key.slice(-8)),
    ],
  );
  const known = new Set(keys);
  return rows.filter(({ isLinked, email, phone, areaCode }) => {
    const own = [...keysIn(email ?? '', { areaCode }), ...keysIn(phone ?? '', { areaCode })];
    return isLinked || own.some((key) => known.has(key));
  });
}

/** `email = null, phone_status = 'empty'` … for a table of the copies. */
function assignments(columns: (typeof erasedColumns)[string]): string {
  return Object.entries(columns)
    .flatMap(([column, erased]) => (erased === 'session' ? [] : [`${column} = ${erasedSql(column, erased)}`]))
    .join(', ');
}

/** The stored hash of a row that was erased here: no row of a shop has it, so the next full pass writes the erased form once. */
const unhashed = 'source_hash = 0, scan_hash = null';

async function eraseLeads(client: TenantClient, ids: string[], now: Date): Promise<void> {
  // Answers are the newest lead's of their entry.
  await client.query(
    `update lead_answers a set ${assignments(erasedColumns.lead_answers!)}, ${unhashed}, changed_at = $3
     from leads l
     where l.tenant_id = $1 and l.id = any($2::bigint[]) and a.tenant_id = $1 and a.site_id = l.site_id and a.source = l.source and a.lead_external_id = l.external_id
       and not exists (select from leads n where n.tenant_id = $1 and n.site_id = l.site_id and n.source = l.source and n.external_id = l.external_id
                       and n.captured_gmt > l.captured_gmt)`,
    [client.tenantId, ids, now],
  );
  await client.query(
    `update leads set ${assignments({ ...erasedColumns.leads!, ...erasedLeadValues })}, mapped_hash = null, ${unhashed}, changed_at = $3
     where tenant_id = $1 and id = any($2::bigint[])`,
    [client.tenantId, ids, now],
  );
}

async function eraseCarts(client: TenantClient, ids: string[], now: Date, tombstones: Tombstones): Promise<void> {
  const { rows } = await client.query<{ siteId: string; sessionId: string }>(
    `select distinct site_id as "siteId", session_id as "sessionId" from carts where tenant_id = $1 and id = any($2::bigint[]) and session_id !~ '^s:~'`,
    [client.tenantId, ids],
  );
  const sessions = [
    rows.map(({ siteId }) => siteId),
    rows.map(({ sessionId }) => sessionId),
    rows.map(({ siteId, sessionId }) => pseudonymOf(recordIdentifier.session(siteId, sessionId), tombstones)),
  ];
  await client.query(
    `update cart_emails e set session_id = t.new, ${unhashed}, changed_at = $2
     from unnest($3::bigint[], $4::text[], $5::text[]) as t (site_id, old, new)
     where e.tenant_id = $1 and e.site_id = t.site_id and e.session_id = t.old`,
    [client.tenantId, now, ...sessions],
  );
  await client.query(
    `update carts c set ${assignments(erasedColumns.carts!)}, session_id = t.new, ${unhashed}, changed_at = $2
     from unnest($3::bigint[], $4::text[], $5::text[]) as t (site_id, old, new)
     where c.tenant_id = $1 and c.id = any($6::bigint[]) and c.site_id = t.site_id and c.session_id = t.old`,
    [client.tenantId, now, ...sessions, ids],
  );
  await client.query(
    `update cart_items set ${assignments(erasedColumns.cart_items!)} where tenant_id = $1 and cart_id = any($2::bigint[])`,
    [client.tenantId, ids],
  );
}

async function eraseOrders(client: TenantClient, ids: string[], now: Date): Promise<void> {
  await client.query(
    `update orders set ${assignments(erasedColumns.orders!)}, ${unhashed}, changed_at = $3 where tenant_id = $1 and id = any($2::bigint[])`,
    [client.tenantId, ids, now],
  );
  for (const table of ['order_items', 'order_refunds']) {
    await client.query(
      `update ${table} set ${assignments(erasedColumns[table]!)} where tenant_id = $1 and order_id = any($2::bigint[])`,
      [client.tenantId, ids],
    );
  }
}

async function eraseAccounts(client: TenantClient, accounts: Account[], now: Date): Promise<void> {
  await client.query(
    `update site_customers c set ${assignments(erasedColumns.site_customers!)}, ${unhashed}, changed_at = $2
     from unnest($3::bigint[], $4::bigint[]) as t (site_id, external_id)
     where c.tenant_id = $1 and c.site_id = t.site_id and c.external_id = t.external_id`,
    [client.tenantId, now, accounts.map(({ siteId }) => siteId), accounts.map(({ externalId }) => externalId)],
  );
}
