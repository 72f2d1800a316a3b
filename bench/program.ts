// A program of ours as it is deployed, compiled and with its own limits, beside the bench: its log in a file, its end with ours.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiArguments, daemonArguments } from '../start/supervisor.ts';

export type Program = { pid: number; readLog(): string; stop(): Promise<unknown> };

/** Starts `api` or `daemon`; resolves when its log says that it is at work. */
export async function startProgram(
  name: 'api' | 'daemon',
  { dataDir, env }: { dataDir: string; env: { [name: string]: string } },
): Promise<Program> {
  const [args, readyLine] = { api: [apiArguments(), 'api.listening'], daemon: [daemonArguments(), 'daemon.started'] }[
    name
  ] as [string[], string];
  const file = join(dataDir, `${name}.log`);
  const log = openSync(file, 'a');
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
