// `npm run bench -- recompute`: what a recompute costs at full size beside the plainest work on the same rows, in one run on one machine: one hash
// join of carts and orders by both keys. Ratios and counts are the result; the seconds only explain them.
import { parseArgs } from 'node:util';
import type { TenantId } from '#shared/ids.ts';
import { createPool, type Pool, withTenant } from '../daemon/db.ts';
import { migrate } from '../daemon/migrate.ts';
import { loadFigures } from '../daemon/recompute/figures.ts';
import { recomputeAll, recomputeQueued } from '../daemon/recompute/recompute.ts';
import { changeOrders } from './changed-orders.ts';
import { type CompanySize, companyNow, writeCompany } from './company-rows.ts';
import { startLargePostgres } from './large-postgres.ts';
import { type Cost, measure } from './measure.ts';
import { type Statement, watchStatements } from './statements.ts';

const help = `Mede o recálculo em tamanho real, ao lado de uma única junção (hash join) das mesmas tabelas.

Uso: npm run bench -- recompute [opções]

  --carts=1000000    carrinhos da empresa
  --orders=2000000   pedidos da empresa
  --leads=100000     leads da empresa
  --batch=1000       pedidos alterados por lote
  --pasta=PASTA      guarda o banco gerado ali e o usa de novo (alguns GB)
  --comandos         mostra também o processador de cada comando SQL
  --json             um objeto JSON, no fim

Exemplos:
  npm run bench -- recompute
  npm run bench -- recompute --carts=100000 --orders=200000 --json
`;

const log = { info() {}, warn() {}, error() {} };
/** What a recompute pass takes (daemon/recompute/pass.ts). */
const workMem = '8MB';
/** Of how large a company the memory is compared with: a tenth. */
const smaller = 10;

export async function run(args: string[]): Promise<number> {
  const { values: options } = parseArgs({
    args,
    options: {
      carts: { type: 'string', default: '1000000' },
      orders: { type: 'string', default: '2000000' },
      leads: { type: 'string', default: '100000' },
      batch: { type: 'string', default: '1000' },
      pasta: { type: 'string' },
      comandos: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const size = { carts: Number(options.carts), orders: Number(options.orders), leads: Number(options.leads) };
  const batch = Number(options.batch);
  if (![...Object.values(size), batch].every((count) => Number.isSafeInteger(count) && count > 0)) {
    process.stderr.write('Os tamanhos são números inteiros acima de zero.\n');
    return 2;
  }
  const say = (text: string) => {
    if (!options.json) process.stdout.write(`${text}\n`);
  };
  const postgres = await startLargePostgres(options.pasta ?? null, say);
  try {
    const result = await measureRecompute({ ...postgres, size, batch, isKept: options.pasta !== undefined, say });
    say('');
    for (const { text, isMet } of result.demands) say(`${isMet ? '✓' : '✗'} ${text}`);
    if (options.comandos)
      for (const [pass, statements] of Object.entries(result.statements)) printStatements(pass, statements, say);
    if (options.json) process.stdout.write(`${JSON.stringify({ size, batch, ...result })}\n`);
    return result.demands.every(({ isMet }) => isMet) ? 0 : 1;
  } finally {
    await postgres.stop();
  }
}

type Setup = {
  url: string;
  adminUrl: string;
  size: CompanySize;
  batch: number;
  isKept: boolean;
  say: (text: string) => void;
};

async function measureRecompute({ url, adminUrl, size, batch, isKept, say }: Setup) {
  await migrate(url);
  const tenants = await writeCompanies(url, adminUrl, { size, say });
  const database = isKept ? await copyDatabase(adminUrl) : 'carrinho';
  const owner = createPool({ url: at(url, database), role: 'carrinho_owner', name: 'medida-dono', max: 1 });
  const daemon = createPool({ url: at(url, database), role: 'carrinho_daemon', name: 'medida', max: 1 });
  const admin = createPool({ url: at(adminUrl, database), role: null, name: 'medida-admin', max: 1 });
  const statements = watchStatements(daemon);
  const all = (tenantId: TenantId) => () => recomputeAll(daemon, tenantId, { now: companyNow, log });
  try {
    // What autovacuum does in its own time would fall into one measurement and not into the other.
    await admin.query('alter system set autovacuum = off');
    await admin.query('select pg_reload_conf()');
    await admin.query('vacuum (analyze)');

    const measureJoin = () => measure(owner, () => joinOnce(owner, tenants.whole));
    const beside = (pass: Cost, join: Cost) =>
      `${times(pass.seconds / join.seconds)} a junção, pelo processador ${times(pass.cpu / join.cpu)}`;
    const firstJoin = await measureJoin();
    const joinedPairs = await countRows(owner, 'hash_join');
    report(say, 'Junção única (hash join)', firstJoin, `${count(joinedPairs)} pares`);

    const tenth = await measure(daemon, all(tenants.tenth));
    report(say, `Recálculo de uma empresa ${smaller} vezes menor`, tenth);
    statements.clear();
    const first = await measure(daemon, all(tenants.whole));
    const firstStatements = statements.clear();
    report(say, 'Recálculo completo, primeira vez', first, beside(first, firstJoin));
    await admin.query('vacuum (analyze)');
    // in turn, because a machine that others share is faster in one minute than in the next
    const rounds: { join: Cost; again: Cost }[] = [];
    for (let round = 0; round < 3; round++) {
      const join = await measureJoin();
      report(say, 'Junção única, outra vez', join);
      statements.clear();
      const again = await measure(daemon, all(tenants.whole));
      report(say, 'Recálculo completo, de novo', again, beside(again, join));
      rounds.push({ join, again });
    }
    const againStatements = statements.clear();
    const { join, again } = median(rounds, ({ join, again }) => again.cpu / join.cpu);

    await warmUp(admin);
    const batches: Batch[] = [];
    for (let round = 0; round < 4; round++) {
      await changeOrders(owner, { tenantId: tenants.whole, orders: size.orders, count: batch, round });
      const statuses = await measure(daemon, () => recomputeQueued(daemon, tenants.whole, { now: companyNow, log }));
      const figures = await measure(daemon, () => readFigures(daemon, tenants.whole));
      // the first one reads the catalog and the pages that the full pass left behind
      if (round > 0) batches.push({ statuses, figures, seconds: statuses.seconds + figures.seconds });
      if (round === 0) statements.clear();
    }
    const changed = median(batches, ({ seconds }) => seconds);
    const batchStatements = statements.clear();
    // once more, as somebody who waits would: from the commit of the batch until its figures are read
    const visible: number[] = [];
    for (let round = 4; round < 7; round++) {
      await changeOrders(owner, { tenantId: tenants.whole, orders: size.orders, count: batch, round });
      const committedAt = performance.now();
      await recomputeQueued(daemon, tenants.whole, { now: companyNow, log });
      await readFigures(daemon, tenants.whole);
      visible.push((performance.now() - committedAt) / 1000);
    }
    const visibleSeconds = median(visible, (seconds) => seconds);
    report(say, `Lote de ${count(batch)} pedidos alterados (mediana de 3)`, changed.statuses);
    report(say, 'Indicadores do painel depois dele', changed.figures);
    // what the last batch wrote is no work of the pass after it
    await owner.query('select pg_stat_force_next_flush()');
    const check = await measure(daemon, all(tenants.whole));
    report(say, 'Recálculo completo depois dos lotes', check);

    const buffersRatio = again.buffers / median(batches, ({ statuses }) => statuses.buffers).statuses.buffers;
    const worstRatio = again.buffers / Math.max(...batches.map(({ statuses }) => statuses.buffers));
    return {
      costs: { firstJoin, joinedPairs, tenth, first, rounds, batches, visible, check },
      demands: [
        {
          text: `completo, pelo processador, ${times(again.cpu / join.cpu)} a junção, mediana de 3 (limite 10, meta 4); a primeira vez, que escreve ${count(first.rowsWritten)} linhas, ${times(first.cpu / firstJoin.cpu)}`,
          isMet: again.cpu <= 10 * join.cpu,
        },
        { text: `de novo, escreve ${count(again.rowsWritten)} linhas (limite 0)`, isMet: again.rowsWritten === 0 },
        {
          text: `depois dos lotes, o completo só refaz as faixas de clientes (escreveu em: ${check.tables.join(', ') || 'nada'})`,
          isMet: check.tables.every((table) => table === 'customer_statuses' || table === 'customer_bounds'),
        },
        {
          text: `um lote lê ${times(buffersRatio)} menos buffers que o completo, mediana de 3 (mínimo 50; o pior ${times(worstRatio)})`,
          isMet: buffersRatio >= 50,
        },
        {
          text: `situações e indicadores ${short.format(visibleSeconds)} s depois do commit do lote, mediana de 3 (limite 1 s; processador ${short.format(changed.statuses.cpu + changed.figures.cpu)} s)`,
          isMet: visibleSeconds <= 1,
        },
        {
          text: `memória do Postgres ${times(first.backendMb / tenth.backendMb)} a de uma empresa ${smaller} vezes menor (limite 2)`,
          isMet: first.backendMb <= 2 * Math.max(tenth.backendMb, 64),
        },
        {
          text: `memória do Node ${times(first.nodeMb / tenth.nodeMb)} a dela (limite 1,2)`,
          isMet: first.nodeMb <= 1.2 * tenth.nodeMb,
        },
      ],
      statements: { first: firstStatements, again: againStatements, batches: batchStatements },
    };
  } finally {
    await Promise.all([owner.end(), daemon.end(), admin.end()]);
    if (isKept) await dropDatabase(adminUrl, database);
  }
}

type Batch = { statuses: Cost; figures: Cost; seconds: number };

/** Two companies, the second of the size asked for; those that a kept folder has already are taken as they are. */
async function writeCompanies(
  url: string,
  adminUrl: string,
  { size, say }: { size: CompanySize; say: (text: string) => void },
): Promise<{ tenth: TenantId; whole: TenantId }> {
  const owner = createPool({ url, role: 'carrinho_owner', name: 'medida-dados', max: 1 });
  const admin = createPool({
    url: adminUrl.replace('/postgres?', '/carrinho?'),
    role: null,
    name: 'medida-admin',
    max: 1,
  });
  const client = await owner.connect();
  try {
    const { rows } = await client.query<{ id: TenantId; orders: number }>(
      'select t.id, (select max(id) from orders where tenant_id = t.id)::integer as orders from tenants t order by id',
    );
    if (rows.length === 2) {
      if (rows[1]!.orders !== size.orders) throw new Error(`the kept folder holds ${rows[1]!.orders} orders`);
      return { tenth: rows[0]!.id, whole: rows[1]!.id };
    }
    const startedAt = performance.now();
    await switchTriggers(admin, 'disable');
    // built once at the end, as an index that grows with five million random keys is most of the time
    await client.query('alter table match_keys drop constraint match_keys_pkey');
    const tenth = await writeCompany(client, {
      carts: Math.ceil(size.carts / smaller),
      orders: Math.ceil(size.orders / smaller),
      leads: Math.ceil(size.leads / smaller),
    });
    const whole = await writeCompany(client, size);
    await client.query(
      'alter table match_keys add primary key (tenant_id, key, entity, entity_id) include (is_denied, is_presumed, phone_kind)',
    );
    await switchTriggers(admin, 'enable');
    await admin.query('vacuum (analyze)');
    say(
      `Empresa gerada em ${((performance.now() - startedAt) / 1000).toFixed(0)} s: ${count(size.carts)} carrinhos, ${count(size.orders)} pedidos, ${count(size.leads)} leads`,
    );
    return { tenth, whole };
  } finally {
    client.release();
    await owner.end();
    await admin.end();
  }
}

/** A look at the company's row for each of ten million rows that are known to be ours, and some thirty million terms to search by: no recompute reads either. */
async function switchTriggers(admin: Pool, how: 'enable' | 'disable'): Promise<void> {
  const { rows } = await admin.query<{ statement: string }>(
    `select format('alter table %s ${how} trigger %I', t.tgrelid::regclass, t.tgname) as statement
     from pg_trigger t left join pg_constraint c on c.oid = t.tgconstraint
     where c.contype = 'f' and c.connamespace = 'public'::regnamespace or t.tgname like 'keep\\_search\\_terms\\_%'`,
  );
  for (const { statement } of rows) await admin.query(statement);
}

const at = (url: string, database: string) => url.replace(/\/[^/?]+\?/, `/${database}?`);

async function copyDatabase(adminUrl: string): Promise<string> {
  const database = 'medida';
  await dropDatabase(adminUrl, database);
  const admin = createPool({ url: adminUrl, role: null, name: 'medida-admin', max: 1 });
  await admin.query(`create database ${database} template carrinho owner carrinho_owner strategy file_copy`);
  await admin.end();
  return database;
}

async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  const admin = createPool({ url: adminUrl, role: null, name: 'medida-admin', max: 1 });
  await admin.query(`drop database if exists ${database} with (force)`);
  await admin.end();
}

/** The plainest way to the pairs of equal keys, written down as we write: one column of e-mails, one of phones, no window, nothing decided. */
export async function joinOnce(owner: Pool, tenantId: TenantId): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('drop table if exists hash_join');
    await client.query('create unlogged table hash_join (cart_id bigint not null, order_id bigint not null)');
    await client.query('begin');
    await client.query(`set local work_mem = '${workMem}'`);
    await client.query('set local enable_mergejoin = off');
    await client.query('set local enable_nestloop = off');
    await client.query(
      `insert into hash_join
       select c.id, o.id from carts c join orders o on o.tenant_id = c.tenant_id and o.email = c.email where c.tenant_id = $1
       union
       select c.id, o.id from carts c join orders o on o.tenant_id = c.tenant_id and o.phone_e164 = c.phone_e164 where c.tenant_id = $1`,
      [tenantId],
    );
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function countRows(owner: Pool, table: string): Promise<number> {
  const { rows } = await owner.query<{ count: string }>(`select count(*) from ${table}`);
  return Number(rows[0]!.count);
}

/**
 * Reads what a batch may look at into the shared buffers, as on a server that has worked for a day: a full pass walks large tables past them. The words
 * of the search are no part of a recompute.
 */
async function warmUp(admin: Pool): Promise<void> {
  await admin.query('create extension if not exists pg_prewarm');
  await admin.query(
    `select sum(pg_prewarm(c.oid)) from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i') and c.relname not like 'search_terms%'`,
  );
}

/** The panel's figures of the last 30 days, and from the beginning. */
async function readFigures(daemon: Pool, tenantId: TenantId): Promise<void> {
  await withTenant(daemon, tenantId, async (client) => {
    const from = new Date(companyNow.getTime() - 30 * 86_400_000);
    await loadFigures(client, { from, to: companyNow, now: companyNow });
  });
}

const whole = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 2 });
const count = (value: number) => whole.format(value);
const times = (value: number) => `${short.format(value)} ×`;

function median<Item>(items: Item[], by: (item: Item) => number): Item {
  return [...items].sort((a, b) => by(a) - by(b))[Math.floor(items.length / 2)]!;
}

function report(say: (text: string) => void, title: string, cost: Cost, note = ''): void {
  say(`${title}: ${short.format(cost.seconds)} s (processador ${short.format(cost.cpu)} s)${note ? `, ${note}` : ''}`);
  say(
    `  ${count(cost.buffers)} buffers, ${count(cost.rowsWritten)} linhas escritas, memória: Postgres ${count(cost.backendMb)} MB, Node ${count(cost.nodeMb)} MB`,
  );
}

function printStatements(pass: string, statements: Statement[], say: (text: string) => void): void {
  say(`\n${pass}`);
  for (const { name, seconds, calls } of statements.filter((statement) => statement.seconds >= 0.001))
    say(`  ${seconds.toFixed(3).padStart(9)} s ${String(calls).padStart(4)} × ${name}`);
}
