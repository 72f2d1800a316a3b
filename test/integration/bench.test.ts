// The short form of each measurement of the sync (docs/performance.md): that it still runs, and what it counts. What takes time is not looked at.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run as firstSync } from '../../bench/first-sync.ts';
import { carts, leads } from '../../bench/first-sync-others.ts';
import { run as idle } from '../../bench/idle.ts';
import { run as legacy } from '../../bench/legacy.ts';
import { run as memory } from '../../bench/memory.ts';
import { tenth, unchanged } from '../../bench/resync.ts';
import { run as tunnel } from '../../bench/tunnel.ts';
import { shareWorld, startWorld, type World } from '../../bench/world.ts';

let world: World;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'cel-bench-'));
  // idle reads the shop's own log
  world = await startWorld({ mariaArgs: ['--log-output=TABLE', '--long-query-time=0'] });
  shareWorld(world);
});
afterAll(async () => {
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Figures and the line of the report, after a run whose exit code tells of times. */
async function measure(run: (args: string[]) => Promise<number>, ...args: string[]) {
  const json = join(dir, 'result.json');
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await run([...args, `--json=${json}`]);
  } finally {
    write.mockRestore();
  }
  return JSON.parse(readFileSync(json, 'utf8'));
}

test('first syncs write every row', async () => {
  const orders = await measure(firstSync, '--linhas=300', '--vezes=1', '--pares=0');
  expect(orders.figures.walBytes).toBeLessThan(20_000);
  for (const { run } of [carts, leads]) await measure(run, '--linhas=200', '--vezes=1');
});

test('what did not change is not written, what did is written once', async () => {
  const same = await measure(unchanged.run, '--linhas=300', '--vezes=1');
  expect(same.figures).toMatchObject({ records: 0, written: [0, 0] });
  const changed = await measure(tenth.run, '--linhas=1000', '--vezes=1');
  expect(changed.figures.written).toEqual([100, 100]);
  expect(changed.figures.reconcile.walBytes).toBeLessThan(600);
});

test('a poll of a shop at rest asks little, under both storages', async () => {
  const { figures } = await measure(idle, '--linhas=1000', '--vezes=2');
  expect(figures.hposStatements).toBeLessThanOrEqual(8);
  expect(figures.legacyStatements).toBeLessThanOrEqual(8);
});

test('legacy orders, a far shop and the memory are measured', async () => {
  await measure(legacy, '--linhas=1000', '--vezes=1');
  await measure(tunnel, '--linhas=200', '--vezes=1');
  await measure(memory, '--poucas=100', '--linhas=200');
});
