// Servers as child processes: as root they run as `nobody` (Postgres refuses root), in a session of their own so that Ctrl+C reaches only us and we
// stop them in order; what they say goes to a file.
import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** The uid and gid that servers run as: nobody for root, ourselves otherwise. */
export const serverUser = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : null;

/** Makes a folder that only the servers' user reads. */
export function makeServerFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (serverUser) chownSync(path, serverUser.uid, serverUser.gid);
}

export type Server = { child: ChildProcess; exited: Promise<number | null> };

/** Starts a server that outlives Ctrl+C; its output goes to `logFile`. `asRoot` keeps our own user. */
export function startServer(
  command: string,
  args: string[],
  { logFile, env = {}, asRoot = false }: { logFile: string; env?: Record<string, string>; asRoot?: boolean },
): Server {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', ...env },
    ...(asRoot ? {} : serverUser),
  });
  closeSync(log);
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(-1));
  });
  return { child, exited };
}

/** Runs a program to its end; throws with its last lines when it fails. */
export async function runProgram(
  command: string,
  args: string[],
  { env = {}, asRoot = false }: { env?: Record<string, string>; asRoot?: boolean } = {},
): Promise<string> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', ...env },
    ...(asRoot ? {} : serverUser),
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const text = Buffer.concat(output).toString();
  if (code !== 0)
    throw new Error(
      `${command} ${args[0] ?? ''} terminou com ${code}:\n${text.trim().split('\n').slice(-8).join('\n')}`,
    );
  return text;
}

/** Sends `signal` and waits; kills what has not ended after `timeoutMs`. */
export async function stopServer(server: Server, signal: NodeJS.Signals, timeoutMs = 10_000): Promise<void> {
  if (server.child.exitCode !== null || server.child.signalCode !== null) return;
  server.child.kill(signal);
  const timer = setTimeout(() => server.child.kill('SIGKILL'), timeoutMs);
  await server.exited;
  clearTimeout(timer);
}

/** Waits until `isReady` holds; throws with the end of the log when the server ends first or takes too long. */
export async function untilReady(
  server: Server,
  isReady: () => Promise<boolean>,
  { name, logFile, timeoutMs = 30_000 }: { name: string; logFile: string; timeoutMs?: number },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let exitCode: number | null | undefined;
  void server.exited.then((code) => {
    exitCode = code;
  });
  for (;;) {
    if (await isReady()) return;
    if (exitCode !== undefined || Date.now() > deadline) {
      const tail = readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
      throw new Error(
        `${name} não iniciou${exitCode === undefined ? ` em ${timeoutMs / 1000} s` : ''}. Fim de ${logFile}:\n${tail}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A TCP port of the loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  return (await tryListen(0))!;
}

export async function isPortFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== null;
}

function tryListen(wanted: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
