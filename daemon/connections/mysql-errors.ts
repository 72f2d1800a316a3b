// Turns what mysql2, Node's sockets and its TLS say into the typed errors of errors.ts. The server's own sentence is kept only where it
// names a user, a database, a table or a column: elsewhere it may quote a value of a shopper.
import { AppError } from '#shared/errors.ts';
import {
  ColumnMissingError,
  ConnectionLostError,
  HostUnreachableError,
  MysqlAccessDeniedError,
  MysqlAccountLockedError,
  MysqlAuthPluginError,
  MysqlDatabaseDeniedError,
  MysqlDatabaseUnknownError,
  MysqlHostBlockedError,
  MysqlHostNotAllowedError,
  MysqlNoAnswerError,
  NotMysqlError,
  PortRefusedError,
  PortTimeoutError,
  ReadOnlyRefusedError,
  SelectDeniedError,
  ShopQueryError,
  StatementTimeoutError,
  TableMissingError,
  TlsExpiredError,
  TlsFailedError,
  TlsNotSupportedError,
  TlsUntrustedError,
  TlsWrongHostError,
  TooManyConnectionsError,
} from './errors.ts';

export type Place = {
  host: string;
  port: number;
  user?: string;
  database?: string;
  publicIp?: string;
  service?: 'ssh';
};
type Facts = Record<string, string>;

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const errnoOf = (error: unknown): number =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What mysql2 threw without its `sql` and without quoted values: safe as a cause in a log. */
function withoutValues(error: unknown): Error {
  const text = messageOf(error).replace(/'(?:[^'\\]|\\.|'')*'?/g, "'…'");
  return new Error([codeOf(error), errnoOf(error) || '', text].filter(Boolean).join(' '));
}

export function placeFacts(place: Place): Facts {
  const { host, user, database, publicIp, service } = place;
  return {
    host,
    port: String(place.port),
    ...(user && { user }),
    ...(database && { database }),
    ...(publicIp && { publicIp }),
    ...(service && { service }),
  };
}

/** An error while the TCP connection is being made. */
export function toSocketError(error: unknown, place: Place): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const options = { cause: error, facts: placeFacts(place) };
  const where = `${place.host}:${place.port}`;
  if (code === 'ECONNREFUSED') return new PortRefusedError(`${where} refused the connection`, options);
  if (code === 'ETIMEDOUT') return new PortTimeoutError(`${where} did not answer`, options);
  return new HostUnreachableError(`${where} cannot be reached (${code})`, options);
}

/** An error while MySQL greets, encrypts and logs in. */
export function toLoginError(error: unknown, place: Place): AppError {
  if (error instanceof AppError) return error;
  const facts = placeFacts(place);
  const where = `${place.host}:${place.port}`;
  const options = { cause: withoutValues(error), facts };
  switch (codeOf(error)) {
    case 'HANDSHAKE_NO_SSL_SUPPORT':
      return new TlsNotSupportedError(`${where} offers no TLS`, options);
    case 'HANDSHAKE_SSL_ERROR':
      return new TlsFailedError(`${where}: TLS failed`, options);
    case 'ETIMEDOUT':
      return new MysqlNoAnswerError(`${where} opened, but MySQL did not answer in time`, options);
    case 'AUTH_SWITCH_PLUGIN_ERROR':
    case 'ER_NOT_SUPPORTED_AUTH_MODE':
      return new MysqlAuthPluginError(`${where} asks for an unsupported login plugin`, {
        ...options,
        facts: { ...facts, ...captured(error, /plugin ['"]?(\w+)/i, 'plugin') },
      });
    case 'PROTOCOL_UNEXPECTED_PACKET':
    case 'HANDSHAKE_UNKNOWN_ERROR':
      return new NotMysqlError(`${where} does not speak MySQL`, options);
  }
  return toServerError(error, place) ?? new NotMysqlError(`${where} does not speak MySQL`, options);
}

/** An error while a statement runs. `shape` is the statement without its values. */
export function toQueryError(error: unknown, place: Place, shape: string): AppError {
  if (error instanceof AppError) return error;
  const known = toServerError(error, place, shape);
  if (known) return known;
  const mysql = String(errnoOf(error) || codeOf(error));
  return new ShopQueryError(`${place.host}: error ${mysql} in: ${shape}`, {
    cause: withoutValues(error),
    facts: { ...placeFacts(place), mysql },
  });
}

function captured(error: unknown, pattern: RegExp, name: string): Facts {
  const value = pattern.exec(messageOf(error))?.[1];
  return value === undefined ? {} : { [name]: value };
}

const lostCodes = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
]);

function toServerError(error: unknown, place: Place, shape = ''): AppError | null {
  const base = placeFacts(place);
  const where = `${place.host}:${place.port}`;
  const options = (facts: Facts = {}) => ({ cause: withoutValues(error), facts: { ...base, ...facts } });
  // What the server took us for: an address, or a name where it resolves names. `localhost` is the far end of a tunnel.
  const seenIp = captured(error, /@'(?!localhost')([^'%]+)'/, 'ip');
  switch (errnoOf(error)) {
    case 1045: // ER_ACCESS_DENIED_ERROR
    case 1698: // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
      return new MysqlAccessDeniedError(`${where} refused user ${place.user}`, options(seenIp));
    case 1130: // ER_HOST_NOT_PRIVILEGED: names the address it saw, without a user
      return new MysqlHostNotAllowedError(
        `${where} accepts no connection from here`,
        options(captured(error, /Host '([^']+)'/, 'ip')),
      );
    case 1129: // ER_HOST_IS_BLOCKED
      return new MysqlHostBlockedError(`${where} blocked this host`, options());
    case 1820: // ER_MUST_CHANGE_PASSWORD
    case 1862: // ER_MUST_CHANGE_PASSWORD_LOGIN
    case 3118: // ER_ACCOUNT_HAS_BEEN_LOCKED
    case 4151: // MariaDB: ER_ACCOUNT_HAS_BEEN_LOCKED
      return new MysqlAccountLockedError(`${where}: account ${place.user} is locked or expired`, options());
    case 1251: // ER_NOT_SUPPORTED_AUTH_MODE
    case 1524: // ER_PLUGIN_IS_NOT_LOADED
      return new MysqlAuthPluginError(`${where}: login plugin`, options(captured(error, /Plugin '(\w+)'/, 'plugin')));
    case 1044: // ER_DBACCESS_DENIED_ERROR
      return new MysqlDatabaseDeniedError(`${where}: ${place.user} may not use ${place.database}`, options());
    case 1049: // ER_BAD_DB_ERROR
      return new MysqlDatabaseUnknownError(`${where} has no database ${place.database}`, options());
    case 1969: // MariaDB: ER_STATEMENT_TIMEOUT
    case 3024: // MySQL: ER_QUERY_TIMEOUT
    case 1317: // ER_QUERY_INTERRUPTED: hostings kill long statements with a script
      return new StatementTimeoutError(`${where} stopped a statement: ${shape}`, options());
    case 1040: // ER_CON_COUNT_ERROR
    case 1203: // ER_TOO_MANY_USER_CONNECTIONS
    case 1226: // ER_USER_LIMIT_REACHED
      return new TooManyConnectionsError(`${where} has too many connections`, options());
    case 1053: // ER_SERVER_SHUTDOWN
    case 1080: // ER_FORCING_CLOSE
    case 1927: // ER_CONNECTION_KILLED
    case 2006: // CR_SERVER_GONE_ERROR
    case 2013: // CR_SERVER_LOST
    case 4031: // ER_CLIENT_INTERACTION_TIMEOUT
      return new ConnectionLostError(`${where} closed the connection`, options());
    case 1290: // ER_OPTION_PREVENTS_STATEMENT (--read-only)
    case 1792: // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
    case 1836: // ER_READ_ONLY_MODE
      return new ReadOnlyRefusedError(`${where} refused to write: ${shape}`, options());
    case 1146: // ER_NO_SUCH_TABLE
    case 1932: // ER_NO_SUCH_TABLE_IN_ENGINE
      return new TableMissingError(
        `${where}: table missing: ${shape}`,
        options(captured(error, /Table '(?:[^'.]*\.)?([^']+)'/, 'table')),
      );
    case 1054: // ER_BAD_FIELD_ERROR
      return new ColumnMissingError(
        `${where}: column missing: ${shape}`,
        options(captured(error, /column '([^']+)'/, 'column')),
      );
    case 1142: // ER_TABLEACCESS_DENIED_ERROR
    case 1143: // ER_COLUMNACCESS_DENIED_ERROR
      return new SelectDeniedError(
        `${where}: ${place.user} may not read: ${shape}`,
        options(captured(error, /table [`']?(?:[^`'.]*[`']?\.[`']?)?([^`'\s]+)[`']?/, 'table')),
      );
  }
  if (lostCodes.has(codeOf(error)) || /closed state|connection is closed/i.test(messageOf(error))) {
    return new ConnectionLostError(`${where}: the connection was lost`, options());
  }
  return null;
}

/** A TLS handshake that Node refused, or a certificate that is not for this host. `fingerprint` is the SHA-256 that a person may pin. */
export function toTlsError(error: unknown, place: Place, fingerprint?: string): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  const where = `${place.host}:${place.port}`;
  const options = { cause: error, facts: { ...placeFacts(place), ...(fingerprint && { fingerprint }) } };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new TlsWrongHostError(`${where}: certificate of another name`, options);
  if (code === 'CERT_HAS_EXPIRED') return new TlsExpiredError(`${where}: the certificate is expired`, options);
  if (/SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|CERT_UNTRUSTED|INVALID_CA|CERT_SIGNATURE/.test(code)) {
    return new TlsUntrustedError(`${where}: ${code}`, options);
  }
  return new TlsFailedError(`${where}: TLS failed (${code || messageOf(error)})`, options);
}
