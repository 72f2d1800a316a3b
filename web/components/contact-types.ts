// The plain objects that a record's contact marks and its panel show.
import type { BlockCode, Channel, ContactBlock, ContactMark } from '#shared/contacts/contact.ts';
import type { StageInForce } from '#shared/contacts/lead-stage.ts';
import type { OptOutChannel, OptOutSource } from '#shared/contacts/opt-out.ts';
import type { RecordKind, RecordRef } from '#shared/contacts/record.ts';
import { phoneReasonLabels } from '../messages.ts';

export type MarkedChannel = 'email' | 'whatsapp';
export const markedChannels = ['email', 'whatsapp'] as const satisfies readonly Channel[];

/** Whether a record was written to by a channel, and whether it may be. */
export type ChannelState = { mark: ContactMark | null; block: ContactBlock | null };
export type ContactState = RecordRef &
  Record<MarkedChannel, ChannelState> & {
    /** The mobile's account may be an old one, without the ninth digit. */
    hasOldNumber: boolean;
  };

export const channelLabels: Readonly<Record<Channel, string>> = {
  whatsapp: 'WhatsApp',
  email: 'E-mail',
  phone: 'Ligação',
  other: 'Outro',
};
export const optOutLabels: Readonly<Record<OptOutChannel, string>> = {
  whatsapp: 'WhatsApp',
  email: 'E-mail',
  phone: 'Ligação',
  all: 'Todos os canais',
};
export { stageLabels } from '#shared/list-words.ts';

/** The Portuguese word of a record in forms (`registro=carrinho:5`) and texts. */
export const recordWords: Readonly<Record<RecordKind, string>> = { lead: 'lead', cart: 'carrinho', order: 'pedido' };

/** A record in a form: `carrinho:5`. */
export const recordValue = ({ entity, id }: RecordRef) => `${recordWords[entity]}:${id}`;

const blockTexts: Readonly<Record<Exclude<BlockCode, 'opted_out' | 'invalid_phone'>, string>> = {
  no_email: 'Sem e-mail',
  no_phone: 'Sem telefone',
  fictitious_phone: 'Número inválido: fictício',
  landline: 'Telefone fixo: talvez não tenha WhatsApp',
};

/** `Número inválido: falta o DDD`, `Pediu para não receber mensagens em 03/01/2025`; `dateText` writes the day in the company's zone. */
export function blockText({ code, since, phoneReason }: ContactBlock, dateText: (instant: Date) => string): string {
  if (code === 'opted_out') return `Pediu para não receber mensagens${since ? ` em ${dateText(since)}` : ''}`;
  if (code !== 'invalid_phone') return blockTexts[code];
  const reason = phoneReason === null ? undefined : phoneReasonLabels[phoneReason];
  return `Número inválido${reason ? `: ${reason}` : ''}`;
}

/** A fact's own id, and the record that it stands beside. */
type Authored = { id: string; record: RecordRef; userName: string | null; createdAt: Date };

export type PanelOptOut = Omit<Authored, 'id' | 'record'> & {
  channel: OptOutChannel;
  source: OptOutSource;
  reason: string;
};
export type PanelTag = Authored & { name: string };
export type PanelReminder = Authored & { remindAt: Date; note: string };
export type PanelNote = Authored & { body: string };
export type PanelContact = ContactMark & {
  record: RecordRef;
  template: string | null;
  undoneAt: Date | null;
  undoneBy: string | null;
};

/** Everything that people wrote about a record and the others of its person. */
export type RecordPanelFacts = {
  state: ContactState;
  /** Only a lead has stages, the newest first; none means new. */
  stages: readonly StageInForce[];
  optOuts: readonly PanelOptOut[];
  tags: readonly PanelTag[];
  /** The company's tags, to choose from. */
  knownTags: readonly string[];
  reminders: readonly PanelReminder[];
  notes: readonly PanelNote[];
  contacts: readonly PanelContact[];
};
