// The table of addresses that a company may and may not name as its shop's database.
import { describe, expect, test } from 'vitest';
import { isAddressAllowed, resolveShopHost } from './address-rule.ts';
import { AddressRefusedError, DnsUnavailableError, HostNotFoundError, PortNotOfferedError } from './errors.ts';

const ownAddresses = ['2.16.7.9', '2a02:26f0::9'];
const resolve = (host: string, found: string[], allowedNetworks: string[] = [], port = 3306) =>
  resolveShopHost(host, port, {
    allowedNetworks,
    ownAddresses,
    lookup: async () => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  });

describe('an address that is not on the public internet is refused', () => {
  test.each([
    ['loopback', '127.0.0.1'],
    ['loopback, far end', '127.255.255.254'],
    ['this host', '0.0.0.0'],
    ['private 10', '10.1.2.3'],
    ['private 172.16', '172.16.0.1'],
    ['private 172.31', '172.31.255.255'],
    ['private 192.168', '192.168.0.10'],
    ['carrier NAT', '100.64.0.1'],
    ['link-local', '169.254.1.1'],
    ['metadata', '169.254.169.254'],
    ['metadata of Azure', '168.63.129.16'],
    ['benchmark', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['our own public address', '2.16.7.9'],
    ['our own public IPv6', '2a02:26f0:0:0::9'],
    ['IPv6 loopback', '::1'],
    ['IPv6 unspecified', '::'],
    ['IPv6 link-local', 'fe80::1'],
    ['IPv6 link-local with zone', 'fe80::1%eth0'],
    ['IPv6 unique-local', 'fd12:3456::1'],
    ['IPv6 metadata', 'fd00:ec2::254'],
    ['IPv6 multicast', 'ff02::1'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped loopback in hex', '::ffff:7f00:1'],
    ['IPv4-mapped, written long', '0:0:0:0:0:ffff:a9fe:a9fe'],
    ['IPv4-mapped of our own', '::ffff:2.16.7.9'],
    ['IPv4-compatible', '::7f00:1'],
    ['NAT64 of a private address', '64:ff9b::a00:1'],
    ['6to4 of a private address', '2002:a00:1::1'],
    ['Teredo', '2001::1'],
    ['documentation', '2001:db8::1'],
  ])('%s: %s', async (_, ip) => {
    expect(isAddressAllowed(ip, { allowedNetworks: [], ownAddresses })).toBe(false);
    await expect(resolve('db.example', [ip])).rejects.toThrow(AddressRefusedError);
  });
});

test.each([
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.128.0.1',
  '191.252.1.1',
  '2804:14c::1',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('a public address is allowed: %s', async (ip) => {
  expect((await resolve('db.example', [ip])).addresses).toEqual([ip]);
});

test('one internal address among public ones refuses the name', async () => {
  await expect(resolve('db.example', ['8.8.8.8', '10.0.0.1'])).rejects.toMatchObject({
    code: 'address_refused',
    facts: { host: 'db.example', ip: '10.0.0.1' },
  });
});

test('a name that resolves differently the second time is connected to the address that was checked', async () => {
  let answers = 0;
  const checked = await resolveShopHost('rebind.example', 3306, {
    allowedNetworks: [],
    lookup: async () => [{ address: answers++ === 0 ? '8.8.8.8' : '127.0.0.1', family: 4 }],
  });
  expect(answers).toBe(1);
  expect(checked.addresses).toEqual(['8.8.8.8']);
});

test('IPv4 is tried before IPv6, each address once', async () => {
  expect((await resolve('db.example', ['2804:14c::1', '8.8.8.8', '8.8.8.8'])).addresses).toEqual([
    '8.8.8.8',
    '2804:14c::1',
  ]);
});

test.each(['2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.1', '127.0.0.1.', '1.2.3.4.5', '999.1.1.1'])(
  'a number in disguise reaches nothing: %s',
  async (host) => {
    // The system's resolver reads most of these as 127.0.0.1: it is not even asked.
    const lookup = async () => {
      throw new Error('asked');
    };
    const attempt = resolveShopHost(host, 3306, { allowedNetworks: [], lookup });
    await expect(attempt).rejects.toSatisfy((e) => e instanceof HostNotFoundError || e instanceof AddressRefusedError);
  },
);

test.each(['', '  ', 'https://loja.example/', 'user@host', '/var/run/mysqld.sock', '[::1]', 'a b', '#'])(
  'what is no host name is refused before any lookup: %j',
  async (host) => {
    await expect(resolve(host, ['8.8.8.8'])).rejects.toThrow(HostNotFoundError);
  },
);

describe('the operator of the installation', () => {
  test('allows networks, also against the list of refusals, in every spelling of the address', async () => {
    for (const ip of ['127.0.0.1', '::ffff:127.0.0.1']) {
      expect((await resolve('localhost', [ip], ['127.0.0.0/8'])).addresses).toEqual([ip]);
    }
    expect((await resolve('db.example', ['fd00::5'], ['fd00::/8'])).addresses).toEqual(['fd00::5']);
    expect((await resolve('10.0.0.7', [], ['10.0.0.7'])).addresses).toEqual(['10.0.0.7']);
  });
  test('allows nothing beside them', async () => {
    await expect(resolve('db.example', ['10.0.0.1'], ['127.0.0.0/8'])).rejects.toThrow(AddressRefusedError);
    await expect(resolve('localhost', ['127.0.0.1', '::1'], ['127.0.0.0/8'])).rejects.toThrow(AddressRefusedError);
  });
  test.each(['10.0.0.0/33', 'rede', '10.0.0.0/', '::/129'])('is told about a wrong network: %s', async (network) => {
    await expect(resolve('db.example', ['8.8.8.8'], [network])).rejects.toThrow(/ALLOWED_SHOP_NETWORKS/);
  });
});

test('a port of another service is not offered, so the connection test is no scanner', async () => {
  for (const port of [0, 25, 80, 443, 1023, 65_536, 3306.5]) {
    await expect(resolve('db.example', ['8.8.8.8'], [], port)).rejects.toThrow(PortNotOfferedError);
  }
  await expect(resolve('db.example', ['8.8.8.8'], [], 33_060)).resolves.toMatchObject({ port: 33_060 });
  const ssh = { allowedNetworks: [], service: 'ssh' as const };
  await expect(resolveShopHost('8.8.8.8', 22, ssh)).resolves.toMatchObject({ port: 22 });
});

test('a name that does not exist and a name service that is down are told apart', async () => {
  const failing = (code: string) =>
    resolveShopHost('db.example', 3306, {
      allowedNetworks: [],
      lookup: () => Promise.reject(Object.assign(new Error(code), { code })),
    });
  await expect(failing('ENOTFOUND')).rejects.toThrow(HostNotFoundError);
  await expect(failing('EAI_AGAIN')).rejects.toThrow(DnsUnavailableError);
});
