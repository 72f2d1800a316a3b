// `npm start`: the real thing. The embedded Postgres unless DATABASE_URL is set, migrations, then daemon and api as child processes, kept alive.
// Ctrl+C (or SIGTERM) stops all in order. The first start prints a one-time link that creates the owner.
import { fileURLToPath } from 'node:url';
import { loadConfig } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import { createLog } from '#shared/log.ts';
import { runCli } from '../daemon/cli.ts';
import { openDatabase, readEnvFile } from './environment.ts';
import { supervise } from './supervisor.ts';

const script = (path: string) => ['--import', 'tsx', fileURLToPath(new URL(`../${path}`, import.meta.url))];

async function main(): Promise<number> {
  readEnvFile();
  const config = loadConfig();
  const log = createLog();
  const database = await openDatabase(config);
  const env = { DATABASE_URL: database.url, DATA_DIR: config.dataDir };
  Object.assign(process.env, env);
  try {
    if ((await runCli(['migrar'])) !== 0) return 1;
    const supervisor = supervise(
      [
        { name: 'api', command: process.execPath, args: script('api/main.ts'), env },
        { name: 'daemon', command: process.execPath, args: script('daemon/main.ts'), env },
      ],
      { log },
    );
    console.log(
      `Painel: ${config.publicUrl}    Estado do daemon: http://127.0.0.1:${config.statusPort}/status    Ctrl+C para tudo.`,
    );
    await runCli(['usuario', 'link', '--primeiro']);
    const signal = new Promise<number>((resolve) => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(0));
    });
    const code = await Promise.race([signal, supervisor.failed]);
    await supervisor.stop();
    return code;
  } finally {
    await database.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof AppError ? error.message : error);
  process.exitCode = 1;
}
