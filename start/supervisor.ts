// Keeps the processes of `npm start` alive: one that dies is started again, at once the first time and then after ever longer pauses. One that ends
// because something must be mended first (its exit code says so) ends everything: restarting would only repeat its sentence. None outlives us.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { needsFixExitCode } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import { toldEnvironment } from '#shared/told-environment.ts';

export type ChildSpec = {
  name: string;
  /** Always Node: the child follows us by Node's own channel. */
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** It loads at once and begins to work in this environment (shared/told-environment.ts). */
  told?: Promise<NodeJS.ProcessEnv>;
  /** Its output goes here instead of ours. */
  logFile?: string;
};

export type Supervisor = {
  /** Stops the children in the order given, all within `timeoutMs`; what is left then goes by force. */
  stop(timeoutMs?: number): Promise<void>;
  /** Resolves with the exit code of a child that must not be started again. */
  failed: Promise<number>;
};

const stopWithinMs = 9_000;
const longestPauseMs = 30_000;
const healthyAfterMs = 60_000;

/** The arguments of Node for a TypeScript file of the project. */
export const nodeArguments = (path: string): string[] => [fromHere('run.mjs'), path];

// Left alone, V8 lets garbage pile up before it looks for it: a sync of the demo's medium shops peaked at 286 MB; with these the first million rows
// of the large ones at 151 MB. With a smaller limit V8 also lets its heap grow in smaller steps; the limit itself is far above what pages need.
export const memoryFlags = ['--max-semi-space-size=16', '--max-old-space-size=256'];

/** The arguments of Node for the daemon. */
export const daemonArguments = (): string[] => [...memoryFlags, ...nodeArguments('daemon/main.ts')];

/** The arguments of Node for the web process. */
export const apiArguments = (): string[] => nodeArguments('api/main.ts');

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const followParent = ['--import', fromHere('follow-parent.mjs')];

/** Starts the children; their output is ours. */
export function supervise(specs: ChildSpec[], { log }: { log: Log }): Supervisor {
  const running = new Map<string, ChildProcess>();
  const timers = new Set<NodeJS.Timeout>();
  let isStopping = false;
  let fail: (code: number) => void = () => {};
  const failed = new Promise<number>((resolve) => {
    fail = resolve;
  });

  function start(spec: ChildSpec, pauseMs: number): void {
    const startedAt = Date.now();
    // A session of its own: Ctrl+C reaches only us, and we stop them in order.
    const output = spec.logFile === undefined ? null : openSync(spec.logFile, 'a', 0o600);
    const child = spawn(spec.command, [...followParent, ...spec.args], {
      stdio: ['ignore', output ?? 'inherit', output ?? 'inherit', 'ipc'],
      env: { ...process.env, ...spec.env, ...(spec.told && { [toldEnvironment]: '1' }) },
      detached: true,
    });
    if (output !== null) closeSync(output);
    running.set(spec.name, child);
    // A told that fails is heard of by whom it belongs to; a child that died meanwhile by its end.
    spec.told?.then(
      (env) => child.send(env, () => {}),
      () => {},
    );
    child.once('error', (error) => log.error('process.not_started', { process: spec.name, error: error.message }));
    child.once('close', (code, signal) => {
      running.delete(spec.name);
      if (isStopping) return;
      if (code === needsFixExitCode) return fail(code);
      const nextPauseMs = Date.now() - startedAt > healthyAfterMs ? 0 : pauseMs;
      log.error('process.died', { process: spec.name, code, signal, restart_ms: nextPauseMs });
      const timer = setTimeout(() => {
        timers.delete(timer);
        start(spec, Math.min(longestPauseMs, Math.max(500, nextPauseMs * 2)));
      }, nextPauseMs);
      timers.add(timer);
    });
  }

  for (const spec of specs) start(spec, 0);
  return {
    failed,
    async stop(timeoutMs = stopWithinMs) {
      isStopping = true;
      const deadline = Date.now() + timeoutMs;
      for (const timer of timers) clearTimeout(timer);
      for (const { name } of specs) {
        const child = running.get(name);
        if (!child) continue;
        const closed = new Promise((resolve) => child.once('close', resolve));
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), Math.max(0, deadline - Date.now()));
        await closed;
        clearTimeout(timer);
      }
    },
  };
}
