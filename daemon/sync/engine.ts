// What every run of this process shares: the pool, the opened key, the sources. The daemon's jobs, the command line and the demo make one each.
import { randomUUID } from 'node:crypto';
import type { Log } from '#shared/log.ts';
import { createSealedBox, type SealedBox } from '#shared/sealed-box.ts';
import { createSecretBox, type KeySettings, loadKeys, type SecretBox } from '#shared/secrets.ts';
import type { ShopLimits } from '../connections/connection.ts';
import type { Lines } from '../connections/lines.ts';
import type { Pool } from '../db.ts';
import type { Source } from '../source.ts';
import { loadSources } from '../source-registry.ts';
import { createQuietScans, type QuietScans } from './quiet-scans.ts';

export type Engine = {
  pool: Pool;
  box: SecretBox;
  /** Opens what the web process sealed for the daemon. */
  sealed: SealedBox;
  sources: readonly Source[];
  allowedShopNetworks: readonly string[];
  /** This installation's address as shops see it, for "libere o IP …". */
  publicIp?: string | undefined;
  log: Log;
  /** How long a shop is waited for; connection.ts says what is usual. */
  shopLimits?: ShopLimits;
  /** What polls of this process need not read again; without it they read everything. */
  quiet?: QuietScans;
  /** Connections that stay open between runs; without it each run opens its own. */
  lines?: Lines;
  /** How long one slice of a backfill reads; 5 s by default. */
  sliceMs?: number;
  /** Of this process: its runs carry it. */
  daemonId: string;
};

export type EngineConfig = KeySettings & {
  allowedShopNetworks: readonly string[];
  publicIp?: string | undefined;
};

/** The parts that every run of this process shares. `pool` works as carrinho_daemon. */
export async function createEngine({
  pool,
  config,
  log,
  daemonId = randomUUID(),
}: {
  pool: Pool;
  config: EngineConfig;
  log: Log;
  daemonId?: string;
}): Promise<Engine> {
  const { key, oldKey } = await loadKeys(config);
  return {
    pool,
    box: createSecretBox(key, oldKey),
    sealed: createSealedBox(key, oldKey),
    sources: await loadSources(),
    allowedShopNetworks: config.allowedShopNetworks,
    publicIp: config.publicIp,
    log,
    quiet: createQuietScans(),
    daemonId,
  };
}
