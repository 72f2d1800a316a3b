// What every entry does first: the `.env` file of the project, the settings, and a database: the one of DATABASE_URL, else the embedded one,
// which another process of ours may already run.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '#shared/errors.ts';
import { findRunningDatabase, startEmbeddedPostgres } from './embedded-postgres.ts';

/** Sets what `.env` says and the environment does not. */
export function readEnvFile(): void {
  const file = fileURLToPath(new URL('../.env', import.meta.url));
  if (!existsSync(file)) return;
  // Node has it from 20.12 on; what .env says must not be passed over in silence.
  if (!process.loadEnvFile)
    throw new ConfigError([`${file} não pode ser lido por este Node (${process.version}); use o 20.12 ou mais novo`]);
  process.loadEnvFile(file);
}

/** Aborted by the first Ctrl+C or SIGTERM. Later ones change nothing: npm passes on the Ctrl+C that the terminal has sent to us already. */
export function stopOnSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort());
  return stopping.signal;
}

export type Database = { url: string; stop(): Promise<void> };
type Where = { databaseUrl: string | null; dataDir: string };

/** The database of an installation, its own: throws while another process of ours has it. `stop` ends the embedded one. */
export async function startDatabase({ databaseUrl, dataDir }: Where): Promise<Database> {
  return databaseUrl ? { url: databaseUrl, stop: async () => {} } : await startEmbeddedPostgres({ dataDir });
}

/** The database to work on for a while: that of a running `npm start` when there is one. */
export async function openDatabase({ databaseUrl, dataDir }: Where): Promise<Database> {
  return await startDatabase({ databaseUrl: databaseUrl ?? (await findRunningDatabase(dataDir)), dataDir });
}
