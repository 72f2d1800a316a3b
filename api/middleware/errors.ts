// Every error ends here: the person gets a sentence and a code, the log gets the code and the cause. A fragment gets a fragment, because
// htmx swaps error answers too; a program that asks the API gets JSON.
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Log } from '#shared/log.ts';
import type { Assets } from '#web/assets.ts';
import { apiMessages } from '#web/messages.ts';
import { ErrorFragment, ErrorPage } from '#web/pages/errors.tsx';
import type { AppEnv } from '../context.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { countError } from '../metrics.ts';
import { errorBody } from '../rest/operations.ts';

const titles: Readonly<Record<number, string>> = {
  403: 'Ação recusada',
  404: 'Página não encontrada',
  413: 'Envio grande demais',
  429: 'Muitas tentativas',
  503: 'Banco de dados sem resposta',
};

/** Postgres can't be reached, is starting or stopping, or has no connection left: it helps to wait. */
const awayCodes =
  /^(?:ECONNREFUSED|ECONNRESET|ENOENT|ENOTFOUND|EPIPE|ETIMEDOUT|CONNECT_TIMEOUT|CONNECTION_\w+|57P0[123]|53300)$/;
const timedOut = '57014';

/** What happened to us, as the person is told it. */
function failureOf(error: Error, c: Context<AppEnv>): HttpError {
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && awayCodes.test(code)) {
    c.header('Retry-After', '5');
    return new HttpError(503, 'database_away', 'O banco de dados não está respondendo. Tente de novo em instantes.');
  }
  if (code === timedOut && c.req.method === 'GET') {
    const sentence = 'Isto demorou demais e foi interrompido. Escolha um período menor ou menos filtros.';
    return new HttpError(500, 'too_slow', sentence);
  }
  return new HttpError(500, 'internal', c.get('failure') ?? 'Não foi possível carregar esta página.');
}

/** The handlers for app.onError and app.notFound. */
export function errorHandlers({ log, assets }: { log: Log; assets: Assets }) {
  function answer(error: HttpError, c: Context<AppEnv>) {
    countError(error.code);
    if (c.req.path.startsWith('/api/')) {
      const { code, sentence } = error;
      const message = error.status === 500 ? apiMessages.failed : sentence;
      return c.json(errorBody({ code, message, reference: c.get('code') }), error.status);
    }
    const { pathname, search } = new URL(c.req.url);
    const canRetry = error.status >= 500 && c.req.method === 'GET';
    const view = { sentence: error.sentence, code: c.get('code'), retryHref: canRetry ? pathname + search : null };
    if (c.req.header('HX-Request')) return c.html(ErrorFragment(view), error.status);
    return c.html(ErrorPage({ title: titles[error.status] ?? 'Erro', ...view, assets }), error.status);
  }

  return {
    onError(error: Error, c: Context<AppEnv>) {
      if (error instanceof HttpError) return answer(error, c);
      if (error instanceof HTTPException && error.status < 500) {
        return answer(new HttpError(error.status as 400, 'http', 'O pedido não pôde ser entendido.'), c);
      }
      log.error('http.error', { code: c.get('code'), error: error.stack ?? String(error) });
      return answer(failureOf(error, c), c);
    },
    notFound: (c: Context<AppEnv>) => answer(new NotFoundError(), c),
  };
}
