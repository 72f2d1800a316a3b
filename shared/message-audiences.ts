// To whom a message goes and what it says unless the company wrote another text. The audience is picked from the record: nobody chooses it by hand
// unless they want another one.
import type { RecordKind } from './contacts/record.ts';
import type { MessageVariable } from './message-template.ts';

const wayOut = 'Se não quiser mais mensagens, é só avisar.';

type Audience = {
  entity: RecordKind;
  label: string;
  hint: string;
  body: string;
  /** Whose text is taken when this one is off. */
  otherwise: string | null;
};

export const audiences = {
  lead_new: {
    entity: 'lead',
    label: 'Lead novo',
    hint: 'Deixou o contato e ainda não comprou.',
    body: `{saudacao}, {nome|tudo bem}! Aqui é {operador}, da {empresa}. Vi que você deixou seu contato no nosso site. Posso ajudar a escolher?\n\n${wayOut}`,
    otherwise: null,
  },
  lead_customer: {
    entity: 'lead',
    label: 'Lead que já é cliente',
    hint: 'Deixou o contato e já comprou antes.',
    body: `{saudacao}, {nome|tudo bem}! Aqui é {operador}, da {empresa}. Que bom ter você de volta! Vi seu contato no site: o que você está procurando desta vez?\n\n${wayOut}`,
    otherwise: 'lead_new',
  },
  cart: {
    entity: 'cart',
    label: 'Carrinho',
    hint: 'Deixou um carrinho para trás.',
    body: `{saudacao}, {nome|tudo bem}! Aqui é {operador}, da {empresa}. Você deixou no carrinho: {itens|alguns produtos}. Ficou alguma dúvida sobre tamanho, entrega ou pagamento?\n\nSeu carrinho está guardado aqui: {link_carrinho|é só responder que eu envio o link}\n\n${wayOut}`,
    otherwise: null,
  },
  cart_customer: {
    entity: 'cart',
    label: 'Carrinho de cliente',
    hint: 'Já comprou antes e deixou um carrinho para trás.',
    body: `{saudacao}, {nome|tudo bem}! É {operador}, da {empresa}. Que bom ver você de novo! Seu carrinho com {itens|os produtos que escolheu} está guardado: {link_carrinho|é só responder que eu envio o link}\n\nPosso ajudar a fechar o pedido?\n\n${wayOut}`,
    otherwise: 'cart',
  },
  awaiting_payment: {
    entity: 'order',
    label: 'Pagamento pendente',
    hint: 'Fez o pedido e o Pix ou boleto ainda não foi pago.',
    body: `{saudacao}, {nome|tudo bem}! Aqui é {operador}, da {empresa}. Seu pedido {numero}, de {valor}, está separado e só falta o pagamento. Quer que eu envie o código de novo?\n\n${wayOut}`,
    otherwise: null,
  },
  window_closing: {
    entity: 'cart',
    label: 'Janela quase no fim',
    hint: 'O carrinho é antigo: faltam menos de 3 dias.',
    body: `{saudacao}, {nome|tudo bem}! Aqui é {operador}, da {empresa}. Seu carrinho com {itens|os produtos que escolheu} ainda está guardado, mas só por mais alguns dias: {link_carrinho|é só responder que eu envio o link}\n\n${wayOut}`,
    otherwise: 'cart',
  },
  order_new: {
    entity: 'order',
    label: 'Pedido novo',
    hint: 'Pago há menos de um dia.',
    body: '{saudacao}, {nome|tudo bem}! Recebemos seu pedido {numero}, de {valor}. Obrigado por comprar na {empresa}! Qualquer dúvida, é só responder.',
    otherwise: null,
  },
  order_processing: {
    entity: 'order',
    label: 'Pedido em preparação',
    hint: 'Pago, na loja.',
    body: '{saudacao}, {nome|tudo bem}! Seu pedido {numero} da {empresa} está em preparação. Aviso quando sair.',
    otherwise: null,
  },
  order_packed: {
    entity: 'order',
    label: 'Pedido embalado',
    hint: 'Situação da loja com “embalado” ou “packed”.',
    body: '{saudacao}, {nome|tudo bem}! Seu pedido {numero} da {empresa} já está embalado e sai em breve.',
    otherwise: null,
  },
  order_shipped: {
    entity: 'order',
    label: 'Pedido enviado',
    hint: 'Situação da loja com “enviado” ou “shipped”.',
    body: '{saudacao}, {nome|tudo bem}! Seu pedido {numero} da {empresa} foi enviado. Logo chega por aí!',
    otherwise: null,
  },
  order_delivered: {
    entity: 'order',
    label: 'Pedido entregue',
    hint: 'Concluído ou entregue.',
    body: '{saudacao}, {nome|tudo bem}! Seu pedido {numero} da {empresa} chegou direitinho? Se precisar de algo, estou aqui.',
    otherwise: null,
  },
  order_cancelled: {
    entity: 'order',
    label: 'Pedido cancelado',
    hint: 'Cancelado, malsucedido ou reembolsado.',
    body: '{saudacao}, {nome|tudo bem}! Vi que seu pedido {numero} na {empresa} foi cancelado. Aconteceu algum problema? Posso ajudar.',
    otherwise: null,
  },
} as const satisfies Record<string, Audience>;

export type AudienceName = keyof typeof audiences;
export const audienceNames = Object.keys(audiences) as AudienceName[];

export const isAudience = (text: string | undefined): text is AudienceName =>
  text !== undefined && Object.hasOwn(audiences, text);

/** What the choice looks at. */
export type AudienceFacts = {
  entity: RecordKind;
  /** Paid before (for a lead: before or after it). */
  isCustomer: boolean;
  /** A cart whose order is not paid, or such an order. */
  isAwaitingPayment: boolean;
  /** When the window of a cart ends. */
  windowEndsAt: Date | null;
  wcStatus: string | null;
  isPaid: boolean;
  /** An order's creation. */
  at: Date | null;
};

const dayMs = 86_400_000;

/** The audience of a record (docs/rules.md, Messages). */
export function pickAudience(facts: AudienceFacts, now: Date): AudienceName {
  const { entity, isCustomer, isAwaitingPayment, windowEndsAt, wcStatus, isPaid, at } = facts;
  if (entity === 'lead') return isCustomer ? 'lead_customer' : 'lead_new';
  if (isAwaitingPayment) return 'awaiting_payment';
  if (entity === 'cart') {
    const leftMs = windowEndsAt ? windowEndsAt.getTime() - now.getTime() : Infinity;
    if (leftMs > 0 && leftMs < 3 * dayMs) return 'window_closing';
    return isCustomer ? 'cart_customer' : 'cart';
  }
  const status = wcStatus ?? '';
  if (/embala|pack/i.test(status)) return 'order_packed';
  if (/entreg|deliver|complet/i.test(status)) return 'order_delivered';
  if (/envia|despach|ship|sent/i.test(status)) return 'order_shipped';
  if (!isPaid) return 'order_cancelled';
  return at && now.getTime() - at.getTime() < dayMs ? 'order_new' : 'order_processing';
}

export type MessageTemplate = { body: string; isEnabled: boolean };
export type MessageTemplates = Readonly<Record<AudienceName, MessageTemplate>>;

/** The text for an audience, its own or the next one's that is on; null when all are off: WhatsApp opens without a text. */
export function templateFor(
  templates: MessageTemplates,
  audience: AudienceName,
): { name: AudienceName; body: string } | null {
  let name: AudienceName | null = audience;
  while (name) {
    const { body, isEnabled } = templates[name];
    if (isEnabled) return { name, body };
    name = audiences[name].otherwise;
  }
  return null;
}

/** What never has a value for these records, so that the page of messages can say it. */
export const variablesByEntity: Readonly<Record<RecordKind, readonly MessageVariable[]>> = {
  lead: [
    'nome',
    'nome_completo',
    'empresa',
    'tamanho',
    'data',
    'operador',
    'saudacao',
    'cupom',
    'desconto',
    'validade',
  ],
  cart: [
    'nome',
    'nome_completo',
    'empresa',
    'itens',
    'valor',
    'link_carrinho',
    'data',
    'operador',
    'saudacao',
    'cupom',
    'desconto',
    'validade',
  ],
  order: [
    'nome',
    'nome_completo',
    'empresa',
    'itens',
    'valor',
    'numero',
    'data',
    'operador',
    'saudacao',
    'cupom',
    'desconto',
    'validade',
  ],
};
