// The connection doctor over real servers: each fault of the way (checks 1 to 10) is made for real, is named by its own check in its own words, and
// nothing else is in error. Faults of the shop itself: doctor-shop.test.ts.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctorMessage } from '#shared/doctor-messages.ts';
import { createLog } from '#shared/log.ts';
import type { ConnectionSettings } from '../../daemon/connections/connection.ts';
import type { SshSettings } from '../../daemon/connections/ssh-tunnel.ts';
import { type DoctorFinding, type DoctorInput, runDoctor } from '../../daemon/doctor/doctor.ts';
import { loadSources } from '../../daemon/source-registry.ts';
import { abandonCarts } from '../../start/demo/cart-writer.ts';
import { demoShops } from '../../start/demo/demo-shops.ts';
import { generateShop } from '../../start/demo/generate.ts';
import { makeKeyPair } from '../../start/key-pair.ts';
import type { Sshd } from '../../start/sshd.ts';
import { createShopDatabase, type ShopDatabase, startSshd } from '../support/servers.ts';
import { password as labPassword, type ShopLab, startShopLab } from '../support/shop-lab.ts';
import { close, closeListeners, listen, startProxy } from '../support/tcp.ts';

const shoes = demoShops[0]!;
const mapping = {
  formPlugin: 'wp-forms',
  formId: '321',
  nameKey: 'Nome_3',
  phoneKey: 'Whatsapp_8',
  emailKey: null,
  sizeKey: 'Numero_do_sapato_9',
};
const contact = {
  ...mapping,
  formId: '654',
  nameKey: 'Nome_1',
  phoneKey: 'Telefone_4',
  emailKey: 'E-mail_2',
  sizeKey: null,
};

let mariaDb: ShopDatabase;
let sshd: Sshd;
let secure: ShopLab;
const logged: string[] = [];
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  mariaDb = await createShopDatabase();
  const made = { ...shoes, database: mariaDb.database, size: 'small', seed: 3, now: new Date() } as const;
  const { shop } = await generateShop(mariaDb.admin, made);
  // As the plugin's cron does all day.
  await abandonCarts(shop, { now: new Date() });
  sshd = await startSshd();
  secure = await startShopLab({ certificate: 'server' });
});
afterAll(async () => {
  for (const cleanup of cleanups) await cleanup();
  await closeListeners();
  await secure?.stop();
  await sshd?.stop();
  await mariaDb?.drop();
});

const direct = (change: Partial<ConnectionSettings> = {}): ConnectionSettings => ({
  mode: 'direct',
  host: '127.0.0.1',
  port: mariaDb.port,
  user: mariaDb.readerUser,
  password: mariaDb.readerPassword,
  database: mariaDb.database,
  tls: { mode: 'off' },
  ...change,
});
const tunnel = (ssh: Partial<SshSettings> = {}, change: Partial<ConnectionSettings> = {}): ConnectionSettings => ({
  ...direct(change),
  mode: 'ssh',
  ssh: {
    host: '127.0.0.1',
    port: sshd.port,
    user: sshd.user,
    privateKey: sshd.privateKey,
    hostKeyFingerprint: sshd.hostKeyFingerprint,
    ...ssh,
  },
});

const examine = async (settings: ConnectionSettings, change: Partial<DoctorInput> = {}): Promise<DoctorFinding[]> =>
  await runDoctor({
    settings,
    site: { tablePrefix: null, cartTable: null, areaCode: '48', mappings: [mapping, contact] },
    sources: await loadSources(),
    allowedNetworks: ['127.0.0.0/8'],
    publicIp: '203.0.113.7',
    log: createLog((line) => logged.push(line)),
    now: () => new Date(),
    connectTimeoutMs: 3000,
    ...change,
  });

const inState = (findings: DoctorFinding[], state: DoctorFinding['state']) =>
  findings.filter((finding) => finding.state === state).map(({ nn, code }) => `${nn} ${code}`);

/** A port that takes no connection and refuses none: a listener that is stopped, with its backlog full. */
async function startSilentPort(): Promise<number> {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      '-e',
      `const s = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  for (let turn = 0; turn < 4; turn++) sockets.push(connect({ port, host: '127.0.0.1' }).on('error', () => undefined));
  await new Promise((resolve) => setTimeout(resolve, 100));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  });
  return port;
}

test('a shop in order passes all sixteen, straight and through a tunnel', async () => {
  const straight = await examine(direct());
  expect(straight.map(({ nn }) => nn)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  expect(inState(straight, 'error')).toEqual([]);
  expect(inState(straight, 'warning')).toEqual(['7 tls_off']);
  expect(inState(straight, 'not_tested')).toEqual(['3 not_applicable', '4 not_applicable', '5 not_applicable']);
  const behind = await examine(tunnel());
  expect([inState(behind, 'error'), inState(behind, 'warning'), inState(behind, 'not_tested')]).toEqual([[], [], []]);
});

test('leaves no connection open behind it', async () => {
  const left = async () => {
    const [rows] = await mariaDb.admin.query('show processlist');
    return (rows as { User: string }[]).filter(({ User }) => User === mariaDb.readerUser).length;
  };
  // The server hears of the end a moment after us.
  await expect.poll(left).toBe(0);
});

type Fault = [check: string, words: RegExp, make: () => Promise<[ConnectionSettings, Partial<DoctorInput>?]>];

const withUser = async (name: string, ...grants: string[]) => {
  await mariaDb.admin.query(`create or replace user ${name} identified by 'segredo-de-teste'`);
  for (const grant of grants) await mariaDb.admin.query(`${grant} to ${name}`);
  return { user: name.split('@')[0]!.replaceAll("'", ''), password: 'segredo-de-teste' };
};
const unique = (name: string) => `${name}_${mariaDb.database.slice(-6)}`;

const faults: Fault[] = [
  ['1 host_not_found', /não existe.*host MySQL/, async () => [direct({ host: 'banco.invalid' })]],
  ['1 address_refused', /rede interna/, async () => [direct(), { allowedNetworks: [] }]],
  [
    '2 port_refused',
    /Há um servidor em 127\.0\.0\.1, mas não nessa porta/,
    async () => {
      const closed = await listen(() => undefined);
      await close(closed);
      return [direct({ port: closed.port })];
    },
  ],
  [
    '2 port_timeout',
    /não respondeu.*Libere o IP 203\.0\.113\.7 em “MySQL remoto”/,
    async () => [direct({ port: await startSilentPort() }), { connectTimeoutMs: 500 }],
  ],
  ['3 ssh_host_key_unknown', /Primeiro contato.*SHA256:.*confirme/, async () => [tunnel({ hostKeyFingerprint: null })]],
  [
    '3 ssh_host_key_changed',
    /A identidade do servidor mudou/,
    async () => [tunnel({ hostKeyFingerprint: `SHA256:${'A'.repeat(43)}` })],
  ],
  [
    '3 ssh_failed',
    /não concluiu a conexão/,
    async () => [tunnel({ port: (await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))).port })],
  ],
  ['4 ssh_auth_failed', /O SSH recusou o usuário/, async () => [tunnel({ privateKey: makeKeyPair().private })]],
  [
    '4 ssh_key_passphrase',
    /tem senha, e a informada não a abre/,
    async () => {
      const locked = makeKeyPair({ cipher: 'aes256-ctr', passphrase: 'frase certa', rounds: 16 });
      return [tunnel({ privateKey: locked.private, passphrase: 'frase errada' })];
    },
  ],
  [
    '4 ssh_key_unreadable',
    /formato PuTTY.*Export OpenSSH key/,
    async () => [tunnel({ privateKey: 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n' })],
  ],
  [
    '5 ssh_forwarding_denied',
    /não permite túnel \(AllowTcpForwarding\)/,
    async () => {
      const forbidding = await startSshd({ options: ['AllowTcpForwarding no'] });
      cleanups.push(() => forbidding.stop());
      const { port, hostKeyFingerprint, privateKey } = forbidding;
      return [tunnel({ port, hostKeyFingerprint, privateKey })];
    },
  ],
  [
    '5 ssh_target_refused',
    /não alcança o banco em 127\.0\.0\.1/,
    async () => {
      const closed = await listen(() => undefined);
      await close(closed);
      return [tunnel({}, { port: closed.port })];
    },
  ],
  [
    '6 mysql_access_denied',
    /recusou o usuário.*Confira usuário e senha/,
    async () => [direct({ password: 'senha-errada-plantada' })],
  ],
  [
    '6 mysql_host_not_allowed',
    /não aceita conexões de.*Libere o IP/,
    async () => {
      const login = await withUser(`'${unique('so_de_la')}'@'203.0.113.9'`);
      // Another server than the shared one, whose users may come from anywhere: there 1130 never shows.
      const elsewhere = await startShopLab();
      cleanups.push(() => elsewhere.stop());
      await elsewhere.admin.query(`delete from mysql.global_priv where host in ('%', '127.0.0.1', '::1')`);
      await elsewhere.admin.query('flush privileges');
      return [direct({ ...login, port: elsewhere.port })];
    },
  ],
  [
    '6 mysql_no_answer',
    /abriu, mas o banco não respondeu.*mesmo a porta do MySQL/,
    async () => [direct({ port: (await listen(() => undefined)).port }), { connectTimeoutMs: 500 }],
  ],
  [
    '7 tls_untrusted',
    /não é de uma autoridade conhecida.*CA/,
    async () => [direct({ port: secure.port, user: 'leitor', password: labPassword, tls: { mode: 'verify' } })],
  ],
  ['7 tls_not_supported', /não oferece conexão criptografada/, async () => [direct({ tls: { mode: 'verify' } })]],
  [
    '8 mysql_database_unknown',
    /não existe\. Este usuário enxerga: /,
    async () => [direct({ ...(await withUser(`'${unique('tudo')}'@'%'`, 'grant select on *.*')), database: 'nao_ha' })],
  ],
  [
    '8 mysql_database_denied',
    /não enxerga o banco de dados.*Este usuário enxerga: shop_/,
    async () => [direct({ database: 'mysql' })],
  ],
  [
    '9 select_denied',
    /Falta permissão de leitura na tabela cli_postmeta/,
    async () => {
      const [rows] = await mariaDb.admin.query('show tables');
      const tables = (rows as Record<string, string>[]).map((row) => Object.values(row)[0]!);
      const readable = tables.filter((table) => table !== 'cli_postmeta');
      return [
        direct(
          await withUser(
            `'${unique('quase')}'@'%'`,
            ...readable.map((table) => `grant select on ${mariaDb.database}.${table}`),
          ),
        ),
      ];
    },
  ],
  [
    '10 read_only_unverified',
    /não pôde ser posta em só leitura/,
    async () => {
      const wanted = 'SET SESSION TRANSACTION READ ONLY';
      // Something between us and the server drops what it is told.
      const proxy = await startProxy(mariaDb.port, {
        onClient(data) {
          const at = data.indexOf(wanted);
          if (at >= 0) data.write('SET @nada = 1'.padEnd(wanted.length), at, 'latin1');
        },
      });
      return [direct({ port: proxy.port })];
    },
  ],
];

test.each(faults)(
  '%s is found as itself and nothing else is in error',
  async (expected, words, make) => {
    const [settings, change] = await make();
    const findings = await examine(settings, change);
    expect(inState(findings, 'error')).toEqual([expected]);
    const wrong = findings.find(({ state }) => state === 'error')!;
    const { sentence, remedy } = doctorMessage(wrong.code, wrong.facts);
    expect(`${sentence} ${remedy}`).toMatch(words);
    // What comes after it was not asked.
    for (const { nn, state } of findings) if (nn > wrong.nn) expect([nn, state]).toEqual([nn, 'not_tested']);
    // Every finding has its words.
    for (const { code, facts } of findings) expect(doctorMessage(code, facts).sentence).not.toMatch(/undefined|null/);
  },
  30_000,
);

test('a user that may write is a warning with the SQL of one that only reads; the rest goes on', async () => {
  const writer = await withUser(`'${unique('escreve')}'@'%'`, `grant select, insert, update on ${mariaDb.database}.*`);
  const findings = await examine(direct(writer));
  expect(inState(findings, 'error')).toEqual([]);
  expect(inState(findings, 'warning')).toEqual(['7 tls_off', '9 can_write']);
  const { code, facts } = findings[8]!;
  expect(doctorMessage(code, facts).sentence).toContain('INSERT, UPDATE');
  expect(doctorMessage(code, facts).remedy).toMatch(/CREATE USER .*GRANT SELECT ON/i);
});

test('a table of a plugin that is in use is missed also when the server hides it, and the SQL that opens all is said', async () => {
  const [rows] = await mariaDb.admin.query('show tables');
  const tables = (rows as Record<string, string>[]).map((row) => Object.values(row)[0]!);
  const readable = tables.filter((table) => !table.startsWith('cli_wc_order'));
  const login = await withUser(
    `'${unique('sem_hpos')}'@'%'`,
    ...readable.map((table) => `grant select on ${mariaDb.database}.${table}`),
  );
  const findings = await examine(direct(login));
  expect(inState(findings, 'error')).toEqual(['9 select_denied']);
  const { code, facts } = findings[8]!;
  expect(facts.table).toBe('cli_wc_orders, cli_wc_orders_meta, cli_wc_order_addresses, cli_wc_order_operational_data');
  const sql = /GRANT SELECT ON .+?;/.exec(doctorMessage(code, facts).remedy)![0];
  await mariaDb.admin.query(sql);
  expect(inState(await examine(direct(login)), 'error')).toEqual([]);
});

test('an encrypted connection with its own authority or certificate passes check 7', async () => {
  const untrusted = await examine(
    direct({ port: secure.port, user: 'leitor', password: labPassword, tls: { mode: 'verify' } }),
  );
  const { fingerprint } = untrusted[6]!.facts;
  const pinned = await examine(
    direct({
      port: secure.port,
      user: 'leitor',
      password: labPassword,
      database: 'loja_conexoes',
      tls: { mode: 'pinned', fingerprint256: fingerprint! },
    }),
  );
  expect(pinned[6]).toMatchObject({ state: 'ok', code: 'tls_on' });
});

test('no log holds a password, a key or what a shopper typed', () => {
  const all = logged.join('\n');
  for (const secret of [
    'senha-errada-plantada',
    'segredo-de-teste',
    'frase errada',
    mariaDb.readerPassword,
    'BEGIN OPENSSH',
  ])
    expect(all).not.toContain(secret);
});
