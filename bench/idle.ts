// What a poll that finds nothing costs a large shop, as its own server saw it (slow log, every statement): under both storages of orders, with a buffer
// pool of 128 MiB, beside the query that one would write.
import type { RowDataPacket } from 'mysql2/promise';
import { decimal, defineBench, median } from './report.ts';
import { fillOrders, prefix } from './shop-rows.ts';
import { type ShopDatabase, startWorld } from './world.ts';

/** What every session is told and asked once (daemon/connections/session.ts), and our own look at the log. */
const isOurOwn = (sql: string) => /^SET |@@|^select version\(\)|slow_log/i.test(sql);
/** So many of them are copied, at most. */
const mostFresh = 5_000;
const mostMs = { hpos: 1, legacy: 10 };
const obvious = {
  hpos: `select id from ${prefix}wc_orders where date_updated_gmt > utc_timestamp() - interval 1 minute`,
  legacy: `select ID from ${prefix}posts where post_type = 'shop_order' and post_modified_gmt > utc_timestamp() - interval 1 minute order by post_modified_gmt`,
};

type Statement = { sql: string; ms: number; rows: number };

async function statementsDuring({ admin }: ShopDatabase, work: () => Promise<unknown>): Promise<Statement[]> {
  await admin.query('set global slow_query_log = 0');
  await admin.query('truncate table mysql.slow_log');
  await admin.query('set global slow_query_log = 1');
  await work();
  await admin.query('set global slow_query_log = 0');
  const [rows] = await admin.query<RowDataPacket[]>(
    `select convert(sql_text using utf8mb4) as sql_text, time_to_sec(query_time) * 1000 as ms, rows_examined as examined from mysql.slow_log`,
  );
  return rows
    .map((row) => ({ sql: String(row.sql_text), ms: Number(row.ms), rows: Number(row.examined) }))
    .filter(({ sql }) => !isOurOwn(sql));
}

export const { run } = defineBench('idle', {
  about: 'Uma consulta que não acha nada numa loja grande: o que custa ao servidor da loja.',
  options: {
    linhas: { value: 300_000, help: 'pedidos da loja' },
    vezes: { value: 9, help: 'consultas; vale a mediana' },
  },
  async measure({ linhas, vezes }, say) {
    const fresh = Math.min(mostFresh, Math.floor(linhas! / 2));
    const world = await startWorld({
      mariaArgs: ['--innodb-buffer-pool-size=128M', '--log-output=TABLE', '--long-query-time=0'],
    });
    try {
      const figures: { [name: string]: number } = {};
      const demands: { text: string; isMet: boolean }[] = [];
      for (const storage of ['hpos', 'legacy'] as const) {
        const shop = await world.makeShop({ orders: fresh, after: linhas! - fresh }, storage);
        const copy = await world.makeCopy(shop);
        await copy.sync('poll');
        // The older orders come when the copy is up to date: it would take minutes to read them, and no poll asks for them.
        await fillOrders(shop.admin, storage, { first: 1, last: linhas! - fresh, newest: linhas! });
        const tables = storage === 'hpos' ? ['wc_orders', 'wc_orders_meta'] : ['posts', 'postmeta'];
        await shop.admin.query(`analyze table ${tables.map((table) => `${prefix}${table}`).join(', ')}`);
        // What is young is read again until it is not.
        for (const minutes of [1, 11, 11, 1]) await copy.sync('poll', minutes);
        const polls: Statement[][] = [];
        for (let poll = 0; poll < vezes!; poll++) polls.push(await statementsDuring(shop, () => copy.sync('poll', 1)));
        const msOf = (statements: Statement[]) => statements.reduce((sum, statement) => sum + statement.ms, 0);
        const ms = median(polls.map(msOf));
        // One in ten asks also for what changes seldom.
        const worst = Math.max(...polls.map(msOf));
        const count = Math.max(...polls.map((statements) => statements.length));
        const read = Math.max(...polls.flat().map(({ rows }) => rows));
        const plain = await statementsDuring(shop, async () => {
          await shop.admin.query('set slow_query_log = 1');
          await shop.admin.query(obvious[storage]);
        });
        const plainMs = plain.find(({ sql }) => sql === obvious[storage])?.ms ?? 0;
        figures[`${storage}Ms`] = ms;
        figures[`${storage}WorstMs`] = worst;
        figures[`${storage}Statements`] = count;
        figures[`${storage}RowsRead`] = read;
        figures[`${storage}ObviousMs`] = plainMs;
        for (const { sql, ms: each, rows } of polls.at(-1)!)
          say(`  ${decimal(each, 2)} ms, ${rows} linhas: ${sql.replace(/\s+/g, ' ').slice(0, 110)}`);
        say(
          `${storage}: ${decimal(ms, 2)} ms, a mais cara ${decimal(worst, 2)} ms em ${count} comandos; a consulta óbvia: ${decimal(plainMs, 2)} ms`,
        );
        demands.push(
          {
            text: `${storage}: ${decimal(ms, 2)} ms do servidor (até ${mostMs[storage]})`,
            isMet: ms <= mostMs[storage],
          },
          { text: `${storage}: ${count} comandos (até 8)`, isMet: count <= 8 },
          {
            text: `${storage}: o comando que mais lê vê ${read} linhas (até 1 em 5 da tabela)`,
            isMet: read <= linhas! / 5,
          },
        );
        await copy.drop();
      }
      const part = (storage: string) =>
        `${storage} ${decimal(figures[`${storage}Ms`]!, 2)} ms (a mais cara ${decimal(figures[`${storage}WorstMs`]!, 1)}), até ${figures[`${storage}Statements`]} comandos (óbvia ${decimal(figures[`${storage}ObviousMs`]!, 1)} ms)`;
      return {
        figures,
        demands,
        row: `≤ 1 ms HPOS, ≤ 10 ms legado, ≤ 8 comandos | metade | ${part('hpos')}; ${part('legacy')}`,
      };
    } finally {
      await world.stop();
    }
  },
});
