// Servers as child processes: as root they run as `nobody` (Postgres refuses root), in a session of their own so that Ctrl+C reaches only us and we
// stop them in order; what they say goes to a file. However we end, `kill -9` too, none is left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chownSync, closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { createConnection, createServer, type NetConnectOpts } from 'node:net';
import { dirname } from 'node:path';
import { AppError } from '#shared/errors.ts';

/** The uid and gid that servers run as: nobody for root, ourselves otherwise. */
export const serverUser = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : null;

class FolderUnreachableError extends AppError {
  readonly code = 'folder_unreachable';
  readonly retry = 'after-fix';
}

class ServerNotStartedError extends AppError {
  readonly code = 'server_not_started';
  readonly retry = 'after-fix';
}

/** Makes a folder that only the servers' user reads; throws when a private folder above it keeps that user out. */
export function makeServerFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (!serverUser) return;
  chownSync(path, serverUser.uid, serverUser.gid);
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    const { mode, uid } = statSync(above);
    if (mode & 0o001 || uid === serverUser.uid) continue;
    throw new FolderUnreachableError(
      `Como root, os servidores rodam como o usuário nobody, que não entra em ${above}. Defina DATA_DIR (nos testes, TMPDIR) com uma pasta em que todos possam entrar.`,
    );
  }
}

export type Server = { child: ChildProcess; exited: Promise<number | null>; logFile: string };

// The shell holds the reading end of a pipe whose writing end is ours: when we close it, or die, the server gets its signal.
const guard = `signal=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -s "$signal" $server; } &
watch=$!
wait $server; code=$?
kill $watch 2>/dev/null
exit $code`;

/** Starts a server that outlives Ctrl+C but not us; its output goes to `logFile`. `stopSignal` is the one that ends it in order. */
export function startServer(
  command: string,
  args: string[],
  { logFile, stopSignal, env = {} }: { logFile: string; stopSignal: 'INT' | 'TERM'; env?: Record<string, string> },
): Server {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn('/bin/sh', ['-c', guard, 'sh', stopSignal, command, ...args], {
    detached: true,
    stdio: ['pipe', log, log],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', ...env },
    ...serverUser,
  });
  closeSync(log);
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(-1));
  });
  return { child, exited, logFile };
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

/** Stops the server by its own signal and waits; kills what has not ended after `timeoutMs`. */
export async function stopServer({ child, exited }: Server, timeoutMs = 10_000): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.destroy();
  // The whole group: the shell and the server that it started.
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), timeoutMs);
  await exited;
  clearTimeout(timer);
}

/** Waits until `isReady` holds; stops the server and throws the end of its log when it ends first or takes too long. */
export async function untilReady(
  server: Server,
  isReady: () => Promise<boolean>,
  { name, timeoutMs = 120_000 }: { name: string; timeoutMs?: number },
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let hasExited = false;
  void server.exited.then(() => {
    hasExited = true;
  });
  for (;;) {
    if (await isReady()) return;
    if (hasExited || Date.now() > deadline) {
      await stopServer(server);
      const tail = readFileSync(server.logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
      throw new ServerNotStartedError(
        `${name} não iniciou${hasExited ? '' : ` em ${timeoutMs / 1000} s`}. Fim de ${server.logFile}:\n${tail}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a server of a protocol in which it speaks first (MySQL, SSH) says something. */
export function greets(address: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(false));
    socket.setTimeout(1000, () => socket.destroy());
  });
}

/**
 * A TCP port of the loopback that was free a moment ago. Below those that the system gives to outgoing connections: one of these may be in use by the
 * time that a server takes it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = await tryListen(20_000 + randomInt(12_000), '127.0.0.1');
    if (port !== null) return port;
  }
}

/** Whether a server could listen on this port of `host`; without host, of every address. */
export async function isPortFree(port: number, host?: string): Promise<boolean> {
  return (await tryListen(port, host)) !== null;
}

function tryListen(port: number, host?: string): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen({ port, host }, () => {
      const address = server.address() as { port: number };
      server.close(() => resolve(address.port));
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
