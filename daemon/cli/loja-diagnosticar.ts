// `loja diagnosticar`: the sixteen checks of the connection, live, for a saved shop or for options that are only being tried. Of a saved shop the
// findings are kept for its page; nothing else is saved, and of a tried one nothing at all.
import { doctorMessage } from '#shared/doctor-messages.ts';
import { detailLines, reportLines } from '#shared/doctor-report.ts';
import { openSecretBox } from '#shared/secrets.ts';
import { withTenant } from '../db.ts';
import type { CheckState, DoctorSite } from '../doctor/check.ts';
import { type DoctorFinding, runDoctor } from '../doctor/doctor.ts';
import { openDoctorRun } from '../doctor/doctor-store.ts';
import { loadConnection, loadSite } from '../settings.ts';
import { loadSources } from '../source-registry.ts';
import { besideRun } from '../sync/beside-run.ts';
import { type Command, type CommandContext, tenantOption } from './command.ts';
import { connectionOptions, readConnection } from './loja-conectar.ts';
import { siteOption } from './site-options.ts';

const marks: Record<CheckState, string> = { ok: '✓', warning: '!', error: '✗', not_tested: '–' };

export const diagnoseCommand: Command = {
  name: 'loja diagnosticar',
  summary: 'Verifica a conexão de uma loja em 16 passos e diz o que fazer em cada falha (não salva nada)',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa de uma loja já salva; sem ela, testa as opções abaixo' },
    loja: { value: 'SLUG', help: 'a loja (dispensável quando há uma só)' },
    ddd: { value: '11', help: 'DDD da loja, para telefones sem DDD' },
    relatorio: { help: 'só o relatório para copiar, sem senhas nem dados de pessoas' },
    ...connectionOptions,
  },
  examples: [
    'carrinho loja diagnosticar --empresa=sol',
    'carrinho loja diagnosticar --host=db.loja.example --usuario=leitura --senha-arquivo=senha.txt --banco=loja',
    'carrinho loja diagnosticar --empresa=sol --relatorio > relatorio.txt',
  ],
  async run(context) {
    const { output, config, log } = context;
    const isReport = context.has('relatorio');
    const { siteId, settings, site, keep } = await readTarget(context);
    const sources = await loadSources();
    const diagnose = () =>
      runDoctor({
        settings,
        site,
        sources,
        allowedNetworks: config.allowedShopNetworks,
        publicIp: config.publicIp ?? null,
        log,
        // The shop's clock is held against ours as it runs.
        now: () => new Date(),
        async onFinding(finding) {
          await keep?.add(finding);
          if (!isReport) printFinding(output.line, finding);
        },
      });
    const findings = siteId ? await besideRun(context.pool, siteId, diagnose) : await diagnose();
    await keep?.finish();
    const failed = findings.filter(({ state }) => state === 'error').length;
    const warned = findings.filter(({ state }) => state === 'warning').length;
    output.result({ errors: failed, warnings: warned, checks: findings.map(withWords) }, () => {
      if (isReport) for (const line of reportLines(findings, context.now)) output.line(line);
      else output.line(summaryOf(failed, warned));
    });
    if (failed > 0) context.fail();
  },
};

async function readTarget(context: CommandContext) {
  const { options, pool, config } = context;
  const tried: DoctorSite = {
    tablePrefix: options.prefixo ?? null,
    cartTable: options['tabela-carrinho'] ?? null,
    areaCode: options.ddd ?? null,
    mappings: [],
  };
  if (options.empresa === undefined)
    return { siteId: null, settings: await readConnection(context, null), site: tried, keep: null };
  const tenant = await tenantOption(context);
  const { id: siteId } = await siteOption(context, tenant);
  const box = await openSecretBox(config);
  const saved = await withTenant(pool, tenant.id, async (client) => ({
    site: await loadSite(client, siteId),
    connection: await loadConnection(client, siteId, box),
  }));
  const isTried = Object.keys(connectionOptions).some((name) => options[name] !== undefined);
  return {
    siteId,
    settings: isTried ? await readConnection(context, saved.connection) : saved.connection,
    site: {
      tablePrefix: tried.tablePrefix ?? saved.site.tablePrefix,
      cartTable: tried.cartTable ?? saved.site.cartTable,
      areaCode: tried.areaCode ?? saved.site.areaCode,
      mappings: saved.site.mappings,
    },
    // What is only tried is not what the shop's page should show.
    keep: isTried ? null : await openDoctorRun(pool, { tenantId: tenant.id, siteId }),
  };
}

const withWords = (finding: DoctorFinding) => ({ ...finding, ...doctorMessage(finding.code, finding.facts) });

function printFinding(line: (text?: string) => void, finding: DoctorFinding): void {
  const { nn, name, state, sentence, remedy } = withWords(finding);
  line(`${marks[state]} ${String(nn).padStart(2)} ${name}: ${sentence}`);
  if (state === 'warning' || state === 'error') line(`     → ${remedy}`);
  for (const extra of detailLines(finding)) line(`       ${extra}`);
}

const summaryOf = (failed: number, warned: number) =>
  failed > 0
    ? `${failed === 1 ? 'Um item impede' : `${failed} itens impedem`} a leitura. Resolva e repita.`
    : warned > 0
      ? `A loja pode ser lida; ${warned === 1 ? 'um item merece' : `${warned} itens merecem`} atenção.`
      : 'Tudo certo: a loja pode ser lida.';
