// `listar leads|carrinhos|pedidos|clientes`: the copies with what was concluded of them; `--json` prints one object a line, streamed.
import { withTenant } from '../db.ts';
import { type Command, tenantOption, UsageError } from './command.ts';
import { exportCarts, exportCustomers, exportLeads, exportOrders } from './list-queries.ts';
import { periodOption, periodOptions } from './period.ts';
import { siteOption } from './site-options.ts';

const lists = { leads: exportLeads, carrinhos: exportCarts, pedidos: exportOrders, clientes: exportCustomers } as const;

export const listCommand: Command = {
  name: 'listar',
  summary: 'Lista leads, carrinhos, pedidos ou contas de clientes',
  positionals: 'leads|carrinhos|pedidos|clientes',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'só desta loja' },
    ...periodOptions,
  },
  examples: [
    'carrinho listar carrinhos --empresa=sol --periodo=7dias',
    'carrinho listar pedidos --empresa=sol --loja=loja-sol --json > pedidos.jsonl',
  ],
  async run(context) {
    const [what, ...others] = context.positionals;
    if (others.length > 0 || !what || !(what in lists))
      throw new UsageError('Diga o que listar: leads, carrinhos, pedidos ou clientes.');
    const tenant = await tenantOption(context);
    const site = context.options.loja === undefined ? null : await siteOption(context, tenant);
    const { from, to } = periodOption(context, tenant.timeZone);
    await withTenant(context.pool, tenant.id, async (client) => {
      let count = 0;
      for await (const row of lists[what as keyof typeof lists](client, { siteId: site?.id ?? null, from, to })) {
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
