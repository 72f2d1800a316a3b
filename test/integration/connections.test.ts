// A shop's database over real MariaDB: values as the copy needs them, errors of their own. That it is never written to: gateway-attacks.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ShopLab, startShopLab } from '../support/shop-lab.ts';
import { close, closeListeners, listen } from '../support/tcp.ts';

let lab: ShopLab;
beforeAll(async () => {
  lab = await startShopLab();
});
afterAll(async () => {
  await lab?.stop();
  await closeListeners();
});

describe('a direct connection', () => {
  test('reads values as the copy needs them: exact, unconverted, byte for byte', async () => {
    const { gateway, serverVersion, flavor, isTunnel } = await lab.open();
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
    const { gateway } = await lab.open();
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
    const { gateway } = await lab.open({}, { statementTimeoutMs: 7000 });
    const [row] = await gateway.query(
      'select @@session.tx_read_only as ro, @@session.sql_mode as mode, @@session.max_statement_time as seconds, @@session.time_zone as zone, @@character_set_client as cs',
    );
    const [[shop]] = (await lab.admin.query('select @@global.time_zone as zone')) as unknown as [[{ zone: string }]];
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
    expect((await lab.failure(change)).code).toBe(code);
  });

  test('without the installation’s permission reaches nothing inside', async () => {
    expect((await lab.failure({}, { allowedNetworks: [] })).code).toBe('address_refused');
  });

  test('to a closed port, a silent server and one that speaks something else', async () => {
    const closed = await listen(() => undefined);
    await close(closed);
    expect((await lab.failure({ port: closed.port })).code).toBe('port_refused');

    const silent = await listen(() => undefined);
    const started = Date.now();
    expect((await lab.failure({ port: silent.port }, { connectTimeoutMs: 500 })).code).toBe('mysql_no_answer');
    // Ten seconds is what it waits unless told.
    expect(Date.now() - started).toBeLessThan(9000);

    const ssh = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect((await lab.failure({ port: ssh.port })).code).toMatch(/^not_mysql$|^mysql_no_answer$|^connection_lost$/);
  });
});

describe('what is read', () => {
  test('has its own error: table, column, privilege, limit', async () => {
    const { gateway } = await lab.open();
    await expect(gateway.query('select * from wp_posts')).rejects.toMatchObject({
      code: 'table_missing',
      facts: { table: 'wp_posts' },
    });
    await expect(gateway.query('select nada from tipos')).rejects.toMatchObject({
      code: 'column_missing',
      facts: { column: 'nada' },
    });
    const partial = await lab.open({ user: 'parcial' });
    await expect(partial.gateway.query('select * from segredo')).rejects.toMatchObject({
      code: 'select_denied',
      facts: { table: 'segredo' },
    });
    const quick = await lab.open({}, { statementTimeoutMs: 200 });
    const slow =
      'select count(*) as n from information_schema.columns a, information_schema.columns b, information_schema.columns c';
    await expect(quick.gateway.query(slow)).rejects.toMatchObject({ code: 'statement_timeout', retry: 'next-run' });
    expect(await quick.gateway.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('that MySQL does not understand shows no value in message, facts or cause', async () => {
    const { gateway } = await lab.open();
    const error = await gateway.query('select ? nonsense from from', ['ana@cliente.example']).catch((e) => e);
    expect(error.code).toBe('shop_query_failed');
    expect(error.facts.mysql).toBe('1064');
    expect(JSON.stringify([error.message, error.facts, String(error.cause), error.stack])).not.toContain('ana@');
  });

  test('is counted by shape, without values', async () => {
    const { gateway } = await lab.open();
    for (const id of [1, 2, 3]) await gateway.query('select id from tipos where id = ?', [id]);
    const stat = gateway.statements().find(({ shape }) => shape === 'select id from tipos where id = ?');
    expect(stat).toMatchObject({ count: 3, rows: 1, failed: 0 });
    expect(gateway.slowness()).toBeGreaterThan(0);
  });

  test('in a snapshot does not move while the shop writes', async () => {
    const { gateway } = await lab.open();
    const count = () => gateway.query<{ n: string }>('select count(*) as n from tipos');
    const inside = await gateway.snapshot(async () => {
      const before = await count();
      await lab.admin.query('insert into tipos (id) values (77)');
      return [before, await count()];
    });
    expect(inside[0]).toEqual(inside[1]);
    expect(await count()).not.toEqual(inside[0]);
    await lab.admin.query('delete from tipos where id = 77');
    await expect(gateway.snapshot(() => gateway.query('select nada from tipos'))).rejects.toMatchObject({
      code: 'column_missing',
    });
    expect(await gateway.snapshot(count)).toEqual(await count());
  });
});

test('nothing logged holds a password', () => {
  expect(lab.logged.join('\n')).not.toContain('secreta');
});
