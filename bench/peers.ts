// What people would reach for instead, on the same rows: the plain clients as the limits of reading and writing, pgloader, an upsert a row in Node, and
// Django. Programs that are missing come from Debian.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { findServerPrograms, libraryPath, serverCache } from '../start/debian-servers.ts';
import { runProgram } from '../start/processes.ts';
import { prefix } from './shop-rows.ts';
import type { ShopDatabase, World } from './world.ts';

/** One row an order with its billing address and operational data: what the peers copy. Items are ours alone. */
export const orderColumns = {
  id: 'o.id',
  status: 'o.status',
  currency: 'o.currency',
  tax_amount: 'o.tax_amount',
  total_amount: 'o.total_amount',
  customer_id: 'o.customer_id',
  billing_email: 'o.billing_email',
  date_created_gmt: 'o.date_created_gmt',
  date_updated_gmt: 'o.date_updated_gmt',
  payment_method: 'o.payment_method',
  payment_method_title: 'o.payment_method_title',
  customer_note: 'o.customer_note',
  first_name: 'a.first_name',
  last_name: 'a.last_name',
  address_1: 'a.address_1',
  city: 'a.city',
  state: 'a.state',
  postcode: 'a.postcode',
  country: 'a.country',
  phone: 'a.phone',
  created_via: 'd.created_via',
  order_key: 'd.order_key',
  date_paid_gmt: 'd.date_paid_gmt',
  date_completed_gmt: 'd.date_completed_gmt',
  shipping_tax_amount: 'd.shipping_tax_amount',
  shipping_total_amount: 'd.shipping_total_amount',
  discount_total_amount: 'd.discount_total_amount',
};
const names = Object.keys(orderColumns);
const orderFrom = `${prefix}wc_orders o
  left join ${prefix}wc_order_addresses a on a.order_id = o.id and a.address_type = 'billing'
  left join ${prefix}wc_order_operational_data d on d.order_id = o.id`;
export const orderSelect = `select ${Object.entries(orderColumns)
  .map(([name, from]) => `${from} as ${name}`)
  .join(', ')} from ${orderFrom}`;

/** All that a sync of orders reads, as plainly as it can be read. */
export const orderReads = [
  `${orderSelect} where o.type = 'shop_order' order by o.id`,
  `select order_item_id, order_item_name, order_item_type, order_id from ${prefix}woocommerce_order_items`,
  `select meta_id, order_item_id, meta_key, meta_value from ${prefix}woocommerce_order_itemmeta`,
  `select id, order_id, meta_key, meta_value from ${prefix}wc_orders_meta`,
];

/** Seconds that `mariadb --quick` takes to read the results of `reads` and throw them away. */
export async function readByClient({ mariaDb }: World, { database }: ShopDatabase, reads: string[]): Promise<number> {
  const { usr, env } = await findServerPrograms('mariadb');
  const root = join(serverCache, 'debian');
  const program =
    [join(usr, 'bin/mariadb'), join(root, 'usr/bin/mariadb')].find((path) => existsSync(path)) ?? 'mariadb';
  const args = ['--no-defaults', '-q', '-N', '-B', `-h${mariaDb.host}`, `-P${mariaDb.port}`, `-u${mariaDb.user}`];
  const startedAt = performance.now();
  await toNull(program, [...args, database, '-e', reads.join('; ')], {
    ...env,
    ...(existsSync(root) && libraryPath(root)),
    MYSQL_PWD: mariaDb.password,
  });
  return (performance.now() - startedAt) / 1000;
}

async function toNull(program: string, args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', (ended) => resolve(ended)),
  );
  if (code !== 0) throw new Error(`${program} terminou com ${code}`);
}

/** Installs what is missing; as another user than root it says what to install. */
export async function needPrograms(packages: string[], isThere: () => boolean): Promise<void> {
  if (isThere()) return;
  if (process.getuid?.() !== 0) throw new Error(`Falta instalar: apt-get install ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runProgram('apt-get', ['update', '-qq'], { asRoot: true, env });
  await runProgram('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { asRoot: true, env });
}

const socketOf = (url: string) => new URL(url).searchParams.get('host')!;
const databaseOf = (url: string) => new URL(url).pathname.slice(1);
const psql = async (url: string, ...commands: string[]) => {
  const args = ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', socketOf(url), '-U', 'postgres', '-d', databaseOf(url)];
  await toNull('psql', [...args, ...commands.flatMap((command) => ['-c', command])], {
    PGOPTIONS: '-c client_min_messages=warning',
  });
};

/**
 * Seconds that `psql \copy` takes to write the copies of a synced shop once more, into equal empty tables with all their indexes and no trigger. The
 * text to copy is made by the function given back at once.
 */
export async function prepareCopy(
  world: World,
  { from, into, tables }: { from: string; into: string; tables: string[] },
): Promise<() => Promise<number>> {
  await needPrograms(['postgresql-client'], () => existsSync('/usr/bin/psql'));
  const file = (table: string) => join(world.dir, `${table}.copy`);
  const columns: { [table: string]: string } = {};
  const admin = new pg.Client({ connectionString: from });
  await admin.connect();
  try {
    for (const table of tables) {
      const { rows } = await admin.query<{ columns: string }>(
        `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
        [table],
      );
      columns[table] = rows[0]!.columns;
      await psql(from, `\\copy (select ${columns[table]} from ${table} order by tenant_id, 2) to '${file(table)}'`);
    }
  } finally {
    await admin.end();
  }
  return async () => {
    await psql(into, 'drop schema if exists limite cascade', 'create schema limite');
    for (const table of tables) await psql(into, `create table limite.${table} (like ${table} including all)`);
    const startedAt = performance.now();
    for (const table of tables) await psql(into, `\\copy limite.${table} (${columns[table]}) from '${file(table)}'`);
    return (performance.now() - startedAt) / 1000;
  };
}

/** Seconds that pgloader takes to copy the joined rows into a table without any index. */
export async function loadByPgloader(world: World, shop: ShopDatabase, url: string): Promise<number> {
  await needPrograms(['pgloader'], () => existsSync('/usr/bin/pgloader'));
  const { mariaDb, dir } = world;
  await shop.admin.query(`create or replace view ${shop.database}.pedidos_juntos as ${orderSelect}`);
  await psql(url, 'drop schema if exists pgloader cascade', `drop schema if exists ${shop.database} cascade`);
  const file = join(dir, 'pgloader.load');
  writeFileSync(
    file,
    `load database from mysql://${mariaDb.user}:${mariaDb.password}@${mariaDb.host}:${mariaDb.port}/${shop.database}
     into postgresql://postgres@unix:${socketOf(url)}:5432/${databaseOf(url)}
     with create tables, create no indexes, no foreign keys, prefetch rows = 10000, workers = 2, concurrency = 1
     materialize views pedidos_juntos
     including only table names matching 'nenhuma';\n`,
  );
  const startedAt = performance.now();
  await toNull('pgloader', ['--quiet', '--root-dir', join(dir, 'pgloader'), file], {});
  return (performance.now() - startedAt) / 1000;
}

const typeOf = (name: string) =>
  name === 'id' || name === 'customer_id'
    ? 'bigint'
    : name.endsWith('_gmt')
      ? 'timestamp'
      : name.endsWith('_amount')
        ? 'numeric(26,8)'
        : 'text';

async function makePeerTable(url: string): Promise<void> {
  const columns = names.map((name) => `${name} ${typeOf(name)}`).join(', ');
  await psql(url, 'drop table if exists peer_orders', `create table peer_orders (${columns}, primary key (id))`);
}

/** Seconds for `rows` orders by one prepared and awaited INSERT … ON CONFLICT DO UPDATE each, read as a stream. */
export async function upsertEach({ mariaDb }: World, shop: ShopDatabase, url: string, rows: number): Promise<number> {
  await makePeerTable(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { host, port, user, password } = mariaDb;
  const reader = await mysql.createConnection({
    host,
    port,
    user,
    password,
    database: shop.database,
    dateStrings: true,
    rowsAsArray: true,
  });
  try {
    const text = `insert into peer_orders (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})
      on conflict (id) do update set ${names
        .slice(1)
        .map((name) => `${name} = excluded.${name}`)
        .join(', ')}`;
    const startedAt = performance.now();
    const [found] = await reader.query<mysql.RowDataPacket[]>(`${orderSelect} order by o.id limit ${rows}`);
    for (const values of found) await client.query({ name: 'upsert', text, values: values as unknown as unknown[] });
    return (performance.now() - startedAt) / 1000;
  } finally {
    await client.end();
    await reader.end();
  }
}

/** Seconds for `rows` orders by Django's update_or_create. */
export async function updateOrCreate(world: World, shop: ShopDatabase, url: string, rows: number): Promise<number> {
  await needPrograms(['python3-django', 'python3-psycopg2', 'python3-mysqldb'], () =>
    ['django', 'psycopg2', 'MySQLdb'].every((name) => existsSync(`/usr/lib/python3/dist-packages/${name}`)),
  );
  await makePeerTable(url);
  const { mariaDb, dir } = world;
  const fields: { [type: string]: string } = {
    bigint: 'BigIntegerField(null=True)',
    timestamp: 'DateTimeField(null=True)',
    text: 'TextField(null=True)',
    'numeric(26,8)': 'DecimalField(null=True, max_digits=26, decimal_places=8)',
  };
  const fieldOf = (name: string) =>
    `models.${name === 'id' ? 'BigIntegerField(primary_key=True)' : fields[typeOf(name)]}`;
  const file = join(dir, 'django_peer.py');
  writeFileSync(
    file,
    `import json, os, time, django, MySQLdb
from django.conf import settings
settings.configure(USE_TZ=False, INSTALLED_APPS=[], DATABASES={'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': '${databaseOf(url)}', 'USER': 'postgres', 'HOST': '${socketOf(url)}'}})
django.setup()
from django.db import models
class Order(models.Model):
${names.map((name) => `    ${name} = ${fieldOf(name)}`).join('\n')}
    class Meta:
        app_label = 'peer'
        db_table = 'peer_orders'
        managed = False
Order.objects.count()
started = time.time()
db = MySQLdb.connect(host='${mariaDb.host}', port=${mariaDb.port}, user='${mariaDb.user}', passwd=os.environ['MYSQL_PWD'], db='${shop.database}', charset='utf8mb4')
cursor = db.cursor()
cursor.execute("""${orderSelect} order by o.id limit ${rows}""")
names = [column[0] for column in cursor.description]
for row in cursor.fetchall():
    values = dict(zip(names, row))
    Order.objects.update_or_create(id=values.pop('id'), defaults=values)
with open('${join(dir, 'django.json')}', 'w') as out:
    json.dump(time.time() - started, out)
`,
  );
  await toNull('/usr/bin/python3', [file], { MYSQL_PWD: mariaDb.password });
  return Number(readFileSync(join(dir, 'django.json'), 'utf8'));
}
