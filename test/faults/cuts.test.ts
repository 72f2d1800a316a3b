// The line to a shop is reset, goes silent, or ends in the middle of a packet, at random bytes of a full reading: direct, between us and the SSH
// server, and between the SSH server and the database. Each time the run fails with its own error within its time limit, and the next one heals.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runMessage } from '#shared/run-messages.ts';
import { saveConnection } from '../../daemon/connections/connection-store.ts';
import { withTenant } from '../../daemon/db.ts';
import type { Engine } from '../../daemon/sync/engine.ts';
import { startJobs } from '../../daemon/sync/jobs.ts';
import { runSite } from '../../daemon/sync/run.ts';
import { Random } from '../../start/demo/random.ts';
import type { Sshd } from '../../start/sshd.ts';
import { startSshd } from '../support/servers.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { closeListeners } from '../support/tcp.ts';
import { amounts, timeLimit } from './amounts.ts';
import { checkCopy } from './check.ts';
import { report } from './report.ts';
import { startTap, type Tap } from './tap.ts';

const random = Random.of(amounts.seed, 'cuts');
const kinds = ['reset', 'silence', 'half a packet'] as const;
type Kind = (typeof kinds)[number];
const places = ['direct', 'before the SSH server', 'behind the SSH server'] as const;
type Place = (typeof places)[number];

const codes: Record<Kind, RegExp> = {
  reset: /^(connection_lost|ssh_failed|ssh_target_refused)$/,
  silence: /^(shop_stalled|mysql_no_answer|ssh_failed|ssh_target_refused)$/,
  'half a packet': /^(connection_lost|ssh_failed|ssh_target_refused)$/,
};

let world: SyncShop;
let engine: Engine;
/** Gives a silent line up after two seconds; whatever heals may take its time. */
let hurried: Engine;
let sshd: Sshd;
const taps = new Map<Place, Tap>();
const bytesOf = new Map<Place, number>();

beforeAll(async () => {
  world = await createSyncShop({ isGenerated: true, size: 'tiny' });
  sshd = await startSshd();
  engine = {
    ...world.engine,
    sources: world.engine.sources.map((source) => ({
      ...source,
      streams: source.streams.map((stream) => ({ ...stream, pageSize: 25 })),
    })),
  };
  hurried = { ...engine, shopLimits: { connectTimeoutMs: 2_000, statementTimeoutMs: 1_500, silenceMs: 500 } };
  taps.set('direct', await startTap({ host: '127.0.0.1', port: world.port }));
  taps.set('behind the SSH server', await startTap({ host: '127.0.0.1', port: world.port }));
  taps.set('before the SSH server', await startTap({ host: '127.0.0.1', port: sshd.port }));
  await world.sync();
});
afterAll(async () => {
  await closeListeners();
  await sshd?.stop();
  await world?.drop();
});

/** Reads the shop over the tap of this place. */
async function connectThrough(place: Place): Promise<void> {
  const isSsh = place !== 'direct';
  const sshPort = place === 'before the SSH server' ? taps.get(place)!.port : sshd.port;
  await withTenant(world.pool, world.tenantId, (client) =>
    saveConnection(
      { client, siteId: world.siteId, box: engine.box },
      {
        mode: isSsh ? 'ssh' : 'direct',
        host: '127.0.0.1',
        port: place === 'before the SSH server' ? world.port : taps.get(place)!.port,
        ...world.reader,
        tls: { mode: 'off' },
        ...(isSsh && {
          ssh: {
            host: '127.0.0.1',
            port: sshPort,
            user: sshd.user,
            privateKey: sshd.privateKey,
            hostKeyFingerprint: sshd.hostKeyFingerprint,
          },
        }),
      },
    ),
  );
}

const run = (kind: 'poll' | 'full', by = engine) =>
  runSite(by, { tenantId: world.tenantId, siteId: world.siteId, kind });

/** Bytes that the shop sends in one full reading over this place. */
async function measure(place: Place): Promise<number> {
  const known = bytesOf.get(place);
  if (known) return known;
  let bytes = 0;
  taps.get(place)!.watch({
    received(data) {
      bytes += data.length;
      return true;
    },
  });
  expect((await run('full'))?.error).toBeNull();
  bytesOf.set(place, bytes);
  return bytes;
}

/** Half of the points lie in the login and the discovery, which are a small part of the bytes and half of the code. */
function pickByte(total: number): number {
  // A later reading asks a little less than the measured one (the grants once a day): a break beyond its end would be none.
  const last = Math.floor(total * 0.9);
  return random.int(1, random.chance(0.5) ? Math.min(last, 20_000) : last);
}

function breakAfter(tap: Tap, kind: Kind, bytes: number): void {
  let left = bytes;
  let isBroken = false;
  tap.watch({
    sent: () => !(isBroken && kind === 'silence'),
    received(data) {
      // Nothing more: TCP never loses bytes and goes on.
      if (isBroken) return false;
      if (data.length < left) {
        left -= data.length;
        return true;
      }
      isBroken = true;
      if (kind === 'silence') return false;
      if (kind === 'reset') tap.cut();
      // What was let through arrives first.
      else setTimeout(() => tap.cut(), 10);
      return kind === 'half a packet' ? Math.max(1, Math.min(left, data.length - 1)) : false;
    },
  });
}

test(
  'a line that breaks fails its run with a clear error in time, and the next run makes the copy equal',
  async () => {
    const injected = new Map<string, number>();
    for (let index = 0; index < amounts.cuts; index += 1) {
      const kind = kinds[index % kinds.length]!;
      // Half direct, a quarter each inside SSH.
      const place = places[index % 2 === 0 ? 0 : index % 4 === 1 ? 1 : 2]!;
      await connectThrough(place);
      const bytes = pickByte(await measure(place));
      breakAfter(taps.get(place)!, kind, bytes);
      const startedAt = performance.now();
      const broken = await run('full', kind === 'silence' ? hurried : engine);
      const what = `${kind}, ${place}, after ${bytes} bytes (seed ${amounts.seed})`;
      expect(broken?.error?.code, what).toMatch(codes[kind]);
      expect(broken?.error?.retry, what).toBe('next-run');
      expect(broken?.state, what).toBe('failed');
      expect(runMessage(broken!.error!.code, broken!.error!.facts).sentence, what).not.toContain('erro inesperado');
      expect(performance.now() - startedAt, what).toBeLessThan(45_000);
      taps.get(place)!.watch(null);
      taps.get(place)!.cut();
      expect((await run('poll'))?.error, what).toBeNull();
      const label = `${kind}, ${place === 'direct' ? 'direct' : `inside SSH (${place})`}`;
      injected.set(label, (injected.get(label) ?? 0) + 1);
    }
    const check = await checkCopy(world);
    for (const [kind, count] of injected)
      report({ fault: 'connection to the shop cut', kind, injected: count, ...check });
  },
  timeLimit,
);

test(
  'a shop that stays away is asked less and less often by itself, and at once when a person asks',
  async () => {
    await connectThrough('direct');
    await world.owner.query('update connections set port = 1');
    const stopping = new AbortController();
    const jobs = await startJobs({ engine, concurrency: 1, lockUrl: world.databaseUrl, signal: stopping.signal });
    const first = (await newestRun()).id;
    const ask = () =>
      withTenant(world.pool, world.tenantId, (client) => client.query('select enqueue_job($1)', [world.siteId]));
    const asked = async (more: number) =>
      expect.poll(async () => Number((await newestRun()).id) - Number(first)).toBe(more);
    try {
      await ask();
      await asked(1);
      await settled();
      await ask();
      await asked(2);
      await settled();
      // Two failures in a row: the third attempt waits a minute.
      await ask();
      await expect.poll(async () => (await world.rows('select from graphile_worker._private_jobs')).length).toBe(0);
      await sleep(500);
      await asked(2);
      await world.owner.query('update connections set port = $1', [world.port]);
      await withTenant(world.pool, world.tenantId, async (client) => {
        await client.query(`insert into commands (tenant_id, site_id, kind) values ($1, $2, 'sync_now')`, [
          world.tenantId,
          world.siteId,
        ]);
        await client.query('select enqueue_job($1)', [world.siteId]);
      });
      await asked(3);
      await settled();
      expect((await newestRun()).state).toBe('succeeded');
    } finally {
      stopping.abort();
      await jobs.stop();
    }

    async function newestRun(): Promise<{ id: string; state: string }> {
      const rows = await world.rows<{ id: string; state: string }>(
        'select id, state from runs order by id desc limit 1',
      );
      return rows[0]!;
    }
    async function settled(): Promise<void> {
      await expect.poll(async () => (await newestRun()).state).toMatch(/^(failed|succeeded|succeeded_with_warnings)$/);
    }
  },
  timeLimit,
);
