// What the processes tell of themselves: metrics that a Prometheus can read and that agree with the rows of runs and with what was asked, alert rules and a
// dashboard that ask for nothing else, and no word of secrets or of persons in any of it; and whether a daemon can work at all.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import type { SiteId } from '#shared/ids.ts';
import { createLoginToken, hashToken } from '#shared/login-links.ts';
import { runCli } from '../../daemon/cli.ts';
import { saveConnection } from '../../daemon/connections/connection-store.ts';
import { withTenant } from '../../daemon/db.ts';
import { startStatusServer } from '../../daemon/status.ts';
import { raiseAlert } from '../../daemon/sync/alerts.ts';
import { writeCart } from '../../start/demo/cart-writer.ts';
import { type DaemonProcess, startApi, startDaemon } from '../support/daemon-process.ts';
import { type Metrics, parseMetrics } from '../support/prometheus.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let world: SyncShop;
let daemon: DaemonProcess;
let api: DaemonProcess;

beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true, size: 'tiny' });
  [daemon, api] = await Promise.all([startDaemon(world), startApi(world)]);
});
afterAll(async () => {
  await Promise.all([daemon?.end('SIGKILL'), api?.end('SIGKILL')]);
  await world?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const get = (path: string, port = daemon.port) => fetch(`http://127.0.0.1:${port}${path}`);

async function until<T>(find: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const end = performance.now() + 100_000; performance.now() < end; await sleep(50)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error(`not seen: ${what}\n${daemon.output()}`);
}

const untilHealth = (status: string) =>
  until(async () => {
    const response = await get('/health');
    const body = (await response.json()) as { status: string };
    return body.status === status ? response.status : undefined;
  }, `health ${status}`);

test('the metrics are in form, agree with the rows of the run, and name nobody', async () => {
  await withTenant(world.pool, world.tenantId, async (client) => {
    await raiseAlert(client, world.siteId, { code: 'many_rows_gone', subject: 'a "form"' });
    await client.query('select enqueue_job($1)', [world.siteId]);
  });
  const run = await until(
    async () => (await world.rows<{ id: string }>(`select id from runs where state = 'succeeded'`))[0],
    'a finished run',
  );
  // The run is counted an instant after its last transaction.
  const text = await until(async () => {
    const answer = await (await get('/metrics')).text();
    return answer.includes('carrinho_runs_total{') ? answer : undefined;
  }, 'the counted run');
  const metrics = parseMetrics(text);
  const shop = { tenant: world.tenantId, site: world.siteId };

  expect(metrics.carrinho_runs_total?.samples).toEqual([
    { name: 'carrinho_runs_total', labels: { ...shop, kind: 'poll', state: 'succeeded' }, value: 1 },
  ]);
  const streams = await world.rows<{ source: string; stream: string; count: string }>(
    'select source, stream, new_count as count from run_streams where run_id = $1 and new_count > 0',
    [run.id],
  );
  const counted = metrics.carrinho_rows_total!.samples.filter(({ labels }) => labels.outcome === 'new');
  expect(streams.length).toBeGreaterThan(2);
  expect(new Map(counted.map(({ labels, value }) => [`${labels.source}/${labels.stream}`, value]))).toEqual(
    new Map(streams.map(({ source, stream, count }) => [`${source}/${stream}`, Number(count)])),
  );
  const [access] = await world.rows<{ n: number }>('select statement_count as n from shop_access');
  expect(metrics.carrinho_shop_statements_total!.samples).toEqual([
    { name: 'carrinho_shop_statements_total', labels: shop, value: access!.n },
  ]);
  expect(metrics.carrinho_lag_seconds!.samples.map(({ labels }) => labels.stream)).toEqual(
    expect.arrayContaining(['carts', 'entries', 'orders']),
  );
  expect(metrics.carrinho_alerts_open!.samples).toContainEqual({
    name: 'carrinho_alerts_open',
    labels: { ...shop, code: 'many_rows_gone' },
    value: 1,
  });
  const writes = metrics.carrinho_page_seconds!.samples.filter(
    ({ name, labels }) => name.endsWith('_count') && labels.phase === 'write',
  );
  expect(writes.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThan(3);
  for (const name of [
    'carrinho_build_info',
    'carrinho_postgres_up',
    'carrinho_queue_jobs',
    'carrinho_pool_connections',
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_seconds',
  ])
    expect(metrics[name]?.samples.length, name).toBeGreaterThan(0);
  expect(text).not.toMatch(/Loja|@|\+55/);

  const status = (await (await get('/status')).json()) as { state: string; alerts: unknown[] };
  expect(status.state).toBe('ok');
  expect(status.alerts).toContainEqual(expect.objectContaining({ code: 'many_rows_gone', subject: 'a "form"' }));
});

/** What must be read nowhere but where it belongs. */
const secrets = {
  session: createLoginToken().token,
  apiToken: `cel_${createLoginToken().token}`,
  link: createLoginToken().token,
  typedPassword: 'senha-plantada-na-entrada',
  sshPassword: 'senha-plantada-do-ssh',
  passphrase: 'frase-plantada-da-chave',
  privateKey: 'CHAVEPLANTADAb3BlbnNzaC1rZXktdjE',
  mysqlPassword: 'senha-plantada-do-mysql',
};
const person = {
  name: 'Plantada Semfim',
  email: 'plantada.semfim@correio.example',
  phone: '(48) 99123-4567',
  digits: '48991234567',
  city: 'Vila Plantada',
};
const planted = () => [
  ...Object.values(secrets),
  world.reader.password,
  world.secretKey.toString('base64'),
  world.secretKey.toString('hex'),
];
const told = () => [...Object.values(person), 'Plantada', '99123-4567', encodeURIComponent(person.email)];
/** The words that stand in the text, also where tags part them: a long address may break. */
const findIn = (text: string, words: string[]) => {
  const all = `${text}\n${text.replaceAll(/<[^>]*>/g, '')}`.toLowerCase();
  return words.filter((word) => all.includes(word.toLowerCase()));
};

async function carrinho(...args: string[]): Promise<string> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const env = {
    DATABASE_URL: world.databaseUrl,
    DATA_DIR: folder,
    SECRET_KEY: world.secretKey.toString('base64'),
    ALLOWED_SHOP_NETWORKS: '127.0.0.0/8',
  };
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    commandLog += chunk;
    return true;
  });
  await runCli(args, { env, stdout });
  stderr.mockRestore();
  return text;
}
/** What the commands wrote beside their results. */
let commandLog = '';
const folder = mkdtempSync(join(tmpdir(), 'cel-status-'));

/** Someone signed in and a token in force, as the tables hold them. */
async function plantPeople(): Promise<void> {
  const [user] = await world.rows<{ id: string }>(
    `insert into users (email, name, password_hash) values ('dona@example.com', 'Dona', 'scrypt$x') returning id`,
  );
  const values = [world.tenantId, user!.id];
  await world.owner.query(`insert into memberships (tenant_id, user_id, role) values ($1, $2, 'owner')`, values);
  await world.owner.query(
    `insert into sessions (token_hash, user_id, expires_at) values ($1, $2, now() + interval '7 days')`,
    [hashToken(secrets.session), user!.id],
  );
  await world.owner.query(
    `insert into api_tokens (tenant_id, user_id, name, token_hash, hint, scopes, expires_at)
     values ($1, $2, 'teste', $3, 'abcd', '{read}', now() + interval '1 day')`,
    [...values, hashToken(secrets.apiToken)],
  );
}

/** A second shop that nobody can enter, with a secret of every kind. */
async function plantConnection(): Promise<string> {
  return await withTenant(world.pool, world.tenantId, async (client) => {
    const { rows } = await client.query<{ id: SiteId }>(
      `insert into sites (tenant_id, slug, name) values ($1, 'outra', 'Outra') returning id`,
      [world.tenantId],
    );
    const siteId = rows[0]!.id;
    await saveConnection(
      { client, siteId, box: world.engine.box },
      {
        mode: 'ssh',
        host: '127.0.0.1',
        port: 3306,
        user: 'leitor',
        password: secrets.mysqlPassword,
        database: 'loja',
        tls: { mode: 'off' },
        ssh: {
          host: '127.0.0.1',
          port: 2222,
          user: 'tunel',
          hostKeyFingerprint: null,
          password: secrets.sshPassword,
          privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${secrets.privateKey}\n-----END OPENSSH PRIVATE KEY-----\n`,
          passphrase: secrets.passphrase,
        },
      },
    );
    await client.query('select enqueue_job($1)', [siteId]);
    return siteId;
  });
}

/** A person in the shop: a cart that can be read and one that cannot. */
async function plantPerson(): Promise<void> {
  const [firstName, lastName] = person.name.split(' ') as [string, string];
  const lines = [{ productId: 1, variationId: 0, name: 'Bota', attributes: {}, quantity: 1, unitCents: 9990 }];
  const { email, phone, city } = person;
  const cart = { firstName, lastName, email, phone, city, lines };
  await writeCart(world.shop, { ...cart, sessionId: 'plantada-um', time: new Date(Date.now() - 7_200_000) });
  await writeCart(world.shop, { ...cart, email: `dois.${email}`, sessionId: 'plantada-dois', time: 'zero' });
  await withTenant(world.pool, world.tenantId, (client) => client.query('select enqueue_job($1)', [world.siteId]));
}

const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(`http://127.0.0.1:${api.port}${path}`, { redirect: 'manual', ...init });

test('secrets and persons are in no log, metric, status, report and error page of a run that met them all', async () => {
  await plantPeople();
  await plantPerson();
  const otherSite = await plantConnection();
  await until(
    async () => (await world.rows('select from runs where site_id = $1 and error_code is not null', [otherSite]))[0],
    'the failed run',
  );
  const cart = await until(
    async () =>
      (
        await world.rows<{ id: string }>(
          'select c.id from carts c join cart_statuses s on s.cart_id = c.id where c.email = $1',
          [person.email],
        )
      )[0],
    'the planted cart',
  );
  await until(
    async () => (await world.rows(`select from quarantine where raw::text like '%Plantada%'`))[0],
    'the row that cannot be read',
  );

  const cookie = { Cookie: `sessao=${secrets.session}` };
  const bearer = { Authorization: `Bearer ${secrets.apiToken}` };
  const search = `busca=${encodeURIComponent(person.email)}`;
  const company = '/e/loja';
  const page = await ask(`${company}/carrinhos/${cart.id}`, { headers: cookie });
  const body = await page.text();
  expect([page.status, findIn(body, [person.name, person.email])]).toEqual([200, [person.name, person.email]]);
  expect((await ask(`/api/carts/${cart.id}/`, { headers: bearer })).status).toBe(200);

  // Everything that a person meets when something is wrong.
  const form = { email: person.email, senha: secrets.typedPassword };
  const sameOrigin = { 'Sec-Fetch-Site': 'same-origin' };
  await world.owner.query('alter table carts rename to carts_away');
  const errorPages = await Promise.all([
    ask(`${company}/carrinhos?${search}`, { headers: cookie }),
    ask(`${company}/carrinhos?${search}`, { headers: { ...cookie, 'HX-Request': 'true' } }),
    ask(`/api/carts/${cart.id}/`, { headers: bearer }),
    ask(`/api/customers/?search=${encodeURIComponent(person.name)}`, {
      headers: { Authorization: `${bearer.Authorization}x` },
    }),
    ask(`/entrar/link/${secrets.link}`),
    ask(`/e/${encodeURIComponent(person.email)}/carrinhos?${search}`, { headers: cookie }),
    ask('/entrar', { method: 'POST', body: new URLSearchParams(form), headers: { ...cookie, ...sameOrigin } }),
    ask('/entrar', { method: 'POST', body: new URLSearchParams(form), headers: { 'Sec-Fetch-Site': 'cross-site' } }),
  ]).finally(() => world.owner.query('alter table carts_away rename to carts'));
  expect(errorPages.map(({ status }) => status)).toEqual([500, 500, 500, 401, 404, 404, expect.any(Number), 403]);
  // The login's form keeps the e-mail that was typed.
  errorPages.splice(6, 1);

  const backup = await carrinho('backup', 'criar', `--pasta=${folder}`, '--json');
  const places: Record<string, string> = {
    'log of the daemon': daemon.output(),
    'log of the web process': api.output(),
    'metrics of the daemon': await (await get('/metrics')).text(),
    'metrics of the web process': await (await ask('/metrics')).text(),
    'status of the daemon': await (await get('/status')).text(),
    'health of the daemon': await (await get('/health')).text(),
    // The way to try again is the address that was asked.
    'error pages': (await Promise.all(errorPages.map((answer) => answer.text()))).join('\n').replaceAll(search, ''),
    'doctor’s report': await carrinho('loja', 'diagnosticar', '--empresa=loja', '--loja=principal', '--relatorio'),
    'doctor’s findings': await carrinho('loja', 'diagnosticar', '--empresa=loja', '--loja=outra', '--json'),
    state: await carrinho('estado', '--json'),
    'manifest of the backup': backup + (await carrinho('backup', 'listar', `--pasta=${folder}`, '--json')),
  };
  places['log of the command line'] = commandLog;
  for (const [place, text] of Object.entries(places)) {
    expect([place, text.length > 20]).toEqual([place, true]);
    expect([place, findIn(text, [...planted(), ...told()])]).toEqual([place, []]);
  }
  expect(places['doctor’s report']).toContain('16. Velocidade');
  expect(places['log of the web process']).toContain('http.error');
  // Pages and backups hold persons, and no secret.
  const { path } = JSON.parse(backup) as { path: string };
  const copy = gunzipSync(readFileSync(path)).toString();
  expect(findIn(copy, [person.email])).toEqual([person.email]);
  expect(findIn(copy + body, planted())).toEqual([]);
});

test('alert rules and dashboard ask only for metrics and labels that the processes tell', async () => {
  const [ofDaemon, ofApi] = await Promise.all([get('/metrics'), ask('/metrics')]);
  const texts = [await ofDaemon.text(), await ofApi.text()];
  const known = labelsOf(texts.map(parseMetrics));
  const root = (path: string) => readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');
  const rules = [...root('prometheus/alerts.yml').matchAll(/expr: (.+)\n[\s\S]*?summary: "(.+)"/g)].map((match) => ({
    expr: match[1]!,
    words: match[2]!.replaceAll('$labels.', ''),
  }));
  const { panels } = JSON.parse(root('grafana/dashboard.json')) as {
    panels: { targets: { expr: string; legendFormat: string }[] }[];
  };
  const graphs = panels.flatMap(({ targets }) => targets.map((one) => ({ expr: one.expr, words: one.legendFormat })));
  expect([rules.length > 15, graphs.length > 30]).toEqual([true, true]);
  expect([...rules, ...graphs].flatMap((asked) => findUnknown(asked, known))).toEqual([]);
  const asked = [...rules, ...graphs].map(({ expr }) => expr).join('\n');
  // What nobody looks at need not be told.
  const families = texts.flatMap((text) => [...text.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1]!));
  expect(families.filter((name) => !asked.includes(name))).toEqual([]);
});

/** Each sample's name → its labels; a family that has told nothing yet has any. */
function labelsOf(all: Metrics[]): Map<string, Set<string> | null> {
  const known = new Map<string, Set<string> | null>([['up', new Set()]]);
  for (const [family, { samples }] of all.flatMap((metrics) => Object.entries(metrics))) {
    if (samples.length === 0 && !known.has(family)) known.set(family, null);
    for (const { name, labels } of samples)
      known.set(name, new Set([...(known.get(name) ?? []), ...Object.keys(labels)]));
  }
  return known;
}

/** Metrics and labels of an expression, and of the words that show its result, which nothing tells. */
function findUnknown(
  { expr, words }: { expr: string; words: string },
  known: Map<string, Set<string> | null>,
): string[] {
  const bare = expr.replaceAll(/"[^"]*"/g, '""');
  const names = [...bare.matchAll(/\b(?:(?:carrinho|process|nodejs)_\w+|up)\b/g)].map((match) => match[0]);
  const own = new Set(['job', 'instance', ...names.flatMap((name) => [...(known.get(name) ?? [])])]);
  const hasAny = names.some((name) => known.get(name) === null);
  const used = [
    ...[...bare.matchAll(/\{([^}]*)\}/g)].flatMap((match) => [...match[1]!.matchAll(/(\w+)(?==|!)/g)]),
    ...[...bare.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap((match) => [...match[1]!.matchAll(/\w+/g)]),
    ...[...words.matchAll(/\{\{ *(\w+) *\}\}/g)].map((match) => [match[1]!]),
  ].map(([label]) => label!);
  return [
    ...(names.length === 0 ? [`no metric: ${expr}`] : []),
    ...names.filter((name) => !known.has(name)).map((name) => `${name}: ${expr}`),
    ...used.filter((label) => !hasAny && !own.has(label)).map((label) => `${label}: ${expr}`),
  ];
}

test('the web process counts what it answered, and tells it to this machine only', async () => {
  const before = parseMetrics(await (await ask('/metrics')).text());
  const cookie = { Cookie: `sessao=${secrets.session}` };
  const live = new AbortController();
  const stream = await ask('/e/loja/eventos?pagina=carrinhos', { headers: cookie, signal: live.signal });
  const reader = stream.body!.getReader();
  for (let text = ''; !text.includes('data: '); ) text += new TextDecoder().decode((await reader.read()).value);
  await ask('/e/loja/carrinhos', { headers: cookie });
  await ask('/e/loja/carrinhos/999999999', { headers: cookie });
  const text = await (await ask('/metrics')).text();
  live.abort();
  const after = parseMetrics(text);
  const grown = (name: string, labels: Record<string, string> = {}) => {
    const valueIn = (metrics: Metrics) =>
      Object.values(metrics)
        .flatMap(({ samples }) => samples)
        .filter((one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value))
        .reduce((sum, { value }) => sum + value, 0);
    return valueIn(after) - valueIn(before);
  };
  expect(grown('carrinho_http_request_seconds_count', { kind: 'page' })).toBe(2);
  expect(grown('carrinho_http_request_seconds_count', { kind: 'live' })).toBe(1);
  expect(grown('carrinho_http_requests_total', { route: '/e/:slug/carrinhos', status: '200' })).toBe(1);
  expect(grown('carrinho_http_errors_total', { code: 'not_found' })).toBe(1);
  expect(grown('carrinho_live_clients')).toBe(1);
  expect(grown('carrinho_live_events_total')).toBeGreaterThan(0);
  expect(after.carrinho_listen_up!.samples[0]!.value).toBe(1);
  expect(after.carrinho_pool_waiting!.samples[0]!.value).toBe(0);
  // A proxy says for whom it asks.
  expect((await ask('/metrics', { headers: { 'X-Forwarded-For': '203.0.113.9' } })).status).toBe(404);
});

test('health tells a Postgres that takes no writes, one that is away, and that all is well again', async () => {
  expect(await untilHealth('ok')).toBe(200);
  const database = new URL(world.databaseUrl.replace(/^postgres(?:ql)?:/, 'http:')).pathname.slice(1);
  const admin = new pg.Client({ connectionString: inject('postgresAdminUrl') });
  await admin.connect();
  const drop = () =>
    admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database]);
  try {
    await admin.query(`alter database ${database} set default_transaction_read_only = on`);
    await drop();
    expect(await untilHealth('database_read_only')).toBe(503);

    await admin.query(`alter database ${database} reset default_transaction_read_only`);
    await admin.query(`alter database ${database} allow_connections false`);
    await drop();
    expect(await untilHealth('database_unavailable')).toBe(503);
    const metrics = parseMetrics(await (await get('/metrics')).text());
    expect(metrics.carrinho_postgres_up!.samples[0]!.value).toBe(0);
    expect(metrics.process_resident_memory_bytes!.samples).toHaveLength(1);
  } finally {
    await admin.query(`alter database ${database} allow_connections true`);
    await admin.end();
  }
  expect(await untilHealth('ok')).toBe(200);
});

test('health tells a full disk by the heartbeat that could not be written', async () => {
  let refused: string | null = '53100';
  const server = await startStatusServer({
    pool: world.pool,
    daemonId: 'd',
    version: '1',
    startedAt: new Date(),
    listSchedules: () => [],
    heartbeatError: () => refused,
    backupCron: null,
    host: '127.0.0.1',
    port: 0,
  });
  const { port } = server.address() as { port: number };
  try {
    const response = await get('/health', port);
    expect({ code: response.status, body: await response.json() }).toMatchObject({
      code: 503,
      body: { status: 'database_full' },
    });
    refused = null;
    expect((await get('/health', port)).status).toBe(200);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
