// `pessoa unir|separar|desfazer|listar-unioes|sugestoes`: what somebody says about who is whom. It wins over the keys.
import { listSuggestions, type Suggestion } from '#shared/people/person.ts';
import { type EdgeKind, listEdges, undoEdge, writeEdge } from '#shared/people/person-edges.ts';
import { statementsOf, type TenantClient, withTenant } from '../db.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { authorOption, authorOptions } from './author.ts';
import {
  type Command,
  type CommandContext,
  CommandError,
  companyOptions,
  integerOption,
  required,
  tenantOption,
  UsageError,
} from './command.ts';
import { keyOption } from './key-option.ts';

const edgeOptions = {
  ...companyOptions,
  chave: { value: 'CHAVE', help: 'e-mail ou telefone' },
  'outra-chave': { value: 'CHAVE', help: 'o outro e-mail ou telefone' },
  nota: { value: 'TEXTO', help: 'por quê' },
  ...authorOptions,
};
const queueKeys = (client: TenantClient, keys: readonly string[]) =>
  statementsOf(client).run('queue_keys', { tenant: client.tenantId, keys });

async function sayOf(context: CommandContext, kind: EdgeKind): Promise<void> {
  const { pool, now, log, output } = context;
  const tenant = await tenantOption(context);
  const key = await keyOption(context, { option: 'chave', tenant });
  const otherKey = await keyOption(context, { option: 'outra-chave', tenant });
  if (key === otherKey) throw new UsageError('--chave e --outra-chave são a mesma.');
  const userId = await authorOption(context, tenant);
  const note = context.options.nota ?? '';
  const { id, isNew } = await withTenant(pool, tenant.id, async (client) => {
    const edge = await writeEdge(statementsOf(client), { kind, keys: [key, otherKey], note, userId, now });
    await queueKeys(client, [key, otherKey]);
    return edge;
  });
  await recomputeQueued(pool, tenant.id, { now, log });
  output.result({ tenant: tenant.slug, id, kind, keys: [key, otherKey], isNew }, () => {
    const sentence = kind === 'same' ? 'são a mesma pessoa' : 'não são a mesma pessoa';
    output.line(isNew ? `${key} e ${otherKey} ${sentence} (nº ${id}).` : `Já estava dito que ${sentence} (nº ${id}).`);
  });
}

const unite: Command = {
  name: 'pessoa unir',
  summary: 'Diz que duas chaves são da mesma pessoa',
  options: edgeOptions,
  examples: ['carrinho pessoa unir --empresa=sol --chave=ana@example.com --outra-chave="(11) 98765-4321"'],
  run: (context) => sayOf(context, 'same'),
};

const part: Command = {
  name: 'pessoa separar',
  summary: 'Diz que duas chaves não são da mesma pessoa; vale mais do que qualquer chave em comum',
  options: edgeOptions,
  examples: [
    'carrinho pessoa separar --empresa=sol --chave=ana@example.com --outra-chave=bia@example.com --nota="mãe e filha"',
  ],
  run: (context) => sayOf(context, 'not_same'),
};

const undo: Command = {
  name: 'pessoa desfazer',
  summary: 'Desfaz uma união ou separação feita à mão',
  options: {
    ...companyOptions,
    id: { value: 'Nº', help: 'o número que "pessoa listar-unioes" mostra' },
    ...authorOptions,
  },
  examples: ['carrinho pessoa desfazer --empresa=sol --id=12'],
  async run(context) {
    const { pool, now, log, output } = context;
    const tenant = await tenantOption(context);
    required(context, 'id');
    const id = String(integerOption(context, 'id', { min: 1, max: Number.MAX_SAFE_INTEGER }));
    const userId = await authorOption(context, tenant);
    const keys = await withTenant(pool, tenant.id, async (client) => {
      const undone = await undoEdge(statementsOf(client), { id, userId, now });
      if (undone) await queueKeys(client, undone);
      return undone;
    });
    if (!keys) throw new CommandError(`Não há união nem separação nº ${id} em vigor.`);
    await recomputeQueued(pool, tenant.id, { now, log });
    output.result({ tenant: tenant.slug, id, keys }, () => output.line(`Desfeito: ${keys.join(' e ')}.`));
  },
};

const list: Command = {
  name: 'pessoa listar-unioes',
  summary: 'Lista as uniões e separações feitas à mão',
  options: companyOptions,
  examples: ['carrinho pessoa listar-unioes --empresa=sol --json'],
  async run(context) {
    const tenant = await tenantOption(context);
    const edges = await withTenant(context.pool, tenant.id, (client) => listEdges(statementsOf(client)));
    context.output.table(edges, {
      nº: (row) => row.id,
      o_que: (row) => (row.kind === 'same' ? 'unidas' : 'separadas'),
      chave: (row) => row.a,
      outra: (row) => row.b,
      desde: (row) => row.createdAt.toISOString(),
      por: (row) => row.author,
      nota: (row) => row.note,
    });
  },
};

const reasons: Record<Suggestion['reason'], string> = {
  dots: 'mesmo Gmail, outros pontos',
  tag: 'mesmo e-mail, com +etiqueta',
  domain: 'domínio que parece erro de digitação',
  name: 'mesmo primeiro nome e mesma chave compartilhada',
};

const suggest: Command = {
  name: 'pessoa sugestoes',
  summary: 'Lista pares que talvez sejam a mesma pessoa; só "pessoa unir" une, e "pessoa separar" tira da lista',
  options: { ...companyOptions, limite: { value: 'N', help: 'no máximo quantos (padrão 100)' } },
  examples: ['carrinho pessoa sugestoes --empresa=sol --limite=20', 'carrinho pessoa sugestoes --empresa=sol --json'],
  async run(context) {
    const tenant = await tenantOption(context);
    const limit = integerOption(context, 'limite', { min: 1, max: 100_000 }) ?? 100;
    const pairs = await withTenant(context.pool, tenant.id, (client) =>
      listSuggestions(statementsOf(client), { limit }),
    );
    context.output.table(pairs, {
      motivo: (row) => reasons[row.reason],
      chave: (row) => row.a,
      outra: (row) => row.b,
      pessoas: (row) => `${row.personA} e ${row.personB}`,
      nome: (row) => row.name,
    });
  },
};

export const personCommands = [unite, part, undo, list, suggest];
