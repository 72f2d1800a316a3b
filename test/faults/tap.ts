// A line that can be listened to: every packet of either direction is shown to whoever watches before it goes on, and it may be kept back. To a port
// (the shop, an sshd) or to a socket in the file system (the embedded Postgres).
import { connect, type NetConnectOpts } from 'node:net';
import { listen } from '../support/tcp.ts';

export type Watcher = {
  /** Towards the server; false keeps the packet back for good. */
  sent?(data: Buffer): boolean;
  /** From the server; a number lets only so many bytes through. */
  received?(data: Buffer): boolean | number;
};

export type Tap = {
  port: number;
  watch(watcher: Watcher | null): void;
  /** Resets every connection. */
  cut(): void;
};

export async function startTap(target: NetConnectOpts): Promise<Tap> {
  let watcher: Watcher | null = null;
  const { port, sockets } = await listen((client) => {
    const server = connect(target);
    sockets.add(server);
    server.on('error', () => client.destroy());
    client.on('data', (data) => {
      if (watcher?.sent?.(data) ?? true) server.write(data);
    });
    server.on('data', (data) => {
      const pass = watcher?.received?.(data) ?? true;
      if (pass === true) client.write(data);
      else if (typeof pass === 'number' && pass > 0) client.write(data.subarray(0, pass));
    });
    // What was let through still arrives, as from a process that is killed after it wrote.
    client.on('close', () => server.end());
    server.on('close', () => client.end());
    for (const socket of [client, server]) socket.on('close', () => sockets.delete(socket));
  });
  return {
    port,
    watch(next) {
      watcher = next;
    },
    cut() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}
