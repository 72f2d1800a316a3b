// `listar leads|carrinhos|pedidos|clientes|contas`: the copies with what was concluded of them, and the people; `--json` prints one object a line,
// streamed.
import { customerStatuses, customerStatusNames } from '#shared/customer-statuses.ts';
import { withTenant } from '../db.ts';
import { type Command, choiceOption, tenantOption, UsageError } from './command.ts';
import { exportAccounts, exportCarts, exportCustomers, exportLeads, exportOrders } from './list-queries.ts';
import { periodOption, periodOptions } from './period.ts';
import { siteOption } from './site-options.ts';

const lists = { leads: exportLeads, carrinhos: exportCarts, pedidos: exportOrders, contas: exportAccounts } as const;

export const listCommand: Command = {
  name: 'listar',
  summary: 'Lista leads, carrinhos, pedidos, clientes (as pessoas) ou contas (os cadastros na loja)',
  positionals: 'leads|carrinhos|pedidos|clientes|contas',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'só desta loja (clientes são da empresa toda)' },
    situacao: { value: 'SITUACAO', help: `só estes clientes: ${customerStatusNames.join(', ')}` },
    ...periodOptions,
  },
  examples: [
    'carrinho listar carrinhos --empresa=sol --periodo=7dias',
    'carrinho listar pedidos --empresa=sol --loja=loja-sol --json > pedidos.jsonl',
    'carrinho listar clientes --empresa=sol --situacao=vip --json',
    'carrinho listar clientes --empresa=sol --de=2026-01-01 --ate=2026-01-31   # quem pagou em janeiro',
  ],
  async run(context) {
    const [what, ...others] = context.positionals;
    const isPeople = what === 'clientes';
    if (others.length > 0 || !what || !(isPeople || what in lists))
      throw new UsageError('Diga o que listar: leads, carrinhos, pedidos, clientes ou contas.');
    const status = choiceOption(context, 'situacao', customerStatusNames);
    if (status && !isPeople) throw new UsageError('--situacao é só para "listar clientes".');
    if (isPeople && context.options.loja !== undefined)
      throw new UsageError('Clientes são da empresa toda: "listar clientes" não recebe --loja.');
    const tenant = await tenantOption(context);
    const site = context.options.loja === undefined ? null : await siteOption(context, tenant);
    const { from, to } = periodOption(context, tenant.timeZone);
    await withTenant(context.pool, tenant.id, async (client) => {
      let count = 0;
      const rows = isPeople
        ? exportCustomers(client, { status: status ? customerStatuses[status] : null, from, to })
        : lists[what as keyof typeof lists](client, { siteId: site?.id ?? null, from, to });
      for await (const row of rows) {
        count++;
        if (context.output.isJson) await context.output.json(row);
        else
          context.output.line(
            Object.values(row as Record<string, unknown>)
              .map(cell)
              .join('  '),
          );
      }
      context.output.line(count === 1 ? '1 linha.' : `${count} linhas.`);
    });
  },
};

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value))
    return value.map((match: { orderSourceId?: string }) => match.orderSourceId ?? String(match)).join(',') || '–';
  return String(value);
}
