// Sincronização: how each shop stands, what is being read right now, and what past runs did. Counts are real ones; without an estimate of
// the whole there is no percentage.

import { EmptyState } from '../components/empty-state.tsx';
import { Partial } from '../components/partial.tsx';
import type { Clock } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { RecomputeLine, type RecomputeState, recomputeLineId } from './settings.tsx';
import { Backfills, backfillsId } from './sync-backfills.tsx';
import { History, historyId } from './sync-history.tsx';
import { SiteCard, siteCardId } from './sync-site.tsx';
import type { SyncBackfill, SyncRun, SyncSite } from './sync-types.ts';

export type SyncPageProps = {
  slug: string;
  sites: readonly SyncSite[];
  runs: readonly SyncRun[];
  backfills: readonly SyncBackfill[];
  nextRun: string | null;
  isFirstPage: boolean;
  /** Only runs that failed or warned are listed. */
  isFailed: boolean;
  /** Only runs in which this source had news are listed; and what there is to choose from. */
  source: string | null;
  sources: readonly { value: string; label: string }[];
  recompute: RecomputeState;
  canSyncNow: boolean;
  canChangeBackfills: boolean;
  /** Owners and admins see the technical text of an error. */
  canSeeDetail: boolean;
  clock: Clock;
};

export function SyncPage(props: SyncPageProps) {
  const { slug, sites } = props;
  return (
    <>
      <PageHead title="Sincronização" />
      <RecomputeLine {...props} />
      {sites.length === 0 ? (
        <EmptyState icon="sync" title="Nenhuma loja conectada.">
          <a class="button button-main" href={paths.connection(slug)}>
            Conectar a loja
          </a>
        </EmptyState>
      ) : (
        sites.map((site) => <SiteCard site={site} {...props} />)
      )}
      {sites.length > 0 ? <Backfills {...props} /> : ''}
      {sites.length > 0 ? <History {...props} slug={slug} /> : ''}
    </>
  );
}

/** Every shop's card, and the history on its first page. */
export function SyncLive(props: SyncPageProps) {
  return (
    <>
      <Partial id={recomputeLineId}>
        <RecomputeLine {...props} />
      </Partial>
      {props.sites.map((site) => (
        <Partial id={siteCardId(site.id)}>
          <SiteCard site={site} {...props} />
        </Partial>
      ))}
      {props.sites.length > 0 ? (
        <Partial id={backfillsId}>
          <Backfills {...props} />
        </Partial>
      ) : (
        ''
      )}
      {props.isFirstPage && props.sites.length > 0 ? (
        <Partial id={historyId}>
          <History {...props} />
        </Partial>
      ) : (
        ''
      )}
    </>
  );
}
