// What MySQL and MariaDB say, word for word, and what it becomes. The servers that cannot be made to say it in a test are covered here.
import { expect, test } from 'vitest';
import { toLoginError, toQueryError, toSocketError, toTlsError } from './mysql-errors.ts';

const place = { host: 'db.loja.example', port: 3306, user: 'leitor', database: 'loja' };
const said = (errno: number, message: string) => Object.assign(new Error(message), { errno, code: 'ER_X' });
const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

test.each<[Error, string, Record<string, string>]>([
  [
    said(1045, "Access denied for user 'leitor'@'203.0.113.9' (using password: YES)"),
    'mysql_access_denied',
    { ip: '203.0.113.9', user: 'leitor' },
  ],
  [
    said(1045, "Access denied for user 'leitor'@'2804:14c::9' (using password: YES)"),
    'mysql_access_denied',
    { ip: '2804:14c::9' },
  ],
  [said(1698, "Access denied for user 'leitor'@'localhost'"), 'mysql_access_denied', {}],
  [
    said(1130, "Host '203.0.113.9' is not allowed to connect to this MariaDB server"),
    'mysql_host_not_allowed',
    { ip: '203.0.113.9' },
  ],
  [said(1129, "Host '203.0.113.9' is blocked because of many connection errors"), 'mysql_host_blocked', {}],
  [said(1044, "Access denied for user 'leitor'@'%' to database 'loja'"), 'mysql_database_denied', { database: 'loja' }],
  [said(1049, "Unknown database 'loja'"), 'mysql_database_unknown', { database: 'loja' }],
  [said(1524, "Plugin 'auth_gssapi' is not loaded"), 'mysql_auth_plugin', { plugin: 'auth_gssapi' }],
  [said(1251, 'Client does not support authentication protocol requested by server'), 'mysql_auth_plugin', {}],
  [
    coded('AUTH_SWITCH_PLUGIN_ERROR', 'Server requests authentication using unknown plugin dialog. See …'),
    'mysql_auth_plugin',
    { plugin: 'dialog' },
  ],
  [said(3118, "Access denied for user 'leitor'@'%'. Account is locked."), 'mysql_account_locked', {}],
  [said(1040, 'Too many connections'), 'too_many_connections', {}],
  [
    said(1203, "User leitor already has more than 'max_user_connections' active connections"),
    'too_many_connections',
    {},
  ],
  [said(1226, "User 'leitor' has exceeded the 'max_connections_per_hour' resource"), 'too_many_connections', {}],
  [coded('HANDSHAKE_NO_SSL_SUPPORT'), 'tls_not_supported', {}],
  [coded('ETIMEDOUT'), 'mysql_no_answer', {}],
  [coded('PROTOCOL_CONNECTION_LOST'), 'connection_lost', {}],
  [coded('PROTOCOL_UNEXPECTED_PACKET'), 'not_mysql', {}],
])('at login: %s → %s', (error, code, facts) => {
  expect(toLoginError(error, place)).toMatchObject({
    code,
    facts: { host: 'db.loja.example', port: '3306', ...facts },
  });
});

test.each<[Error, string, string, Record<string, string>]>([
  [said(1969, 'Query execution was interrupted (max_statement_time exceeded)'), 'statement_timeout', 'next-run', {}],
  [
    said(3024, 'Query execution was interrupted, maximum statement execution time exceeded'),
    'statement_timeout',
    'next-run',
    {},
  ],
  [said(1317, 'Query execution was interrupted'), 'statement_timeout', 'next-run', {}],
  [said(1146, "Table 'loja.wp_posts' doesn't exist"), 'table_missing', 'after-fix', { table: 'wp_posts' }],
  [said(1054, "Unknown column 'order_id' in 'field list'"), 'column_missing', 'after-fix', { column: 'order_id' }],
  [said(1054, "Unknown column 'a.phone' in 'SELECT'"), 'column_missing', 'after-fix', { column: 'a.phone' }],
  [
    said(1142, "SELECT command denied to user 'leitor'@'10.0.0.1' for table 'wp_posts'"),
    'select_denied',
    'after-fix',
    { table: 'wp_posts' },
  ],
  [
    said(1142, "SELECT command denied to user 'leitor'@'10.0.0.1' for table `loja`.`wp_posts`"),
    'select_denied',
    'after-fix',
    { table: 'wp_posts' },
  ],
  [
    said(1143, "SELECT command denied to user 'leitor'@'%' for column 'x' in table 'wp_posts'"),
    'select_denied',
    'after-fix',
    { table: 'wp_posts' },
  ],
  [said(1792, 'Cannot execute statement in a READ ONLY transaction'), 'read_only_refused', 'never', {}],
  [said(1290, 'The MariaDB server is running with the --read-only option'), 'read_only_refused', 'never', {}],
  [said(2006, 'MySQL server has gone away'), 'connection_lost', 'next-run', {}],
  [said(2013, 'Lost connection to MySQL server during query'), 'connection_lost', 'next-run', {}],
  [said(1053, 'Server shutdown in progress'), 'connection_lost', 'next-run', {}],
  [said(1927, 'Connection was killed'), 'connection_lost', 'next-run', {}],
  [coded('ECONNRESET'), 'connection_lost', 'next-run', {}],
  [coded('EPIPE'), 'connection_lost', 'next-run', {}],
  [coded('X', "Can't add new command when connection is in closed state"), 'connection_lost', 'next-run', {}],
  [
    said(1292, "Truncated incorrect DOUBLE value: 'ana@cliente.example'"),
    'shop_query_failed',
    'after-fix',
    { mysql: '1292' },
  ],
])('while reading: %s → %s', (error, code, retry, facts) => {
  const typed = toQueryError(error, place, 'select ?');
  expect(typed).toMatchObject({ code, retry, facts });
  expect(`${typed.message} ${typed.cause}`).not.toContain('ana@');
});

test.each<[string, string]>([
  ['ECONNREFUSED', 'port_refused'],
  ['ETIMEDOUT', 'port_timeout'],
  ['EHOSTUNREACH', 'host_unreachable'],
  ['ENETUNREACH', 'host_unreachable'],
])('while connecting: %s → %s', (code, expected) => {
  expect(toSocketError(coded(code), place).code).toBe(expected);
});

test.each<[string, string]>([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_wrong_host'],
  ['CERT_HAS_EXPIRED', 'tls_expired'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'tls_failed'],
])('while encrypting: %s → %s', (code, expected) => {
  expect(toTlsError(coded(code), place, 'AA:BB')).toMatchObject({ code: expected, facts: { fingerprint: 'AA:BB' } });
});
