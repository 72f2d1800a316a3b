// From where a login is tried. Behind a proxy of our own the socket says only the proxy; what the proxy wrote last is then the address.
// From a public address the header is the visitor's own words and means nothing.
import { BlockList, isIP } from 'node:net';

const inner = new BlockList();
inner.addSubnet('127.0.0.0', 8, 'ipv4');
inner.addSubnet('10.0.0.0', 8, 'ipv4');
inner.addSubnet('172.16.0.0', 12, 'ipv4');
inner.addSubnet('192.168.0.0', 16, 'ipv4');
inner.addAddress('::1', 'ipv6');
inner.addSubnet('fc00::', 7, 'ipv6');

const plain = (remote: string | undefined) => remote?.replace(/^::ffff:(?=\d+\.)/, '');

/** Whether the socket's other end is on this machine or in a private network. */
export function isInnerAddress(remote: string | undefined): boolean {
  const address = plain(remote);
  return address !== undefined && inner.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** The visitor's address; `unknown` without a socket. */
export function clientAddress(remote: string | undefined, forwardedFor: string | undefined): string {
  const address = plain(remote);
  if (!address) return 'unknown';
  const isInner = isInnerAddress(address);
  const last = forwardedFor?.split(',').at(-1)?.trim();
  return isInner && last && isIP(last) ? last : address;
}
