// `npm start`: the real thing. The embedded Postgres unless DATABASE_URL is set, migrations, then daemon and api as child processes, kept alive.
// Ctrl+C (or SIGTERM) stops all in order, within ten seconds. The first start prints a one-time link that creates the owner.
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { type Config, loadConfig } from '#shared/config.ts';
import { AppError, ConfigError } from '#shared/errors.ts';
import { createLog } from '#shared/log.ts';
import { type Database, readEnvFile, startDatabase, stopOnSignal } from './environment.ts';
import { isPortFree } from './processes.ts';
import { apiArguments, daemonArguments, type Supervisor, supervise } from './supervisor.ts';

/** Both ports at once, before anything runs: a child that finds its port taken could only die again and again. */
async function checkPorts({ host, port, statusHost, statusPort }: Config): Promise<void> {
  const ports = [
    { name: 'PORT', port, host: host ?? undefined },
    { name: 'STATUS_PORT', port: statusPort, host: statusHost },
  ];
  const problems: string[] = [];
  for (const { name, port, host } of ports) {
    if (!(await isPortFree(port, host)))
      problems.push(`a porta ${port} (${name}) já está em uso: feche o outro programa ou escolha outra`);
  }
  if (port === statusPort) problems.push(`PORT e STATUS_PORT são a mesma porta, ${port}`);
  if (problems.length > 0) throw new ConfigError(problems);
}

/** Whether the panel answers before `stopping`; its first start compiles for a second or more. */
async function untilPanelAnswers({ host, port }: Config, stopping: AbortSignal): Promise<boolean> {
  while (!stopping.aborted) {
    const response = await fetch(`http://${host?.includes(':') ? `[${host}]` : (host ?? '127.0.0.1')}:${port}/`, {
      redirect: 'manual',
    }).catch(() => null);
    if (response) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** The one-time link that creates the owner; null when there are users. */
async function createFirstLink(env: NodeJS.ProcessEnv): Promise<string | null> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const { runCli } = await import('../daemon/cli.ts');
  await runCli(['usuario', 'link', '--primeiro', '--json'], { env, stdout });
  return (JSON.parse(text) as { link?: string | null }).link ?? null;
}

/** Migrates, and then lets panel and daemon work until something ends them. */
async function run(database: Database, config: Config, panel: Panel, stopping: AbortSignal): Promise<number> {
  const env = { ...process.env, DATABASE_URL: database.url, DATA_DIR: config.dataDir };
  const { runCli } = await import('../daemon/cli.ts');
  const migrated = await runCli(['migrar'], { env });
  if (migrated !== 0 || stopping.aborted) return migrated;
  panel.tell(env);
  const daemon = supervise([{ name: 'daemon', command: process.execPath, args: daemonArguments(), env }], {
    log: createLog(),
  });
  const ended = Promise.race([once(stopping, 'abort').then(() => 0), panel.supervisor.failed, daemon.failed]);
  try {
    const first = untilPanelAnswers(config, stopping).then(async (isUp) => {
      if (!isUp) return;
      console.log(
        `Painel: ${config.publicUrl}    Estado do daemon: http://127.0.0.1:${config.statusPort}/status    Ctrl+C para tudo.`,
      );
      const link = await createFirstLink(env);
      if (link) console.log(`Primeira vez? Este link cria o proprietário (vale uma vez): ${link}`);
    });
    const broken = new Promise<number>((_, reject) => first.catch(reject));
    return await Promise.race([ended, broken]);
  } finally {
    await Promise.all([panel.supervisor.stop(), daemon.stop()]);
  }
}

type Panel = { supervisor: Supervisor; tell(env: NodeJS.ProcessEnv): void };

/** The panel loads while the database boots, and works from `tell` on. */
function startPanel(): Panel {
  let tell: Panel['tell'] = () => {};
  const told = new Promise<NodeJS.ProcessEnv>((resolve) => {
    tell = resolve;
  });
  const supervisor = supervise([{ name: 'api', command: process.execPath, args: apiArguments(), told }], {
    log: createLog(),
  });
  return { supervisor, tell };
}

async function main(): Promise<number> {
  const stopping = stopOnSignal();
  readEnvFile();
  const config = loadConfig();
  await checkPorts(config);
  const panel = startPanel();
  try {
    const database = await startDatabase(config);
    try {
      return stopping.aborted ? 0 : await run(database, config, panel, stopping);
    } finally {
      await database.stop();
    }
  } finally {
    await panel.supervisor.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof AppError ? error.message : error);
  process.exitCode = 1;
}
