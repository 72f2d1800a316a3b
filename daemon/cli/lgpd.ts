// `lgpd acesso|eliminar|pedidos|retencao|guardar|reaplicar`: what data subjects ask of the company, on the command line. Whoever has the server still says in whose name
// they decide, and the rules of who approves are the page's (docs/lgpd.md).
import { readFile, writeFile } from 'node:fs/promises';
import { askSubject, decideRequest, dueAt, listRequests, requestKindWords } from '#shared/lgpd/requests.ts';
import { getRetention, previewRetention, retentionLimits, saveRetention } from '#shared/lgpd/retention.ts';
import { openSecretBox } from '#shared/secrets.ts';
import { runQuery, statementsOf, type TenantClient, withTenant } from '../db.ts';
import { erasePerson } from '../erasure/erase.ts';
import { type ErasureFile, erasureFile, readErasures, reapplyErasures } from '../erasure/reapply.ts';
import { applyRetention } from '../erasure/retention.ts';
import { authorOption, authorOptions } from './author.ts';
import {
  type Command,
  type CommandContext,
  CommandError,
  companyOptions,
  integerOption,
  type TenantRow,
  tenantOption,
  UsageError,
} from './command.ts';
import { keyOption } from './key-option.ts';

const whom = {
  ...companyOptions,
  pessoa: { value: 'Nº', help: 'a pessoa, como "mostrar pessoa" a numera' },
  contato: { value: 'CONTATO', help: 'ou um e-mail ou telefone dela' },
};

/** The person of `--pessoa` or `--contato`. */
async function personOption(context: CommandContext, tenant: TenantRow, client: TenantClient): Promise<string> {
  if (context.options.pessoa !== undefined) {
    const id = String(integerOption(context, 'pessoa', { min: 1, max: Number.MAX_SAFE_INTEGER }));
    const { rows } = await runQuery<{ id: string }>(client, 'find_person', { tenant: tenant.id, person: id });
    if (!rows[0]) throw new CommandError(`Não há pessoa nº ${id}.`);
    return rows[0].id;
  }
  const key = await keyOption(context, { option: 'contato', tenant });
  const { rows } = await client.query<{ id: string }>(
    `select distinct m.person_id as id from match_keys k join person_members m on m.tenant_id = $1 and m.entity = k.entity and m.entity_id = k.entity_id
     where k.tenant_id = $1 and k.key = $2`,
    [tenant.id, key],
  );
  if (rows.length === 0) throw new CommandError('Nenhuma pessoa com este contato.');
  if (rows.length > 1)
    throw new CommandError(
      `Mais de uma pessoa com este contato: ${rows.map(({ id }) => id).join(', ')}. Use --pessoa.`,
    );
  return rows[0]!.id;
}

const access: Command = {
  name: 'lgpd acesso',
  summary: 'Tudo o que se guarda sobre uma pessoa, em JSON (contém dados pessoais)',
  options: { ...whom, ...authorOptions },
  examples: [
    'carrinho lgpd acesso --empresa=sol --contato=ana@example.com > ana.json',
    'carrinho lgpd acesso --empresa=sol --pessoa=12',
  ],
  async run(context) {
    const tenant = await tenantOption(context);
    const userId = await authorOption(context, tenant);
    const report = await withTenant(context.pool, tenant.id, async (client) => {
      const person = await personOption(context, tenant, client);
      await client.query(
        `insert into audit_log (tenant_id, user_id, action, entity, entity_id) values ($1, $2, 'person.reported', 'person', $3)`,
        [tenant.id, userId, person],
      );
      return (await runQuery<{ report: object }>(client, 'get_access_report', { tenant: tenant.id, person })).rows[0]!
        .report;
    });
    context.output.result(report, () => context.output.line(JSON.stringify(report, null, 2)));
  },
};

const sentences = {
  not_found: 'Não há pedido com este número.',
  not_open: 'Este pedido já foi decidido, ou não é de eliminação.',
  own_request: 'Quem pediu a eliminação não a aprova: outro proprietário precisa aprovar.',
};

const erase: Command = {
  name: 'lgpd eliminar',
  summary: 'Pede a eliminação dos dados de uma pessoa, ou aprova um pedido; aprovado, não há volta',
  options: { ...whom, aprovar: { value: 'Nº', help: 'aprova o pedido deste número e elimina já' }, ...authorOptions },
  examples: [
    'carrinho lgpd eliminar --empresa=sol --contato="(11) 98765-4321" --usuario=bia@example.com',
    'carrinho lgpd eliminar --empresa=sol --aprovar=7 --usuario=dono@example.com',
  ],
  async run(context) {
    const { pool, now, log, output, config } = context;
    const tenant = await tenantOption(context);
    const userId = await authorOption(context, tenant);
    if (userId === null) throw new UsageError('Falta a opção --usuario: um pedido e a sua aprovação têm autor.');
    const requestId = integerOption(context, 'aprovar', { min: 1, max: Number.MAX_SAFE_INTEGER });
    if (requestId === undefined) {
      const id = await withTenant(pool, tenant.id, async (client) => {
        const personId = await personOption(context, tenant, client);
        return await askSubject(statementsOf(client), { kind: 'erasure', personId, note: '', userId, now });
      });
      if (id === null) throw new CommandError('Já há um pedido de eliminação aberto para esta pessoa.');
      output.result({ request: id }, () =>
        output.line(`Pedido nº ${id}. Falta a aprovação de um proprietário: --aprovar=${id}.`),
      );
      return;
    }
    const box = await openSecretBox(config);
    await withTenant(pool, tenant.id, async (client) => {
      const { rowCount } = await client.query(
        `select from memberships where tenant_id = $1 and user_id = $2 and role = 'owner'`,
        [tenant.id, userId],
      );
      if (rowCount === 0) throw new CommandError('Só um proprietário aprova uma eliminação.');
      const id = String(requestId);
      const result = await decideRequest(statementsOf(client), { id, decision: 'approve', userId, now });
      if (result.kind === 'too_early') {
        throw new CommandError(
          `O único proprietário confirma o próprio pedido a partir de ${result.from.toISOString()}.`,
        );
      }
      if (result.kind !== 'decided') throw new CommandError(sentences[result.kind]);
    });
    const outcome = await erasePerson(pool, box, { tenantId: tenant.id, requestId: String(requestId), now, log });
    output.result({ request: String(requestId), ...outcome }, () =>
      output.line(
        `Eliminado: ${outcome?.leads} leads, ${outcome?.carts} carrinhos, ${outcome?.orders} pedidos sem dados pessoais. Apague também na loja.`,
      ),
    );
  },
};

const list: Command = {
  name: 'lgpd pedidos',
  summary: 'Lista os pedidos dos titulares, os abertos primeiro',
  options: { ...companyOptions, limite: { value: 'N', help: 'no máximo quantos (padrão 100)' } },
  examples: ['carrinho lgpd pedidos --empresa=sol', 'carrinho lgpd pedidos --empresa=sol --json'],
  async run(context) {
    const tenant = await tenantOption(context);
    const limit = integerOption(context, 'limite', { min: 1, max: 10_000 }) ?? 100;
    const rows = await withTenant(context.pool, tenant.id, (client) => listRequests(statementsOf(client), { limit }));
    context.output.table(rows, {
      nº: (row) => row.id,
      o_que: (row) => requestKindWords[row.kind],
      pessoa: (row) => row.personId,
      situação: (row) => ({ open: 'aberto', approved: 'aprovado', done: 'atendido', refused: 'recusado' })[row.state],
      pedido: (row) => row.requestedAt.toISOString(),
      prazo: (row) => (row.state === 'open' ? dueAt(row).toISOString() : null),
      por: (row) => row.requestedBy,
    });
  },
};

const retention: Command = {
  name: 'lgpd retencao',
  summary: 'Mostra o que passou do prazo; com --ligar remove toda noite, com --agora já',
  options: {
    ...companyOptions,
    meses: { value: 'N', help: 'quem nunca pediu, depois de N meses sem atividade' },
    'dias-brutos': { value: 'N', help: 'texto de linhas ilegíveis, depois de N dias' },
    'meses-registro': { value: 'N', help: 'registro de acessos, depois de N meses (no mínimo 6)' },
    ligar: { help: 'remove toda noite' },
    desligar: { help: 'não remove mais' },
    agora: { help: 'remove já o que passou do prazo' },
  },
  examples: ['carrinho lgpd retencao --empresa=sol', 'carrinho lgpd retencao --empresa=sol --meses=24 --ligar'],
  async run(context) {
    const { pool, now, log, output, config } = context;
    const tenant = await tenantOption(context);
    if (context.has('ligar') && context.has('desligar')) throw new UsageError('--ligar e --desligar não vão juntos.');
    const given = {
      months: integerOption(context, 'meses', retentionLimits.months),
      rawDays: integerOption(context, 'dias-brutos', retentionLimits.rawDays),
      logMonths: integerOption(context, 'meses-registro', retentionLimits.logMonths),
    };
    const { settings, preview } = await withTenant(pool, tenant.id, async (client) => {
      const db = statementsOf(client);
      const before = await getRetention(db);
      const wanted = {
        months: given.months ?? before.months,
        rawDays: given.rawDays ?? before.rawDays,
        logMonths: given.logMonths ?? before.logMonths,
      };
      const isOn = context.has('ligar') || (before.since !== null && !context.has('desligar'));
      await saveRetention(db, wanted, { isOn, now });
      return { settings: await getRetention(db), preview: await previewRetention(db, wanted, now) };
    });
    const removed = context.has('agora')
      ? await applyRetention(pool, await openSecretBox(config), { tenantId: tenant.id, now, log })
      : null;
    output.result({ settings, preview, removed }, () => {
      output.line(
        `Quem nunca pediu: ${settings.months} meses · linhas ilegíveis: ${settings.rawDays} dias · registro: ${settings.logMonths} meses · ${settings.since ? 'ligada' : 'desligada'}`,
      );
      const { leads, carts, quarantined, logged } = removed ?? preview;
      output.line(
        `${removed ? 'Removidos' : 'Passaram do prazo'}: ${leads} leads, ${carts} carrinhos, ${quarantined} linhas ilegíveis, ${logged} linhas do registro.`,
      );
    });
  },
};

const keep: Command = {
  name: 'lgpd guardar',
  summary: 'Grava num arquivo o que já foi eliminado, para depois de restaurar um backup antigo; não diz de quem',
  positionals: 'ARQUIVO',
  options: {},
  examples: ['carrinho lgpd guardar /mnt/backups/eliminacoes.json'],
  async run(context) {
    const [path] = context.positionals;
    if (path === undefined || context.positionals.length > 1) throw new UsageError('Diga um arquivo.');
    const erasures = await readErasures(context.pool, context.now);
    await writeFile(path, `${JSON.stringify(erasures)}\n`, { mode: 0o600 });
    const count = erasures.companies.reduce((sum, { tombstones }) => sum + tombstones.length, 0);
    context.output.result({ path, count }, () =>
      context.output.line(`${path}: ${count} contatos e registros eliminados.`),
    );
  },
};

async function readErasureFile(path: string): Promise<ErasureFile> {
  try {
    return erasureFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new CommandError(`${path} não é um arquivo de "lgpd guardar".`, { cause });
  }
}

const reapply: Command = {
  name: 'lgpd reaplicar',
  summary: 'Elimina de novo, num banco restaurado, o que o arquivo de "lgpd guardar" diz que foi eliminado',
  positionals: 'ARQUIVO',
  options: {},
  examples: ['carrinho lgpd reaplicar /mnt/backups/eliminacoes.json'],
  async run(context) {
    const [path] = context.positionals;
    if (path === undefined || context.positionals.length > 1) throw new UsageError('Diga um arquivo.');
    const file = await readErasureFile(path);
    const rows = await reapplyErasures(context.pool, await openSecretBox(context.config), file, context.now);
    context.output.table(rows, { empresa: (row) => row.slug, registros: (row) => row.records });
  },
};

export const lgpdCommands = [access, erase, list, retention, keep, reapply];
