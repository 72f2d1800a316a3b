// Starts what a whole test project shares: one Postgres with a migrated template database, one MariaDB. Each test takes databases of its own
// from them (servers.ts). Everything is on free ports and in a folder of its own, so that demo and tests run side by side. The servers end with
// us however we end; the folder of a run that was killed is removed by the next one.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../daemon/migrate.ts';
import { findServerPrograms } from '../../start/debian-servers.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../start/embedded-postgres.ts';
import { type MariaDb, startMariaDb } from '../../start/mariadb.ts';
import { isAlive } from '../../start/processes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    postgresAdminUrl: string;
    mariaDb: { host: string; port: number; user: string; password: string };
    serversFolder: string;
    chromium: string;
  }
}

export const templateDatabase = 'carrinho';

const folderPrefix = 'cel-tests-';

function makeFolder(): string {
  removeForgottenFolders();
  const folder = mkdtempSync(join(tmpdir(), folderPrefix));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return folder;
}

/** Of runs whose process is gone: each holds some hundred megabytes. */
function removeForgottenFolders(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const folder = join(tmpdir(), name);
    try {
      if (!isAlive(Number(readFileSync(join(folder, 'pid'), 'utf8')))) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or just being made.
    }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Here, where no time limit of a test runs: on a new machine it downloads.
  await findServerPrograms('sshd');
  const folder = makeFolder();
  const starting = [
    startEmbeddedPostgres({ dataDir: join(folder, 'p'), isDurable: false }),
    startMariaDb({ dir: join(folder, 'm') }),
  ] as const;
  const stop = async () => {
    for (const server of await Promise.allSettled(starting)) {
      if (server.status === 'fulfilled') await server.value.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await provideServers(project, folder, await Promise.all(starting));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function provideServers(
  project: TestProject,
  folder: string,
  [postgres, mariaDb]: readonly [EmbeddedPostgres, MariaDb],
): Promise<void> {
  await migrate(postgres.url);
  // Cloning refuses a template that someone is connected to.
  const admin = new pg.Client({ connectionString: postgres.adminUrl });
  await admin.connect();
  await admin.query(`alter database ${templateDatabase} is_template true allow_connections false`);
  await admin.end();
  project.provide('postgresUrl', postgres.url);
  project.provide('postgresAdminUrl', postgres.adminUrl);
  project.provide('mariaDb', {
    host: mariaDb.host,
    port: mariaDb.port,
    user: mariaDb.user,
    password: mariaDb.password,
  });
  project.provide('serversFolder', folder);
}
