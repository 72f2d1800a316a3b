// An answer that is not the page asked for, with the sentence that the person reads. Everything else that is thrown is a 500.
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AppError } from '#shared/errors.ts';

export class HttpError extends AppError {
  readonly retry = 'never';
  constructor(
    readonly status: ContentfulStatusCode,
    readonly code: string,
    readonly sentence: string,
  ) {
    super(`${status} ${code}`);
  }
}

/** Unknown, or of a company that the person is no member of: the same answer, so that nobody learns what exists. */
export class NotFoundError extends HttpError {
  constructor() {
    super(404, 'not_found', 'Esta página não existe ou não é sua.');
  }
}
