// The Portuguese words for what the lists conclude: the pages, the exports and the command line say the same.
import type { LeadStage } from './contacts/lead-stage.ts';
import type { PersonStatus } from './customer-statuses.ts';

export const orderClassLabels = { paid: 'Pago', awaiting_payment: 'Aguardando', void: 'Anulado' } as const;

export const customerStatusLabels = {
  was_customer: 'Já era cliente',
  became_customer: 'Virou cliente',
  not_customer: 'Ainda não é cliente',
} as const;

/** What a person is to the shop (shared/customer-statuses.ts). */
export const personStatusLabels: Readonly<Record<PersonStatus, string>> = {
  vip: 'VIP',
  recurring: 'Recorrente',
  first_purchase: '1ª compra',
  inactive: 'Inativo',
  only_abandoned: 'Só abandonou',
  never_bought: 'Nunca comprou',
};

export const stageLabels: Readonly<Record<LeadStage, string>> = {
  new: 'Novo',
  contacted: 'Contactado',
  potential: 'Potencial',
  lost: 'Perdido',
};
