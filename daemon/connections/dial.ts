// Opens the TCP connection to a host that address-rule.ts has checked: to the checked addresses, never to the name again.
import { connect, type Socket } from 'node:net';
import { type CheckedHost, isPublicAddress } from './address-rule.ts';
import { type Place, toSocketError } from './mysql-errors.ts';

/** Tries each address in turn within one time limit; throws PortTimeoutError, PortRefusedError or HostUnreachableError. */
export async function dial({ host, port, addresses }: CheckedHost, timeoutMs: number, place: Place): Promise<Socket> {
  const deadline = performance.now() + timeoutMs;
  let failure: unknown;
  let publicIp = place.publicIp;
  for (const [index, address] of addresses.entries()) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) break;
    try {
      return await dialAddress(address, port, leftMs / (addresses.length - index), (localIp) => {
        if (isPublicAddress(localIp)) publicIp ??= localIp;
      });
    } catch (error) {
      failure = error;
    }
  }
  throw toSocketError(failure, { ...place, host, port, ...(publicIp && { publicIp }) });
}

function dialAddress(
  address: string,
  port: number,
  timeoutMs: number,
  onLocalIp: (ip: string) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 });
    const timer = setTimeout(() => {
      // The system has chosen our end before the other one answers: a blocked port is opened for this address.
      if (socket.localAddress) onLocalIp(socket.localAddress);
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
