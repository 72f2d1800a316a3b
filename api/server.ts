// The HTTP server: how large a request's head may be, and what its sender is told beyond that.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { AppEnv } from './context.ts';

const maxHeaderBytes = 16 * 1024;
const livePath = /^\/e\/[^/]+\/eventos(\?|$)/;

export function createServer({ fetch }: Pick<Hono<AppEnv>, 'fetch'>) {
  const server = createAdaptorServer({ fetch, serverOptions: { maxHeaderSize: maxHeaderBytes } });
  // A proxy's connection that is never idle outlives server.close(): its next answer is its last, and the request after that goes to another process.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!server.listening) response.shouldKeepAlive = false;
    // A live connection ends with its socket: each event is one write instead of a chunk's three pieces, half the price of a thousand open pages.
    if (livePath.test(request.url ?? '')) response.useChunkedEncodingByDefault = false;
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: import('node:net').Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const isHead = error.code === 'HPE_HEADER_OVERFLOW';
    const [status, text] = isHead
      ? [
          '431 Request Header Fields Too Large',
          'O cabeçalho do pedido é grande demais. Apague os cookies deste site e tente de novo.',
        ]
      : ['400 Bad Request', 'O pedido não pôde ser entendido.'];
    const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n`;
    socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  });
  return server;
}
