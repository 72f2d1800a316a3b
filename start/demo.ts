// `npm run demo`: two real shops, synced by the real daemon, with the panel to look at. The first start makes the shops; later ones keep what is
// there. Options: --size small|medium|large, --live (keeps the shops busy), --porta N.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataDir } from '#shared/data-dir.ts';
import { AppError, ConfigError } from '#shared/errors.ts';
import { createOutput } from '../daemon/cli/output.ts';
import { findRunReport, isFinished, printRunSummary, watchRuns } from '../daemon/cli/run-report.ts';
import { type ShopSize, shopSizes } from './demo/plan.ts';
import { type DemoPanel, type DemoWorld, demoCompanies, startDemoWorld, startFirstSync } from './demo-world.ts';
import { readEnvFile, stopOnSignal } from './environment.ts';

const say = (text = '') => process.stdout.write(`${text}\n`);

function parseOptions() {
  try {
    return parseArgs({
      options: {
        size: { type: 'string', default: 'small' },
        live: { type: 'boolean', default: false },
        porta: { type: 'string' },
      },
    }).values;
  } catch (cause) {
    if (!(cause instanceof TypeError && 'code' in cause)) throw cause;
    throw new ConfigError(['as opções são --size small|medium|large, --live e --porta N']);
  }
}

function readOptions(): { size: ShopSize; isLive: boolean; port: number | null } {
  const { size, live, porta } = parseOptions();
  if (!Object.hasOwn(shopSizes, size))
    throw new ConfigError([`--size deve ser ${Object.keys(shopSizes).join(', ')}; recebido: "${size}"`]);
  const port = porta === undefined ? null : Number(porta);
  if (port !== null && !(Number.isInteger(port) && port > 0 && port < 65_536))
    throw new ConfigError([`--porta deve ser um número de 1 a 65535; recebido: "${porta}"`]);
  return { size: size as ShopSize, isLive: live, port };
}

/** Starts the first run of each shop that has none, and shows them until they end. */
async function watchFirstSync(world: DemoWorld, signal: AbortSignal): Promise<void> {
  const fresh = await startFirstSync(world);
  if (fresh.length === 0) return;
  say('Primeira sincronização:');
  let isOver = false;
  const load = async () => {
    const reports = (await Promise.all(fresh.map((site) => findRunReport(world.pool, site)))).filter(
      (report) => report !== null,
    );
    isOver = signal.aborted || (reports.length === fresh.length && reports.every((report) => isFinished(report.state)));
    return reports;
  };
  await watchRuns({ load, isOver: () => isOver, stream: process.stdout });
  const output = createOutput({ isJson: false, stdout: process.stdout });
  for (const report of await load()) {
    say();
    printRunSummary(output, report);
  }
}

async function main(): Promise<number> {
  const { size, isLive, port } = readOptions();
  readEnvFile();
  const stopping = stopOnSignal();
  const stopped = new Promise<number>((resolve) => stopping.addEventListener('abort', () => resolve(0)));
  const announce = async ({ createLink, statusUrl, dataDir }: DemoPanel) => {
    say();
    say(`Abra no navegador (o link vale uma vez): ${await createLink()}`);
    say(`Estado do daemon: ${statusUrl}    Registros: ${dataDir}/*.log    Ctrl+C para tudo.`);
    say(
      `Na linha de comando: npm run carrinho -- resumo --empresa=${demoCompanies[0]!.slug} --demo${size === 'small' ? '' : `=${size}`}`,
    );
    say();
  };
  const dataDir = join(process.env.DATA_DIR || defaultDataDir(), `demo-${size}`);
  const world = await startDemoWorld({ dataDir, size, port, say, onPanel: announce });
  try {
    const work = async () => {
      await watchFirstSync(world, stopping);
      if (!isLive || stopping.aborted) return;
      say('As lojas estão em movimento (--live):');
      const { runLive } = await import('./demo/live.ts');
      await runLive(world.shops, {
        signal: stopping,
        onAct: (database, act) => say(`  ${new Date().toLocaleTimeString('pt-BR')} ${database}: ${act}`),
      });
    };
    const working = work();
    const broken = new Promise<number>((_, reject) => working.catch(reject));
    const code = await Promise.race([stopped, world.failed, broken]);
    if (code !== 0) say(`Um dos processos não pôde iniciar; veja ${world.dataDir}/*.log.`);
    if (code === 0) await working.catch(() => {});
    return code;
  } finally {
    say('Parando…');
    await world.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof AppError ? error.message : error);
  process.exitCode = 1;
}
