// What every process of ours tells of itself at a scrape: memory, CPU, the delay of its event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { version } from '../version.ts';
import { type Family, gauge } from './exposition.ts';

const loopDelay = monitorEventLoopDelay({ resolution: 20 });
loopDelay.enable();
const startedAtMs = performance.timeOrigin;

/** The event loop's delay is that since the last call. */
export function describeProcess(): Family[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  // Its own sampling interval is part of what it measures.
  const seconds = (nanoseconds: number) => (Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - 0.02) : 0);
  const families: Family[] = [
    gauge('carrinho_build_info', 'Version of the program, as labels.', [
      { labels: { version, node: process.versions.node }, value: 1 },
    ]),
    gauge('process_resident_memory_bytes', 'Resident memory.', [{ value: rss }]),
    gauge('nodejs_heap_used_bytes', 'Heap in use.', [{ value: heapUsed }]),
    {
      ...gauge('process_cpu_seconds_total', 'CPU time since the start.', [{ value: (user + system) / 1e6 }]),
      type: 'counter' as const,
    },
    gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', [
      { value: startedAtMs / 1000 },
    ]),
    gauge('nodejs_eventloop_lag_seconds', 'Delay of the event loop since the last scrape.', [
      { labels: { stat: 'p50' }, value: seconds(loopDelay.percentile(50)) },
      { labels: { stat: 'p99' }, value: seconds(loopDelay.percentile(99)) },
      { labels: { stat: 'max' }, value: seconds(loopDelay.max) },
    ]),
  ];
  loopDelay.reset();
  return families;
}

/** Connections to Postgres: how many are at work, how many could be, and who waits for one. */
export function describePool({ used, idle, waiting }: { used: number; idle: number; waiting: number }): Family[] {
  return [
    gauge('carrinho_pool_connections', "This process' connections to Postgres by state.", [
      { labels: { state: 'used' }, value: used },
      { labels: { state: 'idle' }, value: idle },
    ]),
    gauge('carrinho_pool_waiting', 'Who waits for a connection to Postgres.', [{ value: waiting }]),
  ];
}
