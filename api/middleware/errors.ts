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
import { errorBody } from '../rest/operations.ts';

const titles: Readonly<Record<number, string>> = {
  403: 'Ação recusada',
  404: 'Página não encontrada',
  413: 'Envio grande demais',
  429: 'Muitas tentativas',
};

/** The handlers for app.onError and app.notFound. */
export function errorHandlers({ log, assets }: { log: Log; assets: Assets }) {
  function answer(error: HttpError, c: Context<AppEnv>) {
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
      return answer(new HttpError(500, 'internal', 'Não foi possível carregar esta página.'), c);
    },
    notFound: (c: Context<AppEnv>) => answer(new NotFoundError(), c),
  };
}
