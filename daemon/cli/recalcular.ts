// `recalcular`: all conclusions of a company again, from its copies; `--agora` as of an instant (statuses depend on the time that has passed).
import { recomputeAll } from '../recompute/recompute.ts';
import { type Command, type CommandContext, tenantOption, UsageError } from './command.ts';

/** The instant of `--agora` (ISO 8601 with zone), or now. */
export function instantOption(context: CommandContext): Date {
  const text = context.options.agora;
  if (text === undefined) return context.now;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()) || !/(Z|[+-]\d\d:?\d\d)$/.test(text)) {
    throw new UsageError(`--agora deve ser um instante com fuso, como 2026-01-10T12:00:00Z; recebido: "${text}".`);
  }
  return instant;
}

export const recomputeCommand: Command = {
  name: 'recalcular',
  summary: 'Recalcula pessoas, situações, correspondências e créditos de uma empresa',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    agora: { value: 'INSTANTE', help: 'como se fosse este instante, por exemplo 2026-01-10T12:00:00Z' },
  },
  examples: ['carrinho recalcular --empresa=sol', 'carrinho recalcular --empresa=sol --agora=2026-01-10T12:00:00Z'],
  async run(context) {
    const tenant = await tenantOption(context);
    const now = instantOption(context);
    const startedAt = performance.now();
    await recomputeAll(context.pool, tenant.id, { now, log: context.log });
    const durationMs = Math.round(performance.now() - startedAt);
    context.output.result({ tenant: tenant.slug, now: now.toISOString(), durationMs }, () =>
      context.output.line(`Recalculado em ${(durationMs / 1000).toFixed(1).replace('.', ',')} s.`),
    );
  },
};
