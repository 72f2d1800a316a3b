// Where an installation keeps its own things unless DATA_DIR says otherwise. Apart from config.ts, because the demo needs no other setting and what
// checks settings takes a fifth of a second to load.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `.data` in the project; as root a folder of /var/lib, because the unprivileged user that Postgres runs as can't enter a private home. */
export function defaultDataDir(): string {
  const project = dirname(dirname(fileURLToPath(import.meta.url)));
  if (process.getuid?.() !== 0) return join(project, '.data');
  return join('/var/lib/carrinho-e-leads', createHash('sha256').update(project).digest('hex').slice(0, 12));
}
