// How legacy orders are read: each page's metadata as they are, put together here, beside the query with one LEFT JOIN a field that everybody writes. The same
// pages of the same orders, by the same client; what an order's items cost is the same for both and left out.
import mysql from 'mysql2/promise';
import { shopTablesOf } from '../daemon/connections/discover.ts';
import { createGateway } from '../daemon/connections/gateway.ts';
import type { ShopContext, Stream } from '../daemon/source.ts';
import { loadSources } from '../daemon/source-registry.ts';
import { fetchAll } from '../daemon/sync/page-reader.ts';
import { decimal, defineBench, inTurn, median, Noise, times } from './report.ts';
import { prefix } from './shop-rows.ts';
import { startWorld } from './world.ts';

const fields = [
  '_billing_first_name',
  '_billing_last_name',
  '_billing_email',
  '_billing_phone',
  '_billing_city',
  '_billing_state',
  '_order_total',
  '_payment_method',
];
const joined = `select p.ID, p.post_status, p.post_date_gmt, p.post_modified_gmt, ${fields.map((_, index) => `m${index}.meta_value as f${index}`).join(', ')}
  from ${prefix}posts p ${fields.map((field, index) => `left join ${prefix}postmeta m${index} on m${index}.post_id = p.ID and m${index}.meta_key = '${field}'`).join(' ')}
  where p.post_type = 'shop_order' and p.ID > ? order by p.ID limit ?`;

export const { run } = defineBench('legacy', {
  about: 'Leitura de pedidos legados (wp_posts e wp_postmeta), ao lado da consulta com oito LEFT JOIN.',
  options: {
    linhas: { value: 100_000, help: 'pedidos; dez metadados cada' },
    vezes: { value: 3, help: 'rodadas; vale a mediana' },
  },
  async measure({ linhas, vezes }, say) {
    const world = await startWorld({ mariaArgs: ['--innodb-buffer-pool-size=2G'] });
    const noise = new Noise();
    try {
      const shop = await world.makeShop({ orders: linhas! }, 'legacy');
      const { host, port, user, password } = world.mariaDb;
      const plain = { host, port, user, password, database: shop.database, dateStrings: true };
      const connection = await mysql.createConnection({ ...plain, supportBigNumbers: true, bigNumberStrings: true });
      const other = await mysql.createConnection(plain);
      const gateway = createGateway({ connection, place: { host, port }, deadlineMs: 60_000 });
      const source = (await loadSources()).find(({ name }) => name === 'woocommerce-legacy')!;
      const stream = source.streams.find(({ target }) => target === 'order')!;
      const context: ShopContext = {
        prefix,
        basePrefix: prefix,
        tables: shopTablesOf(new Map()),
        orderStorage: 'legacy',
        cartTable: null,
        timeZone: 'UTC',
        currency: 'BRL',
      };
      const fetch: Stream['fetch'] = stream.fetch.slice(0, 2);
      const pageSize = stream.pageSize;
      let cpu = world.serverCpu().mariadb;
      const spent: { [name: string]: number[] } = { ours: [], joins: [] };
      const timed = async (name: string, read: () => Promise<number>) => {
        noise.sample();
        cpu = world.serverCpu().mariadb;
        const startedAt = performance.now();
        const rows = await read();
        if (rows !== linhas) throw new Error(`${name}: ${rows} orders`);
        spent[name]!.push(world.serverCpu().mariadb - cpu);
        return (performance.now() - startedAt) / 1000;
      };
      const seconds = await inTurn(vezes!, {
        ours: () =>
          timed('ours', async () => {
            let found = 0;
            for (let after = 0; after < linhas!; after += pageSize) {
              const ids = await gateway.query<{ id: string }>(
                `select ID as id from ${prefix}posts force index (primary) where ID > ? and post_type = 'shop_order' order by ID limit ?`,
                [after, pageSize],
              );
              const page = await fetchAll(
                { gateway, shop: context, stream: { fetch } },
                ids.map(({ id }) => String(id)),
              );
              found += ids.filter(({ id }) => Object.values(page.rowsOf(String(id)))[1]!.length > 0).length;
            }
            return found;
          }),
        joins: () =>
          timed('joins', async () => {
            let found = 0;
            for (let after = 0; after < linhas!; after += pageSize) {
              const [rows] = await other.query<mysql.RowDataPacket[]>(joined, [after, pageSize]);
              found += rows.length;
            }
            return found;
          }),
      });
      await connection.end();
      await other.end();
      const [ours, joins] = [median(seconds.ours!), median(seconds.joins!)];
      const [oursCpu, joinsCpu] = [median(spent.ours!), median(spent.joins!)];
      say(
        `${decimal(linhas!)} pedidos: nós ${decimal(ours, 1)} s (MariaDB ${decimal(oursCpu, 1)} s de processador) · oito LEFT JOIN ${decimal(joins, 1)} s (${decimal(joinsCpu, 1)} s); ${noise.text()}`,
      );
      const ratio = joinsCpu / oursCpu;
      return {
        figures: { ours, joins, oursCpu, joinsCpu },
        demands: [{ text: `${times(ratio)} menos processador da loja (mínimo 5 ×)`, isMet: ratio >= 5 }],
        row: `≥ 5 × | 10 × | ${times(ratio)} no processador da loja, ${times(joins / ours)} no relógio (${noise.text()})`,
      };
    } finally {
      await world.stop();
    }
  },
});
