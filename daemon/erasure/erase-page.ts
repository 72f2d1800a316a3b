// A page of the shop on its way into the copies: what belongs to somebody erased lands in its erased form, and is counted (docs/lgpd.md).
import type { TenantClient } from '../db.ts';
import type { SiteSettings } from '../settings.ts';
import type { Unreadable } from '../sync/page-reader.ts';
import type { PreparedRow } from '../sync/prepare.ts';
import type { TargetDefinition } from '../sync/target.ts';
import { erasedForm, identifiersOf, keysIn } from './erased-form.ts';
import { clearTraces, keepErased } from './erased-records.ts';
import { type Tombstones, writeTombstones } from './tombstones.ts';

export type PageScope = {
  client: TenantClient;
  definition: TargetDefinition;
  site: SiteSettings;
  source: string;
  tombstones: Tombstones;
};

/** The page's rows, those of somebody erased in their erased form; `records` are the identifiers of these by external id. */
export async function eraseRows(
  scope: PageScope,
  rows: PreparedRow[],
): Promise<{ rows: PreparedRow[]; erased: Map<string, string | null> }> {
  const { definition, tombstones } = scope;
  const erased = new Map<string, string | null>();
  const leads = definition.target === 'lead_answer' ? await listErasedLeads(scope, rows) : null;
  const leadColumn = definition.columns.indexOf('lead_external_id');
  const kept = rows.map((row) => {
    const { keys, record } = identifiersOf(row, scope);
    const isErased =
      (record !== null && tombstones.find(record) === 'erases') ||
      keys.some((key) => tombstones.find(key) === 'erases') ||
      leads?.has(row.line.split('\t')[leadColumn]!);
    if (!isErased) return row;
    erased.set(row.externalId, record);
    return erasedForm(row, scope);
  });
  return { rows: kept, erased };
}

/** After rows of somebody erased were written: they are erased records from now on, whatever the shop writes into them. */
export async function keepErasedRows(scope: PageScope, erased: Map<string, string | null>, now: Date): Promise<void> {
  const { client, definition, site, source, tombstones } = scope;
  const records = [...erased.values()].filter((record) => record !== null && tombstones.find(record) === null);
  await writeTombstones(
    client,
    records.map((record) => ({ identifier: record!, isKept: false })),
    tombstones,
  );
  const { target, table, hasSource } = definition;
  if (target !== 'cart' && target !== 'order' && target !== 'lead') return;
  const { rows } = await client.query<{ id: string }>(
    `select distinct on (c.external_id) c.id from ${table} c where c.tenant_id = $1 and c.site_id = $2 and c.external_id = any($3::bigint[])
       and ${hasSource ? 'c.source = $4' : '$4::text is not null'}${target === 'cart' ? ' and c.is_current' : ''}
     order by c.external_id${target === 'lead' ? ', c.captured_gmt desc' : ''}`,
    [client.tenantId, site.siteId, [...erased.keys()], source],
  );
  const ids = await keepErased(client, { entity: target, ids: rows.map(({ id }) => id), reason: 'sync', now });
  await clearTraces(
    client,
    ids.map((id) => ({ entity: target, id })),
    tombstones,
  );
}

/** The entries' ids of this page's answers whose leads are erased. */
async function listErasedLeads(
  { client, definition, site, source }: PageScope,
  rows: PreparedRow[],
): Promise<Set<string>> {
  const column = definition.columns.indexOf('lead_external_id');
  const { rows: found } = await client.query<{ id: string }>(
    `select l.external_id as id from (
       select distinct on (external_id) external_id, id from leads
       where tenant_id = $1 and site_id = $2 and source = $3 and external_id = any($4::bigint[])
       order by external_id, captured_gmt desc
     ) l join erased_records e on e.tenant_id = $1 and e.entity = 'lead' and e.entity_id = l.id`,
    [client.tenantId, site.siteId, source, [...new Set(rows.map(({ line }) => line.split('\t')[column]!))]],
  );
  return new Set(found.map(({ id }) => id));
}

/** Rows that could not be read, without their text when it is of somebody erased. */
export async function eraseUnreadable(scope: PageScope, rows: Unreadable[]): Promise<Unreadable[]> {
  if (rows.length === 0) return rows;
  const { client, definition, site, source, tombstones } = scope;
  const { target, table, hasSource } = definition;
  const known = new Set<string>();
  if (target === 'lead' || target === 'cart' || target === 'order') {
    const { rows: found } = await client.query<{ id: string }>(
      `select c.external_id as id from ${table} c join erased_records e on e.tenant_id = $1 and e.entity = $5 and e.entity_id = c.id
       where c.tenant_id = $1 and c.site_id = $2 and c.external_id = any($3::bigint[]) and ${hasSource ? 'c.source = $4' : '$4::text is not null'}`,
      [client.tenantId, site.siteId, rows.map(({ externalId }) => externalId), source, target],
    );
    for (const { id } of found) known.add(id);
  }
  return rows.map((row) =>
    known.has(row.externalId) || isOfErased(row.raw, { site, tombstones }) ? { ...row, raw: '', detail: '' } : row,
  );
}

/** Whether a raw text holds an erased e-mail or phone. */
export function isOfErased(
  raw: string,
  { site, tombstones }: { site: Pick<SiteSettings, 'areaCode'>; tombstones: Tombstones },
): boolean {
  const emails = raw.match(/[^\s@"'<>:;,\\]{1,64}@[^\s@"'<>:;,\\]{3,255}/g) ?? [];
  const phones = raw.match(/\+?\(?\d[\d\s().-]{6,24}\d/g) ?? [];
  return [...new Set([...emails, ...phones])].some((text) =>
    keysIn(text, site).some((key) => tombstones.find(key) === 'erases'),
  );
}
