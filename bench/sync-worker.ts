// The process that is measured: the daemon's own run of one shop, and nothing else. It answers each question (the kind of run) with what it cost.
import { readFileSync } from 'node:fs';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { createSealedBox } from '#shared/sealed-box.ts';
import { createSecretBox } from '#shared/secrets.ts';
import { createPool } from '../daemon/db.ts';
import { loadSources } from '../daemon/source-registry.ts';
import type { Engine } from '../daemon/sync/engine.ts';
import { createQuietScans } from '../daemon/sync/quiet-scans.ts';
import { runSite } from '../daemon/sync/run.ts';
import type { RunKind } from '../daemon/sync/run-record.ts';
import { watchStatements } from './statements.ts';
import type { WorkerReport } from './world.ts';

type Given = { url: string; tenantId: TenantId; siteId: SiteId; secretKey: string; isWatched: boolean };
const { url, tenantId, siteId, secretKey, isWatched }: Given = JSON.parse(process.env.MEDIDA!);
const key = Buffer.from(secretKey, 'hex');
const pool = createPool({ url, role: 'carrinho_daemon', name: 'medida', max: 4 });
const statements = isWatched ? watchStatements(pool) : null;
/** What to do, and how many minutes later than before it is. */
type Order = { kind: RunKind; minutes: number };
let aheadMs = 0;
let recomputeMs = 0;
const engine: Engine = {
  pool,
  box: createSecretBox(key),
  sealed: createSealedBox(key),
  sources: await loadSources(),
  allowedShopNetworks: ['127.0.0.0/8'],
  log: createLog((line) => {
    if (line.includes('recompute.pass')) recomputeMs += Number(/ms=(\d+)/.exec(line)?.[1] ?? 0);
  }),
  quiet: createQuietScans(),
  daemonId: crypto.randomUUID(),
};

async function sync({ kind, minutes }: Order): Promise<WorkerReport> {
  aheadMs += minutes * 60_000;
  recomputeMs = 0;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const result = await runSite(engine, {
    tenantId,
    siteId,
    kind,
    now: () => new Date(Date.now() + aheadMs),
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  if (!result) throw new Error('another run holds the shop');
  if (result.error) throw result.error;
  const counts = result.streams.map((stream) => stream.counts);
  return {
    seconds,
    recomputeSeconds: recomputeMs / 1000,
    nodeCpu: (cpu.user + cpu.system) / 1e6,
    peakMb: Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1000,
    read: counts.reduce((sum, { read }) => sum + read, 0),
    written: counts.reduce((sum, { new: added, changed, missing }) => sum + added + changed + missing, 0),
    statements: statements?.clear() ?? [],
  };
}

process.on('message', (order: Order) => {
  sync(order).then(
    (report) => process.send!(report),
    (error: unknown) =>
      process.send!({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.once('disconnect', () => void pool.end().then(() => process.exit(0)));
