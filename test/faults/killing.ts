// Kills the reading process at a chosen point: after some time, after so many bytes from the shop or to Postgres, just before or just after a commit
// reaches Postgres, or while it recomputes. The next process is loaded while the last one works, so that a kill costs only what it interrupts.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Random } from '../../start/demo/random.ts';
import type { SyncShop } from '../support/sync-shop.ts';
import { startTap, type Tap } from './tap.ts';
import type { WorkerOrder } from './worker.ts';

const run = fileURLToPath(new URL('../../start/run.mjs', import.meta.url));

type Worker = { child: ChildProcess; exited: Promise<unknown>; lines: string[] };

export const killPoints = [
  'after a time',
  'bytes read from the shop',
  'bytes written to Postgres',
  'before a commit arrives',
  'after a commit arrived',
  'while recomputing',
] as const;
export type KillPoint = (typeof killPoints)[number];

export type Killer = {
  /** Lets a process run and kills it at a random point of this kind; gives the state of the run that it was in, null between two runs. */
  kill(point: KillPoint): Promise<string | null>;
  /** Lets a process run until a run ends well. */
  finish(): Promise<void>;
  stop(): Promise<void>;
};

const live = `('connecting', 'reading', 'writing', 'recomputing')`;
/** A point that an idle shop does not reach: then the process is killed wherever it is. */
const longestMs = 15_000;

export async function startKiller(
  world: SyncShop,
  { random, order, scale }: { random: Random; order: Omit<WorkerOrder, 'tenantId' | 'siteId'>; scale: number },
): Promise<Killer> {
  const url = new URL(world.databaseUrl);
  const shopTap = await startTap({ host: '127.0.0.1', port: world.port });
  const postgresTap = await startTap({ path: `${url.searchParams.get('host')}/.s.PGSQL.5432` });
  await world.owner.query('update connections set port = $1', [shopTap.port]);
  const databaseUrl = `postgres://${url.username}@127.0.0.1:${postgresTap.port}${url.pathname}`;

  const load = async (): Promise<Worker> => {
    const child = spawn(process.execPath, [run, 'test/faults/worker.ts'], {
      env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, SECRET_KEY: world.secretKey.toString('base64') },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const worker: Worker = { child, exited: once(child, 'exit'), lines: [] };
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => worker.lines.push(line));
    }
    child.stdin.on('error', () => undefined);
    await until(worker, () => worker.lines.includes('ready'));
    return worker;
  };
  let spare = load();
  // Its failure is met where it is used.
  spare.catch(() => undefined);

  async function begin(): Promise<Worker> {
    const worker = await spare;
    spare = load();
    spare.catch(() => undefined);
    worker.child.stdin?.write(`${JSON.stringify({ ...order, tenantId: world.tenantId, siteId: world.siteId })}\n`);
    return worker;
  }

  async function end(worker: Worker): Promise<string | null> {
    worker.child.kill('SIGKILL');
    await worker.exited;
    const runs = await world.rows<{ state: string }>(`select state from runs where state in ${live} limit 1`);
    for (const tap of [shopTap, postgresTap]) tap.watch(null);
    return runs[0]?.state ?? null;
  }

  return {
    async kill(point) {
      const reached = pointOf(point, { random, scale, shopTap, postgresTap, world });
      const worker = await begin();
      // In the very turn of the event loop in which the packet came.
      const shoot = () => worker.child.kill('SIGKILL');
      await Promise.race([reached(shoot), worker.exited, sleep(longestMs)]);
      if (worker.child.exitCode !== null) throw new Error(`the process ended by itself: ${worker.lines.join('\n')}`);
      return await end(worker);
    },
    async finish() {
      const worker = await begin();
      await until(worker, () => worker.lines.some((line) => /^run succeeded/.test(line)), 600_000);
      await end(worker);
    },
    async stop() {
      const worker = await spare;
      worker.child.kill('SIGKILL');
      await worker.exited;
      await world.owner.query('update connections set port = $1', [world.port]);
    },
  };
}

type Place = { random: Random; scale: number; shopTap: Tap; postgresTap: Tap; world: SyncShop };

function pointOf(
  point: KillPoint,
  { random, scale, shopTap, postgresTap, world }: Place,
): (shoot: () => void) => Promise<void> {
  return (shoot) =>
    new Promise((resolve) => {
      const fire = () => {
        shoot();
        resolve();
      };
      let left: number;
      switch (point) {
        case 'after a time':
          setTimeout(fire, random.int(0, 1_500 * scale));
          return;
        case 'bytes read from the shop':
          left = random.int(1, 1_500_000 * scale);
          shopTap.watch({
            received(data) {
              left -= data.length;
              if (left <= 0) fire();
              return left > 0;
            },
          });
          return;
        case 'bytes written to Postgres':
          left = random.int(1, 1_000_000 * scale);
          postgresTap.watch({
            sent(data) {
              left -= data.length;
              if (left <= 0) fire();
              return left > 0;
            },
          });
          return;
        case 'before a commit arrives':
        case 'after a commit arrived':
          left = random.int(1, 60 * scale);
          postgresTap.watch({
            sent(data) {
              if (data.includes('commit\0')) left -= 1;
              if (left <= 0) fire();
              return left > 0 || point === 'after a commit arrived';
            },
          });
          return;
        case 'while recomputing': {
          const look = async () => {
            const rows = await world.rows(`select from runs where state = 'recomputing' limit 1`).catch(() => []);
            if (rows.length > 0) setTimeout(fire, random.int(0, 150 * scale));
            else setTimeout(() => void look(), 3).unref();
          };
          void look();
        }
      }
    });
}

async function until(worker: Worker, isTrue: () => boolean, withinMs = 300_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isTrue()) {
    if (worker.child.exitCode !== null) throw new Error(`the process ended by itself:\n${worker.lines.join('\n')}`);
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms:\n${worker.lines.slice(-20).join('\n')}`);
    await sleep(15);
  }
}
