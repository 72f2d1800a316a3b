// Opens the TCP connection to a host that address-rule.ts has checked: to the checked addresses, never to the name again.
import { connect, type Socket } from 'node:net';
import type { CheckedHost } from './address-rule.ts';
import { type Place, toSocketError } from './mysql-errors.ts';

/** Tries each address in turn within one time limit; throws PortTimeoutError, PortRefusedError or HostUnreachableError. */
export async function dial({ host, port, addresses }: CheckedHost, timeoutMs: number, place: Place): Promise<Socket> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown;
  for (const [index, address] of addresses.entries()) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) break;
    try {
      return await dialAddress(address, port, leftMs / (addresses.length - index));
    } catch (error) {
      failure = error;
    }
  }
  throw toSocketError(failure, { ...place, host, port });
}

function dialAddress(address: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      // Between this and the driver's own listeners an error must not end the process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
