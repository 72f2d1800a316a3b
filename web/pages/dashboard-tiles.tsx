// The eight figures of the panel (ids are fixed): value, the line below, the change against the period before, its definition, and the list
// behind it.
import { type ComparedFigure, changeOf } from '#shared/comparison.ts';
import type { Figures } from '#shared/figures.ts';
import { toMinor } from '#shared/money.ts';
import { FigureLink } from '../components/figure-link.tsx';
import { OtherCurrencies } from '../components/other-currencies.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText, dayText, moneyText, numberText, percentText } from '../format.ts';
import { paths } from '../paths.ts';
import { periodQuery, periodText } from '../period.ts';
import type { DashboardData, DashboardProps } from './dashboard-types.ts';

export type ReadyProps = Omit<DashboardProps, 'content'> & { data: DashboardData };

const share = (part: number, whole: number) => (whole === 0 ? '' : ` (${percentText(part / whole)})`);

function RateLink({ rate, href }: { rate: number | null; href: string }) {
  if (rate === null) return <>—</>;
  return (
    <FigureLink href={href} sum="rate">
      {percentText(rate)}
    </FigureLink>
  );
}

/** `▲ 18 (6,1%) vs. 31/12–09/01`, or `n/d` where the period before is too small to say; nothing where there is none. */
function Change({ data, name }: { data: DashboardData; name: ComparedFigure }) {
  const { figures, previous } = data;
  if (!previous) return null;
  const [first, last] = [previous.firstDay, previous.lastDay].map((day) => dayText(day).slice(0, 5));
  const against = `vs. ${first === last ? first : `${first}–${last}`}`;
  const change = changeOf(name, figures, previous.figures);
  if (!change) {
    return (
      <span class="change">
        <abbr title="Não disponível: menos de 5 registros no período anterior, ou nada a comparar">n/d</abbr> {against}
      </span>
    );
  }
  if (change.difference === 0) return <span class="change">igual {against}</span>;
  return (
    <span class="change">
      <span aria-hidden="true">{change.difference > 0 ? '▲' : '▼'}</span>
      <span class="hidden">{change.difference > 0 ? 'subiu' : 'caiu'}</span> {changeText(change, figures.currency)}{' '}
      <span class="nowrap">{against}</span>
    </span>
  );
}

/** Rates by percentage points, counts and money by their difference and its share. */
function changeText({ kind, difference, share }: NonNullable<ReturnType<typeof changeOf>>, currency: string): string {
  const amount = Math.abs(difference);
  if (kind === 'rate') return `${(100 * amount).toLocaleString('pt-BR', { maximumFractionDigits: 1 })} p.p.`;
  const text = kind === 'money' ? moneyText(toMinor(amount.toFixed(2)), currency) : numberText(amount);
  return share === null ? text : `${text} (${percentText(Math.abs(share))})`;
}

const causeTexts = [
  ['contacted', 'com contato', 'com_contato'],
  ['plugin_email', 'e-mail do plugin', 'email_do_plugin'],
  ['spontaneous', 'espontâneo', 'espontanea'],
] as const;

function RecoveryDetail({ figures, hrefOf }: { figures: Figures; hrefOf(classe: string): string }) {
  const money = (value: string) => moneyText(toMinor(value), figures.currency);
  const causes = figures.recoveredByCause;
  const shown = causeTexts.filter(([cause]) => cause === 'spontaneous' || causes[cause].count > 0);
  return (
    <>
      <span>
        {shown.map(([cause, text, classe], index) => (
          <>
            {index > 0 ? ' · ' : ''}
            {text}{' '}
            <FigureLink href={hrefOf(classe)} sum="credited">
              {money(causes[cause].value)}
            </FigureLink>
          </>
        ))}
      </span>
      {causes.prior_purchase.count > 0 ? (
        <span>
          à parte: compra anterior{' '}
          <FigureLink href={hrefOf('compra_anterior')} sum="credited">
            {money(causes.prior_purchase.value)}
          </FigureLink>
        </span>
      ) : (
        ''
      )}
    </>
  );
}

function AwaitingDetail({ figures, clock, href }: { figures: Figures; clock: Clock; href: string }) {
  const { count, oldestAt } = figures.awaitingPayment;
  const inProgress = figures.carts.waiting - count;
  return (
    <>
      {oldestAt ? (
        <span>
          mais antigo: <Time at={new Date(oldestAt)} clock={clock} />
        </span>
      ) : (
        <span>nenhum Pix ou boleto em aberto</span>
      )}
      {inProgress > 0 ? (
        <span>
          mais{' '}
          <FigureLink href={href} sum="count">
            {countText(inProgress, 'carrinho', 'carrinhos')}
          </FigureLink>{' '}
          em andamento
        </span>
      ) : (
        ''
      )}
    </>
  );
}

/** `48 h` or `30 dias`. */
function spanText(minutes: number): string {
  const hours = Math.round(minutes / 60);
  return hours > 72 && hours % 24 === 0 ? countText(hours / 24, 'dia', 'dias') : `${hours} h`;
}

/** The tiles in the order of the screen. Every number is a link to its rows. */
export function dashboardTiles({ slug, period, clock, window, data }: ReadyProps) {
  const { figures } = data;
  const { carts, leadsByCustomerStatus: leads, recoveryRate, currency } = figures;
  const money = (value: string) => moneyText(toMinor(value), currency);
  const query = periodQuery(period);
  const cartsOf = (choices: Record<string, string>) => paths.carts(slug, { ...choices, ...query });
  const ordersOf = (choices: Record<string, string>) => paths.orders(slug, { ...choices, ...query });
  const credited = (choices: Record<string, string>) =>
    cartsOf({ situacao: 'recuperados', ...choices, credito: 'sim' });
  const notes = (by: string, { hasWindow = false, hasMoney = false } = {}) => [
    `Período: ${periodText(period)}, ${by}, em dias de ${clock.timeZone}.`,
    ...(hasWindow
      ? [
          `Janela: pedidos feitos de ${spanText(window.beforeMinutes)} antes do começo do carrinho até ${spanText(window.afterMinutes)} depois da última atividade.`,
        ]
      : []),
    ...(hasMoney ? [`Valores: só em ${currency}.`] : []),
    data.syncedAt ? (
      <>
        Última sincronização: <Time at={data.syncedAt} clock={clock} />.
      </>
    ) : (
      'Ainda sem uma sincronização completa.'
    ),
  ];
  return [
    {
      id: 'kpi-leads',
      label: 'Leads no período',
      value: (
        <FigureLink href={paths.leads(slug, query)} sum="count">
          {numberText(figures.leads)}
        </FigureLink>
      ),
      detail: <Change data={data} name="leads" />,
      definition: 'Formulários enviados no período. Quem enviou duas vezes conta duas vezes.',
      notes: notes('pelo envio do formulário'),
      href: paths.leads(slug, query),
    },
    {
      id: 'kpi-leads-cliente',
      label: 'Leads que já eram clientes',
      value: (
        <>
          <FigureLink href={paths.leads(slug, { cliente: 'ja_era', ...query })} sum="count">
            {numberText(leads.was_customer)}
          </FigureLink>
          {share(leads.was_customer, figures.leads)}
        </>
      ),
      detail: (
        <>
          <span>
            +{' '}
            <FigureLink href={paths.leads(slug, { cliente: 'virou', ...query })} sum="count">
              {leads.became_customer === 1
                ? '1 virou cliente'
                : `${numberText(leads.became_customer)} viraram clientes`}
            </FigureLink>
          </span>
          <Change data={data} name="leadsWasCustomer" />
        </>
      ),
      definition:
        'Leads cujo e-mail ou telefone já tinha um pedido pago quando o formulário foi enviado. Pedidos pagos depois contam como "viraram clientes".',
      notes: notes('pelo envio do formulário'),
      href: paths.leads(slug, { cliente: 'ja_era', ...query }),
    },
    {
      id: 'kpi-abandonados',
      label: 'Carrinhos abandonados',
      value: (
        <>
          <FigureLink href={cartsOf({})} sum="count">
            {numberText(carts.abandoned)}
          </FigureLink>{' '}
          <span class="tile-aside tile-aside-dot">
            <FigureLink href={cartsOf({ moeda: currency })} sum="minor">
              {money(figures.abandonedValue)}
            </FigureLink>
          </span>
        </>
      ),
      detail: (
        <>
          {data.unreachableCount > 0 ? (
            <span>
              <FigureLink href={cartsOf({ telefone: 'sem_whatsapp' })} sum="count">
                {numberText(data.unreachableCount)}
              </FigureLink>{' '}
              com telefone fixo ou inválido
            </span>
          ) : (
            ''
          )}
          <Change data={data} name="cartsAbandoned" />
        </>
      ),
      definition:
        'Carrinhos começados no período, parados e sem pedido pago da mesma pessoa na janela. O valor é o do carrinho, não uma venda.',
      notes: notes('pelo começo do carrinho', { hasWindow: true, hasMoney: true }),
      href: cartsOf({}),
    },
    {
      id: 'kpi-aguardando',
      label: 'Aguardando pagamento',
      value: (
        <>
          <FigureLink href={cartsOf({ situacao: 'aguardando', motivo: 'pagamento' })} sum="count">
            {numberText(figures.awaitingPayment.count)}
          </FigureLink>{' '}
          <span class="tile-aside tile-aside-dot">
            <FigureLink href={ordersOf({ carrinho: 'aguardando', moeda: currency })} sum="minor">
              {money(figures.awaitingPayment.value)}
            </FigureLink>
          </span>
        </>
      ),
      detail: (
        <AwaitingDetail
          figures={figures}
          clock={clock}
          href={cartsOf({ situacao: 'aguardando', motivo: 'andamento' })}
        />
      ),
      definition:
        'Carrinhos com um pedido feito e ainda não pago (Pix, boleto), de até 7 dias. Depois disso voltam a ser abandonados. O valor é o dos pedidos, cada um uma vez.',
      notes: notes('pelo começo do carrinho', { hasWindow: true, hasMoney: true }),
      href: cartsOf({ situacao: 'aguardando', motivo: 'pagamento' }),
    },
    {
      id: 'kpi-taxa',
      label: 'Taxa de recuperação',
      value: (
        <>
          <RateLink rate={recoveryRate.rate} href={cartsOf({ situacao: 'todos', conta: 'taxa' })} />
          {figures.isPartial ? <span class="tile-aside"> parcial</span> : ''}
        </>
      ),
      detail: (
        <>
          {recoveryRate.rate === null ? (
            ''
          ) : (
            <span>
              <FigureLink href={cartsOf({ situacao: 'todos', conta: 'recuperados' })} sum="count">
                {numberText(recoveryRate.recovered)}
              </FigureLink>{' '}
              de{' '}
              <FigureLink href={cartsOf({ situacao: 'todos', conta: 'taxa' })} sum="count">
                {countText(recoveryRate.recovered + recoveryRate.abandoned, 'carrinho', 'carrinhos')}
              </FigureLink>
            </span>
          )}
          <span>
            janela encerrada:{' '}
            <RateLink
              rate={figures.recoveryRateClosed.rate}
              href={cartsOf({ situacao: 'todos', conta: 'taxa', janela: 'encerrada' })}
            />
          </span>
          <span>
            como no sistema original:{' '}
            <RateLink
              rate={figures.recoveryRateOriginal.rate}
              href={cartsOf({ situacao: 'todos', conta: 'original' })}
            />
          </span>
          <Change data={data} name="recoveryRate" />
        </>
      ),
      definition:
        'Recuperados ÷ (recuperados + abandonados), pelos carrinhos começados no período. Ficam fora: aguardando, compras diretas, carrinhos sem e-mail nem telefone e compras feitas antes do carrinho. "Parcial": ainda há janelas abertas. "Como no sistema original" conta também as compras diretas e as anteriores.',
      notes: notes('pelo começo do carrinho', { hasWindow: true }),
      href: cartsOf({ situacao: 'todos', conta: 'taxa' }),
    },
    {
      id: 'kpi-recuperado',
      label: 'Valor recuperado',
      value: (
        <FigureLink href={credited({ conta: 'recuperados' })} sum="credited">
          {money(figures.recoveredValue)}
        </FigureLink>
      ),
      detail: (
        <>
          <RecoveryDetail figures={figures} hrefOf={(classe) => credited({ classe })} />
          <Change data={data} name="recoveredValue" />
        </>
      ),
      definition:
        'Total menos reembolsos dos pedidos creditados aos carrinhos recuperados. Cada pedido é creditado a um só carrinho. Compras feitas antes do carrinho ficam à parte.',
      notes: notes('pelo começo do carrinho', { hasWindow: true, hasMoney: true }),
      href: credited({ conta: 'recuperados' }),
    },
    {
      id: 'kpi-ticket',
      label: 'Ticket médio',
      value:
        figures.averageOrderValue === null ? (
          '—'
        ) : (
          <FigureLink href={ordersOf({ classe: 'pago', moeda: currency })} sum="mean">
            {money(figures.averageOrderValue)}
          </FigureLink>
        ),
      detail: (
        <>
          {figures.averageOrderValueWooCommerce === null ? (
            ''
          ) : (
            <span>
              como no WooCommerce:{' '}
              <FigureLink href={ordersOf({ conta: 'woocommerce' })} sum="report-mean">
                {money(figures.averageOrderValueWooCommerce)}
              </FigureLink>
            </span>
          )}
          <OtherCurrencies figures={figures} hrefOf={(moeda) => ordersOf({ classe: 'pago', moeda })} />
          <Change data={data} name="averageOrderValue" />
        </>
      ),
      definition:
        'Total menos reembolsos dos pedidos pagos criados no período ÷ número deles. O WooCommerce tira frete e impostos, conta também pedidos aguardando e reembolsados e desconta os reembolsos no dia deles, por isso difere.',
      notes: notes('pela criação do pedido', { hasMoney: true }),
      href: ordersOf({ classe: 'pago', moeda: currency }),
    },
    {
      id: 'kpi-recorrencia',
      label: 'Clientes recorrentes',
      value: figures.repeatRate === null ? '—' : percentText(figures.repeatRate),
      detail: (
        <>
          {figures.repeatRate === null ? (
            ''
          ) : (
            <span>
              <FigureLink href={paths.customers(slug, { recorrentes: 1, ...query })} sum="count">
                {numberText(figures.repeatCustomers)}
              </FigureLink>{' '}
              de{' '}
              <FigureLink href={paths.customers(slug, { com_pedido: 1, ...query })} sum="count">
                {countText(figures.customers, 'cliente', 'clientes')}
              </FigureLink>
            </span>
          )}
          <span>
            {figures.medianIntervalDays === null
              ? 'ainda sem intervalo entre compras'
              : `intervalo mediano: ${daysText(figures.medianIntervalDays)}`}
          </span>
          <Change data={data} name="repeatRate" />
        </>
      ),
      definition:
        'Das pessoas com pedido pago no período, quantas tinham dois ou mais pedidos pagos até o fim dele. O intervalo é a mediana dos dias entre duas compras seguidas.',
      notes: notes('pela criação do pedido'),
      href: paths.customers(slug, { com_pedido: 1, ...query }),
    },
  ];
}

/** 46.6 → `47 dias`; under one day `menos de 1 dia`. */
function daysText(days: number): string {
  return days < 1 ? 'menos de 1 dia' : countText(Math.round(days), 'dia', 'dias');
}
