// Two and three real daemon processes on one Postgres, twenty-one shops, minutes of ticks in seconds: no shop is ever read twice at once (our rows
// and the shop's own log say so), a tick fires once, the work spreads, and neither a kill nor a rolling restart loses or doubles anything.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { fireSchedule } from '../../daemon/sync/schedule.ts';
import { demoShops } from '../../start/demo/demo-shops.ts';
import { runLive } from '../../start/demo/live.ts';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.ts';
import { createManyShops, type ManyShops, type SmallShop } from '../support/many-shops.ts';

const run = fileURLToPath(new URL('../../start/run.mjs', import.meta.url));
const ticks = 5;
const tickEveryMs = 600;
const bigShopLeads = 14_000;

let many: ManyShops;
let daemons: DaemonProcess[] = [];
/** The minute of the next tick: ahead of the real clock, so that only tickers fire. */
let minute = Math.ceil(Date.now() / 60_000) * 60_000 + 60_000;

beforeAll(async () => {
  many = await createManyShops();
  const { world } = many;
  await world.owner.query(
    `insert into schedules (tenant_id, site_id, kind, cron_expression) values ($1, $2, 'poll', '0 0 29 2 *')`,
    [world.tenantId, world.siteId],
  );
  daemons = await Promise.all([startDaemon(world), startDaemon(world)]);
});
afterAll(async () => {
  await Promise.all(daemons.map((daemon) => daemon.end('SIGKILL')));
  await many?.drop();
});

async function until<T>(find: () => Promise<T | undefined>, what: string, withinMs = 150_000): Promise<T> {
  for (const end = performance.now() + withinMs; performance.now() < end; await sleep(50)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error(`not seen within ${withinMs} ms: ${what}\n${daemons.map((daemon) => daemon.output()).join('\n')}`);
}

const untilQueueEmpty = () =>
  until(async () => {
    const jobs = await many.world.rows('select from graphile_worker._private_jobs limit 1');
    return jobs.length === 0 || undefined;
  }, 'an empty queue');

/** Fires `ticks` ticks of every shop from `count` processes at once; gives what each process won. */
async function raceTicks(count: number): Promise<string[][]> {
  const tickers = Array.from({ length: count }, () => {
    const child = spawn(
      process.execPath,
      [run, 'test/support/ticker.ts', ...[minute, ticks, tickEveryMs].map(String)],
      { env: { PATH: process.env.PATH, DATABASE_URL: many.world.databaseUrl }, stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, closed: once(child, 'close'), next: async () => (await lines.next()).value as string };
  });
  minute += ticks * 60_000;
  // They race only if none has begun before the last has loaded.
  for (const { next } of tickers) expect(await next()).toBe('ready');
  for (const { child } of tickers) child.stdin.write('go\n');
  const results = await Promise.all(
    tickers.map(async ({ closed, next }) => {
      const won = await next();
      expect(await closed).toEqual([0, null]);
      return JSON.parse(won) as string[];
    }),
  );
  await untilQueueEmpty();
  return results;
}

type Share = { daemon: string; runs: number };

const listShares = (afterRun: string) =>
  many.world.rows<Share>(
    'select daemon_id as daemon, count(*)::integer as runs from runs where id > $1 group by daemon_id',
    [afterRun],
  );

const newestRun = async () =>
  (await many.world.rows<{ id: string }>('select coalesce(max(id), 0) as id from runs'))[0]!.id;

/** By our own rows and by the shop's log. */
async function expectNeverTwoAtOnce(): Promise<void> {
  const overlapping = await many.world.rows(
    `select a.site_id, a.id, b.id as other from runs a join runs b on b.site_id = a.site_id and b.id > a.id
     where b.started_at < coalesce(a.finished_at, 'infinity')`,
  );
  expect(overlapping).toEqual([]);
  const lastOf = new Map<string, number>();
  const sessions = (await many.listSessions()).filter(({ statements }) => statements.length > 0);
  expect(sessions.length).toBeGreaterThan(20);
  for (const { user, first, last, statements } of sessions) {
    expect(first, `${user}: two sessions at once`).toBeGreaterThan(lastOf.get(user) ?? -1);
    lastOf.set(user, last);
    expect(statements.slice(0, 5)).toEqual(
      expect.arrayContaining(['SET SESSION TRANSACTION READ ONLY', 'SET SESSION max_statement_time = 20']),
    );
  }
}

async function expectTickedOnce(won: string[][], sinceRun: string): Promise<void> {
  const all = won.flat();
  expect(all).toHaveLength((many.shops.length + 1) * ticks);
  expect(new Set(all).size).toBe(all.length);
  // The race was one: more than one process won some.
  expect(won.filter((one) => one.length > 0).length).toBeGreaterThan(1);
  const runs = await many.world.rows<{ runs: number; failed: unknown[] }>(
    `select count(r.id)::integer as runs,
       coalesce(json_agg(json_build_array(r.state, r.error_code, r.error_detail)) filter (where r.state not in ('succeeded', 'succeeded_with_warnings')), '[]') as failed
     from schedules s left join runs r on r.site_id = s.site_id and r.id > $1 group by s.site_id`,
    [sinceRun],
  );
  for (const shop of runs) {
    expect(shop.failed).toEqual([]);
    expect(shop.runs).toBeGreaterThan(0);
    expect(shop.runs).toBeLessThanOrEqual(ticks);
  }
}

test('two daemons share twenty-one shops: each tick fires once, every shop gets its runs, none has two at once', async () => {
  const since = await newestRun();
  await expectTickedOnce(await raceTicks(2), since);
  const shares = await listShares(since);
  const total = shares.reduce((sum, { runs }) => sum + runs, 0);
  expect(shares).toHaveLength(2);
  for (const { runs } of shares) expect(runs / total).toBeGreaterThan(1 / 5);
  await expectNeverTwoAtOnce();
});

test('a third daemon takes its share', async () => {
  daemons.push(await startDaemon(many.world));
  const since = await newestRun();
  await expectTickedOnce(await raceTicks(3), since);
  const shares = await listShares(since);
  const total = shares.reduce((sum, { runs }) => sum + runs, 0);
  expect(shares).toHaveLength(3);
  for (const { runs } of shares) expect(runs / total).toBeGreaterThan(1 / 12);
  await expectNeverTwoAtOnce();
});

type Scan = { last_id: string; read_count: string };

const findEntries = async (runId: string) =>
  (
    await many.world.rows<Scan>(
      `select c.last_id, rs.read_count from run_streams rs join runs r on r.id = rs.run_id
         join cursors c on c.site_id = r.site_id and c.source = rs.source and c.stream = rs.stream and c.last_id > 0
       where r.id = $1 and rs.stream = 'entries'`,
      [runId],
    )
  )[0];

test('a daemon killed in the middle of a big first sync: another takes over within 30 s and goes on at its last batch', async () => {
  const { world } = many;
  const big = await many.addBigShop(bigShopLeads);
  await withTenant(world.pool, big.tenantId, (client) => client.query('select enqueue_job($1)', [big.siteId]));
  const run = await until(
    async () =>
      (
        await world.rows<{ id: string; pid: number }>(
          `select r.id, d.pid from runs r join daemons d on d.id = r.daemon_id
           where r.site_id = $1 and (select count(*) from batches b where b.run_id = r.id and b.stream = 'entries') >= 3`,
          [big.siteId],
        )
      )[0],
    'three batches of the big shop',
  );
  const victim = daemons.find(({ child }) => child.pid === run.pid)!;
  const killedAt = performance.now();
  await victim.end('SIGKILL');
  daemons = daemons.filter((daemon) => daemon !== victim);
  const left = (await findEntries(run.id))!;
  expect(Number(left.read_count)).toBeLessThan(bigShopLeads);

  const next = await until(
    async () =>
      (
        await world.rows<{ id: string }>(
          `select r.id from runs r where r.site_id = $1 and r.id > $2 and exists (select from batches b where b.run_id = r.id)`,
          [big.siteId, run.id],
        )
      )[0],
    'a batch of another daemon',
  );
  expect(performance.now() - killedAt).toBeLessThan(30_000);
  await untilQueueEmpty();
  expect(await world.rows('select state, error_code from runs where site_id = $1 order by id', [big.siteId])).toEqual([
    { state: 'failed', error_code: 'daemon_lost' },
    { state: 'succeeded', error_code: null },
  ]);
  // What was committed is not read again, but for the overlap of fifty ids.
  const went = (await findEntries(next.id))!;
  expect(Number(went.read_count)).toBe(bigShopLeads - Number(left.last_id) + 50);
  const session = (await many.listSessions()).filter(({ user }) => user === big.user).at(-1)!;
  const firstScan = session.statements.find((sql) => /fv_enteries` where id > \d+ order by cursor_id/.test(sql))!;
  expect(firstScan).toContain(`where id > ${Number(left.last_id) - 50} `);
  await expectNeverTwoAtOnce();
  await expectEqual(big);
});

async function expectEqual(shop: Pick<SmallShop, 'tenantId' | 'siteId'>): Promise<void> {
  const streams = await compareContent(many.world.engine, shop);
  expect(streams.reduce((sum, { shopCount }) => sum + shopCount, 0)).toBeGreaterThan(0);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
}

test('a rolling restart while a shop is written to loses nothing, and each daemon ends in time', async () => {
  const { world } = many;
  const { forms = [], theme = 'shoes' } = demoShops[0];
  const living = new AbortController();
  let acts = 0;
  const live = runLive([{ shop: world.shop, theme, forms }], {
    signal: living.signal,
    everyMs: 25,
    onAct: () => {
      acts += 1;
    },
  });
  let isTicking = true;
  const shops = [...many.shops.slice(0, 6), world];
  const ticking = (async () => {
    for (; isTicking; minute += 60_000, await sleep(250))
      for (const { tenantId, siteId } of shops)
        await fireSchedule(world.pool, { tenantId, siteId, kind: 'poll' }, new Date(minute));
  })();
  const since = await newestRun();
  for (const [index, daemon] of [...daemons].entries()) {
    await until(
      async () => (await world.rows(`select from runs where state = 'reading' or state = 'writing'`))[0],
      'a run in the middle',
    );
    const { code, ms } = await daemon.end('SIGTERM');
    expect(code, daemon.output()).toBe(0);
    expect(ms).toBeLessThan(10_000);
    daemons[index] = await startDaemon(world);
  }
  await sleep(500);
  living.abort();
  await live;
  isTicking = false;
  await ticking;
  expect(acts).toBeGreaterThan(50);
  await untilQueueEmpty();
  // What no poll sees (a deleted row) is found by the reconciliation.
  await withTenant(world.pool, world.tenantId, (client) =>
    client.query('select enqueue_job($1, $2)', [world.siteId, 'reconcile']),
  );
  await untilQueueEmpty();

  const runs = await world.rows<{ state: string; error_code: string | null; runs: number }>(
    'select state, error_code, count(*)::integer as runs from runs where id > $1 group by 1, 2',
    [since],
  );
  for (const { state, error_code } of runs)
    expect([state, error_code]).toEqual(state === 'failed' ? ['failed', 'daemon_stopping'] : ['succeeded', null]);
  expect((await listShares(since)).length).toBeGreaterThan(2);
  await expectNeverTwoAtOnce();
  await expectEqual(world);
  for (const shop of many.shops) await expectEqual(shop);
});
