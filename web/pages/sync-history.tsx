// The runs worth telling, newest first.
import { runMessage } from '#shared/run-messages.ts';
import { ListFilters } from '../components/list-filters.tsx';
import { RunBadge } from '../components/run-badge.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, durationText, numberText } from '../format.ts';
import { runKindLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import type { SyncPageProps } from './sync.tsx';
import type { SyncRun } from './sync-types.ts';

export const historyId = 'historico';

type HistoryProps = Pick<
  SyncPageProps,
  'slug' | 'runs' | 'nextRun' | 'isFirstPage' | 'isFailed' | 'source' | 'sources' | 'canSeeDetail' | 'clock'
>;

export function History(props: HistoryProps) {
  const { slug, runs, nextRun, isFirstPage, isFailed, source, sources, canSeeDetail, clock } = props;
  const ofSource: Record<string, string> = source ? { fonte: source } : {};
  const filter = { ...ofSource, ...(isFailed ? { historico: 'falhas' } : {}) };
  return (
    <section id={historyId} class="card">
      <div class="card-head">
        <h2>Histórico</h2>
        <nav class="tabs" aria-label="Filtro do histórico">
          <SwapLink class="tab" href={paths.sync(slug, ofSource)} current={!isFailed}>
            Com novidade
          </SwapLink>
          <SwapLink class="tab" href={paths.sync(slug, { ...ofSource, historico: 'falhas' })} current={isFailed}>
            Falhas e avisos
          </SwapLink>
        </nav>
        {sources.length > 1 ? (
          <ListFilters
            path={paths.sync(slug)}
            query={isFailed ? { historico: 'falhas' } : {}}
            filters={[{ name: 'fonte', label: 'Fonte', all: 'Todas as fontes', options: sources, value: source }]}
          />
        ) : (
          ''
        )}
      </div>
      {runs.length === 0 ? (
        <p class="faint">{source || isFailed ? 'Nenhuma sincronização assim.' : 'Nada ainda.'}</p>
      ) : (
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Início</th>
              <th scope="col">Loja</th>
              <th scope="col">Tipo</th>
              <th scope="col">Resultado</th>
              <th scope="col" class="number">
                Lidos
              </th>
              <th scope="col" class="number">
                Novos
              </th>
              <th scope="col" class="number">
                Atualizados
              </th>
              <th scope="col" class="number">
                Duração
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <RunRow slug={slug} run={run} canSeeDetail={canSeeDetail} clock={clock} />
            ))}
          </tbody>
        </table>
      )}
      {nextRun || !isFirstPage ? (
        <nav class="pager" aria-label="Páginas do histórico">
          {isFirstPage ? (
            <span />
          ) : (
            <SwapLink class="button" href={paths.sync(slug, filter)}>
              Mais recentes
            </SwapLink>
          )}
          {nextRun ? (
            <SwapLink class="button" rel="next" href={paths.sync(slug, { ...filter, apos: nextRun })}>
              Mais antigas
            </SwapLink>
          ) : (
            <span />
          )}
        </nav>
      ) : (
        ''
      )}
    </section>
  );
}

type RunRowProps = { slug: string; run: SyncRun; canSeeDetail: boolean; clock: Clock };

function RunRow({ slug, run, canSeeDetail, clock }: RunRowProps) {
  const seconds = run.finishedAt ? (run.finishedAt.getTime() - run.startedAt.getTime()) / 1000 : null;
  return (
    <tr id={`sincronizacao-${run.id}`}>
      <td class="cell-main">
        <a href={paths.run(slug, run.id)}>
          <Time at={run.startedAt} clock={clock} />
        </a>
      </td>
      <td data-label="Loja">{run.siteName}</td>
      <td data-label="Tipo">{runKindLabels[run.kind]}</td>
      <td data-label="Resultado">
        <span class="stack">
          <RunBadge state={run.state} />
          {run.errorCode ? <span class="reason">{runMessage(run.errorCode, run.errorFacts ?? {}).sentence}</span> : ''}
          {run.errorDetail && canSeeDetail ? (
            <details>
              <summary>Texto técnico</summary>
              <pre>{run.errorDetail}</pre>
            </details>
          ) : (
            ''
          )}
        </span>
      </td>
      <td data-label="Lidos" class="number">
        {numberText(run.readCount)}
      </td>
      <td data-label="Novos" class="number">
        {numberText(run.newCount)}
      </td>
      <td data-label="Atualizados" class="number">
        {numberText(run.changedCount)}
      </td>
      <td data-label="Duração" class="number">
        {seconds === null ? '—' : durationText(seconds)}
      </td>
    </tr>
  );
}
