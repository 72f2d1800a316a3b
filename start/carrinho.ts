// The command line's entry: gives it a database. `--demo` (or `--demo=medium`) works on the demo's data; otherwise DATABASE_URL, a running `npm start`, or the embedded
// Postgres for as long as the command takes.
import { join } from 'node:path';
import { loadConfig } from '#shared/config.ts';
import { AppError } from '#shared/errors.ts';
import { runCli } from '../daemon/cli.ts';
import { openDatabase, readEnvFile } from './environment.ts';

async function main(args: string[]): Promise<number> {
  const isHelp = args.length === 0 || args.some((arg) => ['--ajuda', '--help', '-h', 'ajuda'].includes(arg));
  if (isHelp) return await runCli(args);
  readEnvFile();
  const config = loadConfig();
  const demo = args.find((arg) => /^--demo(=(small|medium|large))?$/.test(arg));
  const isDemo = demo !== undefined;
  const dataDir = isDemo ? join(config.dataDir, `demo-${demo.split('=')[1] ?? 'small'}`) : config.dataDir;
  const database = await openDatabase({ databaseUrl: isDemo ? null : config.databaseUrl, dataDir });
  try {
    const demoSettings = isDemo ? { ALLOWED_SHOP_NETWORKS: '127.0.0.0/8' } : {};
    return await runCli(
      args.filter((arg) => arg !== demo),
      { env: { ...process.env, ...demoSettings, DATABASE_URL: database.url, DATA_DIR: dataDir } },
    );
  } finally {
    await database.stop();
  }
}

// `carrinho listar … | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof AppError ? error.message : error);
  process.exitCode = 1;
}
