// What a person sees when the page asked for can't be shown: the whole page, or the part that htmx asked for.
import type { Assets } from '../assets.ts';
import { Icon } from '../components/icon.tsx';
import { Document } from '../layout.tsx';
import { paths } from '../paths.ts';

export type ErrorView = {
  title: string;
  sentence: string;
  /** Stands in the server log beside the cause. */
  code: string;
  /** Where "Tentar de novo" leads; null when trying again helps nothing. */
  retryHref: string | null;
};

export function ErrorFragment({ sentence, code, retryHref }: Omit<ErrorView, 'title'>) {
  return (
    <div class="empty" role="alert">
      <Icon name="alert" size={36} />
      <p class="empty-title">{sentence}</p>
      <p>
        {retryHref ? (
          <>
            <a href={retryHref}>Tentar de novo</a> ·{' '}
          </>
        ) : (
          ''
        )}
        código {code}
      </p>
    </div>
  );
}

export function ErrorPage({ assets, ...error }: ErrorView & { assets: Assets }) {
  return (
    <Document title={error.title} assets={assets}>
      <main class="plain">
        <h1>{error.title}</h1>
        <ErrorFragment {...error} />
        <p>
          <a class="button" href={paths.home}>
            Voltar ao início
          </a>
        </p>
      </main>
    </Document>
  );
}
