// How fresh the data is, at the top of every page, moving by itself; leads to the Sincronização page.

import { runMessage } from '#shared/run-messages.ts';
import type { Clock } from '../format.ts';
import { paths } from '../paths.ts';
import { Badge } from './badge.tsx';
import { Time } from './time.tsx';

export type SyncBadge =
  | { state: 'fresh' | 'late'; at: Date }
  | { state: 'running'; percent: number | null }
  | { state: 'failed'; errorCode: string; errorFacts: Record<string, string> }
  | { state: 'never'; hasSites: boolean };

export const syncBadgeId = 'selo-sincronizacao';

export function SyncBadgeLink({ slug, badge, clock }: { slug: string; badge: SyncBadge; clock: Clock }) {
  return (
    <a id={syncBadgeId} class="sync-badge" href={paths.sync(slug)}>
      <SyncBadgeText badge={badge} clock={clock} />
    </a>
  );
}

function SyncBadgeText({ badge, clock }: { badge: SyncBadge; clock: Clock }) {
  switch (badge.state) {
    case 'fresh':
      return (
        <Badge tone="good">
          <span class="wide-only">Atualizado</span> <Time at={badge.at} clock={clock} />
        </Badge>
      );
    case 'late':
      return (
        <Badge tone="warn">
          Atrasado<span class="wide-only">: última</span> <Time at={badge.at} clock={clock} />
        </Badge>
      );
    case 'running':
      return <Badge tone="busy">Sincronizando…{badge.percent === null ? '' : ` ${badge.percent}\u00a0%`}</Badge>;
    case 'failed':
      return <Badge tone="bad">Falhou: {runMessage(badge.errorCode, badge.errorFacts).sentence}</Badge>;
    case 'never':
      return (
        <Badge tone="calm">
          {badge.hasSites ? (
            'Ainda não sincronizado'
          ) : (
            <>
              Nenhuma loja<span class="wide-only"> conectada</span>
            </>
          )}
        </Badge>
      );
  }
}
