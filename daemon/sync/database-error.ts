// Our own Postgres that takes nothing more: what a person must mend on the server, told apart from a fault of ours. Nothing is lost: the batch was
// rolled back with its cursor.
import { AppError } from '#shared/errors.ts';

class DatabaseFullError extends AppError {
  readonly code = 'database_full';
  readonly retry = 'next-run';
}
class DatabaseReadOnlyError extends AppError {
  readonly code = 'database_read_only';
  readonly retry = 'next-run';
}

/** What Postgres says when its disk is full (53100) or it was set to read only (25006); null for anything else. */
export function findDatabaseError(error: unknown): AppError | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const options = { cause: error };
  if (error.code === '53100') return new DatabaseFullError('Postgres has no disk space left', options);
  if (error.code === '25006') return new DatabaseReadOnlyError('Postgres takes no writes', options);
  return null;
}

/** SQLSTATE classes 08 (connection) and 57P (shutdown), or a socket that broke or finds nobody. */
export function isPostgresLost(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof AppError) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (/^(?:08|57P)/.test(code) || ['EPIPE', 'ECONNRESET', 'ECONNREFUSED', 'ENOENT'].includes(code)) return true;
  return /Connection terminated|not queryable/.test(error.message);
}
