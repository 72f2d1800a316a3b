// Small shops that a real daemon polls each minute: one company each, their tables under prefixes of a few databases, on the servers of a world. A form
// entry is what changes in them.
import { randomBytes } from 'node:crypto';
import mysql from 'mysql2/promise';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { createSecretBox } from '#shared/secrets.ts';
import { saveConnection } from '../daemon/connections/connection-store.ts';
import { createPool, type Pool, withTenant } from '../daemon/db.ts';
import { createShop } from '../start/demo/shop-setup.ts';
import { freePort } from '../start/processes.ts';
import { pause, startProgram } from './program.ts';
import type { World } from './world.ts';

export type LiveShop = { tenantId: TenantId; siteId: SiteId; slug: string; database: string; prefix: string };

/** Makes the shops and starts the daemon; resolves when each shop has been read once. */
export async function startLiveShops(
  world: World,
  { count, databases }: { count: number; databases: number },
  say: (text: string) => void,
) {
  const { host, port, user, password } = world.mariaDb;
  const conn = await mysql.createConnection({
    host,
    port,
    user,
    password,
    charset: 'utf8mb4_unicode_ci',
    timezone: 'Z',
  });
  const owner = createPool({ url: world.url, role: 'carrinho_owner', name: 'medida-dono', max: 1 });
  const secretKey = randomBytes(32);
  const shops: LiveShop[] = [];
  for (let at = 0; at < count; at++) {
    const [database, prefix] = [`bairro${at % databases}`, `l${at}_`];
    await createShop(conn, { database, prefix, orderStorage: 'hpos', sendsEmails: false });
    shops.push({
      ...(await connect(owner, { at, database, prefix, secretKey, mariaDb: world.mariaDb })),
      database,
      prefix,
    });
  }
  say(`${count} lojas em ${databases} bancos.`);
  const daemon = await startProgram('daemon', {
    dataDir: world.dir,
    env: {
      DATABASE_URL: world.url,
      SECRET_KEY: secretKey.toString('base64'),
      STATUS_PORT: String(await freePort()),
      // this machine's own network, which a daemon keeps away from unless told
      ALLOWED_SHOP_NETWORKS: '127.0.0.0/8',
    },
  });
  const untilRead = async () => {
    const { rows } = await owner.query<{ count: number }>(
      `select count(distinct site_id)::int as count from cursors where caught_up_at is not null`,
    );
    return rows[0]!.count >= count;
  };
  for (let tries = 0; !(await untilRead()); tries++) {
    if (tries > 1800) throw new Error(`shops stay unread: ${daemon.readLog().slice(-2000)}`);
    await pause(1000);
  }
  return {
    shops,
    owner,
    daemonPid: daemon.pid,
    /** A form entry with this name, committed; gives its id and the instant. */
    async fillForm({ database, prefix }: LiveShop, name: string): Promise<{ id: number; at: number }> {
      const [entry] = await conn.query<mysql.ResultSetHeader>(
        `insert into ${database}.${prefix}fv_enteries (form_plugin, form_id, captured, captured_gmt, url)
         values ('wp-forms', '321', utc_timestamp() - interval 3 hour, utc_timestamp(), '')`,
      );
      await conn.query(
        `insert into ${database}.${prefix}fv_entry_meta (data_id, meta_key, meta_value) values (?, 'Nome_3', ?), (?, 'Whatsapp_8', '(11) 97777-6655')`,
        [entry.insertId, name, entry.insertId],
      );
      return { id: entry.insertId, at: Date.now() };
    },
    async stop() {
      await daemon.stop();
      await owner.end();
      await conn.end();
    },
  };
}

type Place = { at: number; database: string; prefix: string; secretKey: Buffer; mariaDb: World['mariaDb'] };

async function connect(owner: Pool, { at, database, prefix, secretKey, mariaDb }: Place) {
  const slug = `bairro-${at}`;
  const { rows } = await owner.query<{ id: TenantId }>(
    `insert into tenants (slug, name, area_code) values ($1, $1, '11') returning id`,
    [slug],
  );
  const tenantId = rows[0]!.id;
  const siteId = await withTenant(owner, tenantId, async (client) => {
    const site = await client.query<{ id: SiteId }>(
      `insert into sites (tenant_id, slug, name, table_prefix) values ($1, 'loja', 'Loja', $2) returning id`,
      [tenantId, prefix],
    );
    const { id } = site.rows[0]!;
    await client.query(
      `insert into field_mappings (tenant_id, site_id, name_key, phone_key) values ($1, $2, 'Nome_3', 'Whatsapp_8')`,
      [tenantId, id],
    );
    await client.query(
      `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, 'poll', '* * * * *')`,
      [tenantId, id],
    );
    const { host, port, user, password } = mariaDb;
    const line = { mode: 'direct' as const, host, port, user, password, database, tls: { mode: 'off' as const } };
    await saveConnection({ client, siteId: id, box: createSecretBox(secretKey) }, line);
    return id;
  });
  return { tenantId, siteId, slug };
}
