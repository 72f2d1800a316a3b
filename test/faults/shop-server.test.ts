// The shop's database server itself: restarted while it is read, stopping a statement at the time limit, and with no connection left. Each run fails
// with its own sentence, and the next one heals. Then a clock that is wrong by five minutes either way: nothing is passed by.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMessage } from '#shared/run-messages.ts';
import type { Engine } from '../../daemon/sync/engine.ts';
import { type RunResult, runSite } from '../../daemon/sync/run.ts';
import { abandonCarts, writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { payOrder, placeOrder } from '../../start/demo/order-writer.ts';
import { Random } from '../../start/demo/random.ts';
import { relaxSession, type Shop, tableOf } from '../../start/demo/shop.ts';
import { type MariaDb, startMariaDb } from '../../start/mariadb.ts';
import { ownFolder } from '../support/servers.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { amounts, timeLimit } from './amounts.ts';
import { shoe } from './backlog.ts';
import { checkCopy, checkPolled } from './check.ts';
import { report } from './report.ts';

const random = Random.of(amounts.seed, 'shop-server');
let folder: string;
let server: MariaDb;
let world: SyncShop;
let engine: Engine;
let shop: Shop;

const args = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M'];

beforeAll(async () => {
  folder = join(ownFolder('m'), 'm');
  server = await startMariaDb({ dir: folder, args });
  world = await createSyncShop({ isGenerated: true, size: 'tiny', shopServer: server });
  engine = {
    ...world.engine,
    sources: world.engine.sources.map((source) => ({
      ...source,
      streams: source.streams.map((stream) => ({ ...stream, pageSize: 15 })),
    })),
  };
  world.shop.conn.on('error', () => undefined);
  shop = world.shop;
});
afterAll(async () => {
  await server?.stop();
  // Its connections went with the server.
  await world?.drop().catch(() => undefined);
});

async function connect(): Promise<mysql.Connection> {
  const { host, port, user, password } = server;
  const connection = await mysql.createConnection({ host, port, user, password, charset: 'utf8mb4_unicode_ci' });
  connection.on('error', () => undefined);
  return connection;
}

async function run(
  kind: 'poll' | 'full' | 'reconcile' = 'poll',
  options: Partial<Parameters<typeof runSite>[1]> = {},
  by = engine,
): Promise<RunResult> {
  const result = await runSite(by, { tenantId: world.tenantId, siteId: world.siteId, kind, ...options });
  return result!;
}

/** The run failed, says how with a sentence of its own, and is tried again by itself. */
function expectFailure(result: RunResult, code: RegExp): void {
  expect(result.state).toBe('failed');
  expect(result.error?.code).toMatch(code);
  expect(result.error?.retry).toBe('next-run');
  expect(runMessage(result.error!.code, result.error!.facts).sentence).not.toContain('erro inesperado');
}

async function heal(fault: string, kind: string, injected: number): Promise<void> {
  expect((await run()).error).toBeNull();
  // The cart plugin's own cron also touches carts that are too old for a poll to look at.
  expect((await run('reconcile')).error).toBeNull();
  report({ fault, kind, injected, ...(await checkCopy(world)) });
}

test(
  'restarted while it is read: the run fails as a lost connection, one that meets it down as a refused port, the next heals',
  async () => {
    for (let index = 0; index < amounts.shopRestarts; index += 1) {
      const pages = random.int(1, 25);
      let seen = 0;
      let stopping: Promise<void> | null = null;
      const interrupted = await run('full', {
        onProgress: () => {
          seen += 1;
          if (seen > pages) stopping ??= server.stop();
        },
      });
      expectFailure(interrupted, /^(connection_lost|port_refused)$/);
      await stopping;
      expectFailure(await run(), /^port_refused$/);
      server = await startMariaDb({ dir: folder, port: server.port, args });
      expect((await run()).error).toBeNull();
    }
    shop = { ...shop, conn: await connect() };
    await relaxSession(shop.conn);
    await heal('shop’s MariaDB', 'restarted while it is read', amounts.shopRestarts);
  },
  timeLimit,
);

test(
  'a statement that the server stops at the time limit has its own sentence',
  async () => {
    const locker = await connect();
    await locker.query(`lock tables ${tableOf(shop, 'wc_orders')} write`);
    // Seconds of waiting for a lock count as the statement's time, as on a shop that a backup has locked.
    const shopLimits = { connectTimeoutMs: 3_000, statementTimeoutMs: 1_000, silenceMs: 2_000 };
    const result = await run('poll', {}, { ...engine, shopLimits });
    await locker.query('unlock tables');
    await locker.end();
    const codes = [result.error?.code, ...result.warnings.map(({ code }) => code)];
    expect(codes).toContain('statement_timeout');
    expect(runMessage('statement_timeout', {}).sentence).not.toContain('erro inesperado');
    await heal('shop’s MariaDB', 'statement stopped (max_statement_time)', 1);
  },
  timeLimit,
);

test(
  'no connection left on the server has its own sentence',
  async () => {
    await shop.conn.query('set global max_connections = 10');
    const crowd: mysql.Connection[] = [];
    for (let isFull = false; !isFull; ) {
      const { host, port } = server;
      await mysql
        .createConnection({ host, port, user: world.reader.user, password: world.reader.password })
        .then((connection) => crowd.push(connection))
        .catch((error: { errno?: number }) => {
          expect(error.errno).toBe(1040);
          isFull = true;
        });
    }
    expectFailure(await run(), /^too_many_connections$/);
    for (const connection of crowd) connection.destroy();
    await shop.conn.query('set global max_connections = 200');
    await sleep(200);
    await heal('shop’s MariaDB', 'too many connections', 1);
  },
  timeLimit,
);

describe.each([
  ['ahead', 300],
  ['behind', -300],
] as const)('a shop whose clock is five minutes %s', (name, seconds) => {
  test(
    'has nothing passed by: rows written between polls are in the copy after the next poll',
    async () => {
      // For every session but the administrators': the shop's own clock, as now() and utc_timestamp() give it.
      await shop.conn.query(`set global init_connect = 'set timestamp = unix_timestamp() + ${seconds}'`);
      const shopNow = () => new Date(Math.floor(Date.now() / 1000) * 1000 + seconds * 1000);
      let injected = 0;
      for (let round = 0; round < 4; round += 1) {
        const email = `relogio${random.int(1, 1_000_000)}@loja.example`;
        await writeCart(shop, { email, phone: '11 98765-4321', lines: [shoe(random)], time: shopNow() });
        await writeFormEntry(shop, {
          at: shopNow(),
          answers: [
            ['Nome_3', 'Ana Souza'],
            ['Whatsapp_8', '11 98765-4321'],
          ],
        });
        const place = (at: Date) =>
          placeOrder(
            shop,
            { createdAt: at, billing: { email }, lines: [shoe(random)] },
            { beforeItems: async () => void (await run()) },
          );
        const id = await place(shopNow());
        // Of the same second, and of one before it: below where the cursor stands now.
        await place(shopNow());
        await place(new Date(shopNow().getTime() - 2_000));
        await payOrder(shop, { id, at: shopNow() });
        await abandonCarts(shop, { now: shopNow() });
        injected += 6;
        expect((await run()).error).toBeNull();
        await checkPolled(world);
      }
      await shop.conn.query(`set global init_connect = ''`);
      await heal('clock of the shop', `five minutes ${name}`, injected);
    },
    timeLimit,
  );
});
