// `resumo`: the figures of a company, for a period or for everything, by the same statements as the panel.
import { formatMoney } from '#shared/money.ts';
import { type TenantClient, withTenant } from '../db.ts';
import { loadEpisodes } from '../recompute/episodes.ts';
import { loadFigures } from '../recompute/figures.ts';
import { type Command, tenantOption } from './command.ts';
import { periodOption, periodOptions } from './period.ts';
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
    agora: { value: 'INSTANTE', help: 'como se fosse este instante (janelas abertas e fechadas)' },
  },
  examples: ['carrinho resumo --empresa=sol', 'carrinho resumo --empresa=sol --de=2026-01-01 --ate=2026-01-31 --json'],
  async run(context) {
    const { output, pool } = context;
    const tenant = await tenantOption(context);
    const period = periodOption(context, tenant.timeZone);
    const now = instantOption(context);
    const figures = await withTenant(pool, tenant.id, async (client) => ({
      ...(await loadFigures(client, { ...period, now })),
      accounts: await countAccounts(client, period),
      ...(context.has('por-pessoa') ? { perPerson: await loadEpisodes(client, period) } : {}),
    }));
    const money = (decimal: string | null) =>
      decimal === null
        ? 'n/d'
        : formatMoney(BigInt(decimal.replace('.', '')), figures.currency).replaceAll('\u00a0', ' ');
    output.result(figures, () => {
      const { carts, ordersByClass, leadsByCustomerStatus: leads } = figures;
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
      const width = Math.max(...lines.map(([label]) => label.length));
      for (const [label, value] of lines) output.line(`${label.padEnd(width)}  ${value}`);
    });
  },
};

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
