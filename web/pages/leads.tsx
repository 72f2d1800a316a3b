// Leads: who left a contact, whether the phone is usable, and whether the person already was a customer, became one or not yet. The first page
// moves by itself; deeper pages only say that there is something new.
import { ContactMarks } from '../components/contact-marks.tsx';
import { stageLabels } from '../components/contact-types.ts';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { EmptyWays, isNarrowed, ListPage, type ListView, listId } from '../components/list-page.tsx';
import { ListRows, type RowPlace } from '../components/list-rows.tsx';
import { Phone } from '../components/phone.tsx';
import { SelectPage, SelectRow } from '../components/selection.tsx';
import { Time } from '../components/time.tsx';
import { paths } from '../paths.ts';
import { LeadCustomer } from './lead.tsx';
import { formName, type LeadForm, type LeadListRow, type LeadRow, type LeadTab, pagePath } from './lead-types.ts';

export const leadRowId = (id: LeadRow['id']) => `lead-${id}`;

/** `wp-forms:321`, as in the query string. */
export const formKey = ({ formPlugin, formId }: Pick<LeadForm, 'formPlugin' | 'formId'>) => `${formPlugin}:${formId}`;

export type LeadRows = { rows: readonly LeadListRow[]; hasSizes: boolean };
type LeadList = ListView & LeadRows;

export function LeadsPage(list: LeadList) {
  return (
    <ListPage
      view={list}
      acts={
        list.canContact ? (
          <a class="button" href={paths.newLead(list.slug)}>
            Novo lead
          </a>
        ) : (
          ''
        )
      }
    >
      <LeadTable {...list} />
    </ListPage>
  );
}

export function LeadTable(list: LeadList) {
  const { rows, hasSizes } = list;
  if (rows.length === 0) return <LeadsEmpty {...list} />;
  return (
    <div id={listId('leads')} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <SelectPage view={list} />
            <th scope="col">Nome</th>
            <th scope="col">WhatsApp</th>
            <th scope="col">E-mail</th>
            {hasSizes ? <th scope="col">Tamanho</th> : ''}
            <th scope="col">Cliente?</th>
            <th scope="col">Contato</th>
            <th scope="col">Capturado</th>
          </tr>
        </thead>
        <tbody>
          <ListRows view={list} own={{ hasSizes }} rows={rows} Row={LeadTableRow} />
        </tbody>
      </table>
    </div>
  );
}

function LeadsEmpty(list: LeadList) {
  const words: Record<LeadTab, string> = {
    todos: 'Nenhum lead neste período.',
    ja_era: 'Nenhum lead que já era cliente neste período.',
    virou: 'Nenhum lead virou cliente neste período.',
    ainda_nao: 'Nenhum lead ainda por virar cliente neste período.',
  };
  const title = isNarrowed(list) ? 'Nenhum lead com estes filtros neste período.' : words[list.choice.tab as LeadTab];
  return (
    <div id={listId('leads')}>
      <EmptyState icon="leads" title={title}>
        <EmptyWays view={list} syncHref={paths.sync(list.slug)} />
      </EmptyState>
    </div>
  );
}

export function leadName(lead: Pick<LeadRow, 'name'>): string {
  return lead.name?.trim() || 'Sem nome';
}

type LeadPlace = RowPlace & Pick<LeadRows, 'hasSizes'>;

function LeadTableRow({ row: lead, place }: { row: LeadListRow; place: LeadPlace }) {
  const { slug, clock, isMasked, canContact, hasSizes } = place;
  return (
    <tr id={leadRowId(lead.id)}>
      <SelectRow view={place} id={lead.id} name={leadName(lead)} />
      <td class="cell-main">
        <a class="row-link" href={paths.lead(slug, lead.id)}>
          <bdi>{leadName(lead)}</bdi>
        </a>
        {lead.missingSince ? <span class="chip">Removido na loja</span> : ''}
        <span class="faint">
          <bdi class="break">{formName(lead)}</bdi>
          {lead.pageUrl ? <span class="clamp">{pagePath(lead.pageUrl)}</span> : ''}
        </span>
      </td>
      <td data-label="WhatsApp">
        <Phone phone={lead} isMasked={isMasked} />
      </td>
      <td data-label="E-mail" class="cell-email">
        <span>
          <Email of={lead} isMasked={isMasked} />
        </span>
      </td>
      {hasSizes ? <td data-label="Tamanho">{lead.size ?? <span class="faint">—</span>}</td> : ''}
      <td data-label="Cliente?" class="cell-customer">
        <LeadCustomer lead={lead} slug={slug} clock={clock} />
      </td>
      <td data-label="Contato" class="cell-contact">
        <span class="stack">
          {lead.stage === 'new' ? '' : <span class="chip">{stageLabels[lead.stage]}</span>}
          <ContactMarks slug={slug} state={lead.contact} clock={clock} canContact={canContact} />
        </span>
      </td>
      <td data-label="Capturado">
        {lead.capturedAt ? (
          <span class="nowrap">
            <Time at={lead.capturedAt} clock={clock} />
          </span>
        ) : (
          <span class="faint">sem data legível</span>
        )}
      </td>
    </tr>
  );
}
