// What a piece of work cost: time, the buffers that its backend asked for (its own count, so that nobody else's work is in it), the rows that it
// wrote, and the most memory that the backend and this process held meanwhile.
import { readFileSync } from 'node:fs';
import type { Client, Pool } from '../daemon/db.ts';

export type Cost = {
  seconds: number;
  /** Seconds of processor that the backend used: what to compare when something else runs on the machine. */
  cpu: number;
  /** Buffers of 8 kB asked for, those of the work tables among them. */
  buffers: number;
  /** Rows inserted, updated and deleted in the tables of the schema. */
  rowsWritten: number;
  /** The tables that those rows are of. */
  tables: string[];
  /** The most that the backend held besides the buffers that all backends share, and the most that Node held, in MB. */
  backendMb: number;
  nodeMb: number;
};

type Counts = { buffers: number; rows: { [table: string]: number } };

/** Runs `work` and measures it. `pool` must have one connection only: the counts are those of its backend. */
export async function measure(pool: Pool, work: () => Promise<unknown>): Promise<Cost> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]!.pid;
  const before = await readCounts(pool);
  const cpuBefore = cpuSeconds(pid);
  let [backendMb, nodeMb] = [0, 0];
  const sample = () => {
    backendMb = Math.max(backendMb, ownMb(pid));
    nodeMb = Math.max(nodeMb, process.memoryUsage.rss() / 1e6);
  };
  sample();
  const sampling = setInterval(sample, 50);
  const startedAt = performance.now();
  try {
    await work();
  } finally {
    clearInterval(sampling);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = cpuSeconds(pid) - cpuBefore;
  sample();
  const after = await readCounts(pool);
  const written = (table: string) => after.rows[table]! - (before.rows[table] ?? 0);
  const tables = Object.keys(after.rows).filter((table) => written(table) > 0);
  return {
    seconds,
    cpu,
    buffers: after.buffers - before.buffers,
    rowsWritten: tables.reduce((sum, table) => sum + written(table), 0),
    tables,
    backendMb,
    nodeMb,
  };
}

async function readCounts(pool: Pool): Promise<Counts> {
  const client = await pool.connect();
  try {
    await flush(client);
    const { rows } = await client.query<{ buffers: string; rows: { [table: string]: number } }>(
      `select (select sum(hits + read_bytes / 8192) from pg_stat_get_backend_io(pg_backend_pid()) where object <> 'wal') as buffers,
              (select json_object_agg(relname, n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_user_tables where schemaname = 'public') as rows`,
    );
    return { buffers: Number(rows[0]!.buffers), rows: rows[0]!.rows };
  } finally {
    client.release();
  }
}

/** A backend tells its counts when its transaction has ended, at most once a second unless asked. */
async function flush(client: Client): Promise<void> {
  await client.query('select pg_stat_force_next_flush()');
  await client.query('select pg_stat_clear_snapshot()');
}

const ticksPerSecond = 100;

/** User and system time of a process; on systems without /proc 0. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Linux tells which of a process' memory is its own; elsewhere 0. */
export function ownMb(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/RssAnon:\s+(\d+)/.exec(status)![1]) * 1024) / 1e6;
}
