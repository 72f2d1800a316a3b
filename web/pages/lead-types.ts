// The plain objects that the lead pages show.
import type { LeadStage } from '#shared/contacts/lead-stage.ts';
import type { LeadId, OrderId, PersonId } from '#shared/ids.ts';
import { leadOrigins, manualFormPlugin, originLabels } from '#shared/manual-lead.ts';
import type { ContactState } from '../components/contact-types.ts';
import type { ErasedFor } from '../components/erased.tsx';
import type { PhoneFacts } from '../components/phone.tsx';
import type { CustomerStatus } from '../messages.ts';

/** The tabs of the list (`?cliente=`), with the status that each one shows; `todos` shows all. */
export const leadTabs = {
  todos: null,
  ja_era: 'was_customer',
  virou: 'became_customer',
  ainda_nao: 'not_customer',
} as const satisfies Record<string, CustomerStatus | null>;
export type LeadTab = keyof typeof leadTabs;

/** A form of the shop; its title is null where the plugin keeps none. */
export type LeadForm = { formPlugin: string; formId: string; formTitle: string | null };

/** Written down by a person, not sent by a form. */
export const isManualLead = ({ formPlugin }: Pick<LeadForm, 'formPlugin'>) => formPlugin === manualFormPlugin;

/** `Avise-me quando chegar`; without a title the shop's own number or name for the form. */
export function formName({ formPlugin, formId, formTitle }: LeadForm): string {
  const origin = leadOrigins.find((name) => name === formId);
  if (origin && isManualLead({ formPlugin })) return originLabels[origin];
  return formTitle ?? (formId.trim() || 'Sem nome');
}

/** `https://loja.example/contato/?x=1` → `/contato/`; what is no address stays as it is. */
export function pagePath(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

export type LeadRow = PhoneFacts &
  LeadForm & {
    id: LeadId;
    name: string | null;
    email: string | null;
    emailRaw: string | null;
    size: string | null;
    pageUrl: string | null;
    /** Null when the shop's date can't be read. */
    capturedAt: Date | null;
    missingSince: Date | null;
    customerStatus: CustomerStatus;
    personId: PersonId | null;
    /** The earliest paid order of the person. */
    orderId: OrderId | null;
    orderNumber: string | null;
    orderCreatedAt: Date | null;
    orderNetMinor: string | null;
    orderCurrency: string | null;
  };

/** A row of the list, with whether the person was contacted. */
export type LeadListRow = LeadRow & { stage: LeadStage; contact: ContactState };

export type LeadAnswer = { key: string; value: string };

export type LeadDetail = LeadRow & {
  /** Why its personal data are gone; null: they are not. */
  erasedFor: ErasedFor;
  siteName: string;
  capturedGmt: string;
  answers: LeadAnswer[];
};
