// `chave negar|permitir|listar`: the e-mails, phones and domains that are nobody's.
import { denyKey, listDeniedKeys, permitKey } from '#shared/people/denied-keys.ts';
import { statementsOf, withTenant } from '../db.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { authorOption, authorOptions } from './author.ts';
import { type Command, companyOptions, tenantOption } from './command.ts';
import { keyOption } from './key-option.ts';

const chave = { value: 'CHAVE', help: 'e-mail, telefone ou domínio (@example.com)' };

const deny: Command = {
  name: 'chave negar',
  summary: 'Diz que um e-mail, telefone ou domínio não é de ninguém: não identifica nem une',
  options: { ...companyOptions, chave, nota: { value: 'TEXTO', help: 'por quê' }, ...authorOptions },
  examples: [
    'carrinho chave negar --empresa=sol --chave=contato@lojasol.example --nota="e-mail da própria loja"',
    'carrinho chave negar --empresa=sol --chave=@marketplace.example',
  ],
  async run(context) {
    const { pool, now, log, output } = context;
    const tenant = await tenantOption(context);
    const key = await keyOption(context, { option: 'chave', tenant, withDomain: true });
    const userId = await authorOption(context, tenant);
    const note = context.options.nota ?? '';
    const isNew = await withTenant(pool, tenant.id, (client) =>
      denyKey(statementsOf(client), { key, note, userId, now }),
    );
    await recomputeQueued(pool, tenant.id, { now, log });
    output.result({ tenant: tenant.slug, key, isNew }, () =>
      output.line(isNew ? `${key} não identifica mais ninguém.` : `${key} já estava negada.`),
    );
  },
};

const permit: Command = {
  name: 'chave permitir',
  summary: 'Tira uma chave da lista das negadas',
  options: { ...companyOptions, chave },
  examples: ['carrinho chave permitir --empresa=sol --chave=contato@lojasol.example'],
  async run(context) {
    const { pool, now, log, output } = context;
    const tenant = await tenantOption(context);
    const key = await keyOption(context, { option: 'chave', tenant, withDomain: true });
    const wasDenied = await withTenant(pool, tenant.id, (client) => permitKey(statementsOf(client), { key }));
    if (!wasDenied) context.fail();
    await recomputeQueued(pool, tenant.id, { now, log });
    output.result({ tenant: tenant.slug, key, wasDenied }, () =>
      output.line(wasDenied ? `${key} identifica de novo.` : `${key} não estava negada. Veja "carrinho chave listar".`),
    );
  },
};

const list: Command = {
  name: 'chave listar',
  summary: 'Lista as chaves negadas',
  options: companyOptions,
  examples: ['carrinho chave listar --empresa=sol --json'],
  async run(context) {
    const tenant = await tenantOption(context);
    const keys = await withTenant(context.pool, tenant.id, (client) => listDeniedKeys(statementsOf(client)));
    context.output.table(keys, {
      chave: (row) => row.key,
      desde: (row) => row.createdAt.toISOString(),
      por: (row) => row.author,
      nota: (row) => row.note,
    });
  },
};

export const keyCommands = [deny, permit, list];
