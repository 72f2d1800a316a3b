// Painel: what came in, what was abandoned, what came back and for how much, and what to do now. Each part has its id and moves by itself.
import type { Child } from 'hono/jsx';
import { addDays } from '#shared/comparison.ts';
import { runMessage } from '#shared/run-messages.ts';
import { localDay } from '#shared/time-zone.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { FigureLink } from '../components/figure-link.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { LineChart, type Series } from '../components/line-chart.tsx';
import { Partial } from '../components/partial.tsx';
import { PeriodPicker } from '../components/period-picker.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { Tile } from '../components/tile.tsx';
import { countText, dateText, dayText, moneyText, numberText, percentText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { periodQuery } from '../period.ts';
import { DigestCard } from './dashboard-digest.tsx';
import { dashboardTiles, type ReadyProps } from './dashboard-tiles.tsx';
import type { ChartPoint, DashboardProps } from './dashboard-types.ts';

const bodyId = 'painel';
const chartId = 'grafico';
const chartTableId = 'grafico-tabela';
const funnelId = 'funil';
const toDoId = 'o-que-fazer';
const alertsId = 'alertas';

export function DashboardPage(props: DashboardProps) {
  const path = paths.dashboard(props.slug);
  return (
    <>
      <PageHead title="Painel">
        {props.content.state === 'never' ? '' : <PeriodPicker path={path} period={props.period} />}
      </PageHead>
      <DashboardBody {...props} />
    </>
  );
}

/** `isWhole`: the page had no figures, so everything is new to it; else each part moves in its place. */
export function DashboardLive(props: DashboardProps & { isWhole: boolean }) {
  const { content, isWhole, ...rest } = props;
  if (isWhole || content.state !== 'ready') {
    return (
      <Partial id={bodyId}>
        <DashboardBody {...props} />
      </Partial>
    );
  }
  const ready = { ...rest, data: content };
  return (
    <>
      {dashboardTiles(ready).map((tile) => (
        <Partial id={tile.id}>
          <Tile {...tile} />
        </Partial>
      ))}
      <Partial id={chartId}>
        <Chart {...ready} />
      </Partial>
      <Partial id={chartTableId}>
        <ChartTable {...ready} />
      </Partial>
      <Partial id={funnelId}>
        <Funnel {...ready} />
      </Partial>
      <Partial id={alertsId}>
        <AlertLines {...ready} />
      </Partial>
      <Partial id={toDoId}>
        <ToDoCards {...ready} />
      </Partial>
    </>
  );
}

function DashboardBody(props: DashboardProps) {
  const { content, ...rest } = props;
  return (
    <div id={bodyId} class="dashboard">
      {content.state === 'never' ? (
        <NoData {...props} badge={content.badge} />
      ) : content.state === 'empty' ? (
        <NothingInPeriod {...props} lastAt={content.lastAt} />
      ) : (
        <Ready {...rest} data={content} />
      )}
    </div>
  );
}

function Ready(props: ReadyProps) {
  return (
    <>
      <AlertLines {...props} />
      <div id="kpis" class="tiles tiles-four">
        {dashboardTiles(props).map((tile) => (
          <Tile {...tile} />
        ))}
      </div>
      <div class="columns columns-wide">
        <section class="card">
          <h2>Abandonados e recuperados, pelo começo do carrinho</h2>
          <Chart {...props} />
          <details class="chart-data">
            <summary>Ver os números</summary>
            <ChartTable {...props} />
          </details>
        </section>
        <section class="card">
          <h2>Do contato à compra</h2>
          <Funnel {...props} />
        </section>
      </div>
      <section class="section">
        <h2>O que fazer agora</h2>
        <ToDoCards {...props} />
      </section>
      {props.digest ? <DigestCard slug={props.slug} digest={props.digest} /> : ''}
    </>
  );
}

/** One line for each thing that is wrong in a shop; what to do about it is on the Sincronização page. */
function AlertLines({ slug, data: { alerts } }: ReadyProps) {
  const isOfSeveral = new Set(alerts.map(({ siteId }) => siteId)).size > 1;
  return (
    <div id={alertsId} class="alert-lines">
      {alerts.map(({ siteName, code, facts }) => (
        <p class="alert-line">
          <Icon name="alert" size={16} />
          <span>
            {isOfSeveral ? <bdi>{siteName}: </bdi> : ''}
            {runMessage(code, facts).sentence} <a href={paths.sync(slug)}>Ver o que fazer</a>
          </span>
        </p>
      ))}
    </div>
  );
}

function stepText({ firstDay, lastDay }: Pick<ChartPoint, 'firstDay' | 'lastDay'>, isLong: boolean): string {
  const short = (day: string) => (isLong ? dayText(day) : dayText(day).slice(0, 5));
  return firstDay === lastDay ? short(firstDay) : `${short(firstDay)} a ${short(lastDay)}`;
}

/** A span that crosses a new year needs the year in its labels. */
const isLong = (points: readonly ChartPoint[]) =>
  points[0]?.firstDay.slice(0, 4) !== points.at(-1)?.lastDay.slice(0, 4);

function Chart({ data: { chart } }: ReadyProps) {
  if (!chart || chart.points.length === 0) return <p id={chartId}>Ainda não há carrinhos.</p>;
  const { points, previous } = chart;
  const series: Series[] = (['abandoned', 'recovered'] as const).map((name) => ({
    label: name === 'abandoned' ? 'Abandonados' : 'Recuperados',
    tone: name === 'abandoned' ? 'a' : 'b',
    values: points.map((point) => point[name]),
    previous: previous ? previous.map((point) => point[name]) : null,
  }));
  const sum = (name: 'abandoned' | 'recovered') => points.reduce((total, point) => total + point[name], 0);
  return (
    <div id={chartId}>
      <LineChart
        description={`No período, ${numberText(sum('abandoned'))} abandonados e ${numberText(sum('recovered'))} recuperados. Os números de cada dia estão na tabela abaixo.`}
        labels={points.map((point) => stepText(point, isLong(points)))}
        series={series}
      />
    </div>
  );
}

function ChartTable({ slug, data: { chart } }: ReadyProps) {
  const points = chart?.points ?? [];
  const Count = ({ of, name }: { of: ChartPoint; name: 'abandoned' | 'recovered' }) => (
    <FigureLink
      href={paths.carts(slug, {
        ...(name === 'recovered' ? { situacao: 'recuperados' } : {}),
        de: of.firstDay,
        ate: of.lastDay,
      })}
      sum="count"
    >
      {numberText(of[name])}
    </FigureLink>
  );
  return (
    <div id={chartTableId} class="table-scroll">
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col" class="faint">
              {points[0] && points[0].firstDay !== points[0].lastDay ? 'Dias' : 'Dia'}
            </th>
            <th scope="col" class="number faint">
              Abandonados
            </th>
            <th scope="col" class="number faint">
              Recuperados
            </th>
            {chart?.previous ? (
              <th scope="col" class="number faint">
                Período anterior
              </th>
            ) : (
              ''
            )}
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => {
            const before = chart?.previous?.[index];
            return (
              <tr>
                <th scope="row">{stepText(point, true)}</th>
                <td class="number">
                  <Count of={point} name="abandoned" />
                </td>
                <td class="number">
                  <Count of={point} name="recovered" />
                </td>
                {before ? (
                  <td class="number faint">
                    <Count of={before} name="abandoned" /> / <Count of={before} name="recovered" />
                  </td>
                ) : (
                  ''
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

type Step = { label: string; count: number; href: string };

function Funnel({ slug, period, data: { figures, contacted } }: ReadyProps) {
  const { abandoned, waiting, recovered } = figures.carts;
  const query = periodQuery(period);
  const leads = (label: string, count: number, choice: Record<string, string>): Step => ({
    label,
    count,
    href: paths.leads(slug, { ...choice, ...query }),
  });
  const carts = (label: string, count: number, choice: Record<string, string>): Step => ({
    label,
    count,
    href: paths.carts(slug, { ...choice, ...query }),
  });
  return (
    <div id={funnelId} class="funnels">
      <FunnelSteps
        label="Dos leads aos clientes"
        steps={[
          leads('Leads', figures.leads, {}),
          leads('Contatados', contacted.leads, { contato: 'algum' }),
          leads('Viraram clientes', figures.leadsByCustomerStatus.became_customer, { cliente: 'virou' }),
        ]}
      />
      <FunnelSteps
        label="Dos carrinhos aos recuperados"
        steps={[
          carts('Carrinhos', abandoned + waiting + recovered, { situacao: 'todos' }),
          carts('Contatados', contacted.carts, { situacao: 'todos', contato: 'algum' }),
          carts('Aguardando', waiting, { situacao: 'aguardando' }),
          carts('Recuperados', recovered, { situacao: 'recuperados' }),
        ]}
      />
    </div>
  );
}

/** Each step as a share of the first. */
function FunnelSteps({ label, steps }: { label: string; steps: readonly Step[] }) {
  const whole = steps[0]!.count;
  return (
    <ol class="funnel" aria-label={label}>
      {steps.map(({ label, count, href }, index) => (
        <li>
          <span class="funnel-line">
            <a href={href}>{label}</a>
            <span>
              <strong>
                <FigureLink href={href} sum="count">
                  {numberText(count)}
                </FigureLink>
              </strong>
              {index > 0 && whole > 0 ? <span class="faint"> · {percentText(count / whole)}</span> : ''}
            </span>
          </span>
          <svg class="funnel-bar" width="100%" height="12" aria-hidden="true">
            <rect class="funnel-ground" width="100%" height="12" rx="6" fill="currentColor" />
            {count > 0 ? (
              <rect
                class="funnel-fill"
                width={`${Math.max(2, Math.round((1000 * count) / whole) / 10)}%`}
                height="12"
                rx="6"
                fill="currentColor"
              />
            ) : (
              ''
            )}
          </svg>
        </li>
      ))}
    </ol>
  );
}

function ToDoCards({ slug, data: { toDo, figures } }: ReadyProps) {
  const { currency } = figures;
  const ever = { periodo: 'tudo' };
  const Money = ({ minor, href }: { minor: string; href: string }) => (
    <FigureLink href={href} sum="minor">
      {moneyText(minor, currency)}
    </FigureLink>
  );
  const awaiting = paths.carts(slug, { situacao: 'aguardando', motivo: 'pagamento', ...ever });
  const hot = paths.carts(slug, { atividade: '24h', ...ever });
  const untouched = paths.leads(slug, { contato: 'nenhum', periodo: '7dias' });
  const cards: { icon: IconName; title: string; text: Child; href: string; action: string }[] = [
    {
      icon: 'clock',
      title: `${countText(toDo.awaiting.count, 'carrinho', 'carrinhos')} com pagamento pendente`,
      text: (
        <>
          <Money
            minor={toDo.awaiting.valueMinor}
            href={paths.orders(slug, { carrinho: 'aguardando', moeda: currency, ...ever })}
          />{' '}
          em pedidos feitos e ainda não pagos: um lembrete costuma bastar.
        </>
      ),
      href: awaiting,
      action: 'Ver quem aguarda',
    },
    {
      icon: 'cart',
      title: countText(toDo.hot.count, 'carrinho quente', 'carrinhos quentes'),
      text: (
        <>
          <Money minor={toDo.hot.valueMinor} href={paths.carts(slug, { atividade: '24h', moeda: currency, ...ever })} />{' '}
          deixados há menos de 24 horas.
        </>
      ),
      href: hot,
      action: 'Ver os mais recentes',
    },
    {
      icon: 'leads',
      title: `${countText(toDo.leadsWithoutContact, 'lead', 'leads')} sem contato`,
      text: 'Dos últimos 7 dias, a quem ninguém escreveu ainda.',
      href: untouched,
      action: 'Ver esses leads',
    },
  ];
  return (
    <div id={toDoId} class="todo">
      {cards.map(({ icon, title, text, href, action }) => (
        <article class="card todo-card">
          <Icon name={icon} size={24} />
          <div>
            <h3>
              <FigureLink href={href} sum="count">
                {title}
              </FigureLink>
            </h3>
            <p class="faint">{text}</p>
            <a href={href}>{action}</a>
          </div>
        </article>
      ))}
    </div>
  );
}

function NoData({
  slug,
  content,
  badge,
}: DashboardProps & { badge: Extract<DashboardProps['content'], { state: 'never' }>['badge'] }) {
  if (content.state === 'never' && badge.state === 'running') {
    return (
      <>
        <section class="card">
          <h2>A primeira sincronização está em andamento</h2>
          <div class="progress">
            {/* Without a value the bar only says that something goes on. */}
            <progress max="100" value={badge.percent ?? undefined} />
            <p class="faint">
              {badge.percent === null ? 'Lendo a loja…' : `${badge.percent}% lidos.`} Os números aparecem aqui sem
              recarregar. <a href={paths.sync(slug)}>Acompanhar a sincronização</a>
            </p>
          </div>
        </section>
        <div class="tiles tiles-four" aria-hidden="true">
          {Array.from({ length: 8 }, () => (
            <div class="tile">
              <div class="skeleton" />
              <div class="skeleton skeleton-big" />
              <div class="skeleton" />
            </div>
          ))}
        </div>
      </>
    );
  }
  return (
    <EmptyState icon="dashboard" title="Ainda não há dados.">
      {badge.state === 'never' && !badge.hasSites ? (
        <a href={paths.connection(slug)}>Conectar a loja</a>
      ) : (
        <a href={paths.sync(slug)}>Ver a sincronização</a>
      )}
    </EmptyState>
  );
}

function NothingInPeriod({ slug, clock, lastAt }: DashboardProps & { lastAt: Date | null }) {
  const today = localDay(clock.now, clock.timeZone);
  return (
    <EmptyState title="Nada neste período.">
      {lastAt ? `Último registro: ${dateText(lastAt, clock.timeZone)}. ` : ''}
      <SwapLink href={paths.dashboard(slug, { de: addDays(today, -89), ate: today })}>Ver últimos 90 dias</SwapLink>
    </EmptyState>
  );
}
