// Gentle to the shop, seen from the shop's side: how many connections, how long a snapshot, how much of the time when it answers slowly.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runMessage } from '#shared/run-messages.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { runSite } from '../../daemon/sync/run.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { closeListeners, startSlowLine } from '../support/tcp.ts';

let world: SyncShop;
beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true });
});
afterAll(async () => {
  await world?.drop();
  await closeListeners();
});

const limitConnections = (most: number) =>
  world.shop.conn.query(`alter user ${world.shop.database}@'%' with max_user_connections ${most}`);

const setPort = (port: number) => world.owner.query('update connections set port = $1', [port]);

type Alert = { code: string; facts: Record<string, string> };
const listAlerts = () => world.rows<Alert>(`select code, facts from site_alerts where code = 'shop_slow'`);

/** A snapshot ends with its page: the last run opened one for each page of orders, and closed each. */
async function expectSnapshotPerPage(): Promise<void> {
  const [access] = await world.rows<{ statements: { shape: string; count: number }[] }>(
    'select statements from shop_access',
  );
  const countOf = (part: string) =>
    access!.statements.filter(({ shape }) => shape.includes(part)).reduce((sum, { count }) => sum + count, 0);
  const snapshots = countOf('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const pages = countOf('force index (date_updated)');
  expect(pages).toBeGreaterThan(5);
  expect(snapshots).toBeGreaterThanOrEqual(pages);
  expect(countOf('COMMIT')).toBe(snapshots);
}

test('a first sync with its recomputation needs one connection and a snapshot a page; with two comparisons at the same time the shop sees two', async () => {
  // The server itself counts: with a third connection this user is refused, and the run would fail.
  await limitConnections(1);
  const sources = world.engine.sources.map((source) => ({
    ...source,
    streams: source.streams.map((stream) => ({ ...stream, pageSize: 100 })),
  }));
  const { tenantId, siteId } = world;
  const run = await runSite({ ...world.engine, sources }, { tenantId, siteId, kind: 'poll' });
  expect(run?.error).toBeNull();
  await expectSnapshotPerPage();
  await limitConnections(2);
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const [rows] = await world.shop.conn.query<RowDataPacket[]>(
        'select count(*) as n from information_schema.processlist where user = ?',
        [world.shop.database],
      );
      most = Math.max(most, Number(rows[0]!.n));
      await sleep(5);
    }
  })();
  // The second comparison waits for the first: both are what a person asks for beside the run.
  await Promise.all([
    world.sync('reconcile'),
    compareContent(world.engine, world),
    compareContent(world.engine, world),
  ]);
  isOver = true;
  await watching;
  await limitConnections(0);
  expect(most).toBe(2);
});

/** Statements that were answered late, page by page: how long the shop worked, and how long it was left alone after them. */
function pagesOf(asked: { sentAt: number; answeredAt: number }[]): { workMs: number; restMs: number }[] {
  const slow = asked.filter(({ sentAt, answeredAt }) => answeredAt - sentAt >= 600);
  const pages = [{ workMs: 0, restMs: 0 }];
  for (const [index, { sentAt, answeredAt }] of slow.entries()) {
    const page = pages.at(-1)!;
    page.workMs += answeredAt - sentAt;
    page.restMs = (slow[index + 1]?.sentAt ?? answeredAt) - answeredAt;
    if (page.restMs > 500) pages.push({ workMs: 0, restMs: 0 });
  }
  return pages;
}

test('a shop that answers slowly is asked at most half of the time, an alert says so while it lasts, and both end with it', async () => {
  let hasPages = false;
  const line = await startSlowLine(world.port, {
    onClient: (data) => {
      // From the first page on, so that the test does not wait for the login.
      if (hasPages || !data.includes('cursor_id')) return;
      hasPages = true;
      line.slow(700);
    },
  });
  await setPort(line.port);
  const running = world.sync('full');
  const end = performance.now() + 170_000;
  while ((await listAlerts()).length === 0 && performance.now() < end) await sleep(50);
  const alerts = await listAlerts();
  expect(alerts).toMatchObject([{ code: 'shop_slow', facts: { limitMs: '400' } }]);
  expect(runMessage('shop_slow', alerts[0]!.facts).sentence).toMatch(/^A loja está respondendo devagar \(\d+ ms/);

  // The first is cut off by the beginning, the last by the end.
  while (pagesOf(line.asked).length < 3 && performance.now() < end) await sleep(50);
  line.slow(0);
  const whole = pagesOf(line.asked).slice(1, -1);
  expect(whole.length).toBeGreaterThan(0);
  for (const { workMs, restMs } of whole) expect(restMs / workMs).toBeGreaterThan(0.9);

  await running;
  const [access] = await world.rows<{ rested_ms: number }>('select rested_ms from shop_access');
  expect(access!.rested_ms).toBeGreaterThan(500);
  await setPort(world.port);
  await world.sync();
  expect(await listAlerts()).toEqual([]);
});
