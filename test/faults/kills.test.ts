// kill -9 of the process that reads, at random points of the first sync and of the catching up after hours away, while the shop goes on selling.
// After each part the copy must equal the shop by polls alone (no reconciliation helps), and in the end whole.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { demoShops } from '../../start/demo/demo-shops.ts';
import { runLive } from '../../start/demo/live.ts';
import { Random } from '../../start/demo/random.ts';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { closeListeners } from '../support/tcp.ts';
import { amounts, timeLimit } from './amounts.ts';
import { loadBacklog } from './backlog.ts';
import { checkCopy, checkPolled } from './check.ts';
import { type Killer, killPoints, startKiller } from './killing.ts';
import { report } from './report.ts';

const random = Random.of(amounts.seed, 'kills');
const hour = 3_600_000;
const scale = amounts.isLong ? 4 : 0.4;
/** The shop's present begins days ago, so that hours of it can pass between two polls. */
const days = 5;

let world: SyncShop;
let killer: Killer;
let aheadMs = -days * 24 * hour;
const shopNow = () => new Date(Date.now() + aheadMs);
const injected = new Map<string, number>();
const states = new Map<string, number>();
let terminated = 0;

beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true, size: amounts.killedShop, shopNow: shopNow() });
  killer = await startKiller(world, { random, scale, order: { kinds: ['poll'], pageSize: amounts.isLong ? 200 : 15 } });
}, timeLimit);
afterAll(async () => {
  await killer?.stop();
  await closeListeners();
  await world?.drop();
});

/** The shop sells while `work` runs. */
async function whileSelling(work: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const { forms, theme = 'shoes' } = demoShops[0];
  const selling = runLive([{ shop: world.shop, theme, forms: forms ?? [] }], {
    signal: stop.signal,
    everyMs: 25,
    seed: random.int(1, 1_000_000),
    now: shopNow,
  });
  try {
    await work();
  } finally {
    stop.abort();
    await selling;
  }
}

async function killTimes(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const point = killPoints[index % killPoints.length]!;
    const state = (await killer.kill(point)) ?? 'between two runs';
    injected.set(point, (injected.get(point) ?? 0) + 1);
    states.set(state, (states.get(state) ?? 0) + 1);
  }
}

const total = amounts.kills;
const inFirst = Math.ceil(total * 0.4);
const rounds = amounts.isLong ? 4 : 2;

test(
  'killed again and again in the first sync, the copy becomes equal to the shop',
  async () => {
    await whileSelling(() => killTimes(inFirst));
    await killer.finish();
    await killer.finish();
    await checkPolled(world);
  },
  timeLimit,
);

test(
  'killed while it catches up with what a shop did in hours, polls alone make the copy equal',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const from = shopNow();
      aheadMs += (days * 24 * hour) / (rounds + 1);
      const size = amounts.isLong ? 3_000 : 400;
      await loadBacklog(world.shop, { random, orders: size, leads: size, from, to: shopNow() });
      const share = total - inFirst;
      const count = Math.floor((share * (round + 1)) / rounds) - Math.floor((share * round) / rounds);
      await whileSelling(() => killTimes(count));
      await killer.finish();
      await killer.finish();
      await checkPolled(world);
    }
  },
  timeLimit,
);

/** Orders, and as many submissions, that a whole daemon finds. */
const load = amounts.isLong ? 400 : 160;
const daemons: DaemonProcess[] = [];
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.end('SIGKILL')));
});

const start = async () => {
  const daemon = await startDaemon(world);
  daemons.push(daemon);
  return daemon;
};
const enqueue = (kind: string) =>
  withTenant(world.pool, world.tenantId, (client) => client.query('select enqueue_job($1, $2)', [world.siteId, kind]));

async function untilRow(sql: string, what: string): Promise<void> {
  const end = performance.now() + timeLimit;
  while ((await world.rows(sql)).length === 0) {
    if (performance.now() > end) throw new Error(`not seen: ${what}\n${daemons.at(-1)?.output()}`);
    await sleep(15);
  }
}

const newest = async () => (await world.rows<{ id: string }>('select coalesce(max(id), 0) as id from runs'))[0]!.id;

test(
  'a whole daemon killed in a run: the next one takes the shop over within 30 s and goes on',
  async () => {
    await killer.stop();
    await start();
    for (let index = 0; index < amounts.daemonKills; index += 1) {
      const from = shopNow();
      aheadMs += hour;
      await loadBacklog(world.shop, { random, orders: load, leads: load, from, to: shopNow() });
      const before = await newest();
      await enqueue(index % 2 === 0 ? 'poll' : 'full');
      await untilRow(
        `select from runs where id > ${before} and read_count > ${random.int(0, (load * 3) / 4)}`,
        'a run that reads',
      );
      await daemons.splice(0)[0]!.end('SIGKILL');
      const interrupted = await newest();
      await start();
      const startedAt = performance.now();
      await untilRow(`select from runs where id > ${interrupted}`, 'a run that goes on');
      expect(performance.now() - startedAt).toBeLessThan(30_000);
      await untilRow(`select from runs where id > ${interrupted} and state = 'succeeded'`, 'a run that ends well');
      injected.set('whole daemon', (injected.get('whole daemon') ?? 0) + 1);
    }
    await daemons.splice(0)[0]!.end('SIGTERM');
    await checkPolled(world);
  },
  timeLimit,
);

test(
  'on SIGTERM in a run the daemon is gone within ten seconds with its batch finished or rolled back, and the next run goes on',
  async () => {
    for (let index = 0; index < amounts.terminations; index += 1) {
      const from = shopNow();
      aheadMs += hour;
      await loadBacklog(world.shop, { random, orders: load, leads: load, from, to: shopNow() });
      const before = await newest();
      await start();
      await enqueue(index % 2 === 0 ? 'poll' : 'full');
      await untilRow(
        `select from runs where id > ${before} and read_count > ${random.int(0, (load * 3) / 4)}`,
        'a run that reads',
      );
      const { code, ms } = await daemons.splice(0)[0]!.end('SIGTERM');
      expect(code).toBe(0);
      expect(ms).toBeLessThan(10_000);
      expect(
        await world.rows(`select from runs where state in ('connecting', 'reading', 'writing', 'recomputing')`),
      ).toEqual([]);
      expect((await world.sync()).error).toBeNull();
      terminated += 1;
    }
    await checkPolled(world);
  },
  timeLimit,
);

test(
  'in the end everything is equal, nothing is twice, and every conclusion is what a calculation from nothing gives',
  async () => {
    await world.sync('reconcile');
    const check = await checkCopy(world);
    expect([...injected.values()].reduce((sum, count) => sum + count, 0)).toBe(amounts.kills + amounts.daemonKills);
    for (const [kind, count] of injected) report({ fault: 'daemon killed (-9)', kind, injected: count, ...check });
    report({ fault: 'SIGTERM while syncing', kind: 'whole daemon', injected: terminated, ...check });
    console.info(`kills by the state of the run: ${JSON.stringify(Object.fromEntries(states))} (seed ${amounts.seed})`);
  },
  timeLimit,
);
