// The pages of a large company under a steady stream of requests: how long each takes from the moment when it was due, lists and searches apart from an
// operator's act on one row; and what a list costs beside the same queries and JSX behind node:http alone (bare-pages.ts). The company is the one of the
// bench of the recompute, with its search terms and conclusions.
import http from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { TenantId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { paths } from '#web/paths.ts';
import { createPool, type Pool } from '../daemon/db.ts';
import { migrate } from '../daemon/migrate.ts';
import { recomputeAll } from '../daemon/recompute/recompute.ts';
import { freePort } from '../start/processes.ts';
import { type CompanySize, writeCompany } from './company-rows.ts';
import { startLargePostgres } from './large-postgres.ts';
import { cpuSeconds } from './measure.ts';
import { startProgram } from './program.ts';
import { decimal, defineBench, inTurn, median, Noise } from './report.ts';
import { signIn, startApi } from './sse.ts';

const slug = 'medida-1';
/** So many requests of each, one after the other, for what one costs by itself. */
const alone = 30;
/** Of each list, in each round beside the bare server. */
const besideBare = 50;
const limits = { pageMs: 50, rowMs: 20, ofBare: 0.85 };
/** Colleagues who share the requests: one alone would be told to wait. */
const users = 10;
/** The acts are on so many leads and carts. */
const actCount = 100;

type Ask = { name: string; path: string; body?: string };

/** Milliseconds until the last byte. */
function ask(
  port: number,
  cookie: string,
  { path, body }: Ask,
): Promise<{ status: number; ms: number; bytes: number }> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const headers = {
      Cookie: cookie,
      'Accept-Encoding': 'gzip',
      ...(body !== undefined && {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin',
        Origin: `http://localhost:${port}`,
        'HX-Request': 'true',
      }),
    };
    const method = body === undefined ? 'GET' : 'POST';
    const request = http.request({ host: '127.0.0.1', port, path, method, agent, headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve({ status: response.statusCode!, ms: performance.now() - startedAt, bytes }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
/** Of all connections that are open, by now. */
async function backendCpu(owner: Pool): Promise<number> {
  const { rows } = await owner.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database()',
  );
  return rows.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const p95 = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;

/** What operators of such a company have done so far: without it the pages would ask empty tables. */
async function writeWork(owner: Pool, tenant: TenantId): Promise<void> {
  await owner.query(
    `insert into opt_outs (tenant_id, key, channel, created_at)
     select $1, key, case when hashtext(key) % 2 = 0 then 'all' else 'whatsapp' end, now() - interval '3 days'
     from (select distinct key from match_keys where tenant_id = $1 and entity = 'cart' and entity_id % 137 = 0) k`,
    [tenant],
  );
  await owner.query(
    `insert into contacts (tenant_id, entity, entity_id, channel, user_id, contacted_at)
     select $1, entity, id, case when id % 2 = 0 then 'whatsapp' else 'email' end, (select min(user_id) from memberships where tenant_id = $1), at
     from (select 'cart' as entity, id, last_activity_at + interval '1 hour' as at from carts where tenant_id = $1
           union all select 'lead', id, captured_at + interval '1 hour' from leads where tenant_id = $1) r
     where id % 29 = 0 and at < now()`,
    [tenant],
  );
}

/** The company with all that follows from its rows; that of a kept folder as it is. Throws where that one has another size. */
async function openCompany(owner: Pool, daemon: Pool, size: CompanySize): Promise<TenantId> {
  const { rows } = await owner.query<{ id: TenantId; size: CompanySize }>(
    `select t.id, json_build_object('carts', (select count(*) from carts), 'orders', (select count(*) from orders), 'leads', (select count(*) from leads)) as size
     from tenants t where slug = $1`,
    [slug],
  );
  const [kept] = rows;
  if (kept) {
    if (!isDeepStrictEqual(kept.size, size)) throw new Error(`the kept folder holds ${JSON.stringify(kept.size)}`);
    return kept.id;
  }
  // The pages look at the last days.
  const now = new Date();
  const client = await owner.connect();
  const tenant = await writeCompany(client, size, now);
  client.release();
  await signIn(owner, tenant, 1);
  await writeWork(owner, tenant);
  await owner.query('vacuum (analyze)');
  await recomputeAll(daemon, tenant, { now, log: createLog(() => {}) });
  await owner.query('vacuum (analyze)');
  return tenant;
}

type Side = { pid: number; port: number };

/** Each list from both servers in turn, one request after the other. Throws when they do not answer the same. */
async function compareWithBare({
  api,
  bare,
  lists,
  cookies,
  vezes,
}: {
  api: Side;
  bare: Side;
  lists: Ask[];
  cookies: string[];
  vezes: number;
}) {
  const found: { name: string; cpuMs: number; bareCpuMs: number; rate: number }[] = [];
  for (const list of lists) {
    let sent = 0;
    const askMany =
      ({ pid, port }: Side) =>
      async () => {
        const before = cpuSeconds(pid);
        const startedAt = performance.now();
        let bytes = 0;
        for (let time = 0; time < besideBare; time++) {
          const answer = await ask(port, cookies[sent++ % cookies.length]!, list);
          if (answer.status !== 200) throw new Error(`${answer.status} ${list.path}`);
          bytes += answer.bytes;
        }
        return {
          cpuMs: ((cpuSeconds(pid) - before) * 1000) / besideBare,
          ms: (performance.now() - startedAt) / besideBare,
          bytes,
        };
      };
    for (const side of [api, bare]) await askMany(side)();
    const { api: ours, bare: its } = await inTurn(vezes, { api: askMany(api), bare: askMany(bare) });
    const [sum, itsSum] = [ours!, its!].map((rounds) => rounds.reduce((total, { bytes }) => total + bytes, 0)) as [
      number,
      number,
    ];
    // The minutes since something happened are told, so a byte more or less.
    if (Math.abs(sum - itsSum) > sum / 100) throw new Error(`${list.path}: ${sum} and ${itsSum} bytes`);
    found.push({
      name: list.name,
      cpuMs: median(ours!.map(({ cpuMs }) => cpuMs)),
      bareCpuMs: median(its!.map(({ cpuMs }) => cpuMs)),
      rate: median(ours!.map(({ ms }, round) => its![round]!.ms / ms)),
    });
  }
  return found;
}

export const { run } = defineBench('pages', {
  about: 'Páginas de uma empresa grande a 50 pedidos por segundo: o tempo de cada uma.',
  options: {
    carrinhos: { value: 50_000, help: 'carrinhos da empresa' },
    pedidos: { value: 100_000, help: 'pedidos' },
    leads: { value: 25_000, help: 'leads' },
    segundos: { value: 30, help: 'quanto dura a medida' },
    aquecer: { value: 20, help: 'segundos antes dela, à metade do ritmo, que não contam' },
    ritmo: { value: 50, help: 'pedidos por segundo' },
    vezes: { value: 5, help: 'rodadas ao lado de node:http puro' },
  },
  canKeep: true,
  async measure({ carrinhos, pedidos, leads, segundos, aquecer, ritmo, vezes }, say, folder) {
    const postgres = await startLargePostgres(folder, say);
    const { dataDir } = postgres;
    const noise = new Noise();
    try {
      await migrate(postgres.url);
      const owner = createPool({ url: postgres.url, role: 'carrinho_owner', name: 'medida-dono', max: 1 });
      const daemon = createPool({ url: postgres.url, role: 'carrinho_daemon', name: 'medida', max: 2 });
      const size = { carts: carrinhos!, orders: pedidos!, leads: leads! };
      const tenant = await openCompany(owner, daemon, size);
      const cookies: string[] = [];
      for (let user = 1; user <= users; user++) cookies.push(await signIn(owner, tenant, user));
      const { rows } = await owner.query<{ carts: string[]; leads: string[]; email: string; person: string }>(
        `select array(select cart_id::text from cart_statuses s join carts c on c.tenant_id = s.tenant_id and c.id = s.cart_id
                      where s.status = 'abandoned' and c.phone_status = 'valid' order by cart_id desc limit ${actCount}) as carts,
                array(select id::text from leads order by id desc limit ${actCount}) as leads,
                (select email from orders where email is not null order by id desc limit 1) as email, (select max(id) from people) as person`,
      );
      const { carts, leads: ids, email, person } = rows[0]!;
      const api = await startApi({ url: postgres.url, dataDir });
      try {
        const asks: Ask[] = [
          { name: 'painel', path: paths.dashboard(slug) },
          { name: 'carrinhos', path: paths.carts(slug) },
          // All of these people begin with Maria; one of the five hundred names is two thousand of a million carts.
          { name: 'carrinhos, busca', path: paths.carts(slug, { busca: 'maria123' }) },
          { name: 'carrinho', path: paths.cart(slug, carts[0]!) },
          { name: 'pedidos', path: paths.orders(slug) },
          { name: 'pedidos, busca', path: paths.orders(slug, { busca: email }) },
          { name: 'leads', path: paths.leads(slug) },
          { name: 'clientes', path: paths.customers(slug) },
          { name: 'cliente', path: paths.customer(slug, person) },
        ];
        // In turn a lead gets another stage, and a cart's WhatsApp is marked as sent.
        const acts: Ask[] = ['contacted', 'potential'].flatMap((stage) =>
          ids.flatMap((lead, index) => [
            { name: 'situação de um lead', path: paths.leadStage(slug, lead), body: `situacao=${stage}` },
            {
              name: 'contato marcado',
              path: paths.contacts(slug),
              body: `registro=carrinho:${carts[index % carts.length]}&canal=whatsapp&forcar=1`,
            },
          ]),
        );
        const timesOf = new Map<string, number[]>();
        let refused = 0;
        let sent = 0;
        const send = async (what: Ask, isCounted: boolean) => {
          const { status, ms } = await ask(api.port, cookies[sent++ % users]!, what);
          if (status >= 400) {
            refused++;
            say(`  ${status} ${what.path}`);
          }
          if (isCounted) timesOf.set(what.name, [...(timesOf.get(what.name) ?? []), ms]);
        };
        /** Without waiting for answers; each tenth request is an act. */
        const offer = async (seconds: number, rate: number, isCounted: boolean) => {
          const startedAt = performance.now();
          const open: Promise<void>[] = [];
          for (let number = 0; number < seconds * rate; number++) {
            const dueMs = startedAt + (number * 1000) / rate - performance.now();
            if (dueMs > 0) await pause(dueMs);
            const what = number % 10 === 9 ? acts[Math.floor(number / 10) % acts.length]! : asks[number % asks.length]!;
            open.push(send(what, isCounted));
          }
          await Promise.all(open);
        };
        for (let round = 0; round < 5; round++) for (const what of [...asks, acts[round]!]) await send(what, false);
        for (const what of [...asks, acts[0]!, acts[1]!]) {
          const before = cpuSeconds(api.pid);
          let bytes = 0;
          for (let time = 0; time < alone; time++) ({ bytes } = await ask(api.port, cookies[time % users]!, what));
          const ms = ((cpuSeconds(api.pid) - before) * 1000) / alone;
          say(`  ${what.name}: ${decimal(ms, 1)} ms de processador do painel, ${decimal(bytes / 1024)} KB`);
        }
        const lists = ['carrinhos', 'leads', 'pedidos', 'clientes'].map((list) => ({
          name: list,
          path: `/e/${slug}/${list}`,
        }));
        const { rows: asked } = await owner.query<{ id: string }>(
          `select id from users where email = 'medida1@example.com'`,
        );
        const barePort = await freePort();
        const bare = await startProgram('bare-pages', {
          dataDir,
          env: {
            DATABASE_URL: postgres.url,
            PORT: String(barePort),
            PUBLIC_URL: `http://localhost:${api.port}`,
            BARE_USER: asked[0]!.id,
          },
        });
        const beside = await compareWithBare({
          api,
          bare: { pid: bare.pid, port: barePort },
          lists,
          cookies,
          vezes: vezes!,
        }).finally(bare.stop);
        for (const { name, cpuMs, bareCpuMs, rate } of beside)
          say(
            `  ${name}: ${decimal(cpuMs, 1)} ms de processador, node:http puro ${decimal(bareCpuMs, 1)}; ${decimal(rate, 2)} dos pedidos por segundo dele`,
          );
        const ofBare = median(beside.map(({ rate }) => rate));
        const cpuOfBare =
          beside.reduce((sum, { bareCpuMs }) => sum + bareCpuMs, 0) / beside.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
        // As a process that has served for a while: compiled, its connections open, their statements planned.
        await offer(aquecer!, ritmo! / 2, false);
        noise.sample();
        const [cpuBefore, postgresBefore] = [cpuSeconds(api.pid), await backendCpu(owner)];
        const startedAt = performance.now();
        await offer(segundos!, ritmo!, true);
        const seconds = (performance.now() - startedAt) / 1000;
        const core = (cpuSeconds(api.pid) - cpuBefore) / seconds;
        const postgresCore = ((await backendCpu(owner)) - postgresBefore) / seconds;
        noise.sample();
        for (const [name, found] of timesOf)
          say(`  ${name}: mediana ${decimal(median(found), 1)} ms, 95 % em ${decimal(p95(found), 1)} ms`);
        const rowTimes = acts.slice(0, 2).flatMap(({ name }) => timesOf.get(name) ?? []);
        const pageTimes = asks.flatMap(({ name }) => timesOf.get(name) ?? []);
        const perRequest = (core: number) => `${decimal((core * seconds * 1000) / (segundos! * ritmo!), 1)} ms`;
        say(`  cada pedido: ${perRequest(core)} de processador do painel, ${perRequest(postgresCore)} do Postgres`);
        const figures = {
          pagesP95: p95(pageTimes),
          actsP95: p95(rowTimes),
          core,
          postgresCore,
          refused,
          ofBare,
          cpuOfBare,
        };
        return {
          figures,
          demands: [
            {
              text: `95 % das páginas em ${decimal(figures.pagesP95, 1)} ms (até ${limits.pageMs})`,
              isMet: figures.pagesP95 <= limits.pageMs,
            },
            {
              text: `95 % dos atos em ${decimal(figures.actsP95, 1)} ms (até ${limits.rowMs})`,
              isMet: figures.actsP95 <= limits.rowMs,
            },
            {
              text: `${decimal(ofBare, 2)} dos pedidos por segundo de node:http puro (de ${decimal(limits.ofBare, 2)} para cima); processador ${decimal(cpuOfBare, 2)}`,
              isMet: ofBare >= limits.ofBare,
            },
            { text: `${refused} respostas com erro`, isMet: refused === 0 },
          ],
          row: `páginas ≤ 50 ms, atos ≤ 20 ms (95 %); ≥ 0,85 de node:http puro | 20 ms; 10 ms | ${decimal(figures.pagesP95, 1)} ms; ${decimal(figures.actsP95, 1)} ms; ${decimal(core * 100)} % de um processador, o Postgres ${decimal(postgresCore * 100)} %; ${decimal(ofBare, 2)} dos pedidos por segundo de node:http puro, ${decimal(cpuOfBare, 2)} pelo processador de Node (${noise.text()})`,
        };
      } finally {
        await api.stop();
        await owner.end();
        await daemon.end();
        agent.destroy();
      }
    } finally {
      await postgres.stop();
    }
  },
});
