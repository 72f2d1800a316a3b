// Only one MariaDB can be had where the tests run, so every text that is sent to a shop is held to what MySQL 5.7 to 8.4 and MariaDB 10.3 to 11 have in
// common: functions from a list, no word unquoted that one of them reserves, no syntax that one of them lacks. The session lines are tried as each
// of them answers.
import { describe, expect, test } from 'vitest';
import { discoverShop } from './connections/discover.ts';
import { ReadOnlyUnverifiedError, ShopQueryError } from './connections/errors.ts';
import type { Gateway } from './connections/gateway.ts';
import { prepareSession } from './connections/session.ts';
import { assertReadOnly } from './connections/statement.ts';
import type { SiteSettings } from './settings.ts';
import type { ShopContext, Stream } from './source.ts';
import { loadSources } from './source-registry.ts';
import { lookAtShop, lookParts } from './sync/shop-look.ts';

const columns = [
  ...[
    'id',
    'email',
    'cart_contents',
    'cart_total',
    'order_status',
    'time',
    'session_id',
    'checkout_id',
    'other_fields',
  ],
  ...['unsubscribed', 'coupon_code', 'order_id', 'original_cart_total', 'phone'],
];
/** A shop that has every table, so that each source gives all its texts. */
const shopOf = (orderStorage: 'hpos' | 'legacy'): ShopContext => ({
  prefix: 'lo_ja_2_',
  basePrefix: 'lo_ja_',
  tables: { has: () => true, columns: () => new Set(columns), names: () => ['cartflows_ca_cart_abandonment'] },
  orderStorage,
  cartTable: 'cartflows_ca_cart_abandonment',
  timeZone: 'America/Sao_Paulo',
  currency: 'BRL',
});

function textsOf(stream: Stream, shop: ShopContext): [name: string, sql: string | null | undefined][] {
  const { indexDigest } = stream;
  return [
    ...stream.scans.flatMap(({ name, sql, startsAt, look }): [string, string | undefined][] => [
      [name, sql(shop)],
      [`${name} start`, startsAt?.(shop)],
      [`${name} look`, look?.(shop)],
    ]),
    ...stream.fetch.map(({ name, sql }): [string, string] => [name, sql(shop)]),
    ...(indexDigest?.parts ?? []).map(({ sql }, index): [string, string] => [`index digest ${index}`, sql(shop)]),
    ['index digest end', indexDigest?.lastId(shop)],
    ['digest', stream.digest(shop)],
    ['look', stream.look?.(shop)],
    ['period', stream.inPeriod(shop)],
    ['newest', stream.newest(shop)],
    ['estimate', stream.estimate(shop)],
    ['elsewhere', stream.elsewhere?.(shop)],
  ];
}

/** A gateway that writes down what it is asked and answers as `answer` says: what a real server of that version would say to a SET or a variable. */
function listen(answer: (sql: string) => Record<string, unknown>[] = () => []) {
  const sent: string[] = [];
  const gateway = {
    query: async (sql: string) => {
      sent.push(sql);
      return answer(sql);
    },
    isLost: () => false,
  } as unknown as Gateway;
  return { gateway, sent };
}

const sources = await loadSources();
const texts: [name: string, sql: string][] = [];
for (const storage of ['hpos', 'legacy'] as const) {
  const shop = shopOf(storage);
  for (const source of sources) {
    for (const stream of source.streams as unknown as Stream[]) {
      for (const [name, sql] of textsOf(stream, shop)) {
        if (sql) texts.push([`${source.name}/${stream.name}/${name}`, sql]);
      }
    }
  }
  const { gateway, sent } = listen();
  const streams = sources.flatMap((source) =>
    source.streams.map((stream) => ({ source, stream: stream as unknown as Stream })),
  );
  const anywhere = { last: { at: new Date(0), id: 1n }, settled: null, caughtUpAt: null };
  const always = Object.assign(new Map(), { get: () => anywhere });
  const floors = Object.assign(new Map(), { get: () => '7' });
  await lookAtShop(
    gateway,
    shop.prefix,
    lookParts(streams, shop, { site: { siteId: '1' } as SiteSettings, cursors: always, floors, now: new Date() }),
  ).catch(() => null);
  texts.push([`look of ${storage}`, sent[0]!]);
}
const tables = ['options', 'posts', 'postmeta', 'users', 'usermeta'].map((name) => `lo_ja_${name}`);
const discovery = listen((sql) =>
  sql.includes('information_schema') ? tables.map((tableName) => ({ tableName, columnName: 'id' })) : [],
);
await discoverShop(discovery.gateway, { prefix: 'lo_ja_', sources });
texts.push(...discovery.sent.map((sql, index): [string, string] => [`discovery ${index}`, sql]));

/** The text without what is quoted, and with names in back-quotes as one mark. */
const bare = (sql: string) => sql.replace(/'(?:[^'\\]|\\.|'')*'/g, "''").replace(/`[^`]*`/g, '``');

// What a later MySQL or MariaDB reserves and 5.7 does not, and could be taken for a name of ours.
const reservedLater =
  /\b(?:rank|dense_rank|percent_rank|row_number|ntile|lead|lag|first_value|last_value|nth_value|cume_dist|groups|grouping|window|over|recursive|lateral|json_table|empty|except|intersect|function|of|system|rows|array|member|cube|manual|parallel|qualify|tablesample|library|offset|returning|sequence|period|versioning|vector|to_date|conversion)\b/gi;
const commonFunctions = new Set(
  `bit_xor cast coalesce concat_ws count crc32 database date_add if left max md5 min timestampdiff to_seconds unix_timestamp utc_timestamp sum greatest least`.split(
    ' ',
  ),
);
// `in (`, `exists (` and the like stand before a parenthesis without being functions.
const beforeParenthesis = new Set(
  'in not and or select from exists index where on as having by then else when join'.split(' '),
);

/** What one of the servers would not take, or take for something else. */
function faultsOf(sql: string): string[] {
  const code = bare(sql).replace(/:[a-z_]\w*/g, '?');
  const called = [...code.matchAll(/\b([a-z_][a-z_0-9]*)\s*\(/gi)].map((match) => match[1]!.toLowerCase());
  return [
    ...[...code.matchAll(reservedLater)].map(([word]) => word.toLowerCase()),
    ...called.filter((name) => !commonFunctions.has(name) && !beforeParenthesis.has(name)).map((name) => `${name}(`),
    // No common table expression, no JSON arrow, no join of one server, no collation by name; a double quote is no name.
    ...[...code.matchAll(/^\s*with\b|->|\bfull join\b|\bcollate\b|"|\busing\s*\(|\bilike\b|::|\|\|/gi)].map(
      ([text]) => text,
    ),
    // MySQL casts to char, binary, signed, unsigned, decimal; the names of column types are MariaDB's.
    ...[...code.matchAll(/\bas (?:integer|int|varchar|text|double|bigint)\b/gi)].map(([text]) => text),
    ...(/\bin\s*\(\s*select[^)]*\blimit\b/i.test(code) ? ['limit in a subquery'] : []),
  ];
}

describe('every text that is sent to a shop', () => {
  test('is there to be looked at', () => {
    expect(texts.length).toBeGreaterThan(80);
    expect(new Set(texts.map(([name]) => name.split('/')[0]))).toEqual(
      new Set([
        ...sources.map(({ name }) => name),
        'look of hpos',
        'look of legacy',
        'discovery 0',
        'discovery 1',
        'discovery 2',
      ]),
    );
  });

  test.each(texts)('%s', (_, sql) => {
    expect(() => assertReadOnly(sql)).not.toThrow();
    expect(faultsOf(sql)).toEqual([]);
  });

  test.each([
    ['select rank from `t`', 'rank'],
    ['select id as `rank`, row_number() over (order by id) from `t`', 'row_number'],
    ['select group_concat(id) from `t`', 'group_concat('],
    ['with a as (select 1) select * from a', 'with'],
    ["select concat('a' || id) from `t`", '||'],
    ['select cast(id as integer) from `t`', 'as integer'],
    ['select id from `t` where id in (select id from `u` limit 5)', 'limit in a subquery'],
    ['select "id" from `t`', '"'],
  ])('would not pass if it were %s', (sql, fault) => {
    expect(faultsOf(sql)).toContain(fault);
  });
});

test('columns of information_schema have names of their own: MySQL 8 writes its own in capitals', () => {
  const sql = discovery.sent.find((text) => text.includes('information_schema'))!;
  expect(sql).toMatch(/table_name as tableName, column_name as columnName/);
});

describe('the session lines', () => {
  type Server = { version: string; readOnly: string[]; limit: string | null };
  const open = async ({ version, readOnly, limit }: Server, { isObeyed = true } = {}) => {
    const unknown = (name: string): never => {
      throw new ShopQueryError(`unknown variable ${name}`, { facts: { mysql: '1193' } });
    };
    const server = listen((sql) => {
      const set = /^SET SESSION (max_\w+)/.exec(sql)?.[1];
      if (set && set !== limit) unknown(set);
      const asked = /@@session\.(\w*read_only)/.exec(sql)?.[1];
      if (asked && !readOnly.includes(asked)) unknown(asked);
      if (asked) return [{ isReadOnly: isObeyed ? 1 : 0, mode: '' }];
      return sql.includes('version()') ? [{ version }] : [];
    });
    const log = { info() {}, warn() {}, error() {} };
    const facts = await prepareSession(server.gateway, { statementTimeoutMs: 20_000, log });
    for (const sql of server.sent) expect(() => assertReadOnly(sql)).not.toThrow();
    return { ...facts, sent: server.sent };
  };
  const old = ['tx_read_only'];
  const both = ['tx_read_only', 'transaction_read_only'];

  test.each<[name: string, server: Server, limitLine: RegExp, readOnlyVariable: string, limitMs: number | null]>([
    [
      'MySQL 5.6',
      { version: '5.6.51', readOnly: old, limit: null },
      /max_execution_time = 20000$/,
      'tx_read_only',
      null,
    ],
    [
      'MySQL 5.7',
      { version: '5.7.44-log', readOnly: both, limit: 'max_execution_time' },
      /max_execution_time = 20000$/,
      'transaction_read_only',
      20_000,
    ],
    [
      'MySQL 8.4',
      { version: '8.4.3', readOnly: ['transaction_read_only'], limit: 'max_execution_time' },
      /max_execution_time = 20000$/,
      'transaction_read_only',
      20_000,
    ],
    [
      'Percona 8',
      { version: '8.0.36-28', readOnly: ['transaction_read_only'], limit: 'max_execution_time' },
      /max_execution_time = 20000$/,
      'transaction_read_only',
      20_000,
    ],
    [
      'MariaDB 10.3',
      { version: '5.5.5-10.3.39-MariaDB', readOnly: old, limit: 'max_statement_time' },
      /max_statement_time = 20$/,
      'tx_read_only',
      20_000,
    ],
    [
      'MariaDB 11.4',
      { version: '11.4.2-MariaDB-log', readOnly: both, limit: 'max_statement_time' },
      /max_statement_time = 20$/,
      'tx_read_only',
      20_000,
    ],
    [
      'a MariaDB without the old name',
      { version: '12.9.0-MariaDB', readOnly: ['transaction_read_only'], limit: 'max_statement_time' },
      /max_statement_time = 20$/,
      'transaction_read_only',
      20_000,
    ],
  ])('of %s', async (_, server, limitLine, readOnlyVariable, limitMs) => {
    const session = await open(server);
    expect(session).toMatchObject({ readOnlyVariable, statementLimitMs: limitMs });
    expect(session.flavor).toBe(/mariadb/i.test(server.version) ? 'mariadb' : 'mysql');
    expect(session.sent.slice(0, 3)).toEqual([
      'SET SESSION TRANSACTION READ ONLY',
      'SET NAMES utf8mb4',
      "SET SESSION sql_mode = ''",
    ]);
    expect(session.sent.filter((sql) => /^SET.*max_/.test(sql))).toEqual([expect.stringMatching(limitLine)]);
  });

  test('a server that does not say that it is read only is not read', async () => {
    const server = { version: '8.0.36', readOnly: ['transaction_read_only'], limit: 'max_execution_time' };
    await expect(open(server, { isObeyed: false })).rejects.toThrow(ReadOnlyUnverifiedError);
    await expect(open({ ...server, readOnly: [] })).rejects.toThrow(ReadOnlyUnverifiedError);
  });
});
