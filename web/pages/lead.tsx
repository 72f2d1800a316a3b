// One lead: contact, what it is to the shop and by which order, and every answer that the person typed.
import { Badge, type Tone } from '../components/badge.tsx';
import type { RecordPanelFacts } from '../components/contact-types.ts';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErasedChip, erasedName } from '../components/erased.tsx';
import { Fact } from '../components/fact.tsx';
import type { IconName } from '../components/icon.tsx';
import { Partial } from '../components/partial.tsx';
import { PersonLink } from '../components/person-link.tsx';
import { Phone } from '../components/phone.tsx';
import { RecordPanel } from '../components/record-panel.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, dateText, dateTimeText, durationText, moneyText } from '../format.ts';
import { type CustomerStatus, customerStatusLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { formName, isManualLead, type LeadAnswer, type LeadDetail, type LeadRow, pagePath } from './lead-types.ts';

const customerTones: Readonly<Record<CustomerStatus, Tone>> = {
  was_customer: 'good',
  became_customer: 'busy',
  not_customer: 'calm',
};
const customerIcons: Readonly<Record<CustomerStatus, IconName>> = {
  was_customer: 'check',
  became_customer: 'bag',
  not_customer: 'dot',
};

/** The badge, and the order that makes the person a customer. */
export function LeadCustomer({ lead, slug, clock }: { lead: LeadRow; slug: string; clock: Clock }) {
  const { customerStatus: status, orderId, orderNumber, orderCreatedAt, orderNetMinor, orderCurrency } = lead;
  const badge = (
    <Badge tone={customerTones[status]} icon={customerIcons[status]}>
      {customerStatusLabels[status]}
    </Badge>
  );
  return (
    <span class="stack">
      <PersonLink personId={lead.personId} slug={slug}>
        {badge}
      </PersonLink>
      {orderId && orderNumber ? (
        <span class="reason">
          <a href={paths.order(slug, orderId)}>
            pedido <bdi>{orderNumber}</bdi>
          </a>
          {orderCreatedAt ? `, ${dateText(orderCreatedAt, clock.timeZone)}` : ''}
          {orderCreatedAt && lead.capturedAt ? ` (${distanceText(lead.capturedAt, orderCreatedAt)})` : ''}
          {orderNetMinor && orderCurrency ? `, ${moneyText(orderNetMinor, orderCurrency)}` : ''}
        </span>
      ) : (
        ''
      )}
    </span>
  );
}

/** `3 dias depois`, `5 h antes`: when the purchase was, seen from the form. */
function distanceText(capturedAt: Date, boughtAt: Date): string {
  const seconds = (boughtAt.getTime() - capturedAt.getTime()) / 1000;
  return `${durationText(Math.abs(seconds))} ${seconds > 0 ? 'depois' : 'antes'}`;
}

export type LeadPageProps = {
  slug: string;
  lead: LeadDetail;
  /** What people wrote about it. */
  panel: RecordPanelFacts;
  clock: Clock;
  isMasked: boolean;
  canContact: boolean;
};

const bodyId = 'lead';
const nameOf = (lead: LeadDetail) => lead.name?.trim() || (lead.erasedFor ? erasedName : 'Sem nome');

export function LeadPage(props: LeadPageProps) {
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.leads(props.slug)}>Leads</a> / <bdi>{nameOf(props.lead)}</bdi>
      </nav>
      <LeadBody {...props} />
    </>
  );
}

/** The whole page but its crumbs, moved in place. */
export function LeadLive(props: LeadPageProps) {
  return (
    <Partial id={bodyId}>
      <LeadBody {...props} />
    </Partial>
  );
}

function LeadBody({ lead, panel, slug, clock, isMasked, canContact }: LeadPageProps) {
  return (
    <div id={bodyId}>
      <div class="page-head">
        <h1>
          <bdi>{nameOf(lead)}</bdi>
        </h1>
        {lead.missingSince ? <span class="chip">Removido na loja</span> : ''}
        <ErasedChip reason={lead.erasedFor} />
      </div>
      <div class="columns">
        <section class="card">
          <h2>Contato</h2>
          <dl class="facts">
            <Fact label="WhatsApp">
              <Phone phone={lead} isMasked={isMasked} />
            </Fact>
            <Fact label="E-mail">
              <Email of={lead} isMasked={isMasked} />
            </Fact>
            {lead.size ? <Fact label="Tamanho">{lead.size}</Fact> : ''}
            <Fact label="Cliente?">
              <LeadCustomer lead={lead} slug={slug} clock={clock} />
            </Fact>
            <Fact label="Capturado">
              {lead.capturedAt ? (
                <>
                  <Time at={lead.capturedAt} clock={clock} />
                  <span class="faint"> · {dateTimeText(lead.capturedAt, clock.timeZone)}</span>
                </>
              ) : (
                `sem data legível (na loja: ${lead.capturedGmt})`
              )}
            </Fact>
            <Fact label="Formulário">
              <bdi>{formName(lead)}</bdi>{' '}
              <span class="faint">
                {isManualLead(lead) ? '' : lead.formPlugin} {lead.formTitle === null ? '' : lead.formId}
              </span>
            </Fact>
            {lead.pageUrl ? <Fact label="Página">{pagePath(lead.pageUrl)}</Fact> : ''}
            <Fact label="Loja">{lead.siteName}</Fact>
          </dl>
        </section>
        <section class="card">
          <h2>Respostas do formulário</h2>
          {lead.answers.length === 0 ? (
            <EmptyState
              title={
                isManualLead(lead)
                  ? 'Este contato foi cadastrado à mão: não há formulário.'
                  : 'Este formulário chegou sem respostas.'
              }
            />
          ) : (
            <dl class="facts">
              {lead.answers.map((answer) => (
                <Fact label={answer.key}>
                  <bdi>{answerText(answer, isMasked)}</bdi>
                </Fact>
              ))}
            </dl>
          )}
        </section>
      </div>
      <RecordPanel slug={slug} facts={panel} clock={clock} isMasked={isMasked} canContact={canContact} />
    </div>
  );
}

/** An answer can hold a contact under any key: without the right to contacts, whatever may be a phone or an e-mail is hidden. */
export function answerText({ value }: LeadAnswer, isMasked: boolean): string {
  const isContact = value.includes('@') || value.replace(/\D/g, '').length >= 8;
  return isMasked && isContact ? '•••' : value;
}
