// A backup from before an erasure brings the person back. What was erased since is kept in a file of its own (HMACs only: it names nobody) and applied
// to the restored database before anybody reads it (docs/lgpd.md).
import { z } from 'zod';
import type { RecordKind, RecordRef } from '#shared/contacts/record.ts';
import { AppError } from '#shared/errors.ts';
import type { TenantId } from '#shared/ids.ts';
import type { SecretBox } from '#shared/secrets.ts';
import { askInOneMessage, type Pool, type TenantClient } from '../db.ts';
import { withPass } from '../recompute/pass.ts';
import { eraseRecords } from './erase.ts';
import { recordIdentifier } from './erased-form.ts';
import { erasuresOf, type Tombstones } from './tombstones.ts';

export const erasureFile = z.object({
  madeAt: z.iso.datetime(),
  companies: z.array(
    z.object({
      slug: z.string(),
      secretSealed: z.string(),
      tombstones: z.array(z.object({ hmac: z.string().regex(/^[0-9a-f]{64}$/), isKept: z.boolean() })),
    }),
  ),
});
export type ErasureFile = z.infer<typeof erasureFile>;

/** The restored company made its HMACs with another secret: the file is another installation's. */
export class ErasureFileError extends AppError {
  readonly code = 'erasure_file_foreign';
  readonly retry = 'never';
}

const listTenants = async (pool: Pool) =>
  (await pool.query<{ id: TenantId; slug: string }>('select id, slug from tenants order by id')).rows;

/** Everything that was erased so far, of all companies. */
export async function readErasures(pool: Pool, now: Date): Promise<ErasureFile> {
  const companies: ErasureFile['companies'] = [];
  for (const { id, slug } of await listTenants(pool)) {
    await askInOneMessage(pool, id, async (client) => {
      const [secret, { rows }] = await Promise.all([
        client.query<{ sealed: string }>('select secret_sealed as sealed from erasure_secrets where tenant_id = $1', [
          id,
        ]),
        client.query<{ hmac: string; isKept: boolean }>(
          'select hmac, is_kept as "isKept" from tombstones where tenant_id = $1 order by id',
          [id],
        ),
      ]);
      if (secret.rows[0]) companies.push({ slug, secretSealed: secret.rows[0].sealed, tombstones: rows });
    });
  }
  return { madeAt: now.toISOString(), companies };
}

/** Erases again what `file` says was erased. Companies that are not there are passed over. Gives how many records by company. */
export async function reapplyErasures(
  pool: Pool,
  box: SecretBox,
  { companies }: ErasureFile,
  now: Date,
): Promise<{ slug: string; records: number }[]> {
  const done: { slug: string; records: number }[] = [];
  for (const { id: tenantId, slug } of await listTenants(pool)) {
    const company = companies.find((each) => each.slug === slug);
    if (!company) continue;
    const records = await withPass(
      pool,
      tenantId,
      async (db, client) => {
        const context = `tenant:${tenantId}/erasure_secret`;
        await client.query(
          'insert into erasure_secrets (tenant_id, secret_sealed) values ($1, $2) on conflict do nothing',
          [tenantId, company.secretSealed],
        );
        const { rows } = await client.query<{ sealed: string }>(
          'select secret_sealed as sealed from erasure_secrets where tenant_id = $1',
          [tenantId],
        );
        if (box.open(rows[0]!.sealed, context) !== box.open(company.secretSealed, context)) {
          throw new ErasureFileError(`${slug}: the file's secret is another one`);
        }
        await client.query(
          `insert into tombstones (tenant_id, hmac, is_kept) select $1, * from unnest($2::text[], $3::boolean[]) on conflict do nothing`,
          [tenantId, company.tombstones.map(({ hmac }) => hmac), company.tombstones.map(({ isKept }) => isKept)],
        );
        const found = await findRecords(client, await erasuresOf(box).begin(client));
        if (found.length > 0) await eraseRecords(db, client, box, { records: found, reason: 'request', now });
        return found.length;
      },
      { alsoLocks: [`erasures:${tenantId}`] },
    );
    done.push({ slug, records });
  }
  return done;
}

/** Records that tombstones know, by a key or by themselves. */
async function findRecords(client: TenantClient, tombstones: Tombstones): Promise<RecordRef[]> {
  const found = new Map<string, RecordRef>();
  const look = (entity: RecordKind, id: string, identifier: string) => {
    if (tombstones.find(identifier) === 'erases') found.set(`${entity}:${id}`, { entity, id });
  };
  const own = [client.tenantId];
  const notErased = (entity: RecordKind, id: string) =>
    `not exists (select from erased_records e where e.tenant_id = $1 and e.entity = '${entity}' and e.entity_id = ${id})`;
  const keys = await client.query<{ entity: RecordKind; id: string; key: string }>(
    `select entity, entity_id as id, key from match_keys where tenant_id = $1 and key !~ '^.:~'`,
    own,
  );
  for (const { entity, id, key } of keys.rows) look(entity, id, key);
  const orders = await client.query<{ id: string; siteId: string; externalId: string }>(
    `select id, site_id as "siteId", external_id as "externalId" from orders o where tenant_id = $1 and ${notErased('order', 'o.id')}`,
    own,
  );
  for (const { id, siteId, externalId } of orders.rows) look('order', id, recordIdentifier.order(siteId, externalId));
  const carts = await client.query<{ id: string; siteId: string; sessionId: string }>(
    `select id, site_id as "siteId", session_id as "sessionId" from carts c where tenant_id = $1 and ${notErased('cart', 'c.id')}`,
    own,
  );
  for (const { id, siteId, sessionId } of carts.rows) look('cart', id, recordIdentifier.session(siteId, sessionId));
  const leads = await client.query<{
    id: string;
    siteId: string;
    source: string;
    externalId: string;
    capturedGmt: string;
  }>(
    `select id, site_id as "siteId", source, external_id as "externalId", captured_gmt as "capturedGmt" from leads l
     where tenant_id = $1 and ${notErased('lead', 'l.id')}`,
    own,
  );
  for (const { id, ...lead } of leads.rows) {
    look('lead', id, recordIdentifier.lead(lead.siteId, lead.source, lead.externalId, lead.capturedGmt));
  }
  return [...found.values()];
}
