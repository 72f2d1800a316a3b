// A server for a company of a million carts, as docs/scaling.md asks for: a quarter of the machine's memory for the shared buffers, in large pages. With
// pages of 4 kB a backend spends more on finding where a buffer is than on the row in it.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createPool } from '../daemon/db.ts';
import { startEmbeddedPostgres } from '../start/embedded-postgres.ts';

const setting = '/proc/sys/vm/nr_hugepages';
const bufferMb = Math.floor(totalmem() / 4 / 2 ** 20);
/** Of 2 MB each, for the buffers and what stands beside them. */
const pages = Math.ceil((bufferMb * 1.06) / 2) + 32;

/** Starts it; `folder` keeps its data for the next time, without one they go with the server. Says whether it has large pages, which only root can set aside. */
export async function startLargePostgres(folder: string | null, say: (text: string) => void) {
  const dataDir = folder ?? mkdtempSync(join(tmpdir(), 'cel-medida-'));
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, 0o755);
  const release = reservePages();
  const postgres = await startEmbeddedPostgres({ dataDir, isDurable: false, sharedBuffers: `${bufferMb}MB` });
  const admin = createPool({ url: postgres.adminUrl, role: null, name: 'medida-admin', max: 1 });
  const { rows } = await admin.query<{ huge_pages_status: string }>('show huge_pages_status');
  await admin.end();
  const isLarge = rows[0]!.huge_pages_status === 'on';
  say(`Postgres com ${bufferMb} MB de buffers, ${isLarge ? 'em' : 'sem'} páginas grandes`);
  return {
    ...postgres,
    dataDir,
    async stop() {
      await postgres.stop();
      release();
      if (folder === null) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Gives what takes them back. */
function reservePages(): () => void {
  try {
    const before = readFileSync(setting, 'utf8');
    writeFileSync(setting, String(pages));
    return () => writeFileSync(setting, before);
  } catch {
    return () => {};
  }
}
