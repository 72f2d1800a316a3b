// Makes an empty WordPress shop database with the tables that its plugins would have made. Legacy shops have no order tables at all, HPOS shops
// have both, as in real life.
import type { Connection } from 'mysql2/promise';
import { type CartColumns, cartTables, defaultCartTable, formVibesTables } from './schema-plugins.ts';
import { hposTables, orderItemTables } from './schema-woocommerce.ts';
import { wordpressTables } from './schema-wordpress.ts';
import { type OrderStorage, relaxSession } from './shop.ts';

export type ShopSchema = {
  database: string;
  /** With its underline: `cli_`. */
  prefix: string;
  orderStorage: OrderStorage;
  cartColumns?: CartColumns;
  /** Without prefix; the CartFlows name when absent. */
  cartTable?: string;
};

/** Creates the database when absent and every table of a shop in it. The connection stays in WordPress's relaxed modes, in that database. */
export async function createShopSchema(conn: Connection, schema: ShopSchema): Promise<void> {
  const { database, prefix, orderStorage, cartColumns = {}, cartTable = defaultCartTable } = schema;
  await relaxSession(conn);
  await conn.query(
    `CREATE DATABASE IF NOT EXISTS \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`,
  );
  await conn.query(`USE \`${database}\``);
  const tables = [
    ...wordpressTables(prefix),
    ...orderItemTables(prefix),
    ...(orderStorage === 'hpos' ? hposTables(prefix) : []),
    ...formVibesTables(prefix),
    ...cartTables(prefix, { cartTable, columns: cartColumns }),
  ];
  for (const table of tables) {
    await conn.query(`${table} ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`);
  }
}
