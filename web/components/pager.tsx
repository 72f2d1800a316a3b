// Older and newer pages of a keyset list. There are no page numbers: rows arrive all the time.
import { withQuery } from '../paths.ts';
import { Icon } from './icon.tsx';
import { SwapLink } from './swap-link.tsx';

type PagerProps = {
  /** The list's path and the query that stays (period, tab). */
  path: string;
  query: Readonly<Record<string, string>>;
  before: string | null;
  after: string | null;
};

export function Pager({ path, query, before, after }: PagerProps) {
  if (!before && !after) return null;
  return (
    <nav class="pager" aria-label="Páginas">
      {before ? (
        <SwapLink class="button" rel="prev" href={withQuery(path, { ...query, antes: before })}>
          <Icon name="left" /> Mais recentes
        </SwapLink>
      ) : (
        <span />
      )}
      {after ? (
        <SwapLink class="button" rel="next" href={withQuery(path, { ...query, apos: after })}>
          Mais antigos <Icon name="right" />
        </SwapLink>
      ) : (
        <span />
      )}
    </nav>
  );
}
