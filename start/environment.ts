// What every entry does first: the `.env` file of the project, the settings, and a database: the one of DATABASE_URL, else the embedded one,
// which another process of ours may already run.
import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { fileURLToPath } from 'node:url';
import { findRunningDatabase, startEmbeddedPostgres } from './embedded-postgres.ts';

/** Sets what `.env` says and the environment does not. */
export function readEnvFile(): void {
  const file = fileURLToPath(new URL('../.env', import.meta.url));
  if (existsSync(file)) loadEnvFile(file);
}

export type Database = { url: string; stop(): Promise<void> };

/** The database to work on; `stop` ends the embedded one when it was started here. */
export async function openDatabase({
  databaseUrl,
  dataDir,
}: {
  databaseUrl: string | null;
  dataDir: string;
}): Promise<Database> {
  const nothing = async () => {};
  if (databaseUrl) return { url: databaseUrl, stop: nothing };
  const running = await findRunningDatabase(dataDir);
  if (running) return { url: running, stop: nothing };
  const { url, stop } = await startEmbeddedPostgres({ dataDir });
  return { url, stop };
}
