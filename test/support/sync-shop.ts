// A real shop in MariaDB and an empty copy in Postgres, with the engine between them: what the sync tests act on.
import { randomBytes } from 'node:crypto';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { createSealedBox } from '#shared/sealed-box.ts';
import { createSecretBox } from '#shared/secrets.ts';
import { saveConnection } from '../../daemon/connections/connection-store.ts';
import { createPool, type Pool, withTenant, withTransaction } from '../../daemon/db.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import type { Engine } from '../../daemon/sync/engine.ts';
import { runSite } from '../../daemon/sync/run.ts';
import type { RunKind } from '../../daemon/sync/run-record.ts';
import { demoShops } from '../../start/demo/demo-shops.ts';
import { generateShop } from '../../start/demo/generate.ts';
import type { ShopSize } from '../../start/demo/plan.ts';
import type { OrderStorage, Shop } from '../../start/demo/shop.ts';
import { createShop } from '../../start/demo/shop-setup.ts';
import { createShopDatabase, createTestDatabase, type ShopServer, type TestDatabase } from './servers.ts';
import { quietTables } from './wal-records.ts';

export type SyncShop = Awaited<ReturnType<typeof createSyncShop>>;

/**
 * A shop with nobody in it, or `generated` with the demo's crowd (small unless told); the site row, its connection and a default mapping. On the
 * shared servers unless others are given; `shopNow` is the present of the generated shop.
 */
export async function createSyncShop({
  storage = 'hpos',
  isGenerated = false,
  size = 'small',
  shopNow = new Date(Date.now() - 120_000),
  shopServer,
  database: given,
}: {
  storage?: OrderStorage;
  isGenerated?: boolean;
  size?: ShopSize;
  shopNow?: Date;
  shopServer?: ShopServer;
  database?: TestDatabase;
} = {}) {
  const database = given ?? (await createTestDatabase());
  const mariaDb = await createShopDatabase(shopServer);
  const pool = createPool({ url: database.url, role: 'carrinho_daemon', name: 'test-sync', max: 8 });
  const owner = createPool({ url: database.url, role: 'carrinho_owner', name: 'test-owner', max: 2 });
  const setup = { ...demoShops[storage === 'hpos' ? 0 : 1], database: mariaDb.database };
  const shop: Shop = isGenerated
    ? (await generateShop(mariaDb.admin, { ...setup, size, seed: 7, now: shopNow })).shop
    : await createShop(mariaDb.admin, setup);

  const secretKey = randomBytes(32);
  const box = createSecretBox(secretKey);
  const { tenantId, siteId } = await createSite(pool, owner);
  await withTenant(pool, tenantId, (client) =>
    saveConnection(
      { client, siteId, box },
      {
        mode: 'direct',
        host: mariaDb.host,
        port: mariaDb.port,
        user: mariaDb.readerUser,
        password: mariaDb.readerPassword,
        database: mariaDb.database,
        tls: { mode: 'off' },
      },
    ),
  );
  const logged: string[] = [];
  const engine: Engine = {
    pool,
    box,
    sealed: createSealedBox(secretKey),
    sources: await loadSources(),
    allowedShopNetworks: ['127.0.0.0/8'],
    log: createLog((line) => logged.push(line)),
    daemonId: crypto.randomUUID(),
  };

  return {
    databaseUrl: database.url,
    secretKey,
    pool,
    owner,
    shop,
    engine,
    tenantId,
    siteId,
    port: mariaDb.port,
    reader: { user: mariaDb.readerUser, password: mariaDb.readerPassword, database: mariaDb.database },
    logged,
    /** Runs the shop once; throws when the run failed. */
    async sync(kind: RunKind = 'poll', options: Partial<Parameters<typeof runSite>[1]> = {}) {
      const result = await runSite(engine, { tenantId, siteId, kind, ...options });
      if (!result) throw new Error('another run holds the shop');
      if (result.error) throw result.error;
      return result;
    },
    /** Rows that the owner sees, of the whole database. */
    async rows<Row extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> {
      return (await owner.query<Row>(sql, values)).rows;
    },
    async drop() {
      await Promise.all([pool.end(), owner.end()]);
      await Promise.all([database.drop(), mariaDb.drop()]);
    },
  };
}

async function createSite(pool: Pool, owner: Pool): Promise<{ tenantId: TenantId; siteId: SiteId }> {
  const { rows } = await owner.query<{ id: TenantId }>(
    `insert into tenants (slug, name, area_code) values ('loja', 'Loja', '11') returning id`,
  );
  const tenantId = rows[0]!.id;
  const siteId = await withTenant(pool, tenantId, async (client) => {
    const site = await client.query<{ id: SiteId }>(
      `insert into sites (tenant_id, slug, name) values ($1, 'principal', 'Loja') returning id`,
      [tenantId],
    );
    await client.query(
      `insert into field_mappings (tenant_id, site_id, name_key, phone_key, email_key, size_key)
       values ($1, $2, 'Nome_3', 'Whatsapp_8', 'E-mail_2', 'Numero_do_sapato_9')`,
      [tenantId, site.rows[0]!.id],
    );
    return site.rows[0]!.id;
  });
  return { tenantId, siteId };
}

/** Every row version of the business tables: equal before and after = nothing was written. */
export async function rowVersions(owner: Pool): Promise<Record<string, string>> {
  return await withTransaction(owner, async (client) => {
    const versions: Record<string, string> = {};
    for (const table of businessTables) {
      const { rows } = await client.query<{ versions: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(ctid || ':' || xmin, ',' order by ctid)), '') as versions from ${table}`,
      );
      versions[table] = rows[0]!.versions;
    }
    return versions;
  });
}

const businessTables = [...quietTables, 'cart_statuses', 'quarantine', 'order_status_classes', 'batches'];
