// Connections that stay open between two polls: to log in and to set the session up costs the daemon three times what the poll itself does, and a
// shop behind SSH a key exchange each minute. Few for each server, none to a user who may have few; one that nobody took for three minutes is closed.
import { createHash } from 'node:crypto';
import type { ConnectionSettings, Shop } from './connection.ts';

const keptMs = 180_000;
const sweepEveryMs = 30_000;
const mostPerServer = 16;
const mostInAll = 300;
/** The run's, that of whatever reads beside it, those of another daemon, and the shop's own. */
const fewConnections = 10;

export type Lines = {
  /** An open one to exactly this place as exactly this user, or null. Whoever takes it closes it or gives it back. */
  take(settings: ConnectionSettings): Shop | null;
  /** Keeps an open one that nothing went wrong on, or closes it. */
  give(settings: ConnectionSettings, shop: Shop): Promise<void>;
  /** Whether any may be kept; those that are kept when they may not are closed. */
  allow(isAllowed: boolean): Promise<void>;
  stop(): Promise<void>;
};

type Line = { key: string; server: string; shop: Shop; since: number };

/** Of this process. `now` in milliseconds. */
export function createLines({ now = () => performance.now() }: { now?: () => number } = {}): Lines {
  let kept: Line[] = [];
  let isAllowed = true;
  let isStopped = false;

  async function closeAll(): Promise<void> {
    const last = kept;
    kept = [];
    await Promise.all(last.map(({ shop }) => shop.close()));
  }
  const sweep = () => {
    const isOld = ({ shop, since }: Line) => shop.gateway.isLost() || now() - since >= keptMs;
    const old = kept.filter(isOld);
    kept = kept.filter((line) => !isOld(line));
    return Promise.all(old.map(({ shop }) => shop.close()));
  };
  const timer = setInterval(() => void sweep(), sweepEveryMs);
  timer.unref();

  return {
    take(settings) {
      const key = keyOf(settings);
      // The one that was used last: the others may grow old.
      const at = kept.findLastIndex((line) => line.key === key && !line.shop.gateway.isLost());
      if (at < 0) return null;
      const [{ shop }] = kept.splice(at, 1) as [Line];
      shop.gateway.startOver();
      return shop;
    },
    async give(settings, shop) {
      const server = settings.ssh ? `${settings.ssh.host}:${settings.ssh.port}` : `${settings.host}:${settings.port}`;
      const isFull = kept.length >= mostInAll || kept.filter((line) => line.server === server).length >= mostPerServer;
      const mayHaveFew = shop.mostConnections !== null && shop.mostConnections < fewConnections;
      if (isStopped || !isAllowed || isFull || mayHaveFew || shop.gateway.isLost()) return await shop.close();
      kept.push({ key: keyOf(settings), server, shop, since: now() });
    },
    async allow(next) {
      isAllowed = next;
      if (!next) await closeAll();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await closeAll();
    },
  };
}

/** A digest: the settings hold passwords. */
const keyOf = (settings: ConnectionSettings) => createHash('sha256').update(JSON.stringify(settings)).digest('base64');
