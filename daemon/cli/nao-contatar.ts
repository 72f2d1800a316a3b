// `nao-contatar incluir|retirar|listar`: who wants no messages. Said of a record or of an address; it holds for the whole person.

import { tellPages } from '#shared/contacts/contact.ts';
import {
  type OptOutChannel,
  optOutKeys,
  optOutRecord,
  undoOptOutKeys,
  undoOptOutsOf,
} from '#shared/contacts/opt-out.ts';
import { cleanText, maxReasonLength, textLength } from '#shared/contacts/remarks.ts';
import { runQuery } from '../db.ts';
import { authorOptions } from './author.ts';
import { type Command, type CommandContext, CommandError, choiceOption, UsageError } from './command.ts';
import { keyOption } from './key-option.ts';
import { actOnRecord, recordOptions } from './record-options.ts';

const channelWords = { whatsapp: 'whatsapp', email: 'email', ligacao: 'phone', todos: 'all' } as const;
const words = Object.keys(channelWords) as (keyof typeof channelWords)[];
const wordOf = Object.fromEntries(words.map((word) => [channelWords[word], word])) as Record<OptOutChannel, string>;

const channelOf = (context: CommandContext): OptOutChannel =>
  channelWords[choiceOption(context, 'canal', words) ?? 'todos'];

const whom = {
  ...recordOptions,
  contato: { value: 'E-MAIL|TELEFONE', help: 'em vez de um registro: o e-mail ou telefone' },
  canal: { value: 'CANAL', help: `${words.join(', ')} (padrão todos)` },
};

const add: Command = {
  name: 'nao-contatar incluir',
  summary: 'Registra que uma pessoa não quer mensagens por um canal',
  options: { ...whom, motivo: { value: 'TEXTO', help: 'por que, ou como pediu' }, ...authorOptions },
  examples: [
    'carrinho nao-contatar incluir --empresa=sol --carrinho=812 --canal=whatsapp --motivo="pediu por mensagem"',
    'carrinho nao-contatar incluir --empresa=sol --contato="(11) 98765-4321" --json',
  ],
  async run(context) {
    const reason = cleanText(context.options.motivo ?? '');
    if (textLength(reason) > maxReasonLength) throw new UsageError(`--motivo passa de ${maxReasonLength} caracteres.`);
    const channel = channelOf(context);
    const added = await actOnRecord(context, async ({ db, tenant, userId, record }) => {
      const act = { channel, reason, userId, now: context.now };
      const key =
        context.options.contato === undefined ? undefined : await keyOption(context, { option: 'contato', tenant });
      const count = key === undefined ? await optOutRecord(db, record(), act) : await optOutKeys(db, [key], act);
      await tellPages(db);
      return count;
    });
    if (added === 'no_keys') throw new CommandError('O registro não tem e-mail nem telefone válidos.');
    context.output.result({ channel: wordOf[channel], added }, () =>
      context.output.line(added === 0 ? 'Já estava registrado.' : `Registrado: não contatar (${wordOf[channel]}).`),
    );
  },
};

const remove: Command = {
  name: 'nao-contatar retirar',
  summary: 'Retira o que foi registrado; o que veio do plugin da loja só sai com ele',
  options: { ...whom, ...authorOptions },
  examples: ['carrinho nao-contatar retirar --empresa=sol --carrinho=812 --canal=whatsapp'],
  async run(context) {
    const channel = channelOf(context);
    const removed = await actOnRecord(context, async ({ db, tenant, userId, record }) => {
      const act = { channel, userId, now: context.now };
      const key =
        context.options.contato === undefined ? undefined : await keyOption(context, { option: 'contato', tenant });
      const count = key === undefined ? await undoOptOutsOf(db, record(), act) : await undoOptOutKeys(db, [key], act);
      await tellPages(db);
      return count;
    });
    if (removed === 0) throw new CommandError(`Nada a retirar (${wordOf[channel]}).`);
    context.output.result({ channel: wordOf[channel], removed }, () => context.output.line('Retirado.'));
  },
};

type OptOutRow = {
  id: string;
  channel: OptOutChannel;
  key: string;
  source: string;
  reason: string;
  user: string | null;
  createdAt: Date;
  undoneAt: Date | null;
  undoneBy: string | null;
};

const list: Command = {
  name: 'nao-contatar listar',
  summary: 'Lista quem não quer mensagens (contém dados pessoais)',
  options: { empresa: { value: 'SLUG', help: 'a empresa' }, retirados: { help: 'também os que foram retirados' } },
  examples: [
    'carrinho nao-contatar listar --empresa=sol',
    'carrinho nao-contatar listar --empresa=sol --retirados --json',
  ],
  async run(context) {
    const rows = await actOnRecord(context, async ({ client, tenant }) => {
      const values = { tenant: tenant.id, with_undone: context.has('retirados') };
      return (await runQuery<OptOutRow>(client, 'list_opt_outs', values)).rows;
    });
    context.output.table(rows, {
      contato: (row) => row.key.slice(2),
      canal: (row) => wordOf[row.channel],
      desde: (row) => row.createdAt.toISOString(),
      origem: (row) => row.source,
      usuário: (row) => row.user,
      motivo: (row) => row.reason,
      retirado: (row) => row.undoneAt?.toISOString(),
    });
  },
};

export const optOutCommands = [add, remove, list];
