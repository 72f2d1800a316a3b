// The oldest Postgres that we promise to work on (Debian 12 has 15): migrations give the same structure, and the rules the same conclusions.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { createPool, type Pool } from '../../daemon/db.ts';
import { migrate } from '../../daemon/migrate.ts';
import { recomputeAll } from '../../daemon/recompute/recompute.ts';
import { dumpSchema } from '../../daemon/schema-dump.ts';
import { startDebianPostgres } from '../support/debian-postgres.ts';

let folder: string;
let postgres: Awaited<ReturnType<typeof startDebianPostgres>>;
let owner: Pool;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cel-'));
  chmodSync(folder, 0o755);
  postgres = await startDebianPostgres(join(folder, 'p'));
  owner = createPool({ url: postgres.url, role: 'carrinho_owner', name: 'postgres-15' });
});
afterAll(async () => {
  await owner?.end();
  await postgres?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the migrations make the same structure as on the embedded Postgres', async () => {
  expect(postgres.version).toBeGreaterThanOrEqual(15);
  expect((await migrate(postgres.url)).length).toBeGreaterThan(0);
  expect(await dumpSchema(owner)).toBe(readFileSync(new URL('../../sql/schema.sql', import.meta.url), 'utf8'));
});

test('a recompute runs, and concludes', async () => {
  const { rows } = await owner.query<{ id: TenantId }>(
    `insert into tenants (slug, name) values ('sol', 'Sol') returning id`,
  );
  const tenant = rows[0]!.id;
  await owner.query(`insert into sites (tenant_id, slug, name) values ($1, 'loja', 'Loja')`, [tenant]);
  await owner.query(
    `insert into carts (tenant_id, site_id, source, external_id, session_id, email, total, total_minor, currency, plugin_status, first_activity_at, last_activity_at, source_hash, first_seen_at, changed_at)
     select $1, id, 'cart-abandonment', 1, 's', 'ana@cliente.example', 10, 1000, 'BRL', 'abandoned', now() - interval '3 hours', now() - interval '3 hours', 1, now(), now() from sites`,
    [tenant],
  );
  await owner.query(
    `insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, email, created_at, paid_at, source_hash, first_seen_at, changed_at)
     select $1, id, 7, 'hpos', 'processing', 'paid', 'BRL', 10, 1000, 'ana@cliente.example', now() - interval '1 hour', now(), 1, now(), now() from sites`,
    [tenant],
  );
  await owner.query(
    `insert into match_keys (tenant_id, key, entity, entity_id) select $1::bigint, 'e:ana@cliente.example', 'cart', id from carts union all select $1, 'e:ana@cliente.example', 'order', id from orders`,
    [tenant],
  );
  const pool = createPool({ url: postgres.url, role: 'carrinho_daemon', name: 'postgres-15' });
  try {
    await recomputeAll(pool, tenant, { now: new Date(), log: createLog(() => {}) });
  } finally {
    await pool.end();
  }
  expect((await owner.query('select status, reason, credited_minor from cart_statuses')).rows).toEqual([
    { status: 'recovered', reason: 'spontaneous', credited_minor: '1000' },
  ]);
});
