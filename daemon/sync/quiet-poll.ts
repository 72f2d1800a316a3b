// A poll of a shop that this process has seen quiet, from end to end: where we stand in one message to Postgres, one look at the shop, and what there is
// to say of it in one more. A thousand shops are asked so each minute; a run says each step of its own, in fifty statements. What is not as it was is
// left to the run (run.ts), which goes on from the look.
import type { Log } from '#shared/log.ts';
import type { ConnectionSettings, Shop } from '../connections/connection.ts';
import { findConnection } from '../connections/connection-store.ts';
import { inOneMessage, runQuery, type TenantClient } from '../db.ts';
import { meterRun } from '../metrics/run-meter.ts';
import { isAnythingWaiting, recomputeQueued } from '../recompute/recompute.ts';
import { loadSite, type SiteSettings } from '../settings.ts';
import { type Cursor, type CursorPlace, loadCursors, saveCaughtUp } from './cursor.ts';
import type { Engine } from './engine.ts';
import { type Line, openNew, placeOf, shopContextOf, warningsOf } from './open-site.ts';
import { listStreams } from './plan.ts';
import { listStreamsToRetry } from './quarantine.ts';
import {
  closeLostRuns,
  forgetCancels,
  type RunProgress,
  type RunSession,
  type StreamProgress,
  type Warning,
  waiting,
} from './run-record.ts';
import { areGrantsDue, askedOf, tellStrain } from './shop-access.ts';
import { lookAtShop, lookParts, type ShopLook } from './shop-look.ts';
import { findQuiet } from './stream-pass.ts';

/** A connection that was kept and does not answer for so long is given up for a new one. */
const keptAnswersMs = 5_000;

/** Where a shop stands before a run. `isOurs`: the session holds the shop's lock, until freeShop() or its end. */
export type Standing = {
  isOurs: boolean;
  site: SiteSettings;
  /** Null when it can't be had: the run will say why. */
  settings: ConnectionSettings | null;
  cursors: Map<string, Cursor>;
  areGrantsDue: boolean;
  toRetry: ReadonlySet<string>;
  isRecomputeDue: boolean;
};

/** What a poll saw at first. */
export type Glance = {
  /** The connection to go on with. */
  line: Line | null;
  /** Why there is none. */
  failure: Error | null;
  cursors: Map<string, Cursor>;
  floors: ReadonlyMap<string, string>;
  /** Null when the shop refused to be looked at. */
  look: ShopLook | null;
  /** When nothing need be read. */
  quiet: Quiet | null;
};
type Quiet = { streams: StreamProgress[]; places: CursorPlace[]; warnings: Warning[]; now: Date; startedAt: Date };

const lockOf = (siteId: string) => `hashtextextended('site:${BigInt(siteId)}', 0)`;

/** Lets the next run in. */
export const freeShop = (siteId: string): string => `select pg_advisory_unlock(${lockOf(siteId)})`;

/** Takes the shop's lock, which Postgres frees at once when this process dies, and reads where we stand. */
export async function takeShop({ box, lines }: Engine, session: RunSession): Promise<Standing> {
  const { client, tenantId, siteId, daemonId } = session;
  const isOurs = async (db: TenantClient) => {
    const { rows } = await db.query<{ isOurs: boolean }>(`select pg_try_advisory_lock(${lockOf(siteId)}) as "isOurs"`);
    return rows[0]!.isOurs;
  };
  const hasOthers = async (db: TenantClient) => {
    const { rowCount } = await db.query(
      `select from daemons where id <> $1 and heartbeat_at > now() - interval '1 minute' limit 1`,
      [daemonId],
    );
    return rowCount === 1;
  };
  return await inOneMessage(client, tenantId, async (db) => {
    const [others, ours, site, settings, cursors, grants, toRetry, recompute] = await Promise.all([
      hasOthers(db),
      isOurs(db),
      loadSite(db, siteId),
      findConnection({ client: db, siteId, box }).catch(() => null),
      loadCursors(db, siteId),
      areGrantsDue(db, siteId),
      listStreamsToRetry(db, siteId),
      isAnythingWaiting(db),
    ]);
    // Each would keep one to each shop.
    await lines?.allow(!others);
    return { isOurs: ours, site, settings, cursors, areGrantsDue: grants, toRetry, isRecomputeDue: recompute };
  });
}

/** A kept connection that answers, for a run that does not begin with a look; null when there is none. */
export async function findLine(engine: Engine, settings: ConnectionSettings | null): Promise<Line | null> {
  const shop = settings && engine.lines?.take(settings);
  if (!settings || !shop) return null;
  const answers = await inTime(shop, shop.gateway.query('select 1 as one'));
  return answers ? { settings, shop } : null;
}

/** What a kept connection answers; null when it is lost, or silent: then it is closed. */
async function inTime<T>(shop: Shop, answer: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, keptAnswersMs, null);
  });
  const answered = await Promise.race([answer.catch(() => null), late]);
  clearTimeout(timer);
  if (answered === null) void shop.close();
  return answered;
}

/** Looks at a shop of which this process knows what it is. Null when it does not, or something is due that only a run does. */
export async function glanceAtShop(
  engine: Engine,
  { site, settings, cursors, areGrantsDue, toRetry }: Standing,
  { now = () => new Date(), signal }: { now?: (() => Date) | undefined; signal?: AbortSignal | undefined },
): Promise<Glance | null> {
  const { quiet, sources } = engine;
  if (!quiet || !settings || areGrantsDue || signal?.aborted) return null;
  const [startedAt, at] = [new Date(), now()];
  const facts = quiet.recallFacts(placeOf(site, settings), at);
  const floors = quiet.recallFloors(site.siteId, at);
  if (!facts || !floors) return null;
  const shop = shopContextOf(facts, site);
  const planned = listStreams(sources, shop);
  const parts = lookParts(planned, shop, { site, cursors, floors, now: at });
  const seen = { failure: null, cursors, floors, quiet: null };

  const kept = engine.lines?.take(settings);
  let look = kept ? await inTime(kept, lookAtShop(kept.gateway, shop.prefix, parts)) : null;
  let line = kept && look ? { settings, shop: kept } : null;
  if (!line) {
    try {
      line = { settings, shop: await openNew(engine, settings) };
      look = await lookAtShop(line.shop.gateway, shop.prefix, parts);
    } catch (error) {
      await line?.shop.close();
      return { ...seen, line: null, look: null, failure: error as Error };
    }
  }
  if (look?.options !== facts.optionsLook) return { ...seen, line, look };

  const looked = { shop, site, kind: 'poll' as const, cursors, quiet, looks: look.values, floors, now };
  const places: CursorPlace[] = [];
  for (const { source, stream } of planned) {
    const scans = findQuiet({ ...looked, source: source.name, stream });
    if (!scans || toRetry.has(`${source.name}/${stream.name}`)) return { ...seen, line, look };
    places.push(...scans.map((scan) => ({ source: source.name, stream: stream.name, scan })));
  }
  const streams = planned.map(({ source, stream }) => ({ ...waiting(source, stream), state: 'done' as const }));
  return {
    ...seen,
    line,
    look,
    quiet: { streams, places, warnings: warningsOf(site, facts, site), now: at, startedAt },
  };
}

/** Writes a poll of which nothing need be read, gives its connection back and frees the shop. */
export async function endQuietPoll(
  engine: Engine,
  session: RunSession,
  { line, quiet }: Glance & { quiet: Quiet },
  { isRecomputeDue }: Standing,
): Promise<RunProgress> {
  const { pool, log, lines } = engine;
  const { client, tenantId, siteId, daemonId } = session;
  const { settings, shop } = line!;
  const { streams, places, warnings, now, startedAt } = quiet;
  const state = warnings.length > 0 ? 'succeeded_with_warnings' : 'succeeded';
  const meter = meterRun({ tenantId, siteId, kind: 'poll' });
  const asked = askedOf(shop);
  meter.step([], shop.gateway.spent());
  let isWell = false;
  try {
    if (isRecomputeDue) await recomputeQueued(pool, tenantId, { now, log });
    const [lost, , , , written] = await inOneMessage(
      client,
      tenantId,
      (db) =>
        Promise.all([
          closeLostRuns(db, siteId),
          forgetCancels(db, siteId),
          saveCaughtUp(db, siteId, places, now),
          tellStrain(db, siteId, shop),
          runQuery<{ id: RunProgress['runId'] }>(db, 'insert_quiet_run', {
            tenant: tenantId,
            site: siteId,
            daemon: daemonId,
            state,
            warnings: JSON.stringify(warnings),
            started: startedAt,
            sources: streams.map(({ source }) => source),
            streams: streams.map(({ stream }) => stream),
            statements: JSON.stringify(asked.statements),
            shape_count: asked.shapeCount,
            statement_count: asked.statementCount,
            ms: asked.ms,
          }),
        ]),
      { afterwards: freeShop(siteId) },
    );
    isWell = true;
    const runId = written.rows[0]!.id;
    tellEnd(log, { tenantId, siteId, runId, state, lost, startedAt });
    meter.end(state);
    return { siteId, runId, state, streams, warnings };
  } finally {
    await (isWell && lines ? lines.give(settings, shop) : shop.close());
  }
}

type End = Pick<RunProgress, 'siteId' | 'runId' | 'state'> & { tenantId: string; lost: number; startedAt: Date };

function tellEnd(log: Log, { tenantId, siteId, runId, state, lost, startedAt }: End): void {
  if (lost > 0) log.warn('run.taken_over', { tenant: tenantId, site: siteId, runs: lost });
  const ms = Date.now() - startedAt.getTime();
  log.info('run.finished', { tenant: tenantId, site: siteId, run: runId, kind: 'poll', state, ms });
}
