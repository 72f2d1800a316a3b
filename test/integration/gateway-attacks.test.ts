// A shop is never written to, tried out: what the gateway is given by an attacker inside our own code never reaches the wire (the server's own
// counters prove it), and behind the gateway the server refuses too, since the session is read only. A server that lies gets no file of ours.
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGateway } from '../../daemon/connections/gateway.ts';
import { prepareSession } from '../../daemon/connections/session.ts';
import { database, password, type ShopLab, startShopLab } from '../support/shop-lab.ts';
import { closeListeners, startFileThief, startHostileServer } from '../support/tcp.ts';

let lab: ShopLab;
beforeAll(async () => {
  lab = await startShopLab();
  await lab.admin.query('create procedure apaga() delete from tipos');
  await lab.admin.query('create function apaga_lendo() returns int begin delete from tipos; return 1; end');
  await lab.admin.query('create sequence numeros');
});
afterAll(async () => {
  await lab?.stop();
  await closeListeners();
});

/** What the server counted of all clients since its start: every statement it was sent, and the attempts of each kind. */
async function counters(): Promise<Record<string, number>> {
  const [rows] = await lab.admin.query<RowDataPacket[]>(
    `show global status where variable_name regexp '^(questions|com_)'`,
  );
  return Object.fromEntries(rows.map(({ Variable_name, Value }) => [Variable_name, Number(Value)]));
}

const writes = [
  `insert into tipos (id) values (99)`,
  `insert into tipos (id) select 98`,
  `update tipos set pequeno = 9`,
  `delete from tipos`,
  `replace into tipos (id) values (99)`,
  `create table nova (id int)`,
  `create table nova select * from tipos`,
  `alter table tipos add nova int`,
  `rename table tipos to outros`,
  `drop table tipos`,
  `truncate table tipos`,
  `create index nova on tipos (pequeno)`,
  `create view nova as select 1`,
  `create user novo@'%'`,
  `grant all on *.* to leitor@'%'`,
  `load data infile '/etc/hostname' into table tipos (texto)`,
  `call apaga()`,
  `/*! delete from tipos */`,
  `/*M!100100 delete from tipos */`,
  `execute immediate 'delete from tipos'`,
  `set statement max_statement_time = 1 for delete from tipos`,
];
const others = [
  `select * from tipos into outfile '/tmp/carrinho-outfile'`,
  `select * into outfile '/tmp/carrinho-outfile' from tipos`,
  `select texto from tipos into dumpfile '/tmp/carrinho-dumpfile'`,
  `select 1 /*!50000 into outfile '/tmp/carrinho-outfile' */`,
  `select 'a\\'' into outfile '/tmp/carrinho-outfile'`,
  `select id from tipos into @guardado`,
  `select @guardado := 1`,
  `load data local infile '/etc/passwd' into table tipos`,
  `select load_file('/etc/passwd')`,
  `select 1; delete from tipos`,
  `set names utf8mb4; delete from tipos`,
  `select 1 -- \n; delete from tipos`,
  `with velhos as (select 1) delete from tipos`,
  `explain delete from tipos`,
  `analyze delete from tipos`,
  `select * from tipos for update`,
  `select * from tipos lock in share mode`,
  `lock tables tipos write`,
  `select get_lock('a', 1)`,
  'select `sleep`(9)',
  `select benchmark(100000000, md5('a'))`,
  `select next value for numeros`,
  `select nextval(numeros)`,
  `set global max_connections = 1`,
  `set session transaction read write`,
  `set @@session.tx_read_only = 0`,
  `start transaction read write`,
  `begin`,
  `commit and chain`,
  `handler tipos open`,
  `prepare p from 'delete from tipos'`,
  `do sleep(1)`,
  `flush tables`,
  `kill 1`,
  `shutdown`,
  `use mysql`,
  `xa start 'a'`,
  `insert\tinto tipos (id) values (99)`,
  `\u00a0delete from tipos`,
  `select 1 \0; delete from tipos`,
  `select 'aberta`,
];

describe('a shop is never written to', () => {
  test('nothing that is no read leaves us, even for a user who may: the server counts no statement', async () => {
    const { gateway } = await lab.open({ user: 'escritor' });
    const statements = gateway.statements();
    const before = await counters();
    for (const sql of [...writes, ...others]) {
      await expect(gateway.query(sql), sql).rejects.toMatchObject({ code: 'statement_refused', retry: 'never' });
      await expect(
        gateway.snapshot(async () => gateway.query(sql)),
        `snapshot: ${sql}`,
      ).rejects.toMatchObject({
        code: 'statement_refused',
      });
    }
    const after = await counters();
    const tries = writes.length + others.length;
    const grown = Object.fromEntries(
      Object.entries(after).flatMap(([name, value]) => (value === before[name] ? [] : [[name, value - before[name]!]])),
    );
    // The snapshots around the second round, and this reading of the counters itself.
    expect(grown).toEqual({ Questions: 2 * tries + 1, Com_begin: tries, Com_commit: tries, Com_show_status: 1 });
    expect(gateway.statements().length - statements.length).toBe(2);
  });

  test('the server refuses each by itself, because the session is read only', async () => {
    const raw = await mysql.createConnection({
      host: '127.0.0.1',
      port: lab.port,
      user: 'escritor',
      password,
      database,
    });
    const gateway = createGateway({
      connection: raw,
      place: { host: '127.0.0.1', port: lab.port },
      deadlineMs: 5000,
    });
    await prepareSession(gateway, { statementTimeoutMs: 5000, log: lab.log });
    for (const sql of writes) await expect(raw.query(sql), sql).rejects.toMatchObject({ errno: 1792 });
    // A function that writes hides in a read, which the gateway can't tell.
    await expect(gateway.query('select apaga_lendo()')).rejects.toMatchObject({ code: 'read_only_refused' });
    await expect(raw.query('select 1; select 2')).rejects.toMatchObject({ errno: 1064 });
    await raw.end();
    expect((await lab.admin.query('select count(*) as n from tipos'))[0]).toEqual([{ n: 2 }]);
  });

  test('a reader cannot even with a session of its own that may write', async () => {
    const raw = await mysql.createConnection({ host: '127.0.0.1', port: lab.port, user: 'leitor', password, database });
    // 1044, 1045, 1142, 1227, 1370, 1410: no such right. 1290: the server keeps files to a folder.
    for (const sql of [...writes, `select 1 into outfile '/tmp/carrinho-outfile'`])
      await expect(raw.query(sql), sql).rejects.toMatchObject({
        errno: expect.toSatisfy((errno: number) => [1044, 1045, 1142, 1227, 1290, 1370, 1410].includes(errno)),
      });
    await raw.end();
    expect((await lab.admin.query('select count(*) as n from tipos'))[0]).toEqual([{ n: 2 }]);
  });
});

describe('a server that asks for a local file', () => {
  const path = join(tmpdir(), `carrinho-segredo-${process.pid}`);
  beforeAll(() => writeFileSync(path, 'segredo-plantado'));
  afterAll(() => rmSync(path));

  test('gets nothing at the first statement, and was offered nothing', async () => {
    const hostile = await startHostileServer(path);
    expect((await lab.failure({ port: hostile.port }, { statementTimeoutMs: 500 })).code).not.toBe('opened');
    expect(hostile.received()).toContain('SET SESSION TRANSACTION READ ONLY');
    expect(hostile.received()).not.toContain('segredo-plantado');
    expect(hostile.offersLocalFiles()).toBe(false);
  });

  test('gets nothing in the middle of a session that began well', async () => {
    const thief = await startFileThief(lab.port, path);
    const { gateway } = await lab.open({ port: thief.port }, { statementTimeoutMs: 500 });
    expect(await gateway.query('select 1 as one')).toEqual([{ one: 1 }]);
    thief.ask();
    await expect(gateway.query('select id from tipos')).rejects.toMatchObject({ code: 'connection_lost' });
    expect(thief.received()).toContain('select id from tipos');
    expect(thief.received()).not.toContain('segredo-plantado');
  });
});
