// `conferir`: compares the copy with the shop and mends what differs. The narrow comparison reads ids and fingerprints, the complete one every row;
// --conteudo only compares, field by field and in both directions, and writes nothing. --figuras asks no shop: it compares the figures by day with
// our own rows.

import type { SiteId, TenantId } from '#shared/ids.ts';
import { runMessage } from '#shared/run-messages.ts';
import { withTenant } from '../db.ts';
import { type FigureDifference, findFigureDifferences, rebuildFigures } from '../recompute/check-figures.ts';
import { compareContent } from '../sync/compare.ts';
import { createEngine, type Engine } from '../sync/engine.ts';
import type { RunResult } from '../sync/run.ts';
import { type Command, type CommandContext, CommandError, tenantOption, UsageError } from './command.ts';
import { runUntilFree } from './run-until-free.ts';
import { chosenSites } from './site-options.ts';

type Site = { id: SiteId; slug: string };

export const compareCommand: Command = {
  name: 'conferir',
  summary: 'Compara a cópia com a loja e corrige o que difere',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    loja: { value: 'SLUG', help: 'só esta loja' },
    completo: { help: 'relê todas as linhas, não só as que parecem diferentes' },
    conteudo: { help: 'só compara, campo a campo, sem gravar nada (lê a loja inteira)' },
    figuras: { help: 'confere os números por dia com os registros copiados, sem ler a loja' },
    corrigir: { help: 'com --figuras: conta de novo os dias que diferem' },
    'aceitar-perda': { help: 'confirma que os registros que sumiram em massa foram mesmo apagados na loja' },
  },
  examples: [
    'carrinho conferir --empresa=sol',
    'carrinho conferir --completo --empresa=sol --json',
    'carrinho conferir --conteudo --empresa=sol',
    'carrinho conferir --figuras --empresa=sol --json',
    'carrinho conferir --aceitar-perda --empresa=sol --loja=matriz',
  ],
  async run(context) {
    const { pool, config, log, output } = context;
    const modes = ['completo', 'conteudo', 'figuras', 'aceitar-perda'].filter((mode) => context.has(mode));
    if (modes.length > 1) throw new UsageError(`Use só um: ${modes.map((mode) => `--${mode}`).join(', ')}.`);
    if (context.has('corrigir') && !context.has('figuras')) throw new UsageError('--corrigir só vale com --figuras.');
    const tenant = await tenantOption(context);
    if (context.has('figuras')) {
      await compareFigures(context, tenant);
      return;
    }
    const engine = await createEngine({ pool, config, log: output.isJson ? quiet : log });
    const sites = await chosenSites(context, tenant);
    if (context.has('conteudo')) {
      await compareOnly(context, engine, tenant, sites);
      return;
    }
    if (tenant.suspendedAt) throw new CommandError(`A empresa ${tenant.slug} está suspensa.`);
    let hasFailed = false;
    for (const site of sites) {
      const place = { tenantId: tenant.id, siteId: site.id };
      const acceptsLoss = context.has('aceitar-perda');
      if (acceptsLoss && !(await hasLoss(context, place)))
        throw new CommandError(`Não há perda a confirmar em ${site.slug}: a última conferência não achou nenhuma.`);
      const startedAt = performance.now();
      const kind = context.has('completo') ? 'full' : 'reconcile';
      const result = await runUntilFree(engine, { ...place, kind, acceptsLoss });
      if (result.error) hasFailed = true;
      report(context, {
        tenant: tenant.slug,
        site: site.slug,
        kind,
        result,
        seconds: (performance.now() - startedAt) / 1000,
      });
    }
    if (hasFailed) context.fail();
  },
};

const quiet = { info() {}, warn() {}, error() {} };

async function hasLoss({ pool }: CommandContext, { tenantId, siteId }: { tenantId: TenantId; siteId: SiteId }) {
  const { rows } = await withTenant(pool, tenantId, (client) =>
    client.query(`select from site_alerts where tenant_id = $1 and site_id = $2 and code = 'many_rows_gone'`, [
      tenantId,
      siteId,
    ]),
  );
  return rows.length > 0;
}

type Done = { tenant: string; site: string; kind: string; result: RunResult; seconds: number };

function report({ output }: CommandContext, { tenant, site, kind, result, seconds }: Done): void {
  const streams = result.streams.map(({ source, stream, label, state, compared, counts }) => ({
    source,
    stream,
    label,
    state,
    compared: compared ?? 0,
    read: counts.read,
    new: counts.new,
    changed: counts.changed,
    missing: counts.missing,
    quarantined: counts.quarantined,
  }));
  const repaired = streams.reduce((sum, row) => sum + row.new + row.changed + row.missing, 0);
  const told = {
    tenant,
    site,
    kind,
    state: result.state,
    error: result.error?.code ?? null,
    seconds: Number(seconds.toFixed(2)),
    repaired,
    warnings: result.warnings,
    streams,
  };
  output.result(told, () => {
    const found =
      repaired === 0 ? 'igual' : repaired === 1 ? '1 diferença corrigida' : `${repaired} diferenças corrigidas`;
    output.line(
      `${tenant} / ${site}: ${result.error ? 'falhou' : found} em ${seconds.toFixed(1).replace('.', ',')} s.`,
    );
    output.table(streams, {
      fonte: (row) => row.label,
      conferidos: (row) => row.compared,
      relidos: (row) => row.read,
      novos: (row) => row.new,
      atualizados: (row) => row.changed,
      sumiram: (row) => row.missing,
      ilegíveis: (row) => row.quarantined,
    });
    for (const warning of result.warnings) {
      const { sentence, remedy } = runMessage(warning.code, warning.facts);
      output.line(`Aviso: ${sentence} ${remedy}`);
    }
    if (!result.error) return;
    const { sentence, remedy } = runMessage(result.error.code, result.error.facts);
    output.line(`${sentence} ${remedy}`);
  });
}

const figureLabels: Record<FigureDifference['kind'], string> = {
  carts: 'carrinhos',
  orders: 'pedidos',
  refunds: 'reembolsos',
  leads: 'leads',
};

/** The differences that were found, and whether they are gone now. Fails while any is left. */
async function compareFigures(context: CommandContext, tenant: { id: TenantId; slug: string }): Promise<void> {
  const { pool, output } = context;
  const differences = await withTenant(pool, tenant.id, findFigureDifferences);
  const isRepaired = differences.length > 0 && context.has('corrigir');
  if (isRepaired) {
    await withTenant(pool, tenant.id, rebuildFigures);
    const left = await withTenant(pool, tenant.id, findFigureDifferences);
    if (left.length > 0) throw new CommandError(`Contados de novo, ${left.length} dias ainda diferem.`);
  }
  output.result({ tenant: tenant.slug, isEqual: differences.length === 0, isRepaired, differences }, () => {
    const count = differences.length === 1 ? '1 dia difere' : `${differences.length} dias diferem`;
    output.line(
      `${tenant.slug}: ${differences.length === 0 ? 'os números por dia conferem com os registros' : `${count} dos registros${isRepaired ? '; contados de novo, conferem' : ''}`}.`,
    );
    output.table(differences, {
      números: (row) => figureLabels[row.kind],
      dia: (row) => row.day ?? 'sem data',
      guardado: (row) => JSON.stringify(row.kept),
      verdadeiro: (row) => JSON.stringify(row.truth),
    });
  });
  if (differences.length > 0 && !isRepaired) context.fail();
}

async function compareOnly(
  { output }: CommandContext,
  engine: Engine,
  tenant: { id: TenantId; slug: string },
  sites: Site[],
): Promise<void> {
  let differences = 0;
  for (const site of sites) {
    const streams = await compareContent(engine, { tenantId: tenant.id, siteId: site.id });
    const count = streams.reduce((sum, stream) => sum + stream.differenceCount, 0);
    differences += count;
    output.result({ site: site.slug, isEqual: count === 0, streams }, () => {
      output.line(
        `${tenant.slug} / ${site.slug}: ${count === 0 ? 'igual' : count === 1 ? '1 diferença' : `${count} diferenças`}.`,
      );
      output.table(streams, {
        fonte: (row) => row.label,
        'na loja': (row) => row.shopCount,
        ilegíveis: (row) => row.unreadableCount,
        diferentes: (row) => row.differenceCount,
      });
      for (const { label, differences: shown } of streams) {
        for (const { externalId, columns } of shown) output.line(`  ${label} ${externalId}: ${columns.join(', ')}`);
      }
    });
  }
  if (differences > 0) throw new CommandError('A cópia não é igual à loja.');
}
