// `nota`, `etiqueta`, `lembrete` and `lead situacao`: what people write beside a record.
import { tellPages } from '#shared/contacts/contact.ts';
import { findLeadStage, type LeadStage, moveLead } from '#shared/contacts/lead-stage.ts';
import {
  addNote,
  addReminder,
  addTag,
  cleanText,
  maxNoteLength,
  maxReasonLength,
  maxTagLength,
  reminderInstant,
  textLength,
  undoRemark,
} from '#shared/contacts/remarks.ts';
import { runQuery } from '../db.ts';
import { authorOptions } from './author.ts';
import { type Command, type CommandContext, CommandError, choiceOption, required, UsageError } from './command.ts';
import { entityWords, idOption } from './contato.ts';
import { actOnRecord, recordOptions } from './record-options.ts';

/** The option as a text of at most so many characters. */
function textOption(context: CommandContext, option: string, most: number): string {
  const text = cleanText(context.options[option] ?? '');
  if (textLength(text) > most) throw new UsageError(`--${option} passa de ${most} caracteres.`);
  return text;
}

function requiredText(context: CommandContext, option: string, most: number): string {
  const text = textOption(context, option, most);
  if (text === '') throw new UsageError(`Falta a opção --${option}.`);
  return text;
}

type Kind = 'note' | 'tag' | 'reminder';

/** The verb that takes a fact of this kind back. */
function undoCommand(kind: Kind, { name, summary, done }: { name: string; summary: string; done: string }): Command {
  return {
    name,
    summary,
    options: {
      empresa: { value: 'SLUG', help: 'a empresa' },
      id: { value: 'ID', help: 'de "listar"' },
      ...authorOptions,
    },
    examples: [`carrinho ${name} --empresa=sol --id=17`],
    async run(context) {
      const id = idOption(context);
      await actOnRecord(context, async ({ db, userId }) => {
        if (!(await undoRemark(db, kind, { id, userId, now: context.now }))) throw new CommandError(`Não há ${id}.`);
        await tellPages(db);
      });
      context.output.result({ id, undone: true }, () => context.output.line(done));
    },
  };
}

const addNoteCommand: Command = {
  name: 'nota incluir',
  summary: 'Escreve uma nota sobre a pessoa de um lead, carrinho ou pedido',
  options: { ...recordOptions, texto: { value: 'TEXTO', help: `até ${maxNoteLength} caracteres` }, ...authorOptions },
  examples: [
    'carrinho nota incluir --empresa=sol --lead=31 --texto="Prefere falar à tarde" --usuario=ana@exemplo.example',
  ],
  async run(context) {
    const body = requiredText(context, 'texto', maxNoteLength);
    const id = await actOnRecord(context, async ({ db, userId, record }) => {
      await tellPages(db);
      return await addNote(db, record(), { body, userId, now: context.now });
    });
    context.output.result({ id }, () => context.output.line(`Nota ${id} escrita.`));
  },
};

type Remark = { id: string; userName: string | null; createdAt: Date };

/** The verb that lists what stands beside the person of a record. */
function listCommand<Row extends Remark>(
  query: string,
  { name, summary, columns }: { name: string; summary: string; columns: { [heading: string]: (row: Row) => string } },
): Command {
  return {
    name,
    summary,
    options: recordOptions,
    examples: [`carrinho ${name} --empresa=sol --lead=31 --json`],
    async run(context) {
      const rows = await actOnRecord(context, async ({ client, tenant, record }) => {
        const { entity, id } = record();
        return (await runQuery<Row>(client, query, { tenant: tenant.id, entity, id })).rows;
      });
      context.output.table<Row>(rows, {
        id: (row) => row.id,
        quando: (row) => row.createdAt.toISOString(),
        usuário: (row) => row.userName,
        ...columns,
      });
    },
  };
}

const addTagCommand: Command = {
  name: 'etiqueta incluir',
  summary: 'Põe uma etiqueta em um lead, carrinho ou pedido',
  options: { ...recordOptions, etiqueta: { value: 'NOME', help: `até ${maxTagLength} caracteres` }, ...authorOptions },
  examples: ['carrinho etiqueta incluir --empresa=sol --carrinho=812 --etiqueta="atacado"'],
  async run(context) {
    const name = requiredText(context, 'etiqueta', maxTagLength).replace(/\s+/g, ' ');
    const added = await actOnRecord(context, async ({ db, userId, record }) => {
      await tellPages(db);
      return await addTag(db, record(), { name, userId, now: context.now });
    });
    context.output.result({ name, added }, () => context.output.line(added ? 'Etiquetado.' : 'Já tinha a etiqueta.'));
  },
};

const addReminderCommand: Command = {
  name: 'lembrete incluir',
  summary: 'Lembra de uma pessoa em um dia, às 9 h da empresa',
  options: {
    ...recordOptions,
    dia: { value: 'AAAA-MM-DD', help: 'o dia' },
    texto: { value: 'TEXTO', help: 'de que lembrar' },
    ...authorOptions,
  },
  examples: ['carrinho lembrete incluir --empresa=sol --lead=31 --dia=2026-02-03 --texto="Perguntar do tamanho"'],
  async run(context) {
    const day = required(context, 'dia');
    const note = textOption(context, 'texto', maxReasonLength);
    const { id, remindAt } = await actOnRecord(context, async ({ db, userId, record, tenant }) => {
      const at = reminderInstant(day, tenant.timeZone);
      if (!at) throw new UsageError(`--dia deve ser um dia como 2026-01-31; recebido: "${day}".`);
      await tellPages(db);
      return { id: await addReminder(db, record(), { remindAt: at, note, userId, now: context.now }), remindAt: at };
    });
    context.output.result({ id, remindAt }, () => context.output.line(`Lembrete ${id} para ${day}.`));
  },
};

type ReminderRow = {
  id: string;
  entity: string;
  sourceId: string | null;
  remindAt: Date;
  note: string;
  user: string | null;
  createdAt: Date;
};

const listReminders: Command = {
  name: 'lembrete listar',
  summary: 'Lista os lembretes em aberto, o próximo primeiro',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    vencidos: { help: 'só os que já venceram' },
  },
  examples: ['carrinho lembrete listar --empresa=sol --vencidos'],
  async run(context) {
    const rows = await actOnRecord(context, async ({ client, tenant }) => {
      const to = context.has('vencidos') ? context.now : null;
      return (await runQuery<ReminderRow>(client, 'list_reminders', { tenant: tenant.id, to })).rows;
    });
    context.output.table(rows, {
      id: (row) => row.id,
      para: (row) => row.remindAt.toISOString(),
      registro: (row) => `${entityWords[row.entity]} ${row.sourceId ?? '?'}`,
      texto: (row) => row.note,
      usuário: (row) => row.user,
    });
  },
};

const stageWords = { novo: 'new', contactado: 'contacted', potencial: 'potential', perdido: 'lost' } as const;
const words = Object.keys(stageWords) as (keyof typeof stageWords)[];
const wordOf = Object.fromEntries(words.map((word) => [stageWords[word], word])) as Record<LeadStage, string>;

const leadStageCommand: Command = {
  name: 'lead situacao',
  summary: 'Mostra ou muda a situação de um lead ("É cliente" vem dos pedidos e não se escolhe)',
  options: {
    empresa: recordOptions.empresa!,
    loja: recordOptions.loja!,
    lead: recordOptions.lead!,
    situacao: { value: 'SITUACAO', help: `${words.join(', ')}; sem isto só mostra` },
    motivo: { value: 'TEXTO', help: 'por que foi perdido' },
    ...authorOptions,
  },
  examples: [
    'carrinho lead situacao --empresa=sol --lead=31',
    'carrinho lead situacao --empresa=sol --lead=31 --situacao=perdido --motivo="comprou em outra loja"',
  ],
  async run(context) {
    const word = choiceOption(context, 'situacao', words);
    const reason = textOption(context, 'motivo', maxReasonLength);
    if ((word === 'perdido') !== (reason !== ''))
      throw new UsageError(word === 'perdido' ? 'Falta a opção --motivo.' : '--motivo só vale com --situacao=perdido.');
    const stage = await actOnRecord(context, async ({ db, userId, record }) => {
      const { id } = record();
      if (word !== undefined) {
        await moveLead(db, { leadId: id, stage: stageWords[word], reason, userId, now: context.now });
        await tellPages(db);
      }
      return await findLeadStage(db, id);
    });
    const shown = {
      stage: wordOf[stage?.stage ?? 'new'],
      reason: stage?.reason ?? '',
      since: stage?.createdAt ?? null,
    };
    context.output.result(shown, () =>
      context.output.line(`Situação: ${shown.stage}${shown.reason ? ` (${shown.reason})` : ''}`),
    );
  },
};

export const remarkCommands = [
  addNoteCommand,
  undoCommand('note', { name: 'nota apagar', summary: 'Apaga uma nota', done: 'Nota apagada.' }),
  listCommand<Remark & { body: string }>('list_notes', {
    name: 'nota listar',
    summary: 'Lista as notas sobre a pessoa de um registro',
    columns: { nota: (row) => row.body },
  }),
  addTagCommand,
  undoCommand('tag', { name: 'etiqueta retirar', summary: 'Retira uma etiqueta', done: 'Etiqueta retirada.' }),
  listCommand<Remark & { name: string }>('list_record_tags', {
    name: 'etiqueta listar',
    summary: 'Lista as etiquetas da pessoa de um registro',
    columns: { etiqueta: (row) => row.name },
  }),
  addReminderCommand,
  undoCommand('reminder', { name: 'lembrete concluir', summary: 'Conclui um lembrete', done: 'Lembrete concluído.' }),
  listReminders,
  leadStageCommand,
];
