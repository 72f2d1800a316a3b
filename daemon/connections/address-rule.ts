// Where a company may connect to: the name is resolved once, every address it has is checked, and the connection goes to a
// checked address, so a name that resolves differently a moment later (DNS rebinding) gains nothing. Behind an SSH tunnel the rule holds
// for the SSH server alone: the database beside it is that server's business.
import { promises as dns, type LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { domainToASCII } from 'node:url';
import { ConfigError } from '#shared/errors.ts';
import { AddressRefusedError, DnsUnavailableError, HostNotFoundError, PortNotOfferedError } from './errors.ts';

export type Lookup = (host: string) => Promise<LookupAddress[]>;
/** Addresses in the order to try them, IPv4 first: many hostings publish an IPv6 that does not answer. */
export type CheckedHost = { host: string; port: number; addresses: string[] };

// Everything that is not the public internet, plus Azure's metadata address, which is a public one.
const notPublic = networks([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '168.63.129.16/32',
  // Teredo, documentation and 6to4 lie inside 2000::/3, the only public part of IPv6.
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
]);
const publicIpv6 = networks(['2000::/3']);

function networks(list: readonly string[]): BlockList {
  const block = new BlockList();
  for (const cidr of list) {
    const { address, bits, family } = parseNetwork(cidr);
    block.addSubnet(address, bits, family);
  }
  return block;
}

function parseNetwork(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } {
  const [address = '', bitsText] = text.trim().split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? most : Number(bitsText);
  if (version === 0 || !/^\d*$/.test(bitsText ?? '') || bitsText === '' || bits > most) {
    throw new ConfigError([`ALLOWED_SHOP_NETWORKS: “${text}” não é uma rede (exemplo: 10.0.0.0/8)`]);
  }
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** IPv6 that only wraps an IPv4 (`::ffff:127.0.0.1`, NAT64 `64:ff9b::7f00:1`) as that IPv4; everything else unchanged, without zone. */
function unwrapAddress(ip: string): string {
  const plain = ip.split('%')[0] ?? ip;
  if (isIP(plain) !== 6) return plain;
  // The URL parser writes every spelling in one way: lower case, shortest, the last 32 bits as two groups.
  const short = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const wrapped = /^(?:::ffff:|64:ff9b::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(short);
  if (!wrapped) return short;
  const [high, low] = [Number.parseInt(wrapped[1] ?? '0', 16), Number.parseInt(wrapped[2] ?? '0', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Whether a connection to this address is allowed; `allowedNetworks` (CIDR) win over every refusal. */
export function isAddressAllowed(
  ip: string,
  { allowedNetworks, ownAddresses }: { allowedNetworks: readonly string[]; ownAddresses: readonly string[] },
): boolean {
  const address = unwrapAddress(ip);
  const version = isIP(address);
  if (version === 0) return false;
  if (isIn(networks(allowedNetworks), address)) return true;
  if (ownAddresses.some((own) => unwrapAddress(own) === address)) return false;
  if (version === 6 && !isIn(publicIpv6, address)) return false;
  return !isIn(notPublic, address);
}

/** Whether others on the internet can see us under this address. */
export const isPublicAddress = (ip: string): boolean => isAddressAllowed(ip, { allowedNetworks: [], ownAddresses: [] });

const isIn = (list: BlockList, address: string) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const lookupTimeoutMs = 10_000;

// A database and an SSH server have ports of their own: without this list the connection test would be a scanner of any service.
const lowPorts = { mysql: [] as number[], ssh: [22, 443] };

const listOwnAddresses = () =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));

/**
 * Resolves and checks a host. One refused address among good ones refuses the host. Throws HostNotFoundError, DnsUnavailableError,
 * AddressRefusedError, PortNotOfferedError. `lookup` is for tests.
 */
export async function resolveShopHost(
  host: string,
  port: number,
  {
    allowedNetworks,
    service = 'mysql',
    lookup = (name) => dns.lookup(name, { all: true }),
    ownAddresses = listOwnAddresses(),
  }: {
    allowedNetworks: readonly string[];
    service?: 'mysql' | 'ssh';
    lookup?: Lookup;
    ownAddresses?: readonly string[];
  },
): Promise<CheckedHost> {
  const name = cleanHost(host);
  const facts = { host: name, port: String(port), ...(service === 'ssh' && { service }) };
  const found = isIP(name) ? [name] : await lookUp(name, facts, lookup);
  const refused = found.find((ip) => !isAddressAllowed(ip, { allowedNetworks, ownAddresses }));
  if (refused !== undefined) {
    throw new AddressRefusedError(`${name} is ${refused}, which this installation does not allow`, {
      facts: { ...facts, ip: refused },
    });
  }
  const isInside = found.every((ip) => isIn(networks(allowedNetworks), unwrapAddress(ip)));
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536;
  if (!isPort || (port < 1024 && !lowPorts[service].includes(port) && !isInside)) {
    throw new PortNotOfferedError(`port ${port} is not one of a ${service} server`, { facts });
  }
  const ipv4First = [...new Set(found)].sort((a, b) => isIP(a) - isIP(b));
  return { host: name, port, addresses: ipv4First };
}

function cleanHost(host: string): string {
  const trimmed = host.trim().replace(/\.$/, '');
  if (isIP(trimmed)) return trimmed;
  // `2130706433`, `0x7f.1` and `0177.0.0.1` mean 127.0.0.1 to the system's resolver: a number in disguise is no name.
  const isDisguised = /^(?:0x[0-9a-f]*|\d+)$/i.test(trimmed.split('.').at(-1) ?? '');
  const ascii = /^[\w.-]+$/.test(trimmed) ? trimmed.toLowerCase() : domainToASCII(trimmed);
  if (ascii === '' || isDisguised || !/^[\w.-]+$/.test(ascii)) {
    throw new HostNotFoundError(`not a host name: ${JSON.stringify(trimmed.slice(0, 80))}`, {
      facts: { host: trimmed.slice(0, 80) },
    });
  }
  return ascii;
}

async function lookUp(host: string, facts: Record<string, string>, lookup: Lookup): Promise<string[]> {
  let found: LookupAddress[];
  try {
    found = await withinTime(lookup(host));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'EAI_AGAIN' || code === 'ETIMEOUT') {
      throw new DnsUnavailableError(`the name service did not answer for ${host}`, { cause, facts });
    }
    throw new HostNotFoundError(`${host} does not resolve (${code})`, { cause, facts });
  }
  if (found.length === 0) throw new HostNotFoundError(`${host} has no address`, { facts });
  return found.map(({ address }) => address);
}

// The system's resolver may wait half a minute for dead name servers; a person waits for this answer.
async function withinTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })), lookupTimeoutMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
