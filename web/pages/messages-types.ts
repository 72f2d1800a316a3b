// The plain objects that the page of messages shows.
import type { AudienceName } from '#shared/message-audiences.ts';
import type { MessageVariable, TemplateFault } from '#shared/message-template.ts';

/** The company's coupon; empty texts where it has none. `expiresOn`: its last day, `2026-01-31`. */
export type Coupon = { code: string; discount: string; expiresOn: string | null; isExpired: boolean };

/** Empty for that share (0 to 1) of the last records. */
export type EmptyVariable = { variable: MessageVariable; share: number };

export type TemplatePreview = {
  faults: readonly TemplateFault[];
  /** For up to three real people. */
  messages: readonly { name: string; text: string }[];
  length: number;
  isLong: boolean;
  hasWayOut: boolean;
  emptyVariables: readonly EmptyVariable[];
  usesExpiredCoupon: boolean;
};

export type TemplateCard = { name: AudienceName; body: string; isEnabled: boolean; preview: TemplatePreview };
