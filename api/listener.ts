// One connection that only listens. It comes back by itself when Postgres was away, and says so each time: what was notified meanwhile is
// lost, so whoever hears onListening reads again (as pg-boss' notifier: NOTIFY only shortens the wait).
import type { Log } from '#shared/log.ts';
import { connect, type Sql } from './db.ts';
import { countLive } from './metrics.ts';

export type Listener = { isListening(): boolean; close(): Promise<void> };

export type ListenOptions = {
  /** A direct connection: LISTEN does not survive PgBouncer's transaction mode. */
  url: string;
  role: 'carrinho_api' | null;
  channels: readonly string[];
  onMessage(channel: string, payload: string): void;
  /** After the first and every later connect. */
  onListening(): void;
  log: Log;
};

const firstDelayMs = 250;
const maxDelayMs = 10_000;

/** Starts listening; resolves when listening, or after the first failed try (later ones go on in the background). */
export async function listen({ url, role, channels, onMessage, onListening, log }: ListenOptions): Promise<Listener> {
  let isClosed = false;
  let isListening = false;
  let current: Sql | null = null;
  let retry: NodeJS.Timeout | undefined;
  let delayMs = firstDelayMs;

  const again = (lost: Sql) => {
    if (isClosed || lost !== current) return;
    current = null;
    isListening = false;
    countLive('listen_lost');
    void lost.end({ timeout: 0 });
    log.warn('listener.lost', { retryMs: delayMs });
    retry = setTimeout(() => void open(), delayMs);
    delayMs = Math.min(delayMs * 2, maxDelayMs);
  };

  async function open(): Promise<void> {
    // onnotify is read by postgres.js but not in its types; its own listen() gives up when the first try after a loss fails.
    const options = { max: 1, max_lifetime: null, fetch_types: false, onnotify: onMessage, onclose: () => again(sql) };
    const sql: Sql = connect({ url, role, name: 'carrinho-api-listen' }, options);
    current = sql;
    try {
      for (const channel of channels) await sql`listen ${sql(channel)}`;
      delayMs = firstDelayMs;
      isListening = true;
      onListening();
    } catch {
      again(sql);
    }
  }

  await open();
  return {
    isListening: () => isListening,
    async close() {
      isClosed = true;
      clearTimeout(retry);
      await current?.end({ timeout: 1 });
    },
  };
}
