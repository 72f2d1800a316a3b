// What can go wrong between us and a shop, one class per thing that a person must do differently. Each code has its Portuguese
// sentence in shared/shop-messages.ts: the compiler refuses a class without one.
import { AppError } from '#shared/errors.ts';
import type { ShopErrorCode } from '#shared/shop-messages.ts';

abstract class ShopError extends AppError {
  abstract override readonly code: ShopErrorCode;
}

// Check 1: the name and the address
export class HostNotFoundError extends ShopError {
  readonly code = 'host_not_found';
  readonly retry = 'after-fix';
}
export class DnsUnavailableError extends ShopError {
  readonly code = 'dns_unavailable';
  readonly retry = 'next-run';
}
export class AddressRefusedError extends ShopError {
  readonly code = 'address_refused';
  readonly retry = 'after-fix';
}
export class PortNotOfferedError extends ShopError {
  readonly code = 'port_not_offered';
  readonly retry = 'after-fix';
}

// Check 2: the port
export class PortTimeoutError extends ShopError {
  readonly code = 'port_timeout';
  readonly retry = 'next-run';
}
export class PortRefusedError extends ShopError {
  readonly code = 'port_refused';
  readonly retry = 'next-run';
}
export class HostUnreachableError extends ShopError {
  readonly code = 'host_unreachable';
  readonly retry = 'next-run';
}

// Check 3-5: the SSH tunnel
export class SshHostKeyUnknownError extends ShopError {
  readonly code = 'ssh_host_key_unknown';
  readonly retry = 'after-fix';
}
export class SshHostKeyChangedError extends ShopError {
  readonly code = 'ssh_host_key_changed';
  readonly retry = 'after-fix';
}
export class SshFailedError extends ShopError {
  readonly code = 'ssh_failed';
  readonly retry = 'next-run';
}
export class SshAuthError extends ShopError {
  readonly code = 'ssh_auth_failed';
  readonly retry = 'after-fix';
}
export class SshKeyUnreadableError extends ShopError {
  readonly code = 'ssh_key_unreadable';
  readonly retry = 'after-fix';
}
export class SshKeyPassphraseError extends ShopError {
  readonly code = 'ssh_key_passphrase';
  readonly retry = 'after-fix';
}
export class SshForwardingDeniedError extends ShopError {
  readonly code = 'ssh_forwarding_denied';
  readonly retry = 'after-fix';
}
export class SshTargetRefusedError extends ShopError {
  readonly code = 'ssh_target_refused';
  readonly retry = 'next-run';
}

// Check 6: the login
export class MysqlAccessDeniedError extends ShopError {
  readonly code = 'mysql_access_denied';
  readonly retry = 'after-fix';
}
export class MysqlHostNotAllowedError extends ShopError {
  readonly code = 'mysql_host_not_allowed';
  readonly retry = 'after-fix';
}
export class MysqlHostBlockedError extends ShopError {
  readonly code = 'mysql_host_blocked';
  readonly retry = 'after-fix';
}
export class MysqlAccountLockedError extends ShopError {
  readonly code = 'mysql_account_locked';
  readonly retry = 'after-fix';
}
export class MysqlAuthPluginError extends ShopError {
  readonly code = 'mysql_auth_plugin';
  readonly retry = 'after-fix';
}
export class MysqlNoAnswerError extends ShopError {
  readonly code = 'mysql_no_answer';
  readonly retry = 'next-run';
}
export class NotMysqlError extends ShopError {
  readonly code = 'not_mysql';
  readonly retry = 'after-fix';
}

// Check 7: TLS
export class TlsNotSupportedError extends ShopError {
  readonly code = 'tls_not_supported';
  readonly retry = 'after-fix';
}
export class TlsUntrustedError extends ShopError {
  readonly code = 'tls_untrusted';
  readonly retry = 'after-fix';
}
export class TlsWrongHostError extends ShopError {
  readonly code = 'tls_wrong_host';
  readonly retry = 'after-fix';
}
export class TlsCertificateChangedError extends ShopError {
  readonly code = 'tls_certificate_changed';
  readonly retry = 'after-fix';
}
export class TlsExpiredError extends ShopError {
  readonly code = 'tls_expired';
  readonly retry = 'after-fix';
}
export class TlsFailedError extends ShopError {
  readonly code = 'tls_failed';
  readonly retry = 'next-run';
}

// Check 8: the database
export class MysqlDatabaseUnknownError extends ShopError {
  readonly code = 'mysql_database_unknown';
  readonly retry = 'after-fix';
}
export class MysqlDatabaseDeniedError extends ShopError {
  readonly code = 'mysql_database_denied';
  readonly retry = 'after-fix';
}

// Check 9,10: rights, read only
export class SelectDeniedError extends ShopError {
  readonly code = 'select_denied';
  readonly retry = 'after-fix';
}
export class ReadOnlyRefusedError extends ShopError {
  readonly code = 'read_only_refused';
  readonly retry = 'never';
}
export class ReadOnlyUnverifiedError extends ShopError {
  readonly code = 'read_only_unverified';
  readonly retry = 'after-fix';
}
export class StatementRefusedError extends ShopError {
  readonly code = 'statement_refused';
  readonly retry = 'never';
}

// Reading
export class StatementTimeoutError extends ShopError {
  readonly code = 'statement_timeout';
  readonly retry = 'next-run';
}
export class ShopStalledError extends ShopError {
  readonly code = 'shop_stalled';
  readonly retry = 'next-run';
}
export class TooManyConnectionsError extends ShopError {
  readonly code = 'too_many_connections';
  readonly retry = 'next-run';
}
export class ConnectionLostError extends ShopError {
  readonly code = 'connection_lost';
  readonly retry = 'next-run';
}
export class TableMissingError extends ShopError {
  readonly code = 'table_missing';
  readonly retry = 'after-fix';
}
export class ColumnMissingError extends ShopError {
  readonly code = 'column_missing';
  readonly retry = 'after-fix';
}
export class ShopQueryError extends ShopError {
  readonly code = 'shop_query_failed';
  readonly retry = 'after-fix';
}
