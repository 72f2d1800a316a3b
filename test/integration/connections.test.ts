// A shop is reached over real MariaDB and real sshd, in every way that is allowed, and fails with its own error in every way that is not.
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '#shared/log.ts';
import { type ConnectionSettings, openShop, type Shop } from '../../daemon/connections/connection.ts';
import { discoverShop } from '../../daemon/connections/discover.ts';
import { createGateway } from '../../daemon/connections/gateway.ts';
import { prepareSession } from '../../daemon/connections/session.ts';
import { fingerprintOf } from '../../daemon/connections/ssh-tunnel.ts';
import { startMariadb, startSshd } from '../support/servers.ts';

type Mariadb = Awaited<ReturnType<typeof startMariadb>>;
type Sshd = Awaited<ReturnType<typeof startSshd>>;

const tlsFile = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const ca = readFileSync(tlsFile('ca.pem'), 'utf8');
const fingerprint256 = new X509Certificate(readFileSync(tlsFile('server.pem'))).fingerprint256;

const logged: string[] = [];
const log = createLog((line) => logged.push(line));
const allowedNetworks = ['127.0.0.0/8'];
const database = 'loja_conexoes';
const password = "s3nha'secreta\\";

let server: Mariadb;
let admin: mysql.Connection;
const opened: Shop[] = [];
const closers: (() => unknown)[] = [];

function settings(change: Partial<ConnectionSettings> = {}): ConnectionSettings {
  return {
    mode: 'direct',
    host: '127.0.0.1',
    port: server.port,
    user: 'leitor',
    password,
    database,
    tls: { mode: 'off' },
    ...change,
  };
}

async function open(change: Partial<ConnectionSettings> = {}, options: Partial<Parameters<typeof openShop>[1]> = {}) {
  const shop = await openShop(settings(change), { allowedNetworks, log, connectTimeoutMs: 3000, ...options });
  opened.push(shop);
  return shop;
}

const failure = (change: Partial<ConnectionSettings>, options: Partial<Parameters<typeof openShop>[1]> = {}) =>
  open(change, options).then(
    () => ({ code: 'opened', facts: {} as Record<string, string>, message: '' }),
    (error) => error,
  );

async function fillDatabase(connection: mysql.Connection) {
  await connection.query(`create database ${database} character set utf8mb4`);
  await connection.query('create database outra_loja');
  for (const user of ['leitor', 'escritor']) {
    await connection.query(`create user ${user}@'%' identified by ?`, [password]);
  }
  await connection.query(`grant select on ${database}.* to leitor@'%'`);
  await connection.query(`grant all on *.* to escritor@'%'`);
  await connection.query(`create user parcial@'%' identified by ?`, [password]);
  await connection.query(`use ${database}`);
  await connection.query(
    `create table tipos (id bigint unsigned primary key, pequeno tinyint, valor decimal(26,8), quando datetime, dia date,
      texto longtext, cru longblob, estado enum('normal','lost'), documento json)`,
  );
  await connection.query(`set sql_mode = ''`);
  await connection.query(
    `insert into tipos values (18446744073709551615, -3, 1234567890123456.12345678, '0000-00-00 00:00:00', '2025-01-31',
      'ação 🛒\\0fim', x'00ff', 'lost', '{"a":1}'), (2, 1, 0.1, '2025-01-15 12:00:00', '0000-00-00', '', '', 'normal', null)`,
  );
  await connection.query(`grant select on ${database}.tipos to parcial@'%'`);
  await connection.query('create table segredo (id int)');
}

beforeAll(async () => {
  server = await startMariadb();
  admin = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: server.user,
    password: server.password,
  });
  await fillDatabase(admin);
});
afterAll(async () => {
  await Promise.all(opened.map((shop) => shop.close()));
  for (const close of closers) await close();
  await admin?.end();
  await server?.stop();
});

describe('a direct connection', () => {
  test('reads values as the copy needs them: exact, unconverted, byte for byte', async () => {
    const { gateway, serverVersion, flavor, isTunnel } = await open();
    expect({ flavor, isTunnel }).toEqual({ flavor: 'mariadb', isTunnel: false });
    expect(serverVersion).toMatch(/^\d+\.\d+.*MariaDB/);
    expect(await gateway.query('select * from tipos where id > ? order by id desc', [0])).toEqual([
      {
        id: '18446744073709551615',
        pequeno: -3,
        valor: '1234567890123456.12345678',
        quando: '0000-00-00 00:00:00',
        dia: '2025-01-31',
        texto: 'ação 🛒\0fim',
        cru: Buffer.from([0, 255]),
        estado: 'lost',
        documento: '{"a":1}',
      },
      expect.objectContaining({
        id: '2',
        valor: '0.10000000',
        quando: '2025-01-15 12:00:00',
        dia: '0000-00-00',
        documento: null,
      }),
    ]);
  });

  test('binds hostile values as values, by name and by list', async () => {
    const { gateway } = await open();
    for (const hostile of [
      "' or 1=1 -- ",
      '\\',
      "\\' or 1=1 #",
      '"',
      '\0',
      '?',
      ':id',
      "'; drop table tipos; --",
      'ʼ',
      '😀',
    ]) {
      expect(await gateway.query('select :value as value', { value: hostile })).toEqual([{ value: hostile }]);
    }
    const rows = await gateway.query<{ id: string }>('select id from tipos where id in (:ids) and estado <> :not', {
      ids: [2, '18446744073709551615'],
      not: 'lost',
    });
    expect(rows.map(({ id }) => id)).toEqual(['2']);
  });

  test('tells the session once: read only, lenient, limited; the time zone stays the shop’s', async () => {
    const { gateway } = await open({}, { statementTimeoutMs: 7000 });
    const [row] = await gateway.query(
      'select @@session.tx_read_only as ro, @@session.sql_mode as mode, @@session.max_statement_time as seconds, @@session.time_zone as zone, @@character_set_client as cs',
    );
    const [[shop]] = (await admin.query('select @@global.time_zone as zone')) as unknown as [[{ zone: string }]];
    expect(row).toMatchObject({ mode: '', zone: shop.zone, cs: 'utf8mb4' });
    expect(Number(row?.ro)).toBe(1);
    expect(Number(row?.seconds)).toBe(7);
  });

  test.each([
    ['host_not_found', { host: 'nao-existe.invalid' }],
    ['address_refused', { host: '10.255.255.1' }],
    ['address_refused', { host: '169.254.169.254' }],
    ['mysql_access_denied', { password: 'errada' }],
    ['mysql_access_denied', { user: 'ninguem' }],
    ['mysql_database_denied', { database: 'outra_loja' }],
    ['mysql_database_unknown', { user: 'escritor', database: 'nao_existe' }],
    ['tls_not_supported', { tls: { mode: 'verify' as const } }],
  ])('fails as %s', async (code, change) => {
    expect((await failure(change)).code).toBe(code);
  });

  test('without the installation’s permission reaches nothing inside', async () => {
    expect((await failure({}, { allowedNetworks: [] })).code).toBe('address_refused');
  });

  test('to a closed port, a silent server and one that speaks something else', async () => {
    const closed = await listen(() => undefined);
    await close(closed);
    expect((await failure({ port: closed.port })).code).toBe('port_refused');

    const silent = await listen(() => undefined);
    const started = Date.now();
    expect((await failure({ port: silent.port }, { connectTimeoutMs: 500 })).code).toBe('mysql_no_answer');
    expect(Date.now() - started).toBeLessThan(2000);

    const ssh = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect((await failure({ port: ssh.port })).code).toMatch(/^not_mysql$|^mysql_no_answer$|^connection_lost$/);
  });
});

describe('what is read', () => {
  test('has its own error: table, column, privilege, limit', async () => {
    const { gateway } = await open();
    await expect(gateway.query('select * from wp_posts')).rejects.toMatchObject({
      code: 'table_missing',
      facts: { table: 'wp_posts' },
    });
    await expect(gateway.query('select nada from tipos')).rejects.toMatchObject({
      code: 'column_missing',
      facts: { column: 'nada' },
    });
    const partial = await open({ user: 'parcial' });
    await expect(partial.gateway.query('select * from segredo')).rejects.toMatchObject({
      code: 'select_denied',
      facts: { table: 'segredo' },
    });
    const quick = await open({}, { statementTimeoutMs: 200 });
    const slow =
      'select count(*) as n from information_schema.columns a, information_schema.columns b, information_schema.columns c';
    await expect(quick.gateway.query(slow)).rejects.toMatchObject({ code: 'statement_timeout', retry: 'next-run' });
    expect(await quick.gateway.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('that MySQL does not understand shows no value in message, facts or cause', async () => {
    const { gateway } = await open();
    const error = await gateway.query('select ? nonsense from from', ['ana@cliente.example']).catch((e) => e);
    expect(error.code).toBe('shop_query_failed');
    expect(error.facts.mysql).toBe('1064');
    expect(JSON.stringify([error.message, error.facts, String(error.cause), error.stack])).not.toContain('ana@');
  });

  test('is counted by shape, without values', async () => {
    const { gateway } = await open();
    for (const id of [1, 2, 3]) await gateway.query('select id from tipos where id = ?', [id]);
    const stat = gateway.statements().find(({ shape }) => shape === 'select id from tipos where id = ?');
    expect(stat).toMatchObject({ count: 3, rows: 1, failed: 0 });
    expect(gateway.slowness()).toBeGreaterThan(0);
  });

  test('in a snapshot does not move while the shop writes', async () => {
    const { gateway } = await open();
    const count = () => gateway.query<{ n: string }>('select count(*) as n from tipos');
    const inside = await gateway.snapshot(async () => {
      const before = await count();
      await admin.query('insert into tipos (id) values (77)');
      return [before, await count()];
    });
    expect(inside[0]).toEqual(inside[1]);
    expect(await count()).not.toEqual(inside[0]);
    await admin.query('delete from tipos where id = 77');
    await expect(gateway.snapshot(() => gateway.query('select nada from tipos'))).rejects.toMatchObject({
      code: 'column_missing',
    });
    expect(await gateway.snapshot(count)).toEqual(await count());
  });
});

describe('a shop is never written to', () => {
  const writes = [
    `insert into tipos (id) values (99)`,
    `update tipos set pequeno = 9`,
    `delete from tipos`,
    `replace into tipos (id) values (99)`,
    `create table nova (id int)`,
    `alter table tipos add nova int`,
    `drop table tipos`,
    `truncate table tipos`,
    `create index nova on tipos (pequeno)`,
  ];
  const others = [
    `select * from tipos into outfile '/tmp/carrinho-outfile'`,
    `load data local infile '/etc/passwd' into table tipos`,
    `select 1; delete from tipos`,
    `select * from tipos for update`,
    `set session transaction read write`,
  ];

  test('the gateway sends no such statement, even with a user who may', async () => {
    const { gateway } = await open({ user: 'escritor' });
    const before = gateway.statements();
    for (const sql of [...writes, ...others]) {
      await expect(gateway.query(sql)).rejects.toMatchObject({ code: 'statement_refused', retry: 'never' });
    }
    expect(gateway.statements()).toEqual(before);
  });

  test('the server refuses each by itself, because the session is read only', async () => {
    const raw = await mysql.createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'escritor',
      password,
      database,
    });
    await prepareSession(
      createGateway({ connection: raw, place: { host: '127.0.0.1', port: server.port }, deadlineMs: 5000 }),
      {
        statementTimeoutMs: 5000,
        log,
      },
    );
    for (const sql of writes) await expect(raw.query(sql), sql).rejects.toMatchObject({ errno: 1792 });
    await expect(raw.query('select 1; select 2')).rejects.toMatchObject({ errno: 1064 });
    await raw.end();
    expect((await admin.query('select count(*) as n from tipos'))[0]).toEqual([{ n: 2 }]);
  });

  test('a hostile server that asks for a local file gets nothing', async () => {
    const hostile = await startHostileServer('/etc/passwd');
    expect((await failure({ port: hostile.port }, { statementTimeoutMs: 500 })).code).not.toBe('opened');
    expect(hostile.received()).toContain('SET SESSION TRANSACTION READ ONLY');
    expect(hostile.received()).not.toContain('root:');
    expect(hostile.offersLocalFiles()).toBe(false);
  });
});

describe('TLS', () => {
  let secure: Mariadb;
  let misnamed: Mariadb;
  const withTls = (name: string) =>
    startMariadb({
      args: [
        `--ssl-ca=${tlsFile('ca.pem')}`,
        `--ssl-cert=${tlsFile(`${name}.pem`)}`,
        `--ssl-key=${tlsFile(`${name}.key`)}`,
      ],
    });

  beforeAll(async () => {
    secure = await withTls('server');
    misnamed = await withTls('other');
    for (const one of [secure, misnamed]) {
      const connection = await mysql.createConnection({
        host: one.host,
        port: one.port,
        user: one.user,
        password: one.password,
      });
      await fillDatabase(connection);
      await connection.query(`alter user leitor@'%' require ssl`);
      await connection.end();
    }
  });
  afterAll(async () => {
    await secure?.stop();
    await misnamed?.stop();
  });

  test.each([
    ['our CA', { mode: 'ca' as const, ca }],
    ['the pinned certificate', { mode: 'pinned' as const, fingerprint256 }],
    [
      'the pinned certificate, written without colons',
      { mode: 'pinned' as const, fingerprint256: fingerprint256.replaceAll(':', '').toLowerCase() },
    ],
  ])('is used with %s', async (_, tls) => {
    const { gateway } = await open({ port: secure.port, tls });
    const [row] = await gateway.query<{ Value: string }>("show status like 'Ssl_cipher'");
    expect(row?.Value).toMatch(/\w+/);
  });

  test('by default refuses a certificate of no known authority, and says which it was', async () => {
    const error = await failure({ port: secure.port, tls: { mode: 'verify' } });
    expect(error).toMatchObject({ code: 'tls_untrusted', facts: { fingerprint: fingerprint256 } });
  });

  test('refuses another certificate than the pinned one', async () => {
    const error = await failure({ port: misnamed.port, tls: { mode: 'pinned', fingerprint256 } });
    expect(error.code).toBe('tls_certificate_changed');
    expect((await failure({ port: secure.port, tls: { mode: 'pinned' } })).code).toBe('tls_certificate_changed');
  });

  test('refuses a certificate of our CA for another name', async () => {
    expect((await failure({ port: misnamed.port, tls: { mode: 'ca', ca } })).code).toBe('tls_wrong_host');
  });

  test('refused sends no login: the server never hears the user', async () => {
    const seen: string[] = [];
    const proxy = await startProxy(secure.port, { onClient: (data) => seen.push(data.toString('latin1')) });
    await failure({ port: proxy.port, tls: { mode: 'verify' } });
    expect(seen.join('')).not.toContain('leitor');
    const status = await open({ port: secure.port, tls: { mode: 'ca', ca } });
    expect(status.gateway.isLost()).toBe(false);
  });

  test('is left out only by choice, and then the database may refuse', async () => {
    expect((await failure({ port: secure.port, tls: { mode: 'off' } })).code).toBe('mysql_access_denied');
    const plain = await open({ port: secure.port, user: 'escritor', tls: { mode: 'off' } });
    expect(await plain.gateway.query("show status like 'Ssl_cipher'")).toEqual([
      { Variable_name: 'Ssl_cipher', Value: '' },
    ]);
  });
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
    sshd = await startSshd();
    hostKeyFingerprint = fingerprintOf(publicPart(sshd.hostKey));
    const passphrase = 'frase secreta';
    const ed25519 = ssh2.utils.generateKeyPairSync('ed25519');
    const locked = ssh2.utils.generateKeyPairSync('ed25519', { cipher: 'aes256-ctr', passphrase, rounds: 16 });
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
  afterAll(() => sshd?.stop());

  test.each([
    'OpenSSH ed25519',
    'OpenSSH ed25519 with passphrase',
    'OpenSSH ed25519 with Windows line ends',
    'PEM RSA',
    'PEM RSA with passphrase',
    'PEM EC',
    'PKCS#8 RSA with passphrase',
  ])('opens with a key: %s', async (name) => {
    const shop = await open(ssh({ ...keys.get(name)! }));
    expect(shop.isTunnel).toBe(true);
    expect(await shop.gateway.query('select count(*) as n from tipos')).toEqual([{ n: '2' }]);
    await shop.close();
  });

  test('carries a big page, and needs no permission for the database behind it', async () => {
    const shop = await open(ssh({ host: '127.0.0.1' }), { allowedNetworks: ['127.0.0.1/32'] });
    const [row] = await shop.gateway.query<{ text: string }>("select repeat('ação', 300000) as text");
    expect(row?.text.length).toBe(1_200_000);
    expect((await failure(ssh(), { allowedNetworks: [] })).code).toBe('address_refused');
  });

  test('shows an unknown host key first, and trusts it only when a person says so', async () => {
    const error = await failure(ssh({ hostKeyFingerprint: null }));
    expect(error).toMatchObject({
      code: 'ssh_host_key_unknown',
      retry: 'after-fix',
      facts: { fingerprint: hostKeyFingerprint },
    });
    expect((await failure(ssh({ hostKeyFingerprint: null }), { onHostKey: () => false })).code).toBe(
      'ssh_host_key_unknown',
    );
    const shown: string[] = [];
    const onHostKey = async (fingerprint: string) => {
      shown.push(fingerprint);
      return true;
    };
    await open(ssh({ hostKeyFingerprint: null }), { onHostKey });
    expect(shown).toEqual([hostKeyFingerprint]);
  });

  test('is blocked by a changed host key, whoever would confirm it', async () => {
    const other = fingerprintOf(publicPart(ssh2.utils.generateKeyPairSync('ed25519').public));
    const error = await failure(ssh({ hostKeyFingerprint: other }), { onHostKey: () => true });
    expect(error).toMatchObject({
      code: 'ssh_host_key_changed',
      facts: { expected: other, fingerprint: hostKeyFingerprint },
    });
  });

  test('tells a wrong key, a wrong user, a wrong passphrase and an unreadable key apart', async () => {
    const stranger = ssh2.utils.generateKeyPairSync('ed25519').private;
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
      const error = await failure(ssh(change));
      expect([error.code, error.facts], JSON.stringify([code, facts])).toEqual([code, expect.objectContaining(facts)]);
    }
  });

  test('that may not forward, or finds no database, says so', async () => {
    const forbidding = await startSshd({ options: ['AllowTcpForwarding no'] });
    closers.push(() => forbidding.stop());
    await appendFile(forbidding.authorizedKeysFile, keysLine(keys.get('OpenSSH ed25519')!.privateKey));
    const own = { port: forbidding.port, hostKeyFingerprint: fingerprintOf(publicPart(forbidding.hostKey)) };
    expect((await failure(ssh(own))).code).toBe('ssh_forwarding_denied');

    const closed = await listen(() => undefined);
    await close(closed);
    expect(await failure({ ...ssh(), port: closed.port })).toMatchObject({
      code: 'ssh_target_refused',
      facts: { target: `127.0.0.1:${closed.port}` },
    });
    expect((await failure({ ...ssh(), password: 'errada' })).code).toBe('mysql_access_denied');
  });

  test('logs in by password, also where it is asked interactively', async () => {
    for (const method of ['password', 'keyboard-interactive'] as const) {
      const { port, hostKey } = await startPasswordSshServer(method, 'senha ssh');
      const own = { port, user: 'loja', privateKey: '', hostKeyFingerprint: fingerprintOf(publicPart(hostKey)) };
      const shop = await open(ssh({ ...own, password: 'senha ssh' }));
      expect(await shop.gateway.query('select 1 as one')).toEqual([{ one: 1 }]);
      expect((await failure(ssh({ ...own, password: 'errada' }))).code).toBe('ssh_auth_failed');
    }
  });

  test('to what is no SSH server, silent or talking, fails within the time limit', async () => {
    const silent = await listen(() => undefined);
    expect((await failure(ssh({ port: silent.port }), { connectTimeoutMs: 400 })).code).toBe('ssh_failed');
    const web = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect((await failure(ssh({ port: web.port }))).code).toBe('ssh_failed');
  });

  test('that breaks in the middle of a read is a lost connection', async () => {
    const proxy = await startProxy(sshd.port);
    const shop = await open(ssh({ port: proxy.port }));
    proxy.cutAfter(100_000);
    await expect(shop.gateway.query("select repeat('x', 2000000) as text")).rejects.toMatchObject({
      code: 'connection_lost',
      retry: 'next-run',
    });
    await expect(shop.gateway.query('select 1')).rejects.toMatchObject({ code: 'connection_lost' });
  });
});

describe('a line that breaks', () => {
  const page = "select repeat('x', 200000) as text, id from tipos";

  test.each([0, 1, 3, 4, 5, 60, 1000, 65_536, 150_000])(
    'after %i bytes of an answer is a lost connection, at once',
    async (bytes) => {
      const proxy = await startProxy(server.port);
      const { gateway } = await open({ port: proxy.port });
      proxy.cutAfter(bytes);
      await expect(gateway.query(page)).rejects.toMatchObject({ code: 'connection_lost', retry: 'next-run' });
      expect(gateway.isLost()).toBe(true);
      await expect(gateway.query('select 1')).rejects.toMatchObject({ code: 'connection_lost' });
    },
  );

  test('by going silent in the middle of a packet is given up after the time limit, and closing does not hang', async () => {
    const proxy = await startProxy(server.port);
    const raw = await mysql.createConnection({
      host: '127.0.0.1',
      port: proxy.port,
      user: 'leitor',
      password,
      database,
    });
    const gateway = createGateway({ connection: raw, place: { host: '127.0.0.1', port: proxy.port }, deadlineMs: 400 });
    proxy.stallAfter(1000);
    const started = Date.now();
    await expect(gateway.query(page)).rejects.toMatchObject({ code: 'shop_stalled', retry: 'next-run' });
    expect(Date.now() - started).toBeLessThan(1500);
    await expect(gateway.query('select 1')).rejects.toMatchObject({ code: 'shop_stalled' });
  });

  test('during the login is told as such, within the time limit', async () => {
    for (const bytes of [0, 10, 60, 90]) {
      const cut = await startProxy(server.port);
      cut.cutAfter(bytes);
      expect((await failure({ port: cut.port })).code).toMatch(/^(connection_lost|mysql_no_answer)$/);
      const stall = await startProxy(server.port);
      stall.stallAfter(bytes);
      expect((await failure({ port: stall.port }, { connectTimeoutMs: 300 })).code).toMatch(
        /^(mysql_no_answer|shop_stalled)$/,
      );
    }
  });

  test('while nothing is asked is noticed, and does not end the process', async () => {
    const proxy = await startProxy(server.port);
    const shop = await open({ port: proxy.port });
    proxy.cutNow();
    await expect.poll(() => shop.gateway.isLost()).toBe(true);
    await shop.close();
  });

  test('because the shop closed it (killed, too many connections) has its own error', async () => {
    const shop = await open({ user: 'escritor' });
    const [row] = await shop.gateway.query<{ id: string }>('select connection_id() as id');
    const asked = shop.gateway.query(
      'select count(*) as n from information_schema.columns a, information_schema.columns b, information_schema.columns c',
    );
    setTimeout(() => admin.query(`kill ${row?.id}`), 100);
    await expect(asked).rejects.toMatchObject({ code: 'connection_lost' });

    await admin.query(`create user apertado@'%' identified by ? with max_user_connections 1`, [password]);
    await admin.query(`grant select on ${database}.* to apertado@'%'`);
    await open({ user: 'apertado' });
    expect(await failure({ user: 'apertado' })).toMatchObject({ code: 'too_many_connections', retry: 'next-run' });

    await admin.query('set global max_connections = 10');
    const crowd = await Promise.allSettled(Array.from({ length: 12 }, () => open()));
    await admin.query('set global max_connections = 150');
    const refused = crowd.filter((one) => one.status === 'rejected').map((one) => one.reason.code);
    expect(new Set(refused)).toEqual(new Set(['too_many_connections']));
    await expect(open()).resolves.toMatchObject({ flavor: 'mariadb' });
  });
});

describe('discovery', () => {
  const makeInstall = async (prefix: string, options: Record<string, string>) => {
    await admin.query(
      `create table ${prefix}options (option_id bigint unsigned auto_increment primary key, option_name varchar(191) unique, option_value longtext)`,
    );
    for (const name of ['posts', 'postmeta'])
      await admin.query(`create table ${prefix}${name} (ID bigint unsigned primary key)`);
    for (const [name, value] of Object.entries(options)) {
      await admin.query(`insert into ${prefix}options (option_name, option_value) values (?, ?)`, [name, value]);
    }
  };

  beforeAll(async () => {
    await admin.query(`create database descoberta`);
    await admin.query(`grant select on descoberta.* to leitor@'%'`);
    await admin.query(`use descoberta`);
    await makeInstall('wp_', {
      siteurl: 'https://loja.example',
      blogname: 'Loja',
      timezone_string: 'America/Sao_Paulo',
      gmt_offset: '5',
      woocommerce_currency: 'BRL',
      woocommerce_version: '9.3.2',
      fv_forms: 'a:0:{}',
    });
    await admin.query('create table wp_users (ID bigint primary key)');
    await admin.query('create table wp_woocommerce_order_items (order_item_id bigint primary key)');
    await admin.query('create table wp_fv_enteries (id int primary key)');
    await admin.query('create table wp_fv_entry_meta (id int primary key)');
    const cart =
      '(id bigint, email varchar(100), cart_contents longtext, cart_total decimal(10,2), order_status varchar(20), time datetime)';
    await admin.query(`create table wp_minha_copia ${cart}`);
    await admin.query(`create table wp_cartflows_ca_cart_abandonment ${cart}`);
    await makeInstall('wp_2_', {
      siteurl: 'https://dois.example',
      blogname: 'Dois',
      gmt_offset: '-3',
      woocommerce_custom_orders_table_enabled: 'yes',
    });
    await admin.query('create table wp_2_wc_orders (id bigint primary key)');
    await makeInstall('wpXstage_', { siteurl: 'https://teste.example', blogname: 'Teste' });
  });
  afterAll(() => admin.query(`use ${database}`));

  test('offers every install and guesses none', async () => {
    const { gateway } = await open({ database: 'descoberta' });
    const facts = await discoverShop(gateway);
    expect(facts.prefix).toBeNull();
    expect(facts.prefixes).toEqual([
      { prefix: 'wpXstage_', basePrefix: 'wpXstage_', siteUrl: 'https://teste.example', blogName: 'Teste' },
      { prefix: 'wp_', basePrefix: 'wp_', siteUrl: 'https://loja.example', blogName: 'Loja' },
      { prefix: 'wp_2_', basePrefix: 'wp_', siteUrl: 'https://dois.example', blogName: 'Dois' },
    ]);
    expect(facts.tables.size).toBe(0);
  });

  test('of a chosen shop tells its tables, storage, plugins and clock', async () => {
    const { gateway } = await open({ database: 'descoberta' });
    const facts = await discoverShop(gateway, { prefix: 'wp_' });
    expect(facts).toMatchObject({
      prefix: 'wp_',
      basePrefix: 'wp_',
      siteUrl: 'https://loja.example',
      timeZone: 'America/Sao_Paulo',
      currency: 'BRL',
      orderStorage: 'legacy',
      isOrderSyncOn: false,
      cartTables: ['cartflows_ca_cart_abandonment', 'minha_copia'],
      formTables: { entries: 'fv_enteries', meta: 'fv_entry_meta' },
      versions: { woocommerce: '9.3.2' },
    });
    expect(facts.options.fv_forms).toBe('a:0:{}');
    expect([...facts.tables.keys()]).not.toContain('2_wc_orders');
    expect(facts.tables.get('posts')).toEqual(new Set(['ID']));
  });

  test('of a multisite’s second site takes the users of the first, and its own storage', async () => {
    const { gateway } = await open({ database: 'descoberta' });
    const facts = await discoverShop(gateway, { prefix: 'WP_2_' });
    expect(facts).toMatchObject({
      prefix: 'wp_2_',
      basePrefix: 'wp_',
      timeZone: '-03:00',
      orderStorage: 'hpos',
      formTables: null,
      cartTables: [],
    });
    expect(facts.tables.has('users')).toBe(true);
  });

  test('of a database without WordPress finds none', async () => {
    const { gateway } = await open();
    expect(await discoverShop(gateway)).toMatchObject({ prefixes: [], prefix: null, orderStorage: null });
    expect((await discoverShop(gateway, { prefix: 'wp_' })).prefix).toBeNull();
  });
});

test('nothing logged holds a password', () => {
  expect(logged.join('\n')).not.toContain('secreta');
});

function publicPart(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64');
}

function keysLine(privateKey: string): string {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const one = Array.isArray(parsed) ? parsed[0]! : parsed;
  return `${one.type} ${one.getPublicSSH().toString('base64')}\n`;
}

type Listening = { port: number; server: Server; sockets: Set<Socket> };

async function listen(onConnection: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const one = { port: (listening.address() as { port: number }).port, server: listening, sockets };
  closers.push(() => close(one));
  return one;
}

async function close({ server: listening, sockets }: Listening) {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => listening.close(resolve));
}

/** A TCP proxy whose line to the client can be cut or go silent after so many bytes of the server's next answer. */
async function startProxy(targetPort: number, { onClient }: { onClient?: (data: Buffer) => void } = {}) {
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

/** Greets like MariaDB, accepts any login and answers every statement by asking the client for a file. */
async function startHostileServer(path: string) {
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

/** An unprivileged sshd cannot check passwords: this one can, and forwards as sshd does. */
async function startPasswordSshServer(method: 'password' | 'keyboard-interactive', expected: string) {
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  const sshServer = new ssh2.Server({ hostKeys: [pair.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method !== method) return context.reject([method]);
      if (context.method === 'password') return context.password === expected ? context.accept() : context.reject();
      if (context.method !== 'keyboard-interactive') return context.reject();
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
  return { port: sshServer.address()!.port as number, hostKey: pair.public };
}
