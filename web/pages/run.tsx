// One run told whole: what each stream read, what it left out and why, what it warned of, and what of the shop still waits unread.
import { cartStatusLabels } from '#shared/cart-words.ts';
import { quarantineLabel, runMessage, skipLabel } from '#shared/run-messages.ts';
import { Icon } from '../components/icon.tsx';
import { RunBadge } from '../components/run-badge.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText, durationText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { runKindLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import type { QuarantineGroup, RunCarts, RunStream, SyncRun } from './sync-types.ts';

type RunPageProps = {
  slug: string;
  run: SyncRun;
  streams: readonly RunStream[];
  carts: RunCarts;
  quarantine: readonly QuarantineGroup[];
  canSeeDetail: boolean;
  clock: Clock;
};

const secondsOf = ({ startedAt, finishedAt }: { startedAt: Date | null; finishedAt: Date | null }) =>
  startedAt && finishedAt ? durationText((finishedAt.getTime() - startedAt.getTime()) / 1000) : '—';

export function RunPage({ slug, run, streams, carts, quarantine, canSeeDetail, clock }: RunPageProps) {
  const error = run.errorCode ? runMessage(run.errorCode, run.errorFacts ?? {}) : null;
  return (
    <>
      <PageHead title={`Sincronização nº ${run.id}`}>
        <div class="page-acts">
          <a class="button" href={paths.runLog(slug, run.id)} download>
            <Icon name="download" /> Baixar o registro
          </a>
          <a class="button" href={paths.sync(slug)}>
            Voltar
          </a>
        </div>
      </PageHead>
      <section class="card">
        <div class="card-title">
          <h2>{run.siteName}</h2>
          <RunBadge state={run.state} />
        </div>
        <p class="faint">
          {runKindLabels[run.kind]} · <Time at={run.startedAt} clock={clock} /> · duração {secondsOf(run)}
        </p>
        {error ? (
          <div class="problem">
            <p class="problem-title">{error.sentence}</p>
            <p>{error.remedy}</p>
            {canSeeDetail && run.errorDetail ? (
              <details>
                <summary>Texto técnico ({run.errorCode})</summary>
                <pre>{run.errorDetail}</pre>
              </details>
            ) : (
              ''
            )}
          </div>
        ) : (
          ''
        )}
        {run.warnings.map(({ code, facts }) => (
          <div class="problem problem-warn">
            <p class="problem-title">{runMessage(code, facts).sentence}</p>
            <p>{runMessage(code, facts).remedy}</p>
          </div>
        ))}
        {streams.length === 0 ? (
          <p class="faint">Nenhuma fonte chegou a ser lida.</p>
        ) : (
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Fonte</th>
                {['Lidos', 'Novos', 'Atualizados', 'Inalterados', 'Removidos', 'Ilegíveis', 'Duração'].map((label) => (
                  <th scope="col" class="number">
                    {label}
                  </th>
                ))}
                <th scope="col">Ignorados</th>
              </tr>
            </thead>
            <tbody>
              {streams.map((stream) => (
                <tr>
                  <td class="cell-main">
                    <strong>{stream.label}</strong>
                    <span class="faint">{stream.sourceLabel}</span>
                  </td>
                  {(
                    [
                      ['Lidos', stream.readCount],
                      ['Novos', stream.newCount],
                      ['Atualizados', stream.changedCount],
                      ['Inalterados', stream.unchangedCount],
                      ['Removidos', stream.missingCount],
                      ['Ilegíveis', stream.quarantinedCount],
                    ] as const
                  ).map(([label, count]) => (
                    <td data-label={label} class="number">
                      {numberText(count)}
                    </td>
                  ))}
                  <td data-label="Duração" class="number">
                    {secondsOf(stream)}
                  </td>
                  <td data-label="Ignorados">
                    {Object.entries(stream.skipped)
                      .map(([reason, count]) => `${numberText(count)} ${skipLabel(reason)}`)
                      .join(', ') || '—'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {carts.count > 0 ? (
        <section class="card">
          <h2>{countText(carts.count, 'carrinho mudou', 'carrinhos mudaram')} de situação</h2>
          <ul class="items">
            {carts.rows.map(({ cartId, name, fromStatus, toStatus }) => (
              <li>
                <a href={paths.cart(slug, cartId)}>
                  <bdi>{name?.trim() || 'Sem nome'}</bdi>
                </a>
                <span>
                  {cartStatusLabels[fromStatus]} → {cartStatusLabels[toStatus]}
                </span>
              </li>
            ))}
          </ul>
          {carts.count > carts.rows.length ? <p class="faint">Os {carts.rows.length} mais recentes.</p> : ''}
        </section>
      ) : (
        ''
      )}
      {quarantine.length > 0 ? (
        <section class="card">
          <h2>O que ainda não pôde ser lido nesta loja</h2>
          <table class="plain-table">
            <thead>
              <tr>
                <th scope="col">Fonte</th>
                <th scope="col">Motivo</th>
                <th scope="col" class="number">
                  Linhas
                </th>
                <th scope="col">Vistas</th>
              </tr>
            </thead>
            <tbody>
              {quarantine.map(({ sourceLabel, label, reason, count, lastSeenAt }) => (
                <tr>
                  <td>
                    {label} <span class="faint">{sourceLabel}</span>
                  </td>
                  <td class="break">{quarantineLabel(reason)}</td>
                  <td class="number">{numberText(count)}</td>
                  <td>
                    <Time at={lastSeenAt} clock={clock} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : (
        ''
      )}
    </>
  );
}
