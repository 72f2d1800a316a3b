// A process that reads one shop again and again until it is killed: the daemon's own run, without its queue and clock, so that a hundred kills take
// minutes. It loads everything first, says `ready`, and begins when told on its standard input.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { createSealedBox } from '#shared/sealed-box.ts';
import { createSecretBox } from '#shared/secrets.ts';
import { createPool } from '../../daemon/db.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import type { Engine } from '../../daemon/sync/engine.ts';
import { runSite } from '../../daemon/sync/run.ts';
import type { RunKind } from '../../daemon/sync/run-record.ts';

export type WorkerOrder = { tenantId: TenantId; siteId: SiteId; kinds: RunKind[]; pageSize: number };

const lines = createInterface({ input: process.stdin });
const pool = createPool({ url: process.env.DATABASE_URL!, role: 'carrinho_daemon', name: 'fault-worker', max: 6 });
const sources = await loadSources();
process.stdout.write('ready\n');
const [line] = (await once(lines, 'line')) as [string];
lines.on('close', () => process.exit(0));
const order = JSON.parse(line) as WorkerOrder;

const engine: Engine = {
  pool,
  box: createSecretBox(Buffer.from(process.env.SECRET_KEY!, 'base64')),
  sealed: createSealedBox(Buffer.from(process.env.SECRET_KEY!, 'base64')),
  // Small pages: more places between two of them to be killed at.
  sources: sources.map((source) => ({
    ...source,
    streams: source.streams.map((stream) => ({ ...stream, pageSize: Math.min(stream.pageSize, order.pageSize) })),
  })),
  allowedShopNetworks: ['127.0.0.0/8'],
  log: createLog(() => undefined),
  daemonId: crypto.randomUUID(),
};
for (let index = 0; ; index += 1) {
  const kind = order.kinds[index % order.kinds.length]!;
  // Null while the killed one's lock is not free yet.
  const result = await runSite(engine, { tenantId: order.tenantId, siteId: order.siteId, kind });
  process.stdout.write(`run ${result?.state ?? 'locked'} ${result?.error?.code ?? ''}\n`);
  await sleep(result ? 20 : 5);
}
