// One run over one shop, the same for the daemon and the command line: lock, connect, discover, read each stream of each source, recompute. What
// a batch committed stays, whatever happens after it. One stream that fails does not stop the others, unless the connection itself is gone.
import { AppError } from '#shared/errors.ts';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { maskPersonalData } from '#shared/log.ts';
import type { Shop } from '../connections/connection.ts';
import type { TenantClient } from '../db.ts';
import { erasuresOf } from '../erasure/tombstones.ts';
import { meterRun, type RunMeter } from '../metrics/run-meter.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import type { Source, Stream } from '../source.ts';
import { parseGmt } from '../wordpress/wordpress-time.ts';
import type { BackfillSlice } from './backfill-slice.ts';
import { type Cursor, loadCursors, saveCaughtUp } from './cursor.ts';
import { findDatabaseError, isPostgresLost } from './database-error.ts';
import type { Engine } from './engine.ts';
import { type OpenSite, openSite } from './open-site.ts';
import type { Period } from './period.ts';
import { listStreams } from './plan.ts';
import { listStreamsToRetry } from './quarantine.ts';
import { endQuietPoll, findLine, freeShop, type Glance, glanceAtShop, type Standing, takeShop } from './quiet-poll.ts';
import {
  closeLostRuns,
  finishRun,
  forgetCancels,
  insertRun,
  insertRunStreams,
  inTransaction,
  notifyProgress,
  RunCancelledError,
  type RunEnd,
  RunInterruptedError,
  type RunKind,
  type RunProgress,
  type RunSession,
  type StreamProgress,
  saveRun,
  saveRunStream,
  waiting,
} from './run-record.ts';
import { areGrantsDue, type Grants, readGrants, saveShopAccess, tellStrain } from './shop-access.ts';
import { listFloors, lookAtShop, lookParts, type ShopLook } from './shop-look.ts';
import { watchShop } from './shop-watch.ts';
import { findQuiet, passStream } from './stream-pass.ts';

export type RunOptions = {
  tenantId: TenantId;
  siteId: SiteId;
  kind: RunKind;
  /** What a backfill reads; everything when it is open on both sides. */
  period?: Period;
  /** Of a backfill that goes on in slices: only what it has not read yet, until the slice is over. */
  slice?: BackfillSlice;
  /** A person said that rows which vanished in numbers are gone for good. */
  acceptsLoss?: boolean;
  /** Only streams whose target passes; all by default. */
  wants?: (stream: Stream) => boolean;
  onProgress?: (progress: RunProgress) => void;
  /** Aborted when the process stops: the batch in hand is finished, the rest waits for the next run. */
  signal?: AbortSignal;
  now?: () => Date;
};

export type RunResult = RunProgress & { error: AppError | null };

/** The shop of a run once it is open; its counts outlive the connection. */
type Asked = { shop: Shop | null; grants: Grants | null; meter: RunMeter };

/** So many changed rows are recomputed while a long run still reads, so that its pages fill. */
const recomputeEvery = 20_000;

/** So many new rows, and each time four times as many, make what the planner knows of the copies wrong: joins turn quadratic. */
const analyzeFrom = 200;

/** An error that is none of ours: a bug or a broken Postgres. */
class UnexpectedError extends AppError {
  readonly code = 'unexpected';
  readonly retry = 'next-run';
}

/**
 * Runs one shop once. Gives null when another run of the shop is going on, or the company is suspended. Never throws for what went wrong with
 * the shop: the result's state and error tell; throws when Postgres itself fails.
 */
export async function runSite(engine: Engine, options: RunOptions): Promise<RunResult | null> {
  const { pool, daemonId } = engine;
  const { tenantId, siteId } = options;
  const client = await pool.connect();
  const session = { client, tenantId, siteId, daemonId };
  let hasLock = false;
  let broken: Error | undefined;
  try {
    const standing = await takeShop(engine, session);
    hasLock = standing.isOurs;
    if (!hasLock || standing.site.isSuspended) return null;
    const glance = options.kind === 'poll' && !options.wants ? await glanceAtShop(engine, standing, options) : null;
    if (!glance?.quiet) return await runLocked(engine, options, standing, session, glance);
    const result = await endQuietPoll(engine, session, { ...glance, quiet: glance.quiet }, standing);
    hasLock = false;
    options.onProgress?.(result);
    return { ...result, error: null };
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (hasLock && !broken) {
      await client.query(freeShop(siteId)).catch((cause: Error) => {
        broken = cause;
      });
    }
    client.release(broken);
  }
}

async function runLocked(
  engine: Engine,
  options: RunOptions,
  standing: Standing,
  session: RunSession,
  glance: Glance | null,
): Promise<RunResult> {
  const { log } = engine;
  const startedAt = performance.now();
  const runId = await inTransaction(session, async (client) => {
    const lost = await closeLostRuns(client, session.siteId);
    if (lost > 0) log.warn('run.taken_over', { tenant: session.tenantId, site: session.siteId, runs: lost });
    await forgetCancels(client, session.siteId);
    return await insertRun(client, session, { kind: options.kind, backfillId: options.slice?.backfillId ?? null });
  });
  const run: RunProgress & { lastNoticeMs: number } = {
    siteId: session.siteId,
    runId,
    state: 'connecting',
    streams: [],
    warnings: [],
    lastNoticeMs: 0,
  };
  const report = () => options.onProgress?.(run);
  report();
  const asked: Asked = { shop: null, grants: null, meter: meterRun({ ...session, kind: options.kind }) };
  let error: AppError | null = null;
  let detail: string | null = null;
  try {
    await readAll(engine, options, standing, session, run, asked, report, glance);
  } catch (cause) {
    error = toAppError(cause);
    detail = maskPersonalData(cause instanceof Error ? cause.message : String(cause));
    // Without its connection to Postgres the run can't be closed: whoever takes the lock next closes it.
    if (isPostgresLost(cause)) throw cause;
  }
  if (run.streams.some(({ counts }) => counts.new + counts.changed + counts.missing > 0)) {
    engine.quiet?.forgetFloors(session.siteId);
  }
  const end: RunEnd = { state: endState(run, error), error, detail };
  run.state = end.state;
  await inTransaction(session, async (client) => {
    await finishRun(client, run, end);
    if (!asked.shop) return;
    await saveShopAccess(client, { siteId: session.siteId, runId, shop: asked.shop, grants: asked.grants });
    await tellStrain(client, session.siteId, asked.shop);
  });
  report();
  if (asked.shop) asked.meter.step(run.streams, asked.shop.gateway.spent());
  if (error) asked.meter.error(error.code);
  asked.meter.end(end.state);
  log.info('run.finished', {
    tenant: session.tenantId,
    site: session.siteId,
    run: runId,
    kind: options.kind,
    state: end.state,
    error: error?.code,
    detail: detail ?? undefined,
    ms: Math.round(performance.now() - startedAt),
  });
  return { ...run, error };
}

function endState(run: RunProgress, error: AppError | null): RunEnd['state'] {
  if (error instanceof RunCancelledError) return 'cancelled';
  if (error) return 'failed';
  return run.warnings.length > 0 ? 'succeeded_with_warnings' : 'succeeded';
}

async function readAll(
  engine: Engine,
  options: RunOptions,
  standing: Standing,
  session: RunSession,
  run: RunProgress & { lastNoticeMs: number },
  asked: Asked,
  report: () => void,
  glance: Glance | null,
): Promise<void> {
  const { pool, log } = engine;
  const now = options.now ?? (() => new Date());
  if (glance?.failure) throw glance.failure;
  const line = glance?.line ?? (await findLine(engine, standing.settings));
  let opened = await openSite(engine, standing.site, { recalls: options.kind === 'poll', now: now(), line });
  const { shop } = opened;
  const { gateway } = shop;
  /** The new rows of each stream when the planner last looked. */
  const analyzed = new Map<StreamProgress, number>();
  const analyzedOf = (progress: StreamProgress) => analyzed.get(progress) ?? 0;
  const analyze = async () => {
    await pool.query('select analyze_copies()');
    for (const stream of run.streams) analyzed.set(stream, stream.counts.new);
  };
  asked.shop = shop;
  options.signal?.addEventListener('abort', gateway.hurry, { once: true });
  let isWell = false;
  try {
    const seen = await meetShop(engine, options, session, opened, now, glance);
    const { cursors, floors, look } = seen;
    opened = seen.opened;
    const shopNow = parseGmt(look?.clockGmt ?? '') ?? opened.shopNow;
    if (seen.areGrantsDue) asked.grants = await readGrants(shop);
    run.warnings.push(...opened.warnings);
    const work = planWork(engine, options, opened);
    run.streams = work.map(({ progress }) => progress);
    run.state = 'reading';
    const looked = {
      shop: opened.context,
      site: opened.site,
      kind: options.kind,
      cursors,
      quiet: engine.quiet,
      looks: look?.values ?? new Map<string, string>(),
      floors,
      now,
    };
    await inTransaction(session, async (client) => {
      await saveRun(client, session, run);
      await endQuiet(client);
      await insertRunStreams(client, run.runId, run.streams);
      await notifyProgress(client, run);
    });
    report();

    /** What a poll need not read is done before it begins. */
    async function endQuiet(client: TenantClient): Promise<void> {
      const quiet = work.flatMap(({ source, stream, progress }) => {
        const scans = findQuiet({ ...looked, source: source.name, stream });
        return scans
          ? [{ progress, places: scans.map((scan) => ({ source: source.name, stream: stream.name, scan })) }]
          : [];
      });
      if (quiet.length === 0) return;
      const toRetry = await listStreamsToRetry(client, session.siteId);
      const ended = quiet.filter(({ progress: { source, stream } }) => !toRetry.has(`${source}/${stream}`));
      for (const { progress } of ended) progress.state = 'done';
      await saveCaughtUp(
        client,
        session.siteId,
        ended.flatMap(({ places }) => places),
        now(),
      );
    }

    let recomputedAt = 0;
    let isStrainTold = false;
    const afterPage = async (progress: StreamProgress) => {
      report();
      asked.meter.step(run.streams, gateway.spent());
      if (!isStrainTold && gateway.spent().restedMs > 0) {
        isStrainTold = true;
        await inTransaction(session, (client) => tellStrain(client, session.siteId, shop));
      }
      if (progress.counts.new >= Math.max(analyzeFrom, 4 * analyzedOf(progress))) await analyze();
      if (options.signal?.aborted) throw new RunInterruptedError(`run ${run.runId}: the daemon is stopping`);
      if (await isCancelled(session)) throw new RunCancelledError(`run ${run.runId}: cancelled by a person`);
      const changeCount = run.streams.reduce(
        (sum, { counts }) => sum + counts.new + counts.changed + counts.missing,
        0,
      );
      if (changeCount - recomputedAt < recomputeEvery) return;
      recomputedAt = changeCount;
      await recomputeQueued(pool, session.tenantId, { now: now(), log, runId: run.runId });
    };

    const failures: AppError[] = [];
    for (const { source, stream, progress } of work) {
      if (options.slice?.isOver()) break;
      if (progress.state === 'done') continue;
      try {
        await passStream({
          pool,
          session,
          gateway,
          ...looked,
          source: source.name,
          stream,
          period: options.period ?? { from: null, to: null },
          slice: options.slice ?? null,
          acceptsLoss: options.acceptsLoss ?? false,
          run,
          progress,
          erasures: erasuresOf(engine.box),
          shopNow,
          afterPage: () => afterPage(progress),
        });
      } catch (cause) {
        progress.state = 'failed';
        opened.forget();
        const isFatal = gateway.isLost() || !(cause instanceof AppError) || isEndOfRun(cause);
        if (isPostgresLost(cause)) throw cause;
        await inTransaction(session, (client) => saveRunStream(client, run.runId, progress));
        if (isFatal) throw cause;
        failures.push(cause);
        asked.meter.error(cause.code);
        run.warnings.push({ code: cause.code, source: source.name, stream: stream.name, facts: cause.facts });
        log.warn('stream.failed', {
          run: run.runId,
          source: source.name,
          stream: stream.name,
          error: cause.code,
          detail: cause.message,
        });
      }
      report();
    }
    if (failures.length > 0 && failures.length === work.length) throw failures[0];
    isWell = failures.length === 0;
  } finally {
    options.signal?.removeEventListener('abort', gateway.hurry);
    // Another run may take the connection before this one has said what it asked.
    const [statements, spent] = [gateway.statements(), gateway.spent()];
    asked.shop = { ...shop, gateway: { ...gateway, statements: () => statements, spent: () => spent } };
    await opened.leave(isWell);
  }
  run.state = 'recomputing';
  await inTransaction(session, async (client) => {
    await saveRun(client, session, run);
    await notifyProgress(client, run);
  });
  report();
  // What the planner knows is right enough until a stream has twice as many rows.
  const unknown = run.streams.filter((stream) => stream.counts.new >= 2 * analyzedOf(stream));
  if (unknown.reduce((sum, { counts }) => sum + counts.new, 0) >= analyzeFrom) await analyze();
  await recomputeQueued(pool, session.tenantId, { now: now(), log, runId: run.runId });
  await watchShop(session, { site: opened.site, sources: engine.sources, run, kind: options.kind, now: now() });
}

type Work = { source: Source; stream: Stream; progress: StreamProgress };

/** The streams that this shop has today and this run is for. */
function planWork({ sources }: Engine, { wants, slice }: RunOptions, { context }: OpenSite): Work[] {
  return listStreams(sources, context, wants)
    .filter(({ source, stream }) => !slice?.isDone(source.name, stream.name))
    .map(({ source, stream }) => ({ source, stream, progress: waiting(source, stream) }));
}

type Meeting = {
  opened: OpenSite;
  cursors: Map<string, Cursor>;
  floors: ReadonlyMap<string, string>;
  /** Null: everything is read. */
  look: ShopLook | null;
  areGrantsDue: boolean;
};

/** Where we stand with the shop; a poll looks at it first, and asks what it is when that is not what it was at an earlier run. */
async function meetShop(
  engine: Engine,
  options: RunOptions,
  session: RunSession,
  opened: OpenSite,
  now: () => Date,
  glance: Glance | null = null,
): Promise<Meeting> {
  const { context, site, shop } = opened;
  if (glance?.look && opened.isRecalled && glance.look.options === opened.optionsLook) {
    return { opened, ...glance, areGrantsDue: false };
  }
  const isPoll = options.kind === 'poll';
  const streams = listStreams(engine.sources, context, options.wants);
  const standing = await inTransaction(session, async (client) => ({
    cursors: await loadCursors(client, session.siteId),
    floors: isPoll ? await listFloors(client, streams, { site, now: now() }) : new Map<string, string>(),
    areGrantsDue: await areGrantsDue(client, session.siteId),
  }));
  if (!isPoll || !engine.quiet) return { opened, ...standing, look: null };
  engine.quiet.rememberFloors(session.siteId, standing.floors, now());
  const parts = lookParts(streams, context, { site, ...standing, now: now() });
  const look = await lookAtShop(shop.gateway, context.prefix, parts);
  if (look?.options === opened.optionsLook) return { opened, ...standing, look };
  if (opened.isRecalled) return await meetShop(engine, options, session, await opened.askAgain(), now);
  // It changed under our eyes, or does not let itself be looked at.
  opened.forget();
  return { opened, ...standing, look };
}

const isEndOfRun = (error: AppError) => ['run_taken_over', 'run_cancelled', 'daemon_stopping'].includes(error.code);

async function isCancelled(session: RunSession): Promise<boolean> {
  return await inTransaction(session, async (client) => (await forgetCancels(client, session.siteId)) > 0);
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const known = findDatabaseError(error);
  if (known) return known;
  return new UnexpectedError(error instanceof Error ? error.message : String(error), { cause: error });
}
