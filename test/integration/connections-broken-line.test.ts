// The line to a shop is cut or goes silent at every point: the right error, within the time limit, and the process lives.
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGateway } from '../../daemon/connections/gateway.ts';
import { database, password, type ShopLab, startShopLab } from '../support/shop-lab.ts';
import { closeListeners, startProxy } from '../support/tcp.ts';

let lab: ShopLab;
beforeAll(async () => {
  lab = await startShopLab();
});
afterAll(async () => {
  await lab?.stop();
  await closeListeners();
});

describe('a line that breaks', () => {
  const page = "select repeat('x', 200000) as text, id from tipos";

  test.each([0, 1, 3, 4, 5, 60, 1000, 65_536, 150_000])(
    'after %i bytes of an answer is a lost connection, at once',
    async (bytes) => {
      const proxy = await startProxy(lab.port);
      const { gateway } = await lab.open({ port: proxy.port });
      proxy.cutAfter(bytes);
      await expect(gateway.query(page)).rejects.toMatchObject({ code: 'connection_lost', retry: 'next-run' });
      expect(gateway.isLost()).toBe(true);
      await expect(gateway.query('select 1')).rejects.toMatchObject({ code: 'connection_lost' });
    },
  );

  test('by going silent in the middle of a packet is given up after the time limit, and closing does not hang', async () => {
    const proxy = await startProxy(lab.port);
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
    expect(Date.now() - started).toBeLessThan(9000);
    await expect(gateway.query('select 1')).rejects.toMatchObject({ code: 'shop_stalled' });
  });

  test('during the login is told as such, within the time limit', async () => {
    for (const bytes of [0, 10, 60, 90]) {
      const cut = await startProxy(lab.port);
      cut.cutAfter(bytes);
      expect((await lab.failure({ port: cut.port })).code).toMatch(/^(connection_lost|mysql_no_answer)$/);
      const stall = await startProxy(lab.port);
      stall.stallAfter(bytes);
      expect((await lab.failure({ port: stall.port }, { connectTimeoutMs: 300 })).code).toMatch(
        /^(mysql_no_answer|shop_stalled)$/,
      );
    }
  });

  test('while nothing is asked is noticed, and does not end the process', async () => {
    const proxy = await startProxy(lab.port);
    const shop = await lab.open({ port: proxy.port });
    proxy.cutNow();
    await expect.poll(() => shop.gateway.isLost()).toBe(true);
    await shop.close();
  });

  test('because the shop closed it (killed, too many connections) has its own error', async () => {
    const shop = await lab.open({ user: 'escritor' });
    const [row] = await shop.gateway.query<{ id: string }>('select connection_id() as id');
    const asked = shop.gateway.query(
      'select count(*) as n from information_schema.columns a, information_schema.columns b, information_schema.columns c',
    );
    setTimeout(() => lab.admin.query(`kill ${row?.id}`), 100);
    await expect(asked).rejects.toMatchObject({ code: 'connection_lost' });

    await lab.admin.query(`create user apertado@'%' identified by ? with max_user_connections 1`, [password]);
    await lab.admin.query(`grant select on ${database}.* to apertado@'%'`);
    await lab.open({ user: 'apertado' });
    expect(await lab.failure({ user: 'apertado' })).toMatchObject({ code: 'too_many_connections', retry: 'next-run' });

    await lab.admin.query('set global max_connections = 10');
    const crowd = await Promise.allSettled(Array.from({ length: 12 }, () => lab.open()));
    await lab.admin.query('set global max_connections = 150');
    const refused = crowd.filter((one) => one.status === 'rejected').map((one) => one.reason.code);
    expect(new Set(refused)).toEqual(new Set(['too_many_connections']));
    await expect(lab.open()).resolves.toMatchObject({ flavor: 'mariadb' });
  });
});
