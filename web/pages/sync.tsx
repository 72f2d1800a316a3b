// Sincronização: how each shop stands, what is being read right now, and what past runs did. Counts are real ones; without an estimate of
// the whole there is no percentage.

import type { Child } from 'hono/jsx';
import { nextFirings } from '#shared/cron.ts';
import { runMessage } from '#shared/run-messages.ts';
import { Badge, type Tone } from '../components/badge.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Partial } from '../components/partial.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, dateTimeText, durationText, numberText, timeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { type RunState, runKindLabels, runStateLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { scheduleText } from '../schedule-text.ts';
import { RecomputeLine, type RecomputeState, recomputeLineId } from './settings.tsx';
import { Backfills, backfillsId } from './sync-backfills.tsx';
import type { ShopAlert, SyncBackfill, SyncRun, SyncSite, SyncSource, SyncStream } from './sync-types.ts';

export type SyncPageProps = {
  slug: string;
  sites: readonly SyncSite[];
  runs: readonly SyncRun[];
  backfills: readonly SyncBackfill[];
  nextRun: string | null;
  isFirstPage: boolean;
  /** Only runs that failed or warned are listed. */
  isFailed: boolean;
  recompute: RecomputeState;
  canSyncNow: boolean;
  canChangeBackfills: boolean;
  /** Owners and admins see the technical text of an error. */
  canSeeDetail: boolean;
  clock: Clock;
};

export const siteCardId = (id: SyncSite['id']) => `loja-${id}`;
const historyId = 'historico';

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

const runTones: Readonly<Record<RunState, Tone>> = {
  queued: 'calm',
  connecting: 'busy',
  reading: 'busy',
  writing: 'busy',
  recomputing: 'busy',
  succeeded: 'good',
  succeeded_with_warnings: 'warn',
  failed: 'bad',
  cancelled: 'calm',
};

export function RunBadge({ state }: { state: RunState }) {
  return <Badge tone={runTones[state]}>{runStateLabels[state]}</Badge>;
}

type SiteCardProps = Pick<SyncPageProps, 'slug' | 'canSyncNow' | 'canChangeBackfills' | 'canSeeDetail' | 'clock'> & {
  site: SyncSite;
};

export function SiteCard({ site, slug, canSyncNow, canChangeBackfills, canSeeDetail, clock }: SiteCardProps) {
  const { liveRun, lastRun } = site;
  const id = siteCardId(site.id);
  const headingId = `${id}-nome`;
  return (
    <section id={id} class="card" aria-labelledby={headingId}>
      <div class="card-head">
        <div class="card-title">
          <h2 id={headingId}>{site.name}</h2>
          {liveRun ? (
            <RunBadge state={liveRun.run.state} />
          ) : lastRun ? (
            <RunBadge state={lastRun.state} />
          ) : (
            <Badge tone="calm">Ainda não sincronizada</Badge>
          )}
        </div>
        {canSyncNow ? (
          <form
            method="post"
            action={paths.syncNow(slug)}
            hx-post={paths.syncNow(slug)}
            hx-target={`#${id}`}
            hx-swap="outerMorph"
            hx-disable="find button"
          >
            <input type="hidden" name="loja" value={site.id} />
            <button id={`${id}-agora`} class="button" type="submit">
              Sincronizar agora
            </button>
          </form>
        ) : (
          ''
        )}
      </div>
      <p class="faint">
        {site.goodAt ? (
          <>
            Última boa: <Time at={site.goodAt} clock={clock} />
          </>
        ) : (
          'Nenhuma sincronização concluída ainda'
        )}
        {' · '}
        {scheduleLine(site, clock)}
      </p>
      {liveRun ? <LiveBars streams={liveRun.streams} rate={liveRun.rate} state={liveRun.run.state} /> : ''}
      {lastRun?.errorCode && !liveRun ? <Problem run={lastRun} canSeeDetail={canSeeDetail} /> : ''}
      {lastRun && !liveRun ? <Warnings run={lastRun} alerts={site.alerts} /> : ''}
      <Alerts slug={slug} alerts={site.alerts} canDecide={canChangeBackfills} clock={clock} />
      {site.sources.length > 0 ? <Sources sources={site.sources} clock={clock} /> : ''}
      {canChangeBackfills ? <SiteActions slug={slug} site={site} /> : ''}
    </section>
  );
}

/** `roda a cada minuto · próxima às 14:33` */
function scheduleLine({ isPaused, cronExpression }: SyncSite, { now, timeZone }: Clock): string {
  if (isPaused) return 'pausada';
  if (!cronExpression) return 'sem agendamento';
  const [next] = nextFirings(cronExpression, { now, timeZone, count: 1 });
  return `roda ${scheduleText(cronExpression)}${next ? ` · próxima às ${timeText(next, timeZone)}` : ''}`;
}

function LiveBars({ streams, rate, state }: { streams: readonly SyncStream[]; rate: number | null; state: RunState }) {
  const active = streams.filter((stream) => stream.state === 'reading');
  if (active.length === 0) return <p class="faint">{runStateLabels[state]}…</p>;
  return (
    <>
      {active.map((stream) => (
        <div class="progress">
          <span>{progressText(stream, rate)}</span>
          {stream.estimatedCount ? (
            <progress max={stream.estimatedCount} value={stream.readCount} aria-label={stream.label} />
          ) : (
            ''
          )}
        </div>
      ))}
    </>
  );
}

/** `Pedidos: 3.200 de ≈ 12.400 · 214/s · ≈ 43 s` */
export function progressText({ label, readCount, estimatedCount }: SyncStream, rate: number | null): string {
  const read = Number(readCount);
  const estimated = estimatedCount === null ? null : Math.max(Number(estimatedCount), read);
  const parts = [`${label}: ${numberText(read)}${estimated === null ? '' : ` de ≈ ${numberText(estimated)}`}`];
  if (rate !== null && rate >= 1) {
    parts.push(`${numberText(Math.round(rate))}/s`);
    if (estimated !== null && estimated > read)
      parts.push(`≈\u00a0${durationText((estimated - read) / rate).replace(' ', '\u00a0')}`);
  }
  return parts.join(' · ');
}

function Problem({ run, canSeeDetail }: { run: SyncRun; canSeeDetail: boolean }) {
  const { sentence, remedy } = runMessage(run.errorCode!, run.errorFacts ?? {});
  return (
    <div class="problem">
      <p class="problem-title">{sentence}</p>
      <p>{remedy}</p>
      {canSeeDetail && run.errorDetail ? (
        <details>
          <summary>Texto técnico ({run.errorCode})</summary>
          <pre>{run.errorDetail}</pre>
        </details>
      ) : (
        ''
      )}
    </div>
  );
}

type ActionFormProps = { action: string; siteId: string; label: string; value?: string; children?: Child };

/** A form that asks the daemon for something about one shop, and comes back to the page. */
function ActionForm({ action, siteId, label, value, children }: ActionFormProps) {
  return (
    <form method="post" action={action} class={children ? 'filters' : undefined}>
      <input type="hidden" name="loja" value={siteId} />
      {children}
      <button class="button" type="submit" name="acao" value={value ?? ''}>
        {label}
      </button>
    </form>
  );
}

function SiteActions({ slug, site }: { slug: string; site: SyncSite }) {
  const unread = site.sources.some(({ streams }) => streams.some(({ quarantinedCount }) => quarantinedCount !== '0'));
  return (
    <div class="form-end">
      <details id={`loja-${site.id}-periodo`}>
        <summary class="button">Reprocessar período…</summary>
        <ActionForm action={paths.askBackfill(slug)} siteId={site.id} label="Contar os registros">
          <label>
            <span class="filter-label">De</span>
            <input type="date" name="de" required />
          </label>
          <label>
            <span class="filter-label">Até (vazio: hoje)</span>
            <input type="date" name="ate" />
          </label>
        </ActionForm>
        <p class="faint">Primeiro contamos quantos registros são; você decide se começa.</p>
      </details>
      <ActionForm action={paths.askRecompute(slug)} siteId={site.id} label="Recalcular recuperações" />
      {site.cronExpression ? (
        <ActionForm
          action={paths.pauseSync(slug)}
          siteId={site.id}
          value={site.isPaused ? 'retomar' : 'pausar'}
          label={site.isPaused ? 'Retomar' : 'Pausar'}
        />
      ) : (
        ''
      )}
      {unread ? (
        <ActionForm action={paths.retryQuarantine(slug)} siteId={site.id} label="Tentar de novo os ilegíveis" />
      ) : (
        ''
      )}
    </div>
  );
}

type AlertsProps = { slug: string; alerts: readonly ShopAlert[]; canDecide: boolean; clock: Clock };

/** What stays wrong in the shop, since when, and how to mend it; a loss is confirmed here, a changed form is mapped anew on its page. */
function Alerts({ slug, alerts, canDecide, clock }: AlertsProps) {
  return (
    <>
      {alerts.map(({ siteId, code, facts, raisedAt }) => {
        const { sentence, remedy } = runMessage(code, facts);
        return (
          <div class="problem problem-warn">
            <p class="problem-title">{sentence}</p>
            <p>{remedy}</p>
            <p class="faint">
              Visto desde <Time at={raisedAt} clock={clock} />
            </p>
            {canDecide && code === 'many_rows_gone' ? (
              <ActionForm
                action={paths.acceptLoss(slug)}
                siteId={siteId}
                label="A loja está certa: marcar como removidos"
              />
            ) : (
              ''
            )}
            {canDecide && code === 'form_changed' ? (
              <a class="button" href={paths.mapping(slug, siteId)}>
                Mapear de novo
              </a>
            ) : (
              ''
            )}
          </div>
        );
      })}
    </>
  );
}

/** A warning that is an open alert too is said once. */
function Warnings({ run, alerts }: { run: SyncRun; alerts: readonly ShopAlert[] }) {
  const warnings = run.warnings.filter(({ code }) => !alerts.some((alert) => alert.code === code));
  return (
    <>
      {warnings.map(({ code, facts }) => {
        const { sentence, remedy } = runMessage(code, facts);
        return (
          <div class="problem problem-warn">
            <p class="problem-title">{sentence}</p>
            <p>{remedy}</p>
          </div>
        );
      })}
    </>
  );
}

const streamStateLabels: Readonly<Record<SyncStream['state'], string>> = {
  waiting: 'na fila',
  reading: 'lendo',
  done: 'em dia',
  failed: 'falhou',
  absent: 'não há na loja',
};
const streamTones: Readonly<Record<SyncStream['state'], Tone>> = {
  waiting: 'calm',
  reading: 'busy',
  done: 'good',
  failed: 'bad',
  absent: 'calm',
};

/** The state of a source is that of its worst stream. */
function sourceState({ streams }: SyncSource): SyncStream['state'] {
  const order: SyncStream['state'][] = ['failed', 'reading', 'waiting', 'done', 'absent'];
  return order.find((state) => streams.some((stream) => stream.state === state)) ?? 'waiting';
}

function Sources({ sources, clock }: { sources: readonly SyncSource[]; clock: Clock }) {
  const sum = ({ streams }: SyncSource, count: (stream: SyncStream) => string) =>
    numberText(streams.reduce((total, stream) => total + BigInt(count(stream)), 0n));
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Fonte</th>
          <th scope="col">Estado</th>
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
            Removidos
          </th>
          <th scope="col" class="number">
            Ilegíveis
          </th>
          <th scope="col">Lido até</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => {
          const state = sourceState(source);
          return (
            <tr>
              <td class="cell-main">
                <strong>{source.label}</strong>
              </td>
              <td data-label="Estado">
                <span>
                  <Badge tone={streamTones[state]}>{streamStateLabels[state]}</Badge>
                </span>
              </td>
              <td data-label="Lidos" class="number">
                {sum(source, (stream) => stream.readCount)}
              </td>
              <td data-label="Novos" class="number">
                {sum(source, (stream) => stream.newCount)}
              </td>
              <td data-label="Atualizados" class="number">
                {sum(source, (stream) => stream.changedCount)}
              </td>
              <td data-label="Removidos" class="number">
                {sum(source, (stream) => stream.missingCount)}
              </td>
              <td data-label="Ilegíveis" class="number">
                {sum(source, (stream) => stream.quarantinedCount)}
              </td>
              <td data-label="Lido até">{cursorText(source, clock)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** `até 10/01/2025 14:20`, or the last id where the shop's table has no date. */
function cursorText({ cursorAt, cursorId, caughtUpAt }: SyncSource, clock: Clock): string {
  if (cursorAt) return `até ${dateTimeText(cursorAt, clock.timeZone)}`;
  if (cursorId) return `até o nº ${numberText(cursorId)}`;
  return caughtUpAt ? `tudo, em ${dateTimeText(caughtUpAt, clock.timeZone)}` : '—';
}

type HistoryProps = Pick<
  SyncPageProps,
  'slug' | 'runs' | 'nextRun' | 'isFirstPage' | 'isFailed' | 'canSeeDetail' | 'clock'
>;

function History({ slug, runs, nextRun, isFirstPage, isFailed, canSeeDetail, clock }: HistoryProps) {
  const filter = isFailed ? { historico: 'falhas' } : {};
  return (
    <section id={historyId} class="card">
      <div class="card-head">
        <h2>Histórico</h2>
        <nav class="tabs" aria-label="Filtro do histórico">
          <SwapLink class="tab" href={paths.sync(slug)} current={!isFailed}>
            Com novidade
          </SwapLink>
          <SwapLink class="tab" href={paths.sync(slug, { historico: 'falhas' })} current={isFailed}>
            Falhas e avisos
          </SwapLink>
        </nav>
      </div>
      {runs.length === 0 ? (
        <p class="faint">Nada ainda.</p>
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
