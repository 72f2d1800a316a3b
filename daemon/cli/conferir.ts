// `conferir`: compares the copy with the shop and mends what differs. The narrow comparison reads ids and fingerprints, the complete one every row;
// --conteudo only compares, field by field and in both directions, and writes nothing.

import type { SiteId, TenantId } from '#shared/ids.ts';
import { runMessage } from '#shared/run-messages.ts';
import { withTenant } from '../db.ts';
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
    'aceitar-perda': { help: 'confirma que os registros que sumiram em massa foram mesmo apagados na loja' },
  },
  examples: [
    'carrinho conferir --empresa=sol',
    'carrinho conferir --completo --empresa=sol --json',
    'carrinho conferir --conteudo --empresa=sol',
    'carrinho conferir --aceitar-perda --empresa=sol --loja=matriz',
  ],
  async run(context) {
    const { pool, config, log, output } = context;
    const modes = ['completo', 'conteudo', 'aceitar-perda'].filter((mode) => context.has(mode));
    if (modes.length > 1) throw new UsageError(`Use só um: ${modes.map((mode) => `--${mode}`).join(', ')}.`);
    const tenant = await tenantOption(context);
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
