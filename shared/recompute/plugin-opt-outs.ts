// Who unsubscribed from the e-mails of the shop's plugin wants none from us: an opt-out by e-mail that comes and goes with the plugin's flag.
import type { Statements } from './statements.ts';

/** Brings the plugin's opt-outs up to date for the touched carts and keys, or for all. */
export async function refreshPluginOptOuts(
  db: Statements,
  { now, isFull }: { now: Date; isFull: boolean },
): Promise<void> {
  await db.run('recompute_plugin_opt_outs', { tenant: db.tenantId, is_full: isFull, now });
}
