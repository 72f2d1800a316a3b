// A real daemon, or web process, on the test's database, to be killed, stopped and started again.
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
  return await startProcess('daemon/main.ts', port, {
    DATABASE_URL: databaseUrl,
    SECRET_KEY: secretKey.toString('base64'),
    STATUS_PORT: String(port),
    ALLOWED_SHOP_NETWORKS: '127.0.0.0/8',
    SYNC_CONCURRENCY: '2',
  });
}

/** Starts a web process and waits until it answers /health. */
export async function startApi({ databaseUrl }: { databaseUrl: string }): Promise<DaemonProcess> {
  const port = await freePort();
  return await startProcess('api/main.ts', port, { DATABASE_URL: databaseUrl, PORT: String(port) });
}

async function startProcess(program: string, port: number, env: Record<string, string>): Promise<DaemonProcess> {
  const child = spawn(process.execPath, [run, program], {
    env: { PATH: process.env.PATH, DATA_DIR: mkdtempSync(join(tmpdir(), 'cel-daemon-')), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const exited = once(child, 'exit');
  const started: DaemonProcess = {
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
    if (child.exitCode !== null) throw new Error(`${program} ended at its start: ${output}`);
    const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (response?.ok) return started;
  }
  await started.end('SIGKILL');
  throw new Error(`${program} did not answer: ${output}`);
}
