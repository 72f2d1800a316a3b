// `mostrar pessoa`: one person with the reason of every union. An id that was merged leads to whoever has its records now.
import { findPerson, type PersonChange, type PersonUnion } from '#shared/people/person.ts';
import { statementsOf, withTenant } from '../db.ts';
import { type Command, CommandError, tenantOption, UsageError } from './command.ts';

const entities = { lead: 'lead', cart: 'carrinho', order: 'pedido', edge: 'união à mão' } as const;
const day = (at: Date) => at.toISOString().slice(0, 16).replace('T', ' ');

export const showPersonCommand: Command = {
  name: 'mostrar pessoa',
  summary: 'Mostra uma pessoa: registros, contatos e por que são um só',
  positionals: 'ID',
  options: { empresa: { value: 'SLUG', help: 'a empresa' } },
  examples: ['carrinho mostrar pessoa 412 --empresa=sol', 'carrinho mostrar pessoa 412 --empresa=sol --json'],
  async run(context) {
    const { output, positionals, pool } = context;
    const [id] = positionals;
    if (positionals.length !== 1 || !/^[1-9]\d{0,17}$/.test(id!)) throw new UsageError('Diga o número da pessoa.');
    const tenant = await tenantOption(context);
    const person = await withTenant(pool, tenant.id, (client) => findPerson(statementsOf(client), { id: id! }));
    if (!person) throw new CommandError(`Não há pessoa ${id}: nunca houve, ou seus registros não têm mais chave.`);
    const { keys, records, unions, edges, changes } = person;
    output.result({ tenant: tenant.slug, requestedId: id, ...person }, () => {
      if (person.id !== id) output.line(`A pessoa ${id} foi unida à pessoa ${person.id}.\n`);
      output.line(`Pessoa ${person.id}: ${person.paidOrderCount} pedidos pagos\n\nContatos`);
      for (const { key, isShared, isDenied, recordCount } of keys) {
        const remark = isDenied ? ' (negada)' : isShared ? ' (compartilhada)' : '';
        output.line(`  ${key}${remark}, em ${recordCount} ${recordCount === 1 ? 'registro' : 'registros'}`);
      }
      output.line('\nRegistros');
      for (const { at, entity, sourceId, site, name } of records)
        output.line(`  ${day(at)}  ${entities[entity]} ${sourceId} de ${site}  ${name ?? ''}`.trimEnd());
      output.line('\nPor que são um só');
      for (const union of unions) output.line(`  ${day(union.at)}  ${unionText(union)}`);
      if (unions.length === 0) output.line('  Todos têm a mesma chave.');
      const parted = edges.filter(({ kind }) => kind === 'not_same');
      if (parted.length > 0) output.line('\nSeparada à mão');
      for (const { createdAt, a, b, author, note } of parted)
        output.line(`  ${day(createdAt)}  ${a} e ${b}, por ${author ?? 'linha de comando'} ${note}`.trimEnd());
      if (changes.length > 0) output.line('\nHistórico');
      for (const change of changes) output.line(`  ${day(change.changedAt)}  ${changeText(change)}`);
    });
  },
};

function unionText({ a, b, entity, sourceId, site, author, note }: PersonUnion): string {
  if (entity !== 'edge') return `${a} e ${b}: o ${entities[entity]} ${sourceId} de ${site} tem as duas`;
  return `${a} e ${b}: unidas à mão por ${author ?? 'linha de comando'} ${note ?? ''}`.trimEnd();
}

function changeText({ kind, personId, otherPersonId, key, entity, entityId }: PersonChange): string {
  const reason = key && entity ? ` por ${key} (${entities[entity]} ${entityId})` : '';
  return kind === 'merged'
    ? `a pessoa ${personId} foi unida à ${otherPersonId}${reason}`
    : `registros da pessoa ${personId} passaram à ${otherPersonId}`;
}
