// A real daemon process on the test's database, to be killed, stopped and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../start/processes.ts';

const run = fileURLToPath(new URL('../../start/run.mjs', import.meta.url));

export type DaemonProcess = {
  port: number;
  child: ChildProcess;
  output(): string;
  /** Waits until it is gone; gives exit code and milliseconds since the signal. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ code: number | null; ms: number }>;
};

/** Starts a daemon and waits until it answers /health. */
export async function startDaemon({
  databaseUrl,
  secretKey,
}: {
  databaseUrl: string;
  secretKey: Buffer;
}): Promise<DaemonProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [run, 'daemon/main.ts'], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      SECRET_KEY: secretKey.toString('base64'),
      STATUS_PORT: String(port),
      ALLOWED_SHOP_NETWORKS: '127.0.0.0/8',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'cel-daemon-')),
      SYNC_CONCURRENCY: '2',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = once(child, 'exit');
  const daemon: DaemonProcess = {
    port,
    child,
    output: () => output,
    async end(signal) {
      const at = performance.now();
      if (child.exitCode === null) child.kill(signal);
      const [code] = (await exited) as [number | null];
      return { code, ms: performance.now() - at };
    },
  };
  for (const end = performance.now() + 180_000; performance.now() < end; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`the daemon ended at its start: ${output}`);
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (response?.ok) return daemon;
  }
  await daemon.end('SIGKILL');
  throw new Error(`the daemon did not answer: ${output}`);
}
