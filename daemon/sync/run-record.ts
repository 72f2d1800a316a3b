// The run as rows: `runs`, `run_streams`, `batches`. Counts are written in the transaction of the batch they count, and the same statement is
// the fence: a run that was taken over (its row closed by another daemon) cannot write any more, so an older copy never lands on a newer one.
import { AppError } from '#shared/errors.ts';
import type { RunId, SiteId, TenantId } from '#shared/ids.ts';
import type { Client, TenantClient } from '../db.ts';

/** Another daemon closed this run: its connection looked dead. */
export class RunTakenOverError extends AppError {
  readonly code = 'run_taken_over';
  readonly retry = 'next-run';
}
/** A person asked for it. */
export class RunCancelledError extends AppError {
  readonly code = 'run_cancelled';
  readonly retry = 'next-run';
}
/** The daemon is stopping; what was committed stays and the next run goes on from there. */
export class RunInterruptedError extends AppError {
  readonly code = 'daemon_stopping';
  readonly retry = 'next-run';
}

export type RunKind = 'poll' | 'full' | 'reconcile' | 'backfill';
export type RunState =
  | 'connecting'
  | 'reading'
  | 'writing'
  | 'recomputing'
  | 'succeeded'
  | 'succeeded_with_warnings'
  | 'failed'
  | 'cancelled';

export type StreamCounts = {
  read: number;
  new: number;
  changed: number;
  unchanged: number;
  missing: number;
  quarantined: number;
  skipped: Record<string, number>;
};

export type Warning = { code: string; source?: string; stream?: string; facts?: Record<string, string> };

export type StreamProgress = {
  source: string;
  stream: string;
  label: string;
  state: 'waiting' | 'reading' | 'done' | 'failed' | 'absent';
  estimated: number | null;
  /** Ids that a digest walked. */
  compared?: number;
  counts: StreamCounts;
};

/** What a caller of a run sees of it, again and again. */
export type RunProgress = {
  siteId: SiteId;
  runId: RunId;
  state: RunState;
  streams: StreamProgress[];
  warnings: Warning[];
};

export const noCounts = (): StreamCounts => ({
  read: 0,
  new: 0,
  changed: 0,
  unchanged: 0,
  missing: 0,
  quarantined: 0,
  skipped: {},
});

/** A stream of a run that begins. */
export const waiting = (source: { name: string }, stream: { name: string; label: string }): StreamProgress => ({
  source: source.name,
  stream: stream.name,
  label: stream.label,
  state: 'waiting',
  estimated: null,
  counts: noCounts(),
});

/** A dedicated connection that holds the shop's lock for the whole run; every batch is one transaction on it. */
export type RunSession = { client: Client; tenantId: TenantId; siteId: SiteId; daemonId: string };

/** One transaction of the session's tenant. */
export async function inTransaction<T>(session: RunSession, work: (client: TenantClient) => Promise<T>): Promise<T> {
  const { client, tenantId } = session;
  // One message: a batch is short, and the way to Postgres may be long.
  await client.query(`begin; select set_config('app.tenant_id', ${client.escapeLiteral(tenantId)}, true)`);
  try {
    const result = await work(Object.assign(client, { tenantId }));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Closes the live runs of a shop whose lock we hold: their daemon is gone. Gives how many there were. */
export async function closeLostRuns(client: TenantClient, siteId: SiteId): Promise<number> {
  const { rowCount } = await client.query(
    `update runs set state = 'failed', error_code = 'daemon_lost', finished_at = now()
     where tenant_id = $1 and site_id = $2 and state in ('connecting', 'reading', 'writing', 'recomputing')`,
    [client.tenantId, siteId],
  );
  return rowCount ?? 0;
}

/** Takes the open requests to cancel; what was asked before a run began is not about it. */
export async function forgetCancels(client: TenantClient, siteId: SiteId): Promise<number> {
  const { rowCount } = await client.query(
    `update commands set finished_at = now() where tenant_id = $1 and site_id = $2 and kind = 'cancel' and finished_at is null`,
    [client.tenantId, siteId],
  );
  return rowCount ?? 0;
}

/** Begins a run; it is the shop's first one as long as none has ended well. */
export async function insertRun(
  client: TenantClient,
  session: RunSession,
  { kind, backfillId }: { kind: RunKind; backfillId: string | null },
): Promise<RunId> {
  const { rows } = await client.query<{ id: RunId }>(
    `insert into runs (tenant_id, site_id, kind, state, daemon_id, backfill_id, is_first, started_at, heartbeat_at)
     values ($1, $2, $3, 'connecting', $4, $5,
             $3 <> 'backfill' and not exists (
               select from runs r where r.tenant_id = $1 and r.site_id = $2 and r.state in ('succeeded', 'succeeded_with_warnings') and r.kind <> 'backfill'
             ), now(), now()) returning id`,
    [client.tenantId, session.siteId, kind, session.daemonId, backfillId],
  );
  return rows[0]!.id;
}

const sum = (streams: StreamProgress[], of: (counts: StreamCounts) => number) =>
  streams.reduce((total, { counts }) => total + of(counts), 0);

/** Writes state and counts of the run; throws RunTakenOverError when the row is no longer ours and live. */
export async function saveRun(client: TenantClient, session: RunSession, progress: RunProgress): Promise<void> {
  const { streams } = progress;
  const { rowCount } = await client.query(
    `update runs set state = $4, heartbeat_at = now(), read_count = $5, new_count = $6, changed_count = $7, warnings = $8
     where tenant_id = $1 and id = $2 and daemon_id = $3 and state in ('connecting', 'reading', 'writing', 'recomputing')`,
    [
      client.tenantId,
      progress.runId,
      session.daemonId,
      progress.state,
      sum(streams, (counts) => counts.read),
      sum(streams, (counts) => counts.new),
      sum(streams, (counts) => counts.changed + counts.missing),
      JSON.stringify(progress.warnings),
    ],
  );
  if (rowCount === 0) throw new RunTakenOverError(`run ${progress.runId}: closed by another daemon`);
}

/** The streams of a run that begins: those that wait, and those of which nothing need be read. */
export async function insertRunStreams(client: TenantClient, runId: RunId, streams: StreamProgress[]): Promise<void> {
  await client.query(
    `insert into run_streams (tenant_id, run_id, source, stream, state, started_at, finished_at)
     select $1, $2, source, stream, state, case when state = 'done' then now() end, case when state = 'done' then now() end
     from unnest($3::text[], $4::text[], $5::text[]) given (source, stream, state)`,
    [
      client.tenantId,
      runId,
      streams.map(({ source }) => source),
      streams.map(({ stream }) => stream),
      streams.map(({ state }) => state),
    ],
  );
}

export async function saveRunStream(client: TenantClient, runId: RunId, stream: StreamProgress): Promise<void> {
  const { counts } = stream;
  await client.query(
    `insert into run_streams (tenant_id, run_id, source, stream, state, estimated_count, read_count, new_count, changed_count, unchanged_count,
                              missing_count, skipped, quarantined_count, started_at, finished_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
             case when $5 <> 'waiting' then now() end, case when $5 in ('done', 'failed', 'absent') then now() end)
     on conflict (tenant_id, run_id, source, stream) do update set
       state = excluded.state, estimated_count = excluded.estimated_count, read_count = excluded.read_count, new_count = excluded.new_count,
       changed_count = excluded.changed_count, unchanged_count = excluded.unchanged_count, missing_count = excluded.missing_count,
       skipped = excluded.skipped, quarantined_count = excluded.quarantined_count,
       started_at = coalesce(run_streams.started_at, excluded.started_at), finished_at = excluded.finished_at`,
    [
      client.tenantId,
      runId,
      stream.source,
      stream.stream,
      stream.state,
      stream.estimated,
      counts.read,
      counts.new,
      counts.changed,
      counts.unchanged,
      counts.missing,
      JSON.stringify(counts.skipped),
      counts.quarantined,
    ],
  );
}

/** Says on carrinho_progress that the run moved; delivered when the transaction commits. */
export async function notifyProgress(client: TenantClient, { siteId, runId }: RunProgress): Promise<void> {
  await client.query(`select pg_notify('carrinho_progress', $1)`, [
    JSON.stringify({ tenant: client.tenantId, site: siteId, run: runId }),
  ]);
}

export async function notifyChanged(client: TenantClient, kinds: string[]): Promise<void> {
  await client.query(`select pg_notify('carrinho_changed', $1)`, [JSON.stringify({ tenant: client.tenantId, kinds })]);
}

export type RunEnd = {
  state: 'succeeded' | 'succeeded_with_warnings' | 'failed' | 'cancelled';
  error: AppError | null;
  detail: string | null;
};

export async function finishRun(client: TenantClient, progress: RunProgress, end: RunEnd): Promise<void> {
  await client.query(
    `update runs set state = $3, finished_at = now(), heartbeat_at = now(), error_code = $4, error_facts = $5, error_detail = $6, warnings = $7
     where tenant_id = $1 and id = $2 and state in ('connecting', 'reading', 'writing', 'recomputing')`,
    [
      client.tenantId,
      progress.runId,
      end.state,
      end.error?.code ?? null,
      end.error ? JSON.stringify({ ...end.error.facts, retry: end.error.retry }) : null,
      end.detail,
      JSON.stringify(progress.warnings),
    ],
  );
  await notifyProgress(client, progress);
}
