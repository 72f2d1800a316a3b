// A shop on the Sincronização page: how it stands, what is read right now, what is wrong and what can be asked of the daemon.
import type { Child } from 'hono/jsx';
import { nextFirings } from '#shared/cron.ts';
import { runMessage } from '#shared/run-messages.ts';
import { Badge } from '../components/badge.tsx';
import { RunBadge } from '../components/run-badge.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, durationText, numberText, timeText } from '../format.ts';
import { type RunState, runStateLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { scheduleText } from '../schedule-text.ts';
import type { SyncPageProps } from './sync.tsx';
import { Sources } from './sync-sources.tsx';
import type { ShopAlert, SyncRun, SyncSite, SyncStream } from './sync-types.ts';

export const siteCardId = (id: SyncSite['id']) => `loja-${id}`;

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
