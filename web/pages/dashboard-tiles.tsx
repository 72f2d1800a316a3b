// The eight figures of the panel (ids are fixed): value, the line below, the change against the period before, its definition, and the list
// behind it.
import type { Figures } from '#shared/figures.ts';
import { toMinor } from '#shared/money.ts';
import { Time } from '../components/time.tsx';
import { type Clock, countText, dayText, moneyText, numberText, percentText } from '../format.ts';
import { paths } from '../paths.ts';
import { periodQuery } from '../period.ts';
import type { DashboardData, DashboardProps } from './dashboard-types.ts';
import { otherCurrenciesText } from './figure-text.ts';

export type ReadyProps = Omit<DashboardProps, 'content'> & { data: DashboardData };

const share = (part: number, whole: number) => (whole === 0 ? '' : ` (${percentText(part / whole)})`);
const rateText = (rate: number | null) => (rate === null ? '—' : percentText(rate));

type ChangeProps = {
  data: DashboardData;
  /** What is compared: counts by number and percent, rates by percentage points, money by percent. */
  kind: 'count' | 'rate' | 'money';
  /** Null where the figure does not exist. */
  of(figures: Figures): number | string | null;
};

/** `▲ 18 (6,1%) vs. 31/12–09/01`; nothing where there is nothing to compare. */
function Change({ data, kind, of }: ChangeProps) {
  const { figures, previous } = data;
  const [current, earlier] = [of(figures), previous && of(previous.figures)];
  if (!previous || current === null || earlier === null) return null;
  const difference = Number(current) - Number(earlier);
  const amount = changeText(kind, Math.abs(difference), Number(earlier));
  if (amount === null) return null;
  const [first, last] = [previous.firstDay, previous.lastDay].map((day) => dayText(day).slice(0, 5));
  const against = `vs. ${first === last ? first : `${first}–${last}`}`;
  if (difference === 0) return <span class="change">igual {against}</span>;
  return (
    <span class="change">
      <span aria-hidden="true">{difference > 0 ? '▲' : '▼'}</span>
      <span class="hidden">{difference > 0 ? 'subiu' : 'caiu'}</span> {amount} <span class="nowrap">{against}</span>
    </span>
  );
}

/** Null: money cannot be compared with none. */
function changeText(kind: ChangeProps['kind'], difference: number, earlier: number): string | null {
  if (kind === 'rate') return `${(100 * difference).toLocaleString('pt-BR', { maximumFractionDigits: 1 })} p.p.`;
  if (kind === 'money') return earlier === 0 ? null : percentText(difference / earlier);
  return `${numberText(difference)}${share(difference, earlier)}`;
}

function RecoveryDetail({ figures }: { figures: Figures }) {
  const money = (value: string) => moneyText(toMinor(value), figures.currency);
  const { contacted, plugin_email, spontaneous, prior_purchase } = figures.recoveredByCause;
  const parts = [
    ...(contacted.count > 0 ? [`com contato ${money(contacted.value)}`] : []),
    ...(plugin_email.count > 0 ? [`e-mail do plugin ${money(plugin_email.value)}`] : []),
    `espontâneo ${money(spontaneous.value)}`,
  ];
  return (
    <>
      <span>{parts.join(' · ')}</span>
      {prior_purchase.count > 0 ? <span>à parte: compra anterior {money(prior_purchase.value)}</span> : ''}
    </>
  );
}

function AwaitingDetail({ figures, clock }: { figures: Figures; clock: Clock }) {
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
      {inProgress > 0 ? <span>mais {countText(inProgress, 'carrinho', 'carrinhos')} em andamento</span> : ''}
    </>
  );
}

/** The tiles in the order of the screen. */
export function dashboardTiles({ slug, period, clock, data }: ReadyProps) {
  const { figures } = data;
  const { carts, leadsByCustomerStatus: leads } = figures;
  const money = (value: string) => moneyText(toMinor(value), figures.currency);
  const query = periodQuery(period);
  return [
    {
      id: 'kpi-leads',
      label: 'Leads no período',
      value: numberText(figures.leads),
      detail: <Change data={data} kind="count" of={({ leads: count }) => count} />,
      definition: 'Formulários enviados no período. Quem enviou duas vezes conta duas vezes.',
      href: paths.leads(slug, query),
    },
    {
      id: 'kpi-leads-cliente',
      label: 'Leads que já eram clientes',
      value: `${numberText(leads.was_customer)}${share(leads.was_customer, figures.leads)}`,
      detail: (
        <>
          <span>
            +{' '}
            {leads.became_customer === 1 ? '1 virou cliente' : `${numberText(leads.became_customer)} viraram clientes`}
          </span>
          <Change data={data} kind="count" of={({ leadsByCustomerStatus }) => leadsByCustomerStatus.was_customer} />
        </>
      ),
      definition:
        'Leads cujo e-mail ou telefone já tinha um pedido pago quando o formulário foi enviado. Pedidos pagos depois contam como "viraram clientes".',
      href: paths.leads(slug, { cliente: 'ja_era', ...query }),
    },
    {
      id: 'kpi-abandonados',
      label: 'Carrinhos abandonados',
      value: (
        <>
          {numberText(carts.abandoned)} <span class="tile-aside tile-aside-dot">{money(figures.abandonedValue)}</span>
        </>
      ),
      detail: (
        <>
          {data.unreachableCount > 0 ? (
            <span>{numberText(data.unreachableCount)} com telefone fixo ou inválido</span>
          ) : (
            ''
          )}
          <Change data={data} kind="count" of={({ carts: { abandoned } }) => abandoned} />
        </>
      ),
      definition:
        'Carrinhos começados no período, parados e sem pedido pago da mesma pessoa na janela. O valor é o do carrinho, não uma venda.',
      href: paths.carts(slug, query),
    },
    {
      id: 'kpi-aguardando',
      label: 'Aguardando pagamento',
      value: (
        <>
          {numberText(figures.awaitingPayment.count)}{' '}
          <span class="tile-aside tile-aside-dot">{money(figures.awaitingPayment.value)}</span>
        </>
      ),
      detail: <AwaitingDetail figures={figures} clock={clock} />,
      definition:
        'Carrinhos com um pedido feito e ainda não pago (Pix, boleto), de até 7 dias. Depois disso voltam a ser abandonados.',
      href: paths.carts(slug, { situacao: 'aguardando', ...query }),
    },
    {
      id: 'kpi-taxa',
      label: 'Taxa de recuperação',
      value: (
        <>
          {rateText(figures.recoveryRate.rate)}
          {figures.isPartial ? <span class="tile-aside"> parcial</span> : ''}
        </>
      ),
      detail: (
        <>
          <span>janela encerrada: {rateText(figures.recoveryRateClosed.rate)}</span>
          <span>como no sistema original: {rateText(figures.recoveryRateOriginal.rate)}</span>
          <Change data={data} kind="rate" of={({ recoveryRate }) => recoveryRate.rate} />
        </>
      ),
      definition:
        'Recuperados ÷ (recuperados + abandonados), pelos carrinhos começados no período. Ficam fora: aguardando, compras diretas, carrinhos sem e-mail nem telefone e compras feitas antes do carrinho. "Parcial": ainda há janelas abertas. "Como no sistema original" conta também as compras diretas e as anteriores.',
      href: paths.carts(slug, { situacao: 'recuperados', ...query }),
    },
    {
      id: 'kpi-recuperado',
      label: 'Valor recuperado',
      value: money(figures.recoveredValue),
      detail: (
        <>
          <RecoveryDetail figures={figures} />
          <Change data={data} kind="money" of={({ recoveredValue }) => recoveredValue} />
        </>
      ),
      definition:
        'Total menos reembolsos dos pedidos creditados aos carrinhos recuperados. Cada pedido é creditado a um só carrinho. Compras feitas antes do carrinho ficam à parte.',
      href: paths.carts(slug, { situacao: 'recuperados', ...query }),
    },
    {
      id: 'kpi-ticket',
      label: 'Ticket médio',
      value: figures.averageOrderValue === null ? '—' : money(figures.averageOrderValue),
      detail: (
        <>
          {figures.averageOrderValueWooCommerce === null ? (
            ''
          ) : (
            <span>como no WooCommerce: {money(figures.averageOrderValueWooCommerce)}</span>
          )}
          {otherCurrenciesText(figures) ? <span>{otherCurrenciesText(figures)}</span> : ''}
          <Change data={data} kind="money" of={({ averageOrderValue }) => averageOrderValue} />
        </>
      ),
      definition:
        'Total menos reembolsos dos pedidos pagos criados no período ÷ número deles. O WooCommerce tira frete e impostos e conta também pedidos aguardando e reembolsados, por isso difere.',
      href: paths.orders(slug, { classe: 'pago', ...query }),
    },
    {
      id: 'kpi-recorrencia',
      label: 'Clientes recorrentes',
      value: rateText(figures.repeatRate),
      detail: (
        <>
          <span>
            {figures.medianIntervalDays === null
              ? 'ainda sem intervalo entre compras'
              : `intervalo mediano: ${daysText(figures.medianIntervalDays)}`}
          </span>
          <Change data={data} kind="rate" of={({ repeatRate }) => repeatRate} />
        </>
      ),
      definition:
        'Das pessoas com pedido pago no período, quantas tinham dois ou mais pedidos pagos até o fim dele. O intervalo é a mediana dos dias entre duas compras seguidas.',
      href: paths.orders(slug, { classe: 'pago', ...query }),
    },
  ];
}

/** 46.6 → `47 dias`; under one day `menos de 1 dia`. */
function daysText(days: number): string {
  return days < 1 ? 'menos de 1 dia' : countText(Math.round(days), 'dia', 'dias');
}
