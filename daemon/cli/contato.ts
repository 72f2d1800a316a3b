// `contato registrar|desfazer|listar`: who was written to, when and by whom. Codes of contacts prove later orders; keys are personal data and only
// listed.
import { type BlockCode, type channels, registerContact, undoContact } from '#shared/contacts/contact.ts';
import { cleanText } from '#shared/contacts/remarks.ts';
import { runQuery } from '../db.ts';
import { authorOptions } from './author.ts';
import { type Command, CommandError, choiceOption, required, UsageError } from './command.ts';
import { periodOption, periodOptions } from './period.ts';
import { actOnRecord, recordOptions } from './record-options.ts';

const channelWords = { whatsapp: 'whatsapp', email: 'email', ligacao: 'phone', outro: 'other' } as const;
type ChannelWord = keyof typeof channelWords;
const words = Object.keys(channelWords) as ChannelWord[];
const wordOf = Object.fromEntries(words.map((word) => [channelWords[word], word])) as Record<
  (typeof channels)[number],
  ChannelWord
>;

const blockSentences: Readonly<Record<BlockCode, string>> = {
  opted_out: 'A pessoa pediu para não receber mensagens',
  no_email: 'O registro não tem e-mail',
  no_phone: 'O registro não tem telefone',
  invalid_phone: 'O telefone do registro é inválido',
  fictitious_phone: 'O telefone do registro é fictício',
  landline: 'Telefone fixo: talvez não tenha WhatsApp',
};

const register: Command = {
  name: 'contato registrar',
  summary: 'Registra que alguém falou com a pessoa de um lead, carrinho ou pedido',
  options: {
    ...recordOptions,
    canal: { value: 'CANAL', help: words.join(', ') },
    modelo: { value: 'NOME', help: 'o modelo da mensagem' },
    em: { value: 'INSTANTE', help: 'quando foi, por exemplo 2026-01-10T12:00:00Z; padrão agora' },
    visto: { value: 'ID', help: 'o contato em vigor que se viu ("nenhum"): recusa quando já há outro' },
    forcar: { help: 'registra mesmo que outro tenha marcado ou falado há pouco com a pessoa' },
    ...authorOptions,
  },
  examples: [
    'carrinho contato registrar --empresa=sol --carrinho=812 --canal=whatsapp --usuario=ana@exemplo.example',
    'carrinho contato registrar --empresa=sol --lead=31 --canal=email --modelo="Lead novo" --forcar --json',
  ],
  async run(context) {
    const { options, output } = context;
    required(context, 'canal');
    const channel = channelWords[choiceOption(context, 'canal', words)!];
    const at = instantOf(options.em) ?? context.now;
    if (at > context.now) throw new UsageError('--em não pode estar no futuro.');
    const outcome = await actOnRecord(context, async ({ db, userId, record, touch }) => {
      const about = record();
      const done = await registerContact(db, {
        record: about,
        channel,
        template: cleanText(options.modelo ?? '') || null,
        userId,
        at,
        ...(options.visto === undefined ? {} : { seenId: options.visto === 'nenhum' ? null : options.visto }),
        isForced: context.has('forcar'),
      });
      if (done.kind === 'done') touch(about);
      return done;
    });
    switch (outcome.kind) {
      case 'done':
        output.result({ id: outcome.id, code: outcome.code, warning: outcome.block?.code ?? null }, () => {
          output.line(`Contato ${outcome.id} registrado. Código para os links: ${outcome.code}`);
          if (outcome.block) output.line(`${blockSentences[outcome.block.code]}.`);
        });
        return;
      case 'blocked': {
        const { code, since } = outcome.block;
        throw new CommandError(
          `${blockSentences[code]}${since ? ` (desde ${since.toISOString().slice(0, 10)})` : ''}: contato não registrado.`,
        );
      }
      case 'conflict':
        throw new CommandError(
          `${outcome.mark.userName ?? 'Alguém'} já marcou em ${outcome.mark.contactedAt.toISOString()} (contato ${outcome.mark.id}). Para marcar mesmo assim: --forcar.`,
        );
      case 'cool_down':
        throw new CommandError(
          `${outcome.mark.userName ?? 'Alguém'} falou com esta pessoa em ${outcome.mark.contactedAt.toISOString()} (${wordOf[outcome.mark.channel]}). Para registrar mesmo assim: --forcar.`,
        );
      case 'not_found':
        throw new CommandError('O registro não existe mais.');
    }
  },
};

function instantOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const instant = new Date(text);
  if (Number.isNaN(instant.getTime()) || !/(Z|[+-]\d\d:?\d\d)$/.test(text))
    throw new UsageError(`--em deve ser um instante com fuso, como 2026-01-10T12:00:00Z; recebido: "${text}".`);
  return instant;
}

const undo: Command = {
  name: 'contato desfazer',
  summary: 'Desfaz um contato; ele continua no histórico como desfeito',
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    id: { value: 'ID', help: 'o contato, de "contato listar"' },
    ...authorOptions,
  },
  examples: ['carrinho contato desfazer --empresa=sol --id=17 --usuario=ana@exemplo.example'],
  async run(context) {
    const id = idOption(context);
    await actOnRecord(context, async ({ db, userId, touch }) => {
      const record = await undoContact(db, { id, userId, now: context.now });
      if (!record) throw new CommandError(`Não há contato ${id}.`);
      touch(record);
    });
    context.output.result({ id, undone: true }, () => context.output.line(`Contato ${id} desfeito.`));
  },
};

/** The number of `--id`. */
export function idOption(context: Parameters<Command['run']>[0]): string {
  const id = required(context, 'id');
  if (!/^\d{1,18}$/.test(id)) throw new UsageError(`--id deve ser um número; recebido: "${id}".`);
  return id;
}

type ContactRow = {
  id: string;
  entity: string;
  sourceId: string | null;
  channel: (typeof channels)[number];
  key: string | null;
  code: string | null;
  template: string | null;
  user: string | null;
  contactedAt: Date;
  undoneAt: Date | null;
  undoneBy: string | null;
};

const list: Command = {
  name: 'contato listar',
  summary: 'Lista os contatos feitos, também os desfeitos',
  options: { ...recordOptions, ...periodOptions },
  examples: [
    'carrinho contato listar --empresa=sol --periodo=7dias',
    'carrinho contato listar --empresa=sol --carrinho=812 --json',
  ],
  async run(context) {
    const rows = await actOnRecord(context, async ({ client, tenant, foundRecord }) => {
      const { from, to } = periodOption(context, tenant.timeZone);
      const found = await runQuery<ContactRow>(client, 'list_contacts', {
        tenant: tenant.id,
        from,
        to,
        entity: foundRecord?.entity ?? null,
        id: foundRecord?.id ?? null,
      });
      return found.rows;
    });
    context.output.table(rows, {
      id: (row) => row.id,
      quando: (row) => row.contactedAt.toISOString(),
      canal: (row) => wordOf[row.channel],
      registro: (row) => `${entityWords[row.entity]} ${row.sourceId ?? '?'}`,
      usuário: (row) => row.user,
      modelo: (row) => row.template,
      código: (row) => row.code,
      desfeito: (row) => row.undoneAt?.toISOString(),
    });
  },
};

/** The Portuguese word of a kind of record. */
export const entityWords: Readonly<Record<string, string>> = { lead: 'lead', cart: 'carrinho', order: 'pedido' };

export const contactCommands = [register, undo, list];
