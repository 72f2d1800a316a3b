// `npm run test:large`: the demo's large shops (200,000 orders, 100,000 carts, 100,000 leads each) through the real daemon process. Prints and demands:
// the first sync ends, a full pass after it changes no row and writes no heap or index record of a business table, the daemon stays under 200 MB,
// and every field of the copy is the shop's. Options: --size=small|medium|large, --pasta=FOLDER (its shops are kept and used again; the copy is made anew
// unless --copia says that the one of an earlier run is to be checked).
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { RunId } from '#shared/ids.ts';
import { findRunReport, isFinished, type RunReport } from '../daemon/cli/run-report.ts';
import { runCli } from '../daemon/cli.ts';
import { withTenant } from '../daemon/db.ts';
import type { ShopSize } from '../start/demo/plan.ts';
import { type DemoSite, type DemoWorld, demoCompanies, startDemoWorld } from '../start/demo-world.ts';
import { watchWal } from './support/wal-records.ts';

const mostMemoryMb = 200;
const ticksPerSecond = 100;

const { values: options } = parseArgs({
  options: { size: { type: 'string', default: 'large' }, pasta: { type: 'string' }, copia: { type: 'boolean' } },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const whole = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 0 });

type Usage = { [server: string]: number };

/** CPU seconds (user and system) so far of the daemon, of Postgres with its ended backends, and of MariaDB. */
function readUsage(world: DemoWorld, daemonPid: number): Usage {
  const usage: Usage = { daemon: 0, Postgres: 0, MariaDB: 0 };
  const postmaster = Number(readFileSync(join(world.dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').map(Number);
      const [parent, own, ended] = [stat[1]!, stat[11]! + stat[12]!, stat[13]! + stat[14]!];
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const isMariaDb = command.includes('mariadbd\0') && command.includes(`--datadir=${world.dataDir}/`);
      if (Number(pid) === daemonPid) usage.daemon! += own;
      else if (Number(pid) === postmaster) usage.Postgres! += own + ended;
      else if (parent === postmaster) usage.Postgres! += own;
      else if (isMariaDb) usage.MariaDB! += own;
    } catch {
      // it ended meanwhile
    }
  }
  return Object.fromEntries(Object.entries(usage).map(([name, ticks]) => [name, ticks / ticksPerSecond]));
}

const peakMemoryMb = (pid: number) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

/** Polls until `find` finds something. */
async function until<T>(find: () => Promise<T | null | undefined>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** The first run of this kind after the run `afterId`, when it has ended. */
async function findEnded(world: DemoWorld, site: DemoSite, kind: string, afterId: string): Promise<RunReport | null> {
  const runId = await withTenant(world.pool, site.tenantId, async (client) => {
    const { rows } = await client.query<{ id: RunId }>(
      'select id from runs where tenant_id = $1 and site_id = $2 and kind = $3 and id > $4 order by id limit 1',
      [site.tenantId, site.siteId, kind, afterId],
    );
    return rows[0]?.id;
  });
  const found = runId ? await findRunReport(world.pool, { ...site, runId }) : null;
  return found && isFinished(found.state) ? found : null;
}

type Runs = { reports: RunReport[]; seconds: number };

/** Asks the daemon for a run of each shop at once and waits until they have ended. */
async function runAll(world: DemoWorld, kind: 'poll' | 'full'): Promise<Runs> {
  const startedAt = performance.now();
  const reports = await Promise.all(
    world.sites.map(async (site) => {
      const before = (await findRunReport(world.pool, site))?.runId ?? '0';
      await withTenant(world.pool, site.tenantId, (client) =>
        client.query('select enqueue_job($1, $2)', [site.siteId, kind]),
      );
      return await until(() => findEnded(world, site, kind, before));
    }),
  );
  return { reports, seconds: (performance.now() - startedAt) / 1000 };
}

function report(title: string, { reports, seconds }: Runs, { from, to }: { from: Usage; to: Usage }): void {
  const rows = reports.flatMap(({ streams }) => streams).reduce((sum, { read }) => sum + read, 0);
  say(
    `${title}: ${whole.format(rows)} linhas em ${whole.format(seconds)} s = ${whole.format(rows / seconds)} linhas/s`,
  );
  for (const [name, value] of Object.entries(to)) {
    const spent = value - from[name]!;
    say(`  CPU de ${name}: ${whole.format(spent)} s, ${whole.format((spent * 1e6) / rows)} µs por linha`);
  }
  for (const { tenant, streams } of reports)
    for (const stream of streams)
      say(
        `  ${tenant} ${stream.label}: ${whole.format(stream.read)} lidas, ${whole.format(stream.new)} novas, ${whole.format(stream.changed + stream.missing)} alteradas, ${whole.format(stream.seconds ?? 0)} s`,
      );
}

async function main(): Promise<string[]> {
  const wrong: string[] = [];
  const demand = (isTrue: boolean, what: string) => {
    say(`${isTrue ? '✓' : '✗'} ${what}`);
    if (!isTrue) wrong.push(what);
  };
  const dataDir = options.pasta ?? mkdtempSync(join(tmpdir(), 'cel-grande-'));
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, 0o755);
  if (!options.copia) rmSync(join(dataDir, 'postgres'), { recursive: true, force: true });
  const begun = new Date();
  const world = await startDemoWorld({ dataDir, size: options.size as ShopSize, say });
  try {
    const pid = await until(async () => {
      const { rows } = await world.pool.query<{ pid: number }>('select pid from daemons where started_at >= $1', [
        begun,
      ]);
      return rows[0]?.pid;
    });
    if (!options.copia) {
      const atStart = readUsage(world, pid);
      const first = await runAll(world, 'poll');
      report('Primeira sincronização', first, { from: atStart, to: readUsage(world, pid) });
      say(`  memória do daemon, pico: ${whole.format(peakMemoryMb(pid))} MB`);
      demand(
        first.reports.every(({ state }) => state.startsWith('succeeded')),
        'a primeira sincronização terminou',
      );
    }

    const beforeSecond = readUsage(world, pid);
    const watch = await watchWal(world.databaseUrl.replace('carrinho_owner@', 'postgres@'));
    const second = await runAll(world, 'full');
    // After its rows each shop's pass recomputes everything once more.
    await until(async () => {
      const { rows } = await world.pool.query(`select from graphile_worker.jobs where key like 'full:%'`);
      return rows.length === 0;
    });
    report('Segunda, completa', second, { from: beforeSecond, to: readUsage(world, pid) });
    const { records, bytes } = await watch.read();
    await watch.end();
    const changes = second.reports
      .flatMap(({ streams }) => streams)
      .reduce((sum, s) => sum + s.new + s.changed + s.missing, 0);
    demand(changes === 0, `a segunda não mudou nenhuma linha (${changes})`);
    for (const { relation, kind, count } of records) say(`  ${relation}: ${count} registros ${kind}`);
    demand(records.length === 0, 'nenhum registro de tabela ou índice dos dados no WAL');
    say(`  WAL ao todo: ${whole.format(bytes / 1e6)} MB`);
    const peak = peakMemoryMb(pid);
    demand(peak < mostMemoryMb, `memória do daemon, pico: ${whole.format(peak)} MB (limite ${mostMemoryMb})`);
    for (const { slug } of demoCompanies) {
      const isEqual = (await runCli(['conferir', '--conteudo', `--empresa=${slug}`])) === 0;
      demand(isEqual, `${slug}: cada campo da cópia é igual ao da loja`);
    }
  } finally {
    await world.stop();
    if (!options.pasta) rmSync(dataDir, { recursive: true, force: true });
  }
  return wrong;
}

process.exitCode = (await main()).length > 0 ? 1 : 0;
