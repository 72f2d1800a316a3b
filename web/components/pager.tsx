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
  /** Where the order is not by time. */
  labels?: readonly [before: string, after: string];
};

const byTime = ['Mais recentes', 'Mais antigos'] as const;

export function Pager({ path, query, before, after, labels = byTime }: PagerProps) {
  if (!before && !after) return null;
  return (
    <nav class="pager" aria-label="Páginas">
      {before ? (
        <SwapLink class="button" rel="prev" href={withQuery(path, { ...query, antes: before })}>
          <Icon name="left" /> {labels[0]}
        </SwapLink>
      ) : (
        <span />
      )}
      {after ? (
        <SwapLink class="button" rel="next" href={withQuery(path, { ...query, apos: after })}>
          {labels[1]} <Icon name="right" />
        </SwapLink>
      ) : (
        <span />
      )}
    </nav>
  );
}
