// The demo's whole world: embedded Postgres, a real MariaDB with two shops, a real sshd before one of them, two companies connected, daemon and api.
// `npm run demo` shows it to people, the browser tests and `npm run screenshots` drive it. Its second start is quick because servers and panel boot
// before the rest is loaded: what makes shops and companies is imported where it is used.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pg from 'pg';
import { ConfigError } from '#shared/errors.ts';
import type { SiteId, TenantId, UserId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { type AppliedMigration, assertUpToDate } from '#shared/migrations.ts';
import { findRunReport, isFinished } from '../daemon/cli/run-report.ts';
import { createPool, type Pool, withTenant } from '../daemon/db.ts';
import { createLoginLink } from '../daemon/login-link.ts';
import { demoSeed, demoShops } from './demo/demo-shops.ts';
import type { LiveShop } from './demo/live.ts';
import type { ShopSize } from './demo/plan.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { type MariaDb, startMariaDb } from './mariadb.ts';
import { freePort, isPortFree } from './processes.ts';
import { type Sshd, startSshd } from './sshd.ts';
import { apiArguments, type ChildSpec, daemonArguments, supervise } from './supervisor.ts';

const [shoes, house] = demoShops;
export const demoCompanies = [
  {
    shop: shoes,
    slug: 'passo-leve',
    areaCode: '48',
    isTunnel: true,
    mappings: [
      ['--nome=Nome_3', '--whatsapp=Whatsapp_8', '--tamanho=Numero_do_sapato_9'],
      ['--formulario=wp-forms:654', '--nome=Nome_1', '--whatsapp=Telefone_4', '--email=E-mail_2'],
    ],
  },
  {
    shop: house,
    slug: 'casa-sertao',
    areaCode: '81',
    isTunnel: false,
    mappings: [['--nome=Nome_3', '--whatsapp=Whatsapp_-_DDD_+_Numero_4']],
  },
];
const user = { email: 'demo@carrinho.example', name: 'Ana Demonstração' };
const reader = { user: 'leitura', password: 'leitura-da-demo' };

/** Ports of the last start where they are still free, so that saved connections and open pages stay good. */
async function choosePorts(
  dataDir: string,
  wanted: number | null,
): Promise<{ mariaDb: number; sshd: number; web: number; status: number }> {
  const file = join(dataDir, 'ports.json');
  const known: Record<string, number> = await Promise.resolve()
    .then(() => JSON.parse(readFileSync(file, 'utf8')))
    .catch(() => ({}));
  const pick = async (name: string) =>
    known[name] && (await isPortFree(known[name])) ? known[name] : await freePort();
  const ports = {
    mariaDb: await pick('mariaDb'),
    sshd: await pick('sshd'),
    web: wanted ?? (await pick('web')),
    status: await pick('status'),
  };
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

/** Runs a command of `carrinho` on the world's database and gives its JSON result. */
async function carrinho(args: string[]): Promise<Record<string, string>> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const { runCli } = await import('../daemon/cli.ts');
  const code = await runCli([...args, '--json'], { stdout });
  const result = JSON.parse(text || '{}');
  if (code !== 0) throw new ConfigError([`carrinho ${args[0]} ${args[1] ?? ''}: ${result.message ?? code}`]);
  return result;
}

async function makeShops(
  mariaDb: MariaDb,
  { size, say }: { size: ShopSize; say: (text: string) => void },
): Promise<LiveShop[]> {
  const [mysql, { abandonCarts }, { findGenerated, generateShop }, { createReaderUser }, { shopOf }] =
    await Promise.all([
      import('mysql2/promise'),
      import('./demo/cart-writer.ts'),
      import('./demo/generate.ts'),
      import('./demo/reader-user.ts'),
      import('./demo/shop-setup.ts'),
    ]);
  const shops: LiveShop[] = [];
  for (const shop of demoShops) {
    const connection = await mysql.createConnection({
      host: mariaDb.host,
      port: mariaDb.port,
      user: mariaDb.user,
      password: mariaDb.password,
      charset: 'utf8mb4_unicode_ci',
    });
    const written = shopOf(connection, shop);
    shops.push({ shop: written, theme: shop.theme ?? 'shoes', forms: shop.forms ?? [] });
    // As the plugin's cron would have done meanwhile: else the demo would begin with the alert that it stands still.
    const runCron = () => abandonCarts(written, { now: new Date() });
    if (await findGenerated(connection, shop)) {
      await connection.query(`use \`${shop.database}\``);
      await connection.query(`set sql_mode = ''`);
      await runCron();
      continue;
    }
    const startedAt = performance.now();
    const { counts } = await generateShop(connection, { ...shop, size, seed: demoSeed, now: new Date() });
    await createReaderUser(connection, { database: shop.database, ...reader });
    await runCron();
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).replace('.', ',');
    say(
      `Loja ${shop.name} (${shop.orderStorage === 'hpos' ? 'HPOS' : 'clássica'}, prefixo ${shop.prefix}): ${counts.orders} pedidos, ${counts.carts} carrinhos, ${counts.leads} leads em ${seconds} s.`,
    );
  }
  return shops;
}

export type DemoSite = { tenantId: TenantId; siteId: SiteId };

/** Creates companies, connections, mappings and the user at the first time; connects again when a port has changed. */
async function connectCompanies(
  pool: Pool,
  { dataDir, mariaDb, sshd }: { dataDir: string; mariaDb: MariaDb; sshd: Sshd },
): Promise<DemoSite[]> {
  const keyFile = join(dataDir, 'tunnel-key');
  writeFileSync(keyFile, sshd.privateKey, { mode: 0o600 });
  process.env.DEMO_READER_PASSWORD = reader.password;
  const sites: DemoSite[] = [];
  for (const { shop, slug, areaCode, isTunnel, mappings } of demoCompanies) {
    const known = await findSite(pool, slug);
    const port = isTunnel ? sshd.port : mariaDb.port;
    if (known && known.port === port && known.databasePort === mariaDb.port) {
      sites.push(known);
      continue;
    }
    if (!known) {
      await carrinho(['empresa', 'criar', `--nome=${shop.name}`, `--slug=${slug}`, `--ddd=${areaCode}`]);
      await carrinho([
        'usuario',
        'criar',
        `--email=${user.email}`,
        `--nome=${user.name}`,
        `--empresa=${slug}`,
        '--papel=owner',
      ]);
    }
    const way = isTunnel
      ? [
          '--ssh-host=127.0.0.1',
          `--ssh-porta=${sshd.port}`,
          `--ssh-usuario=${sshd.user}`,
          `--ssh-chave-arquivo=${keyFile}`,
          `--chave-do-servidor=${sshd.hostKeyFingerprint}`,
        ]
      : ['--host=127.0.0.1', '--tls=desligado'];
    await carrinho([
      'loja',
      'conectar',
      `--empresa=${slug}`,
      `--nome=${shop.name}`,
      '--loja=loja',
      `--porta=${mariaDb.port}`,
      `--usuario=${reader.user}`,
      '--senha-env=DEMO_READER_PASSWORD',
      `--banco=${shop.database}`,
      ...way,
    ]);
    if (!known) for (const mapping of mappings) await carrinho(['loja', 'mapear', `--empresa=${slug}`, ...mapping]);
    sites.push((await findSite(pool, slug))!);
  }
  return sites;
}

async function findSite(pool: Pool, slug: string): Promise<(DemoSite & { port: number; databasePort: number }) | null> {
  const tenant = await pool.query<{ id: TenantId }>('select id from tenants where slug = $1', [slug]);
  if (!tenant.rows[0]) return null;
  return await withTenant(pool, tenant.rows[0].id, async (client) => {
    const { rows } = await client.query<DemoSite & { port: number; databasePort: number }>(
      `select tenant_id as "tenantId", site_id as "siteId", coalesce(ssh_port, port) as port, port as "databasePort" from connections where tenant_id = $1`,
      [client.tenantId],
    );
    return rows[0] ?? null;
  });
}

/** Nothing to migrate: what loads and runs the migrations costs the later starts a fifth of a second. */
async function isUpToDate(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<AppliedMigration>(
      'select number, name, checksum from schema_migrations order by number',
    );
    assertUpToDate(rows);
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export type DemoWorld = {
  publicUrl: string;
  statusUrl: string;
  dataDir: string;
  databaseUrl: string;
  pool: Pool;
  sites: DemoSite[];
  /** The shops as their plugins write them, each on a connection of its own. */
  shops: LiveShop[];
  /** Resolves when a process could not start for a reason that a person must mend. */
  failed: Promise<number>;
  /** A new one-time link for the demo's user. */
  createLink(): Promise<string>;
  stop(): Promise<void>;
};

export type DemoPanel = Pick<DemoWorld, 'statusUrl' | 'dataDir' | 'createLink'>;

/**
 * Starts everything in `dataDir`; what is there already is kept. The daemon polls each shop every minute. `onPanel` is told when the panel answers: at
 * later starts before the shops' servers are up, because the copies can be looked at without them.
 */
export async function startDemoWorld({
  dataDir,
  size,
  port = null,
  say = () => {},
  onPanel = async () => {},
}: {
  dataDir: string;
  size: ShopSize;
  port?: number | null;
  say?: (text: string) => void;
  onPanel?: (panel: DemoPanel) => Promise<void>;
}): Promise<DemoWorld> {
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const cleanups: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  };
  const keep = <T extends { stop(): Promise<unknown> }>(server: T): T => {
    cleanups.unshift(() => server.stop());
    return server;
  };
  try {
    let tell: (env: NodeJS.ProcessEnv) => void = () => {};
    const told = new Promise<NodeJS.ProcessEnv>((resolve) => {
      tell = resolve;
    });
    const run = (spec: Pick<ChildSpec, 'name' | 'args' | 'told'>) =>
      keep(
        supervise([{ ...spec, command: process.execPath, logFile: join(dataDir, `${spec.name}.log`) }], {
          log: createLog(),
        }),
      );
    const api = run({ name: 'api', args: apiArguments(), told });
    const isFirst = !existsSync(join(dataDir, 'ports.json'));
    const ports = await choosePorts(dataDir, port);
    say('Iniciando Postgres, MariaDB e sshd (na primeira vez os pacotes são baixados e preparados)…');
    const startShopServers = () =>
      Promise.all([
        startMariaDb({ dir: join(dataDir, 'mariadb'), port: ports.mariaDb }).then(keep),
        startSshd({ dir: join(dataDir, 'sshd'), port: ports.sshd }).then(keep),
      ]);
    const early = isFirst ? startShopServers() : null;
    // Heard of below, once Postgres is there.
    early?.catch(() => {});
    const postgres = keep(await startEmbeddedPostgres({ dataDir }));
    const publicUrl = `http://localhost:${ports.web}`;
    const env = {
      DATABASE_URL: postgres.url,
      DAEMON_DATABASE_URL: '',
      API_DATABASE_URL: '',
      LISTEN_DATABASE_URL: '',
      READ_DATABASE_URL: '',
      DATA_DIR: dataDir,
      PORT: String(ports.web),
      STATUS_PORT: String(ports.status),
      PUBLIC_URL: publicUrl,
      ALLOWED_SHOP_NETWORKS: '127.0.0.0/8',
    };
    Object.assign(process.env, env);
    if (!(await isUpToDate(postgres.url))) {
      const { migrate } = await import('../daemon/migrate.ts');
      await migrate(postgres.url);
    }
    tell(env);
    const pool = createPool({ url: postgres.url, role: 'carrinho_daemon', name: 'carrinho-demo', max: 2 });
    cleanups.unshift(() => pool.end());
    const findUser = async () =>
      (await pool.query<{ id: UserId }>('select id from users where email = $1', [user.email])).rows[0]?.id;
    const panel: DemoPanel = {
      statusUrl: `http://127.0.0.1:${ports.status}/status`,
      dataDir,
      createLink: async () => createLoginLink(pool, { kind: 'login', userId: (await findUser())!, publicUrl }),
    };
    const isKnown = (await findUser()) !== undefined;
    const tellPanel = async () => {
      await untilAnswers(`${publicUrl}/entrar`);
      await onPanel(panel);
    };
    if (isKnown) await tellPanel();
    const [mariaDb, sshd] = await (early ?? startShopServers());
    const shops = await makeShops(mariaDb, { size, say });
    cleanups.unshift(() => Promise.all(shops.map(({ shop }) => shop.conn.end())));
    const sites = await connectCompanies(pool, { dataDir, mariaDb, sshd });
    if (!isKnown) await tellPanel();
    const daemon = run({ name: 'daemon', args: daemonArguments() });
    return {
      ...panel,
      publicUrl,
      databaseUrl: postgres.url,
      pool,
      sites,
      shops,
      failed: Promise.race([api.failed, daemon.failed]),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A company without a shop, open to the demo's user; gives its slug. */
export async function addEmptyCompany(): Promise<string> {
  const slug = 'ainda-vazia';
  await carrinho(['empresa', 'criar', '--nome=Ainda Vazia', `--slug=${slug}`]);
  await carrinho(['usuario', 'criar', `--email=${user.email}`, `--empresa=${slug}`, '--papel=owner']);
  return slug;
}

/** Asks the daemon for the first run of each shop that has none; gives those shops. */
export async function startFirstSync({ pool, sites }: Pick<DemoWorld, 'pool' | 'sites'>): Promise<DemoSite[]> {
  const fresh: DemoSite[] = [];
  for (const site of sites) {
    const report = await findRunReport(pool, site);
    if (report && isFinished(report.state)) continue;
    fresh.push(site);
    await withTenant(pool, site.tenantId, (client) => client.query('select enqueue_job($1)', [site.siteId]));
  }
  return fresh;
}
