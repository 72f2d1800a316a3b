// Lines that break and servers that lie: a TCP proxy that cuts or goes silent, and a database that asks its client for a file.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const listening: Listening[] = [];

/** Closes every listener and socket made here; call it in afterAll. */
export const closeListeners = () => Promise.all(listening.splice(0).map(close));

export type Listening = { port: number; server: Server; sockets: Set<Socket> };

/** A server on a free port of 127.0.0.1. */
export async function listen(onConnection: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const one = { port: (server.address() as { port: number }).port, server, sockets };
  listening.push(one);
  return one;
}

export async function close({ server, sockets }: Listening) {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

/** A TCP proxy whose line to the client can be cut or go silent after so many bytes of the server's next answer. */
export async function startProxy(targetPort: number, { onClient }: { onClient?: (data: Buffer) => void } = {}) {
  let left = Number.POSITIVE_INFINITY;
  let isCut = true;
  const { port, sockets } = await listen((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    sockets.add(upstream);
    upstream.on('error', () => undefined);
    client.on('data', (data) => {
      onClient?.(data);
      upstream.write(data);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('data', (data) => {
      if (data.length <= left) {
        left -= data.length;
        client.write(data);
        return;
      }
      const part = data.subarray(0, left);
      left = 0;
      client.write(part, () => isCut && client.destroy());
    });
    upstream.on('close', () => left > 0 && client.destroy());
  });
  return {
    port,
    cutAfter(bytes: number) {
      left = bytes;
      isCut = true;
    },
    stallAfter(bytes: number) {
      left = bytes;
      isCut = false;
    },
    cutNow() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}

/** A line to a shop under strain: from `slow(ms)` on each answer begins so much later. `asked` says when each statement went and was answered. */
export async function startSlowLine(targetPort: number, { onClient }: { onClient?: (data: Buffer) => void } = {}) {
  let delayMs = 0;
  const asked: { sentAt: number; answeredAt: number }[] = [];
  const { port, sockets } = await listen((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    sockets.add(upstream);
    upstream.on('error', () => undefined);
    let isFirst = true;
    let current = { sentAt: performance.now(), answeredAt: 0 };
    client.on('data', (data) => {
      onClient?.(data);
      current = { sentAt: performance.now(), answeredAt: 0 };
      asked.push(current);
      isFirst = true;
      upstream.write(data);
    });
    client.on('close', () => upstream.destroy());
    let written: Promise<void> = Promise.resolve();
    upstream.on('data', (data) => {
      const waitMs = isFirst ? delayMs : 0;
      isFirst = false;
      const answered = current;
      written = written.then(async () => {
        if (waitMs > 0) await sleep(waitMs);
        client.write(data);
        answered.answeredAt = performance.now();
      });
    });
    upstream.on('close', () => void written.then(() => client.destroy()));
  });
  return {
    port,
    asked,
    slow(ms: number) {
      delayMs = ms;
    },
  };
}

/**
 * Passes everything on to a real server until `ask()`: then the client's next statement is not passed on but answered by asking for the local file
 * `path`, and the line is cut soon after. `received` is what the client sent since.
 */
export async function startFileThief(targetPort: number, path: string) {
  let isAsking = false;
  let received = '';
  const { port } = await listen((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    upstream.on('error', () => undefined);
    upstream.on('data', (data) => client.write(data));
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    client.on('data', (data) => {
      if (!isAsking) return upstream.write(data);
      received += data.toString('latin1');
      const body = Buffer.concat([Buffer.from([0xfb]), Buffer.from(path)]);
      // 3 = COM_QUERY: its packet has number 0, the answer number 1.
      if (data[4] !== 3) return;
      client.write(Buffer.concat([Buffer.from([body.length & 255, body.length >> 8, 0, 1]), body]));
      setTimeout(() => client.destroy(), 300);
    });
  });
  return {
    port,
    ask() {
      isAsking = true;
    },
    received: () => received,
  };
}

/** Greets like MariaDB, accepts any login and answers every statement by asking the client for a file. */
export async function startHostileServer(path: string) {
  const packet = (sequence: number, body: Buffer) =>
    Buffer.concat([Buffer.from([body.length & 255, body.length >> 8, 0, sequence]), body]);
  const capabilities = 0xf7ff | (0x000f << 16);
  const greeting = Buffer.concat([
    Buffer.from([10]),
    Buffer.from('10.11.0-MariaDB\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0'),
    Buffer.from([capabilities & 255, (capabilities >> 8) & 255, 45, 2, 0, (capabilities >> 16) & 255, 0, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0'),
    Buffer.from('mysql_native_password\0'),
  ]);
  let received = '';
  let flags = 0;
  const { port } = await listen((socket) => {
    socket.write(packet(0, greeting));
    let isLoggedIn = false;
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (!isLoggedIn) {
        isLoggedIn = true;
        flags = data.readUInt32LE(4);
        socket.write(packet(2, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
      } else if (data[4] === 3) {
        socket.write(packet(1, Buffer.concat([Buffer.from([0xfb]), Buffer.from(path)])));
      } else {
        socket.write(packet(3, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
      }
    });
  });
  return { port, received: () => received, offersLocalFiles: () => (flags & 0x80) !== 0 };
}
