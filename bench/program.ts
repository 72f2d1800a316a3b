// A program of ours as it is deployed, compiled and with its own limits, beside the bench: its log in a file, its end with ours.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiArguments, daemonArguments, nodeArguments } from '../start/supervisor.ts';

export type Program = { pid: number; readLog(): string; stop(): Promise<unknown> };

/** Starts `api`, `daemon` or what the pages are measured against; resolves when its log says that it is at work. */
export async function startProgram(
  name: 'api' | 'daemon' | 'bare-pages',
  { dataDir, env }: { dataDir: string; env: { [name: string]: string } },
): Promise<Program> {
  const programs: Readonly<Record<typeof name, [args: string[], readyLine: string]>> = {
    api: [apiArguments(), 'api.listening'],
    daemon: [daemonArguments(), 'daemon.started'],
    'bare-pages': [nodeArguments('bench/bare-pages.ts'), 'bare.listening'],
  };
  const [args, readyLine] = programs[name];
  const file = join(dataDir, `${name}.log`);
  const log = openSync(file, 'w');
  const child = spawn(process.execPath, args, {
    env: { ...process.env, DATA_DIR: dataDir, ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const readLog = () => readFileSync(file, 'utf8');
  for (let tries = 0; !readLog().includes(readyLine); tries++) {
    if (tries > 600 || child.exitCode !== null) throw new Error(`${name} did not start: ${readLog()}`);
    await pause(100);
  }
  return {
    pid: child.pid!,
    readLog,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
