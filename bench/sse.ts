// `npm run bench -- sse`: what many open pages cost the web process. Real clients on real sockets, a real api process, one change of a row a second: its
// memory beside that without clients, its share of a processor, and how long after the commit the last page has it. Then what must happen to a client that
// reads nothing, to a session that ends, and to the page beyond a user's cap.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLoginToken } from '#shared/login-links.ts';
import { createPool, type Pool } from '../daemon/db.ts';
import { migrate } from '../daemon/migrate.ts';
import { startEmbeddedPostgres } from '../start/embedded-postgres.ts';
import { freePort } from '../start/processes.ts';
import { cpuSeconds, ownMb } from './measure.ts';
import { type Program, pause, startProgram } from './program.ts';

const help = `Mede o que muitas páginas abertas custam ao processo web: memória, processador e atraso de cada evento.

Uso: npm run bench -- sse [opções]

  --clientes=1000   páginas abertas ao mesmo tempo
  --segundos=60     quanto dura a medida, a um evento por segundo
  --parados=1000    páginas que, depois, ligam e nada leem
  --json            um objeto JSON, no fim

Exemplos:
  npm run bench -- sse
  npm run bench -- sse --clientes=50 --segundos=10 --json
`;

const perUser = 20;
const slug = 'medida';
const limits = { kbPerClient: 64, coreShare: 0.1, p99Ms: 250, deafMb: 256 };

export async function run(args: string[]): Promise<number> {
  const { values: options } = parseArgs({
    args,
    options: {
      clientes: { type: 'string', default: '1000' },
      segundos: { type: 'string', default: '60' },
      parados: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const [clients, seconds, stalled] = [Number(options.clientes), Number(options.segundos), Number(options.parados)];
  if (![clients, seconds, stalled].every((count) => Number.isSafeInteger(count) && count > 0)) {
    process.stderr.write('Clientes, segundos e parados são números inteiros acima de zero.\n');
    return 2;
  }
  const say = (text: string) => {
    if (!options.json) process.stdout.write(`${text}\n`);
  };
  const dataDir = mkdtempSync(join(tmpdir(), 'cel-medida-'));
  chmodSync(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, isDurable: false });
  try {
    await migrate(postgres.url);
    const owner = createPool({ url: postgres.url, role: 'carrinho_owner', name: 'medida-dono', max: 1 });
    const api = await startApi({ url: postgres.url, dataDir });
    try {
      const result = await measureStreams({ owner, api, clients, seconds, stalled, say });
      for (const { text, isMet } of result.demands) say(`${isMet ? '✓' : '✗'} ${text}`);
      if (options.json) process.stdout.write(`${JSON.stringify({ clients, seconds, stalled, ...result })}\n`);
      return result.demands.every(({ isMet }) => isMet) ? 0 : 1;
    } finally {
      await api.stop();
      await owner.end();
    }
  } finally {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Api = Program & { port: number };

/** The web process on a free port. */
export async function startApi({ url, dataDir }: { url: string; dataDir: string }): Promise<Api> {
  const port = await freePort();
  const env = { DATABASE_URL: url, PORT: String(port), PUBLIC_URL: `http://localhost:${port}` };
  return { port, ...(await startProgram('api', { dataDir, env })) };
}

/** A company with a page full of carts. */
async function writeRows(owner: Pool): Promise<string> {
  const { rows } = await owner.query<{ id: string }>(
    `insert into tenants (slug, name) values ('${slug}', 'Medida') returning id`,
  );
  const tenant = rows[0]!.id;
  await owner.query(`insert into sites (tenant_id, slug, name) values (${tenant}, 'loja', 'Loja')`);
  await owner.query(`
    with new as (
      insert into carts (tenant_id, site_id, source, external_id, session_id, name, email, phone_e164, phone_status, phone_kind, total, total_minor,
                         currency, item_count, plugin_status, first_activity_at, last_activity_at, source_hash, first_seen_at, changed_at)
      select tenant_id, id, 'cart-abandonment', i, 's' || i, 'Maria das Dores ' || i, 'maria' || i || '@example.com', '+551197' || lpad(i::text, 7, '0'),
             'valid', 'mobile', 189.9, 18990, 'BRL', 2, 'abandoned', now() - make_interval(mins => 60 + i), now() - make_interval(mins => 60 + i), 1, now(), now()
      from sites cross join generate_series(1, 200) i where tenant_id = ${tenant} returning *)
    insert into cart_statuses (tenant_id, cart_id, status, reason, has_keys, total_minor, first_activity_at, last_activity_at, changed_at)
    select tenant_id, id, 'abandoned', 'window_open', true, total_minor, first_activity_at, last_activity_at, now() from new`);
  return tenant;
}

/** A new user of the company with a session; gives the cookie. */
export async function signIn(owner: Pool, tenant: string, number: number): Promise<string> {
  const { token, tokenHash } = createLoginToken();
  await owner.query(
    `with person as (insert into users (email, name) values ($1, 'Ana Lima') on conflict (email) do update set name = excluded.name returning id),
          member as (insert into memberships (tenant_id, user_id, role, is_default) select $2, id, 'operator', true from person on conflict do nothing)
     insert into sessions (token_hash, user_id, expires_at) select $3, id, now() + interval '1 day' from person`,
    [`medida${number}@example.com`, tenant, tokenHash],
  );
  return `sessao=${token}`;
}

type Stream = { request: http.ClientRequest; status: number; isEnded: boolean; text: string };
type Seen = (text: string) => void;

/** A live connection of the cart list, as a browser opens it; resolves with its first bytes. `seen` gets each piece of text. */
function openStream(port: number, cookie: string, seen: Seen, { isStalled = false } = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const path = `/e/${slug}/eventos?pagina=carrinhos`;
    const request = http.get(
      { host: '127.0.0.1', port, path, agent: false, headers: { Cookie: cookie } },
      (response) => {
        const stream: Stream = { request, status: response.statusCode!, isEnded: false, text: '' };
        response.setEncoding('utf8');
        const end = () => {
          stream.isEnded = true;
        };
        response.on('end', end).on('error', end);
        response.once('data', (first: string) => {
          stream.text = first;
          if (isStalled) {
            response.pause();
            request.socket?.pause();
          }
          resolve(stream);
        });
        if (!isStalled) response.on('data', seen);
      },
    );
    request.on('error', reject);
  });
}

type Setup = { owner: Pool; api: Api; clients: number; seconds: number; stalled: number; say: (text: string) => void };

async function measureStreams({ owner, api, clients, seconds, stalled, say }: Setup) {
  const tenant = await writeRows(owner);
  const cookies: string[] = [];
  for (let user = 0; user <= Math.ceil(clients / perUser); user++) cookies.push(await signIn(owner, tenant, user));
  const idleCookie = cookies.pop()!;

  let event = 0;
  let committedAt = 0;
  const arrivals: number[] = [];
  const perEvent: number[] = [];
  let bytes = 0;
  /** Rows of the list, the newest first, get another name: every page has them to be sent. */
  const change = async ({ rows = 1 } = {}) => {
    event++;
    perEvent[event] = 0;
    await owner.query(
      `update carts set name = 'Evento ${event}.' where tenant_id = ${tenant} and external_id <= ${rows}`,
    );
    await owner.query(
      `select pg_notify('carrinho_changed', json_build_object('tenant', '${tenant}', 'kinds', array['cart'])::text)`,
    );
    committedAt = performance.now();
  };
  const seen: Seen = (text) => {
    bytes += text.length;
    if (!text.includes(`Evento ${event}.`)) return;
    perEvent[event]!++;
    arrivals.push(performance.now() - committedAt);
  };

  // A first client warms the process up; what it holds then is what it holds for nobody in particular.
  const first = await openStream(api.port, cookies[0]!, seen);
  for (let round = 0; round < 5; round++) {
    await change();
    await pause(1000);
  }
  const memoryBefore = ownMb(api.pid);
  const streams = [first];
  for (let at = 1; at < clients; at++) {
    streams.push(await openStream(api.port, cookies[Math.floor(at / perUser)]!, seen));
    if (at % 50 === 0) await pause(500);
  }
  say(`${streams.length} páginas abertas.`);
  await pause(2000);
  arrivals.splice(0);
  bytes = 0;
  const cpuBefore = cpuSeconds(api.pid);
  const startedAt = performance.now();
  let memory = 0;
  const firstEvent = event + 1;
  for (let second = 0; second < seconds; second++) {
    await change();
    await pause(1000);
    memory = Math.max(memory, ownMb(api.pid));
  }
  const elapsed = (performance.now() - startedAt) / 1000;
  const coreShare = (cpuSeconds(api.pid) - cpuBefore) / elapsed;
  const lost = perEvent.slice(firstEvent).reduce((sum, count) => sum + Math.max(0, clients - count), 0);
  const sorted = arrivals.toSorted((a, b) => a - b);
  const p99Ms = sorted[Math.floor(sorted.length * 0.99)] ?? Number.POSITIVE_INFINITY;
  const kbPerClient = ((memory - memoryBefore) * 1000) / clients;
  const eventKb = bytes / Math.max(1, arrivals.length) / 1024;

  // Beyond the cap of one user.
  const capped = await openStream(api.port, cookies[0]!, () => {}).catch(() => null);
  const isCapped = clients < perUser || (capped !== null && capped.status >= 400 && /[a-zà-ú]{4}/.test(capped.text));
  // A page whose session ends.
  const ended = await openStream(api.port, idleCookie, () => {});
  await owner.query(`delete from sessions where user_id = (select max(id) from users)`);
  await owner.query(`select pg_notify('carrinho_session', json_build_object('user', max(id)::text)::text) from users`);
  const isEnded = await until(() => ended.isEnded, 10);
  // Those who read nothing: what the kernel takes for each is a few megabytes, then ours is full. The others go on.
  const deaf: Stream[] = [];
  let deafCookie = '';
  for (let at = 0; at < stalled; at++) {
    if (at % perUser === 0) deafCookie = await signIn(owner, tenant, 1_000_000 + at);
    deaf.push(await openStream(api.port, deafCookie, () => {}, { isStalled: true }));
  }
  const firstWithDeaf = event + 1;
  let deafMemory = 0;
  const countDropped = () => api.readLog().split('feed.slow_client_dropped').length - 1;
  const areDropped = await until(async () => {
    await change({ rows: 50 });
    await pause(500);
    deafMemory = Math.max(deafMemory, ownMb(api.pid));
    return countDropped() >= stalled;
  }, 240);
  await pause(2000);
  const lostMeanwhile = perEvent.slice(firstWithDeaf).reduce((sum, count) => sum + Math.max(0, clients - count), 0);
  const alive = streams.filter(({ isEnded: isOver }) => !isOver).length;
  for (const { request } of [...streams, ended, ...deaf]) request.destroy();

  const percent = (share: number) => `${(share * 100).toFixed(1).replace('.', ',')} %`;
  return {
    kbPerClient,
    coreShare,
    p99Ms,
    eventKb,
    lost,
    demands: [
      {
        text: `${kbPerClient.toFixed(1)} KB por página (até ${limits.kbPerClient})`,
        isMet: kbPerClient <= limits.kbPerClient,
      },
      {
        text: `${percent(coreShare)} de um processador (até ${percent(limits.coreShare)})`,
        isMet: coreShare <= limits.coreShare,
      },
      {
        text: `99 % dos eventos em ${p99Ms.toFixed(0)} ms (até ${limits.p99Ms}), ${eventKb.toFixed(0)} KB cada`,
        isMet: p99Ms <= limits.p99Ms,
      },
      {
        text: `${lost} eventos perdidos, ${alive} de ${clients} páginas ainda ligadas`,
        isMet: lost === 0 && alive === clients,
      },
      {
        text: `${stalled} que nada leem: ${countDropped()} desligadas, ${(deafMemory - memoryBefore).toFixed(0)} MB a mais (até ${limits.deafMb}), ${lostMeanwhile} eventos perdidos pelas outras`,
        isMet: areDropped && deafMemory - memoryBefore <= limits.deafMb && lostMeanwhile === 0,
      },
      { text: 'sessão encerrada fecha a página', isMet: isEnded },
      { text: 'além do limite do usuário, uma resposta 4xx com o motivo', isMet: isCapped },
    ],
  };
}

async function until(test: () => boolean | Promise<boolean>, seconds: number): Promise<boolean> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(50))
    if (await test()) return true;
  return false;
}
