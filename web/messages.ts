// The Portuguese sentence for every code that the screens show. The database and the log speak in codes; people read only this.
import type { PersonStatus } from '#shared/customer-statuses.ts';

export type { CartReason, CartStatus } from '#shared/cart-words.ts';
export {
  cartReasonLabels,
  cartStatusLabels,
  confidenceLabels,
  confidenceOf,
  voidOrderText,
} from '#shared/cart-words.ts';

export const orderClassLabels = { paid: 'Pago', awaiting_payment: 'Aguardando', void: 'Anulado' } as const;
export type OrderClass = keyof typeof orderClassLabels;

export const customerStatusLabels = {
  was_customer: 'Já era cliente',
  became_customer: 'Virou cliente',
  not_customer: 'Ainda não é cliente',
} as const;
export type CustomerStatus = keyof typeof customerStatusLabels;

/** What a person is to the shop (shared/customer-statuses.ts). */
export const personStatusLabels: Readonly<Record<PersonStatus, string>> = {
  vip: 'VIP',
  recurring: 'Recorrente',
  first_purchase: '1ª compra',
  inactive: 'Inativo',
  only_abandoned: 'Só abandonou',
  never_bought: 'Nunca comprou',
};

export const runStateLabels = {
  queued: 'Na fila',
  connecting: 'Conectando',
  reading: 'Lendo',
  writing: 'Gravando',
  recomputing: 'Recalculando',
  succeeded: 'Concluída',
  succeeded_with_warnings: 'Concluída com avisos',
  failed: 'Falhou',
  cancelled: 'Cancelada',
} as const;
export type RunState = keyof typeof runStateLabels;

export const runKindLabels = {
  first: 'Primeira',
  poll: 'Incremental',
  full: 'Completa',
  backfill: 'Reprocessamento',
  reconcile: 'Conferência',
} as const;
export type RunKind = keyof typeof runKindLabels;

export const backfillStateLabels = {
  waiting: 'Na fila',
  estimating: 'Contando',
  ready: 'Pronto para começar',
  running: 'Lendo',
  paused: 'Pausado',
  done: 'Concluído',
  cancelled: 'Cancelado',
  failed: 'Falhou',
} as const;
export type BackfillState = keyof typeof backfillStateLabels;

/** WooCommerce's own statuses in its Portuguese words; a shop's own status shows as the shop writes it. */
export function orderStatusLabel(wcStatus: string): string {
  const known: Record<string, string> = {
    pending: 'Pagamento pendente',
    processing: 'Processando',
    'on-hold': 'Aguardando',
    completed: 'Concluído',
    cancelled: 'Cancelado',
    refunded: 'Reembolsado',
    failed: 'Malsucedido',
    trash: 'Na lixeira',
    draft: 'Rascunho',
    'checkout-draft': 'Rascunho',
  };
  return Object.hasOwn(known, wcStatus) ? known[wcStatus]! : wcStatus;
}

export const phoneReasonLabels: Readonly<Record<string, string>> = {
  missing_area_code: 'falta o DDD',
  unknown_area_code: 'DDD não existe',
  too_short: 'faltam dígitos',
  too_long: 'dígitos demais',
  invalid_local_number: 'não é um número de telefone',
  scientific_notation: 'estragado por uma planilha',
  service: 'número de serviço',
};

export const loginMessages = {
  wrong: 'E-mail ou senha incorretos.',
  tooMany: 'Muitas tentativas. Espere 15 minutos e tente de novo.',
  linkInvalid: 'Este link já foi usado ou venceu. Peça um novo a quem administra a instalação.',
  noCompany: 'Você ainda não tem acesso a nenhuma empresa. Peça a quem administra a sua.',
} as const;
