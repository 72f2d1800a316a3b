// One process of ours works on a data folder at a time. Its mark is a unix socket that answers who it is and where its database is: a socket dies
// with its process, while a file with a process number would outlive a kill and, in a container, name somebody else the next time.
import { existsSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

type Owner = { pid: number; url: string | null };

const answerWithinMs = 10_000;
const socketOf = (socketFolder: string) => join(socketFolder, 'owner');

/** The process that owns the folder, or null. `url` is null while its database is not ready. */
export function findOwner(socketFolder: string): Promise<Owner | null> {
  if (!existsSync(socketOf(socketFolder))) return Promise.resolve(null);
  return new Promise((resolve) => {
    const socket = createConnection(socketOf(socketFolder));
    let text = '';
    socket.setEncoding('utf8').setTimeout(answerWithinMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      const line = text.trim();
      // Only a process of ours answers here.
      resolve(line === '' ? null : (JSON.parse(line) as Owner));
    });
  });
}

export type Ownership = { setUrl(url: string): void; release(): Promise<void> };

/** Becomes the owner; gives the other process when there is one. */
export async function becomeOwner(socketFolder: string): Promise<Ownership | { owner: Owner }> {
  const owner = await findOwner(socketFolder);
  if (owner) return { owner };
  rmSync(socketOf(socketFolder), { force: true });
  const me: Owner = { pid: process.pid, url: null };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(`${JSON.stringify(me)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketOf(socketFolder), resolve);
  });
  server.unref();
  return {
    setUrl(url) {
      me.url = url;
    },
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
