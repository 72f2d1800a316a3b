// The Portuguese sentence for every code that the screens show. The database and the log speak in codes; people read only this.
import type { customerStatusLabels, orderClassLabels } from '#shared/list-words.ts';
import { minPasswordLength } from '#shared/passwords.ts';

export type { CartReason, CartStatus } from '#shared/cart-words.ts';
export {
  cartReasonLabels,
  cartStatusLabels,
  confidenceLabels,
  confidenceOf,
  voidOrderText,
} from '#shared/cart-words.ts';

export { customerStatusLabels, orderClassLabels, personStatusLabels } from '#shared/list-words.ts';

export type OrderClass = keyof typeof orderClassLabels;
export type CustomerStatus = keyof typeof customerStatusLabels;

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

export const userMessages = {
  badInvitation: 'Diga o e-mail e o papel de quem você convida.',
  isMember: 'Esta pessoa já tem acesso à empresa.',
  badRole: 'Este papel não existe.',
  lastOwner: 'A empresa precisa de pelo menos um proprietário. Dê esse papel a outra pessoa antes.',
  nameMissing: 'Diga o seu nome.',
  invitationInvalid: 'Este convite já foi usado, foi cancelado ou venceu. Peça um novo a quem convidou você.',
} as const;

/** What is wrong with a password that somebody chooses, or null. */
export function passwordFault(password: string): string | null {
  if (password.length < minPasswordLength) return `A senha precisa de pelo menos ${minPasswordLength} caracteres.`;
  if (password.length > 200) return 'A senha pode ter no máximo 200 caracteres.';
  return null;
}
