// One class per thing that a person must do differently. `code` picks the Portuguese sentence (web/messages.ts), `retry` tells the
// engine what to do next, `cause` is kept. The message is for the log: hosts and ids, never a password, phone or e-mail.

/** 'next-run': transient, try again by itself · 'after-fix': a person must change something first · 'never': the row or request is wrong. */
export type Retry = 'next-run' | 'after-fix' | 'never';

export abstract class AppError extends Error {
  abstract readonly code: string;
  abstract readonly retry: Retry;
  /** Values for the Portuguese sentence (host, port, ip, table …); shown to owners and admins, so no secrets here. */
  readonly facts: Record<string, string>;

  constructor(message: string, { cause, facts = {} }: { cause?: unknown; facts?: Record<string, string> } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.facts = facts;
  }
}

/** One error with every wrong setting in it, so that a person mends them in one go. */
export class ConfigError extends AppError {
  readonly code = 'config_invalid';
  readonly retry = 'after-fix';
  constructor(readonly problems: string[]) {
    super(`Configuração inválida:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/** How a process ends when a person must mend something first (EX_CONFIG of sysexits.h): starting it again would only repeat its sentence. */
export const needsFixExitCode = 78;

/** The exit code for the error that ended a process. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AppError && error.retry !== 'next-run' ? needsFixExitCode : 1;
}
