// `importar`: reads the shops of a company now, by the same code as the daemon, with progress while it reads and a summary at the end.
import type { RunId } from '#shared/ids.ts';
import { recomputeAll } from '../recompute/recompute.ts';
import type { Stream } from '../source.ts';
import { publishSourceTypes } from '../source-registry.ts';
import { createEngine } from '../sync/engine.ts';
import { type Command, CommandError, choiceOption, tenantOption, UsageError } from './command.ts';
import { periodOption, periodOptions } from './period.ts';
import { estimatePeriod, queueBackfill } from './reprocessos.ts';
import { findRunReport, printRunSummary, type RunReport, watchRuns } from './run-report.ts';
import { runUntilFree } from './run-until-free.ts';
import { chosenSites } from './site-options.ts';

// A customer is who bought: an account alone is none, and guests have none.
const targetsOf = {
  todos: null,
  leads: ['lead', 'lead_answer'],
  carrinhos: ['cart', 'cart_email'],
  pedidos: ['order'],
  clientes: ['order', 'customer'],
} as const satisfies Record<string, readonly Stream['target'][] | null>;
const originalTypes: Record<string, keyof typeof targetsOf> = {
  all: 'todos',
  carts: 'carrinhos',
  orders: 'pedidos',
  customers: 'clientes',
};

export const importCommand: Command = {
  name: 'importar',
  summary: 'Lê as lojas de uma empresa agora: as novidades, ou um período',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'só esta loja' },
    tipo: { value: 'TIPO', help: 'todos (padrão), leads, carrinhos, pedidos ou clientes', aliases: ['import_type'] },
    ...periodOptions,
    estimar: { help: 'só conta os registros do período, sem ler' },
    'em-segundo-plano': { help: 'deixa o período para o daemon, que o lê aos poucos, entre as novidades' },
    aguardar: { help: 'com --em-segundo-plano: estima e espera o "importar retomar"' },
    completo: { help: 'lê tudo de novo, desde o começo, e confere o que sumiu' },
    'so-recuperacao': { help: 'não lê nada: só recalcula as recuperações', aliases: ['check_recovery'] },
  },
  examples: [
    'carrinho importar --empresa=sol',
    'carrinho importar --empresa=sol --tipo=carrinhos --periodo=7dias',
    'carrinho importar --empresa=sol --de=2026-01-01 --ate=2026-01-31',
    'carrinho importar --empresa=sol --periodo=tudo --tipo=pedidos --estimar',
    'carrinho importar --empresa=sol --de=2024-01-01 --ate=2025-12-31 --em-segundo-plano',
    'carrinho importar --empresa=sol --completo --json',
  ],
  async run(context) {
    const { options, pool, log, output, config } = context;
    const tenant = await tenantOption(context);
    if (options.tipo !== undefined) options.tipo = originalTypes[options.tipo] ?? options.tipo;
    const type = choiceOption(context, 'tipo', Object.keys(targetsOf) as (keyof typeof targetsOf)[]) ?? 'todos';
    const period = periodOption(context, tenant.timeZone);
    const isPeriod = period.from !== null || period.to !== null;
    if (isPeriod && context.has('completo')) throw new UsageError('Use --completo ou um período, não os dois.');
    if (context.has('so-recuperacao')) {
      await recomputeAll(pool, tenant.id, { now: context.now, log });
      output.result({ tenant: tenant.slug, recomputed: true }, () => output.line('Recuperações recalculadas.'));
      return;
    }
    if (tenant.suspendedAt)
      throw new CommandError(
        `A empresa ${tenant.slug} está suspensa. Reative com "carrinho empresa editar --empresa=${tenant.slug} --reativar".`,
      );
    const targets: readonly Stream['target'][] | null = targetsOf[type];
    const modes = ['completo', 'estimar', 'em-segundo-plano'].filter((mode) => context.has(mode));
    if (modes.length > 1) throw new UsageError(`Use só um: ${modes.map((mode) => `--${mode}`).join(', ')}.`);
    if (context.has('em-segundo-plano')) {
      const waitsForStart = context.has('aguardar');
      for (const site of await chosenSites(context, tenant))
        await queueBackfill(context, { tenant, site, period, targets, waitsForStart });
      return;
    }
    const engine = await createEngine({ pool, config, log: output.isJson || process.stderr.isTTY ? quiet : log });
    await publishSourceTypes(pool, engine.sources);
    if (context.has('estimar')) {
      for (const site of await chosenSites(context, tenant)) {
        await estimatePeriod(context, engine, { tenant, site, period, targets });
      }
      return;
    }
    let hasFailed = false;
    for (const site of await chosenSites(context, tenant)) {
      const abort = new AbortController();
      const stop = () => abort.abort();
      process.once('SIGINT', stop);
      let runId: RunId | null = null;
      let isOver = false;
      const running = runUntilFree(engine, {
        tenantId: tenant.id,
        siteId: site.id,
        kind: isPeriod ? 'backfill' : context.has('completo') ? 'full' : 'poll',
        period,
        signal: abort.signal,
        ...(targets && { wants: (stream) => targets.includes(stream.target) }),
        onProgress: (progress) => {
          runId = progress.runId;
        },
      }).finally(() => {
        isOver = true;
      });
      const load = async (): Promise<RunReport[]> => {
        const report =
          runId === null ? null : await findRunReport(pool, { tenantId: tenant.id, siteId: site.id, runId });
        return report ? [report] : [];
      };
      const watching = output.isJson ? null : watchRuns({ load, isOver: () => isOver });
      const result = await running;
      await watching;
      process.off('SIGINT', stop);
      const report = await findRunReport(pool, { tenantId: tenant.id, siteId: site.id, runId: result.runId });
      output.result(report, () => printRunSummary(output, report!));
      if (result.error || result.state === 'failed' || result.state === 'cancelled') hasFailed = true;
    }
    if (hasFailed) context.fail();
  },
};

const quiet = { info() {}, warn() {}, error() {} };
