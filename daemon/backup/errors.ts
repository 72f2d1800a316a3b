// What a person must do differently when a backup cannot be made or restored: each sentence says it.
import { AppError } from '#shared/errors.ts';

/** Cut, altered, or no backup of ours at all. */
export class BackupDamagedError extends AppError {
  readonly code = 'backup_damaged';
  readonly retry = 'after-fix';
}
/** Made by a newer version of the program, or with another migration than ours of that number. */
export class BackupSchemaError extends AppError {
  readonly code = 'backup_schema';
  readonly retry = 'after-fix';
}
/** The database to restore into holds something. */
export class BackupTargetError extends AppError {
  readonly code = 'backup_target_not_empty';
  readonly retry = 'after-fix';
}
/** The folder or file cannot be written or read: full, missing, or another user's. */
export class BackupFileError extends AppError {
  readonly code = 'backup_file';
  readonly retry = 'after-fix';
}
/** Only the database's owner sees every row. */
export class BackupOwnerError extends AppError {
  readonly code = 'backup_needs_owner';
  readonly retry = 'after-fix';
}

const sentences: Record<string, string> = {
  ENOSPC: 'o disco está cheio',
  EDQUOT: 'a cota de disco acabou',
  EACCES: 'sem permissão',
  EPERM: 'sem permissão',
  EROFS: 'o disco é só de leitura',
  ENOENT: 'não existe',
  ENOTDIR: 'não é uma pasta',
  EEXIST: 'não é uma pasta',
  EISDIR: 'é uma pasta',
};

/** The error of a file or folder in a sentence; any other error as it is. */
export function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence = sentences[code];
  return sentence ? new BackupFileError(`${path}: ${sentence}.`, { cause: error }) : error;
}
