// `resumo`: the figures of a company, for a period or for everything, by the same statements as the panel; by day (--serie) and by cohort (--coortes).
import { type Change, type ComparedFigure, changeOf, comparedFigures, previousPeriod } from '#shared/comparison.ts';
import { customerStatuses, type PersonStatus } from '#shared/customer-statuses.ts';
import { formatMoney, minorToDecimal } from '#shared/money.ts';
import { runQuery, type TenantClient, withTenant } from '../db.ts';
import { loadEpisodes } from '../recompute/episodes.ts';
import { type CauseFigures, loadCauses, loadSummary, type SummaryFigures } from '../recompute/figures.ts';
import { type Command, type CommandContext, type TenantRow, tenantOption, UsageError } from './command.ts';
import { type DayPeriod, periodOption, periodOptions } from './period.ts';
import { instantOption } from './recalcular.ts';

const percent = new Intl.NumberFormat('pt-BR', { style: 'percent', minimumFractionDigits: 1 });
const rate = (value: number | null) => (value === null ? 'n/d' : percent.format(value));

export const summaryCommand: Command = {
  name: 'resumo',
  summary: 'Mostra as taxas e os valores de uma empresa',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    ...periodOptions,
    'por-pessoa': { help: 'mostra também a taxa por pessoa: carrinhos a menos de 24 h são um só, e vale o último' },
    comparar: { help: 'compara com o período anterior do mesmo tamanho e dos mesmos dias da semana' },
    serie: { help: 'em vez do resumo, uma linha por dia' },
    coortes: { help: 'em vez do resumo, a recuperação por semana e a recompra por mês da primeira compra' },
    agora: { value: 'INSTANTE', help: 'como se fosse este instante (janelas abertas e fechadas)' },
  },
  examples: [
    'carrinho resumo --empresa=sol',
    'carrinho resumo --empresa=sol --de=2026-01-01 --ate=2026-01-31 --json',
    'carrinho resumo --empresa=sol --periodo=30dias --comparar',
    'carrinho resumo --empresa=sol --periodo=30dias --serie --json',
    'carrinho resumo --empresa=sol --coortes --json',
  ],
  async run(context) {
    const { output, pool } = context;
    const tenant = await tenantOption(context);
    const period = periodOption(context, tenant.timeZone);
    const now = instantOption(context);
    const modes = ['comparar', 'serie', 'coortes'].filter((mode) => context.has(mode));
    if (modes.length > 1) throw new UsageError(`Use só um: ${modes.map((mode) => `--${mode}`).join(', ')}.`);
    if (context.has('serie')) return await showSeries(context, tenant, period);
    if (context.has('coortes')) return await showCohorts(context, tenant, period);
    const before = context.has('comparar') ? previousPeriod(period, { timeZone: tenant.timeZone, now }) : null;
    if (context.has('comparar') && !before)
      throw new UsageError('Para comparar, diga o período: --periodo ou --de e --ate.');
    const figures = await withTenant(pool, tenant.id, async (client) => ({
      ...(await loadSummary(client, { ...period, now })),
      ...(await loadCauses(client, period)),
      accounts: await countAccounts(client, period),
      ...(context.has('por-pessoa') ? { perPerson: await loadEpisodes(client, period) } : {}),
      ...(before ? { previous: { ...before, ...(await loadSummary(client, { ...before, now })) } } : {}),
      customersByStatus: await countStatuses(client),
    }));
    const money = (decimal: string | null) =>
      decimal === null
        ? 'n/d'
        : formatMoney(BigInt(decimal.replace('.', '')), figures.currency).replaceAll('\u00a0', ' ');
    const { previous } = figures;
    const changes = previous && changesOf(figures, previous);
    output.result({ ...figures, ...(changes ? { changes } : {}) }, () => {
      const { carts, ordersByClass, leadsByCustomerStatus: leads, customersByStatus: people } = figures;
      const { contactedRate, naturalRate, timeToRecover } = figures;
      const lines: [string, string][] = [
        ['Carrinhos abandonados', `${carts.abandoned} · ${money(figures.abandonedValue)}`],
        ['Aguardando', `${carts.waiting}`],
        ['Recuperados', `${carts.recovered}`],
        ['Compra direta', `${carts.purchased}`],
        ['Taxa de recuperação', `${rate(figures.recoveryRate.rate)}${figures.isPartial ? ' (parcial)' : ''}`],
        ['Janela encerrada', rate(figures.recoveryRateClosed.rate)],
        [
          'Como no sistema original',
          `${rate(figures.recoveryRateOriginal.rate)} · ${money(figures.recoveredValueOriginal)}`,
        ],
        [
          'Taxa com contato',
          `${rate(contactedRate.rate)} · ${contactedRate.recovered} de ${contactedRate.carts} contactados`,
        ],
        ['Sem contato', `${rate(naturalRate.rate)} · ${naturalRate.recovered} de ${naturalRate.carts} (observado)`],
        ['Tempo até recuperar', hoursText(timeToRecover)],
        ['Valor recuperado', money(figures.recoveredValue)],
        [
          'Pedidos',
          `${ordersByClass.paid} pagos · ${ordersByClass.awaiting_payment} aguardando · ${ordersByClass.void} anulados`,
        ],
        ['Ticket médio', money(figures.averageOrderValue)],
        [
          'Clientes',
          `${figures.customers}, dos quais ${figures.repeatCustomers} recorrentes (${rate(figures.repeatRate)})`,
        ],
        [
          'Clientes hoje',
          `${people.vip} VIP · ${people.recurring} recorrentes · ${people.first_purchase} com 1ª compra · ${people.inactive} inativos · ${people.only_abandoned} só abandonaram · ${people.never_bought} nunca compraram`,
        ],
        ['Contas na loja', `${figures.accounts}`],
        ['Pessoas', `${figures.persons}`],
        [
          'Leads',
          `${figures.leads}: ${leads.was_customer} já eram clientes, ${leads.became_customer} viraram, ${leads.not_customer} ainda não`,
        ],
      ];
      const { perPerson } = figures;
      if (perPerson)
        lines.push([
          'Por pessoa',
          `${perPerson.episodes} de ${perPerson.carts} carrinhos: ${perPerson.recovered} recuperados, ${perPerson.abandoned} abandonados · ${rate(perPerson.recoveryRate)}`,
        ]);
      if (previous && changes) {
        lines.push(['Comparado com', `${previous.firstDay} a ${previous.lastDay}`]);
        for (const [name, change] of Object.entries(changes)) {
          lines.push([`  ${changeLabels[name as ComparedFigure]}`, changeText(change, figures.currency)]);
        }
      }
      const width = Math.max(...lines.map(([label]) => label.length));
      for (const [label, value] of lines) output.line(`${label.padEnd(width)}  ${value}`);
    });
  },
};

/** `mediana 26 h, três quartos em até 90 h`. */
function hoursText({ medianHours, p75Hours }: CauseFigures['timeToRecover']): string {
  if (medianHours === null || p75Hours === null) return 'n/d';
  return `mediana ${Math.round(medianHours)} h, três quartos em até ${Math.round(p75Hours)} h`;
}

const changeLabels: Record<ComparedFigure, string> = {
  leads: 'Leads',
  leadsWasCustomer: 'Leads que já eram clientes',
  cartsAbandoned: 'Carrinhos abandonados',
  recoveryRate: 'Taxa de recuperação',
  recoveredValue: 'Valor recuperado',
  averageOrderValue: 'Ticket médio',
  repeatRate: 'Clientes recorrentes',
};

/** How each figure changed; null: the earlier one stands on too few rows. */
function changesOf(now: SummaryFigures, then: SummaryFigures): Record<ComparedFigure, Change | null> {
  const names = Object.keys(comparedFigures) as ComparedFigure[];
  return Object.fromEntries(names.map((name) => [name, changeOf(name, now, then)])) as Record<
    ComparedFigure,
    Change | null
  >;
}

/** `+18 (+6,1%)`, `−2,5 p.p.` or `n/d`. */
function changeText(change: Change | null, currency: string): string {
  if (change === null) return 'n/d';
  const { kind, difference, share } = change;
  const signed = (value: number, text: string) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${text}`;
  if (kind === 'rate')
    return `${signed(difference, Math.abs(100 * difference).toLocaleString('pt-BR', { maximumFractionDigits: 1 }))} p.p.`;
  const amount =
    kind === 'money'
      ? formatMoney(BigInt(Math.round(100 * Math.abs(difference))), currency).replaceAll('\u00a0', ' ')
      : String(Math.abs(difference));
  return `${signed(difference, amount)}${share === null ? '' : ` (${signed(share, percent.format(Math.abs(share)))})`}`;
}

type SeriesRow = Record<'abandoned' | 'waiting' | 'recovered' | 'purchased' | 'paid_orders' | 'leads', number> &
  Record<'day' | 'abandoned_minor' | 'recovered_minor' | 'paid_minor', string>;

/** A line for each day with anything in it. */
async function showSeries({ pool, output }: CommandContext, tenant: TenantRow, { from, to }: DayPeriod): Promise<void> {
  const { rows } = await withTenant(pool, tenant.id, (client) =>
    runQuery<SeriesRow>(client, 'get_figures_series', { tenant: tenant.id, from, to }),
  );
  const money = (minor: string) => minorToDecimal(BigInt(minor));
  const days = rows.map((row) => ({
    day: row.day,
    leads: row.leads,
    carts: { abandoned: row.abandoned, waiting: row.waiting, recovered: row.recovered, purchased: row.purchased },
    abandonedValue: money(row.abandoned_minor),
    recoveredValue: money(row.recovered_minor),
    paidOrders: row.paid_orders,
    paidValue: money(row.paid_minor),
  }));
  output.result({ tenant: tenant.slug, currency: tenant.currency, days }, () =>
    output.table(days, {
      dia: (row) => row.day,
      leads: (row) => row.leads,
      abandonados: (row) => row.carts.abandoned,
      aguardando: (row) => row.carts.waiting,
      recuperados: (row) => row.carts.recovered,
      'valor recuperado': (row) => row.recoveredValue,
      'pedidos pagos': (row) => row.paidOrders,
      faturamento: (row) => row.paidValue,
    }),
  );
}

type RecoveryCohort = { week: string } & Record<
  'carts' | 'within_1_day' | 'within_3_days' | 'within_7_days' | 'within_14_days' | 'recovered',
  number
>;
type PurchaseCohort = { month: string; months_later: number; people: number };

/** Recovery by the week of the cart, cumulative by days since; purchases by the month of the first one, by months since. */
async function showCohorts(
  { pool, output }: CommandContext,
  tenant: TenantRow,
  { from, to }: DayPeriod,
): Promise<void> {
  const { recovery, purchases } = await withTenant(pool, tenant.id, async (client) => ({
    recovery: (
      await runQuery<RecoveryCohort>(client, 'get_figures_cohorts', { tenant: tenant.id, from, to, class: null })
    ).rows.map((row) => ({
      week: row.week,
      carts: row.carts,
      within1Day: row.within_1_day,
      within3Days: row.within_3_days,
      within7Days: row.within_7_days,
      within14Days: row.within_14_days,
      recovered: row.recovered,
    })),
    purchases: (
      await runQuery<PurchaseCohort>(client, 'get_figures_purchase_cohorts', { tenant: tenant.id, from, to })
    ).rows.map(({ month, months_later, people }) => ({ month, monthsLater: months_later, people })),
  }));
  output.result({ tenant: tenant.slug, recovery, purchases }, () => {
    const share = (part: number, whole: number) => rate(whole === 0 ? null : part / whole);
    output.line('Recuperação, pela semana em que o carrinho começou (acumulada)');
    output.table(recovery, {
      semana: (row) => row.week,
      carrinhos: (row) => row.carts,
      'até 1 dia': (row) => share(row.within1Day, row.carts),
      'até 3': (row) => share(row.within3Days, row.carts),
      'até 7': (row) => share(row.within7Days, row.carts),
      'até 14': (row) => share(row.within14Days, row.carts),
      'até 30': (row) => share(row.recovered, row.carts),
    });
    output.line('');
    output.line('Recompra, pelo mês da primeira compra');
    output.table(purchases, {
      mês: (row) => row.month,
      'meses depois': (row) => row.monthsLater,
      pessoas: (row) => row.people,
    });
  });
}

/** Everybody, whatever the period, as last scored. */
async function countStatuses(client: TenantClient): Promise<Record<PersonStatus, number>> {
  const { rows } = await runQuery<{ status: PersonStatus; person_count: number }>(client, 'get_customer_statuses', {
    tenant: client.tenantId,
  });
  const count = (status: PersonStatus) => rows.find((row) => row.status === status)?.person_count ?? 0;
  return Object.fromEntries(Object.values(customerStatuses).map((status) => [status, count(status)])) as Record<
    PersonStatus,
    number
  >;
}

/** Registered in the period, and still there. */
async function countAccounts(client: TenantClient, { from, to }: { from: Date | null; to: Date | null }) {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::integer as count from site_customers
     where tenant_id = $1 and missing_since is null and ($2::timestamptz is null or registered_at >= $2)
       and ($3::timestamptz is null or registered_at < $3)`,
    [client.tenantId, from, to],
  );
  return rows[0]!.count;
}
