// A shop behind an SSH tunnel, on a real sshd: every key format, a pinned host key, and each way of being refused.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../daemon/connections/connection.ts';
import { fingerprintOf } from '../../daemon/connections/ssh-tunnel.ts';
import { makeKeyPair } from '../../start/key-pair.ts';
import { type Sshd, startSshd } from '../../start/sshd.ts';
import { database, makeLabFolder, type ShopLab, startShopLab } from '../support/shop-lab.ts';
import { close, closeListeners, listen, startProxy } from '../support/tcp.ts';

const closers: (() => unknown)[] = [];

let lab: ShopLab;
beforeAll(async () => {
  lab = await startShopLab();
});
afterAll(async () => {
  await lab?.stop();
  for (const closeOne of closers) await closeOne();
  await closeListeners();
});

describe('an SSH tunnel', () => {
  let sshd: Sshd;
  let hostKeyFingerprint: string;
  const keys = new Map<string, { privateKey: string; passphrase?: string }>();

  const ssh = (change: Partial<NonNullable<ConnectionSettings['ssh']>> = {}): Partial<ConnectionSettings> => ({
    mode: 'ssh',
    ssh: {
      host: '127.0.0.1',
      port: sshd.port,
      user: sshd.user,
      ...keys.get('OpenSSH ed25519')!,
      hostKeyFingerprint,
      ...change,
    },
  });

  beforeAll(async () => {
    sshd = await startLabSshd();
    hostKeyFingerprint = sshd.hostKeyFingerprint;
    const passphrase = 'frase secreta';
    const ed25519 = makeKeyPair();
    const locked = makeKeyPair({ cipher: 'aes256-ctr', passphrase, rounds: 16 });
    keys.set('OpenSSH ed25519', { privateKey: ed25519.private });
    keys.set('OpenSSH ed25519 with passphrase', { privateKey: locked.private, passphrase });
    keys.set('OpenSSH ed25519 with Windows line ends', {
      privateKey: `\r\n${ed25519.private.replaceAll('\n', '\r\n')}\r\n`,
    });
    const publics = [ed25519.public, locked.public];
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    keys.set('PEM RSA', { privateKey: rsa.export({ type: 'pkcs1', format: 'pem' }).toString() });
    keys.set('PEM RSA with passphrase', {
      privateKey: rsa.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase }).toString(),
      passphrase,
    });
    keys.set('PEM EC', { privateKey: ec.export({ type: 'sec1', format: 'pem' }).toString() });
    keys.set('PKCS#8 RSA with passphrase', {
      privateKey: rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString(),
      passphrase,
    });
    for (const key of [keys.get('PEM RSA')!, keys.get('PEM EC')!]) {
      const parsed = ssh2.utils.parseKey(key.privateKey);
      if (parsed instanceof Error) throw parsed;
      const one = Array.isArray(parsed) ? parsed[0]! : parsed;
      publics.push(`${one.type} ${one.getPublicSSH().toString('base64')}`);
    }
    await writeFile(sshd.authorizedKeysFile, `${publics.join('\n')}\n`);
  });

  test.each([
    'OpenSSH ed25519',
    'OpenSSH ed25519 with passphrase',
    'OpenSSH ed25519 with Windows line ends',
    'PEM RSA',
    'PEM RSA with passphrase',
    'PEM EC',
    'PKCS#8 RSA with passphrase',
  ])('opens with a key: %s', async (name) => {
    const shop = await lab.open(ssh({ ...keys.get(name)! }));
    expect(shop.isTunnel).toBe(true);
    expect(await shop.gateway.query('select count(*) as n from tipos')).toEqual([{ n: '2' }]);
    await shop.close();
  });

  test('carries a big page, and needs no permission for the database behind it', async () => {
    const shop = await lab.open(ssh({ host: '127.0.0.1' }), { allowedNetworks: ['127.0.0.1/32'] });
    const [row] = await shop.gateway.query<{ text: string }>("select repeat('ação', 300000) as text");
    expect(row?.text.length).toBe(1_200_000);
    expect((await lab.failure(ssh(), { allowedNetworks: [] })).code).toBe('address_refused');
  });

  test('shows an unknown host key first, and trusts it only when a person says so', async () => {
    const error = await lab.failure(ssh({ hostKeyFingerprint: null }));
    expect(error).toMatchObject({
      code: 'ssh_host_key_unknown',
      retry: 'after-fix',
      facts: { fingerprint: hostKeyFingerprint },
    });
    expect((await lab.failure(ssh({ hostKeyFingerprint: null }), { onHostKey: () => false })).code).toBe(
      'ssh_host_key_unknown',
    );
    const shown: string[] = [];
    const onHostKey = async (fingerprint: string) => {
      shown.push(fingerprint);
      return true;
    };
    await lab.open(ssh({ hostKeyFingerprint: null }), { onHostKey });
    expect(shown).toEqual([hostKeyFingerprint]);
  });

  test('is blocked by a changed host key, whoever would confirm it', async () => {
    const other = fingerprintOf(publicPart(makeKeyPair().public));
    const error = await lab.failure(ssh({ hostKeyFingerprint: other }), { onHostKey: () => true });
    expect(error).toMatchObject({
      code: 'ssh_host_key_changed',
      facts: { expected: other, fingerprint: hostKeyFingerprint },
    });
  });

  test('tells a wrong key, a wrong user, a wrong passphrase and an unreadable key apart', async () => {
    const stranger = makeKeyPair().private;
    const locked = keys.get('OpenSSH ed25519 with passphrase')!.privateKey;
    const pkcs8 = keys.get('PKCS#8 RSA with passphrase')!.privateKey;
    const pem = keys.get('PEM RSA with passphrase')!.privateKey;
    const cases: [string, Partial<NonNullable<ConnectionSettings['ssh']>>, Record<string, string>][] = [
      ['ssh_auth_failed', { privateKey: stranger }, { user: sshd.user }],
      ['ssh_auth_failed', { user: 'ninguem' }, { user: 'ninguem' }],
      ['ssh_auth_failed', { privateKey: '', password: 'x' }, {}],
      ['ssh_key_passphrase', { privateKey: locked }, { format: 'OpenSSH' }],
      ['ssh_key_passphrase', { privateKey: locked, passphrase: 'errada' }, { format: 'OpenSSH' }],
      ['ssh_key_passphrase', { privateKey: pem, passphrase: 'errada' }, { format: 'PEM' }],
      ['ssh_key_passphrase', { privateKey: pem }, { format: 'PEM' }],
      ['ssh_key_passphrase', { privateKey: pkcs8 }, { format: 'PKCS#8' }],
      [
        'ssh_key_unreadable',
        { privateKey: 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n' },
        { format: 'PuTTY' },
      ],
      [
        'ssh_key_unreadable',
        { privateKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJwQgCzYf+UQfOw1a+Rbn+qePQxEzgqwtkKaq4c5nwNs' },
        { format: 'chave pública' },
      ],
      ['ssh_key_unreadable', { privateKey: 'minha chave' }, { format: 'desconhecido' }],
      ['ssh_key_unreadable', { privateKey: stranger.slice(0, 120) }, {}],
    ];
    for (const [code, change, facts] of cases) {
      const error = await lab.failure(ssh(change));
      expect([error.code, error.facts], JSON.stringify([code, facts])).toEqual([code, expect.objectContaining(facts)]);
    }
  });

  test('that may not forward, or finds no database, says so', async () => {
    const forbidding = await startLabSshd(['AllowTcpForwarding no']);
    await appendFile(forbidding.authorizedKeysFile, keysLine(keys.get('OpenSSH ed25519')!.privateKey));
    const own = { port: forbidding.port, hostKeyFingerprint: forbidding.hostKeyFingerprint };
    expect((await lab.failure(ssh(own))).code).toBe('ssh_forwarding_denied');

    const closed = await listen(() => undefined);
    await close(closed);
    expect(await lab.failure({ ...ssh(), port: closed.port })).toMatchObject({
      code: 'ssh_target_refused',
      facts: { target: `127.0.0.1:${closed.port}` },
    });
    expect((await lab.failure({ ...ssh(), password: 'errada' })).code).toBe('mysql_access_denied');
  });

  test('the accounts that the manual makes carry the tunnel, read, and do nothing else', async () => {
    const manual = readFileSync(new URL('../../docs/manual.md', import.meta.url), 'utf8');
    const part = (pattern: RegExp) => pattern.exec(manual)![1]!;
    const match = part(/^(Match User [\s\S]+?)\n```/m);
    const ours = match.replace('carrinho-tunel', sshd.user).replaceAll('3306', String(lab.port));
    const own = await startLabSshd([ours, 'Match all']);
    const keyOptions = part(/^(restrict\S+) ssh-ed25519/m).replaceAll('3306', String(lab.port));
    await writeFile(own.authorizedKeysFile, `${keyOptions} ${keysLine(keys.get('OpenSSH ed25519')!.privateKey)}\n`);
    const sql = part(/```sql\n(CREATE USER [\s\S]+?)\n```/).replaceAll('203.0.113.10', '127.0.0.1');
    const statements = sql.replace('nome\\_do\\_banco', database.replaceAll('_', '\\_')).split(';\n');
    for (const statement of statements) await lab.admin.query(statement);

    const tunnel = { port: own.port, hostKeyFingerprint: own.hostKeyFingerprint };
    const reader = { user: 'leitura', password: part(/IDENTIFIED BY '(.+)'/) };
    const shop = await lab.open({ ...ssh(tunnel), ...reader });
    expect(await shop.gateway.query('select count(*) as n from tipos')).toEqual([{ n: '2' }]);
    await shop.close();
    const [grants] = await lab.admin.query(`show grants for 'leitura'@'127.0.0.1'`);
    expect(JSON.stringify(grants)).toMatch(/GRANT USAGE[^}]+\},\{[^}]+GRANT SELECT ON [^}]+\}\]$/);
    expect((await lab.failure({ ...ssh(tunnel), port: own.port })).code).toBe('ssh_forwarding_denied');
    const client = new ssh2.Client();
    await new Promise<void>((resolve, reject) => {
      client.on('ready', resolve).on('error', reject);
      const login = { host: '127.0.0.1', port: own.port, username: own.user };
      client.connect({ ...login, privateKey: keys.get('OpenSSH ed25519')!.privateKey });
    });
    const code = await new Promise((resolve) => {
      client.exec('id', (error, stream) => (error ? resolve(error) : stream.on('exit', resolve).resume()));
    });
    client.end();
    expect(code).not.toBe(0);
  });

  test('logs in by password, also where it is asked interactively', async () => {
    for (const method of ['password', 'keyboard-interactive'] as const) {
      const { port, hostKey } = await startPasswordSshServer(method, 'senha ssh');
      const own = { port, user: 'loja', privateKey: '', hostKeyFingerprint: fingerprintOf(publicPart(hostKey)) };
      const shop = await lab.open(ssh({ ...own, password: 'senha ssh' }));
      expect(await shop.gateway.query('select 1 as one')).toEqual([{ one: 1 }]);
      expect((await lab.failure(ssh({ ...own, password: 'errada' }))).code).toBe('ssh_auth_failed');
    }
  });

  test('to what is no SSH server, silent or talking, fails within the time limit', async () => {
    const silent = await listen(() => undefined);
    expect((await lab.failure(ssh({ port: silent.port }), { connectTimeoutMs: 400 })).code).toBe('ssh_failed');
    const web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await lab.failure(ssh({ port: web.port }))).code).toBe('ssh_failed');
  });

  test('that breaks in the middle of a read is a lost connection', async () => {
    const proxy = await startProxy(sshd.port);
    const shop = await lab.open(ssh({ port: proxy.port }));
    proxy.cutAfter(100_000);
    await expect(shop.gateway.query("select repeat('x', 2000000) as text")).rejects.toMatchObject({
      code: 'connection_lost',
      retry: 'next-run',
    });
    await expect(shop.gateway.query('select 1')).rejects.toMatchObject({ code: 'connection_lost' });
  });
});

async function startLabSshd(options: string[] = []): Promise<Sshd> {
  const { dir, remove } = await makeLabFolder();
  const sshd = await startSshd({ dir, options });
  closers.push(sshd.stop, remove);
  return sshd;
}

function publicPart(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

function keysLine(privateKey: string): string {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const one = Array.isArray(parsed) ? parsed[0]! : parsed;
  return `${one.type} ${one.getPublicSSH().toString('base64')}\n`;
}

/** An unprivileged sshd cannot check passwords: this one can, and forwards as sshd does. */
async function startPasswordSshServer(method: 'password' | 'keyboard-interactive', expected: string) {
  const pair = makeKeyPair();
  const sshServer = new ssh2.Server({ hostKeys: [pair.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method === 'password' && method === 'password') {
        return context.password === expected ? context.accept() : context.reject();
      }
      if (context.method !== 'keyboard-interactive' || method === 'password') return context.reject([method]);
      context.prompt([{ prompt: 'Password: ', echo: false }], (answers) =>
        answers[0] === expected ? context.accept() : context.reject(),
      );
    });
    client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
      const upstream = connect(destPort, destIP, () => {
        const channel = accept();
        channel.pipe(upstream).pipe(channel);
      });
      upstream.on('error', () => undefined);
    });
  });
  await new Promise<void>((resolve) => sshServer.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => sshServer.close(() => resolve())));
  return { port: (sshServer.address() as AddressInfo).port, hostKey: pair.public };
}
