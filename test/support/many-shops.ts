// Twenty small shops of four companies, five in each of four databases, beside the one of createSyncShop, on a MariaDB of their own whose log tells
// who asked what. Each shop has a MySQL user of its own, so that the log tells the shops apart.
import type { RowDataPacket } from 'mysql2/promise';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { createSecretBox } from '#shared/secrets.ts';
import { saveConnection } from '../../daemon/connections/connection-store.ts';
import { withTenant } from '../../daemon/db.ts';
import { writeFormEntry } from '../../start/demo/cart-writer.ts';
import { createShop } from '../../start/demo/shop-setup.ts';
import { type MariaDb, startMariaDb } from '../../start/mariadb.ts';
import { createShopDatabase, ownFolder, type ShopDatabase } from './servers.ts';
import { createSyncShop, type SyncShop } from './sync-shop.ts';

export type ManyShops = Awaited<ReturnType<typeof createManyShops>>;
export type SmallShop = { tenantId: TenantId; siteId: SiteId; user: string };

const companies = 4;
const shopsEach = 5;
const password = 'so-leitura-de-teste';

export async function createManyShops() {
  const server = await startMariaDb({ dir: ownFolder('muitas'), args: ['--innodb-buffer-pool-size=64M'] });
  const world = await createSyncShop({ isGenerated: true, size: 'tiny', shopServer: server });
  const databases: ShopDatabase[] = [];
  const shops = (
    await Promise.all(
      Array.from({ length: companies }, async (_, index) => {
        const database = await createShopDatabase(server);
        databases.push(database);
        return await fillCompany(world, database, index);
      }),
    )
  ).flat();
  const admin = databases[0]!.admin;
  await admin.query(`set global log_output = 'TABLE'`);
  await admin.query('truncate table mysql.general_log');
  await admin.query('set global general_log = 1');
  return {
    world,
    shops,
    /** Of the server; the shop that begins with many leads is in the first company. */
    server: server as MariaDb,
    addBigShop: (leadCount: number) => addBigShop(world, databases[0]!, shops[0]!.tenantId, leadCount),
    /** Every session that a reading user had, in the order of its first statement. */
    async listSessions(): Promise<ShopSession[]> {
      const [rows] = await admin.query<RowDataPacket[]>(
        'select thread_id as id, command_type as command, convert(argument using utf8mb4) as text from mysql.general_log',
      );
      return readSessions(rows as unknown as LogRow[]);
    },
    async drop() {
      await world.drop();
      for (const database of databases) await database.drop();
      await server.stop();
    },
  };
}

async function fillCompany(world: SyncShop, database: ShopDatabase, index: number): Promise<SmallShop[]> {
  const tenant = await world.owner.query<{ id: TenantId }>(
    `insert into tenants (slug, name, area_code) values ($1, $1, '11') returning id`,
    [`empresa-${index}`],
  );
  const shops: SmallShop[] = [];
  for (let number = 0; number < shopsEach; number++) {
    const prefix = `l${number}_`;
    const shop = await createShop(database.admin, { database: database.database, prefix, orderStorage: 'hpos' });
    for (let lead = 0; lead < 3; lead++)
      await writeFormEntry(shop, {
        at: new Date(Date.now() - 3_600_000),
        answers: [['Whatsapp_8', `1198765${index}${number}${lead}9`]],
      });
    shops.push(await addSite(world, database, { tenantId: tenant.rows[0]!.id, prefix, hasSchedule: true }));
  }
  return shops;
}

async function addSite(
  world: SyncShop,
  database: ShopDatabase,
  { tenantId, prefix, hasSchedule }: { tenantId: TenantId; prefix: string; hasSchedule: boolean },
): Promise<SmallShop> {
  const user = `${database.database}_${prefix}r`;
  await database.admin.query(`create user ${user}@'%' identified by ?`, [password]);
  await database.admin.query(`grant select on ${database.database}.* to ${user}@'%'`);
  const siteId = await withTenant(world.pool, tenantId, async (client) => {
    const site = await client.query<{ id: SiteId }>(
      'insert into sites (tenant_id, slug, name, table_prefix) values ($1, $2, $2, $3) returning id',
      [tenantId, prefix.replace('_', ''), prefix],
    );
    const { id } = site.rows[0]!;
    await client.query(`insert into field_mappings (tenant_id, site_id, phone_key) values ($1, $2, 'Whatsapp_8')`, [
      tenantId,
      id,
    ]);
    // A day that no test lives to see: only the tickers fire.
    if (hasSchedule)
      await client.query(
        `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, 'poll', '0 0 29 2 *')`,
        [tenantId, id],
      );
    await saveConnection(
      { client, siteId: id, box: createSecretBox(world.secretKey) },
      {
        mode: 'direct',
        host: database.host,
        port: database.port,
        user,
        password,
        database: database.database,
        tls: { mode: 'off' },
      },
    );
    return id;
  });
  return { tenantId, siteId, user };
}

async function addBigShop(
  world: SyncShop,
  database: ShopDatabase,
  tenantId: TenantId,
  leadCount: number,
): Promise<SmallShop> {
  const prefix = 'grande_';
  await createShop(database.admin, { database: database.database, prefix, orderStorage: 'hpos' });
  await database.admin.query(
    `insert into ${prefix}fv_enteries (form_plugin, form_id, captured, captured_gmt, url)
     select 'wp-forms', '5', '2024-05-01 09:00:00' + interval seq second, '2024-05-01 12:00:00' + interval seq second, '' from seq_1_to_${leadCount}`,
  );
  await database.admin.query(
    `insert into ${prefix}fv_entry_meta (data_id, meta_key, meta_value)
     select id, 'Whatsapp_8', concat('119', 60000000 + id) from ${prefix}fv_enteries order by id`,
  );
  return await addSite(world, database, { tenantId, prefix, hasSchedule: false });
}

type LogRow = { id: number; command: string; text: string };

export type ShopSession = {
  user: string;
  /** Places of its first and last statement in the server's log. */
  first: number;
  last: number;
  statements: string[];
};

function readSessions(rows: LogRow[]): ShopSession[] {
  const sessions = new Map<number, ShopSession>();
  rows.forEach(({ id, command, text }, index) => {
    if (command === 'Connect') {
      const user = text.slice(0, text.indexOf('@'));
      sessions.set(id, { user, first: index, last: index, statements: [] });
    } else if (command === 'Query') {
      const session = sessions.get(id);
      if (!session) return;
      if (session.statements.length === 0) session.first = index;
      session.last = index;
      session.statements.push(text);
    }
  });
  return [...sessions.values()].sort((a, b) => a.first - b.first);
}
