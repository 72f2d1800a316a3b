// The report that a data subject is owed (LGPD, art. 19, II): everything that is held of one person, where it came from, and who was shown it. The
// same as JSON for whoever wants to read it by machine. Printed, it is the answer.

import { channelLabels } from '#shared/cart-words.ts';
import { type LegalBasis, legalBases } from '#shared/lgpd/legal-basis.ts';
import { isErasedKey } from '#shared/people/erased-key.ts';
import { formatPhone } from '#shared/phone.ts';
import { type Clock, dateTimeText } from '../format.ts';
import { auditLabels, cartStatusLabels, orderStatusLabel } from '../messages.ts';
import { paths } from '../paths.ts';

type Row = Readonly<Record<string, unknown>>;

/** As get_access_report gives it: the copies with all their columns, and what people wrote beside them. */
export type AccessReport = {
  leads: (Row & { answers: Row[] })[];
  carts: (Row & { items: Row[]; emails: Row[] })[];
  orders: (Row & { items: Row[]; refunds: Row[]; coupons: Row[] })[];
  accounts: Row[];
  keys: string[];
  contacts: Row[];
  notes: Row[];
  tags: Row[];
  reminders: Row[];
  opt_outs: Row[];
  possible_exports: Row[];
  accesses: Row[];
};

type Props = {
  slug: string;
  companyName: string;
  basis: LegalBasis['basis'];
  personId: string;
  report: AccessReport;
  clock: Clock;
};

/** What the columns are called; one without a name here is shown by its own. */
const labels: Readonly<Record<string, string>> = {
  name: 'Nome',
  first_name: 'Nome',
  last_name: 'Sobrenome',
  display_name: 'Nome de exibição',
  email: 'E-mail',
  email_raw: 'E-mail como escrito',
  phone_e164: 'Telefone',
  phone_raw: 'Telefone como escrito',
  cellphone_raw: 'Celular como escrito',
  shipping_phone_raw: 'Telefone de entrega',
  billing_phone: 'Telefone',
  size: 'Tamanho',
  company: 'Empresa',
  address_1: 'Endereço',
  address_2: 'Complemento',
  address_number: 'Número',
  district: 'Bairro',
  city: 'Cidade',
  state: 'UF',
  postcode: 'CEP',
  country: 'País',
  billing_city: 'Cidade',
  billing_state: 'UF',
  billing_postcode: 'CEP',
  billing_country: 'País',
  tax_document: 'CPF/CNPJ',
  person_type: 'Tipo de pessoa',
  page_url: 'Página do formulário',
  form_id: 'Formulário',
  form_plugin: 'Plugin do formulário',
  captured_at: 'Enviado em',
  created_at: 'Criado em',
  paid_at: 'Pago em',
  completed_at: 'Concluído em',
  modified_at: 'Mudado em',
  first_activity_at: 'Primeira atividade',
  last_activity_at: 'Última atividade',
  registered_at: 'Conta criada em',
  last_active_at: 'Visto em',
  total: 'Total',
  refunded: 'Reembolsado',
  currency: 'Moeda',
  shipping_total: 'Frete',
  discount_total: 'Desconto',
  wc_status: 'Situação',
  status: 'Situação',
  plugin_status: 'Situação no plugin',
  order_number: 'Número',
  external_id: 'Número na loja',
  payment_method_title: 'Pagamento',
  payment_method: 'Meio de pagamento',
  customer_note: 'Observação',
  coupon_code: 'Cupom',
  utm_source: 'Origem',
  utm_medium: 'Meio',
  utm_campaign: 'Campanha',
  utm_content: 'Código',
  first_seen_at: 'Copiado da loja em',
  source: 'Fonte',
  is_unsubscribed: 'Descadastrado dos e-mails',
  order_count: 'Pedidos',
  total_spent: 'Gasto',
  channel: 'Canal',
  key: 'Chave',
  template: 'Modelo',
  by: 'Por',
  contacted_at: 'Em',
  undone_at: 'Desfeito em',
  body: 'Texto',
  reason: 'Motivo',
  remind_at: 'Para',
  note: 'Nota',
  list: 'Lista',
  format: 'Formato',
  filter: 'Filtro',
  rows: 'Linhas',
  finished_at: 'Em',
  action: 'Ato',
  happened_at: 'Em',
  value: 'Resposta',
  quantity: 'Quantidade',
  attributes: 'Opções',
  line_total: 'Valor',
  amount: 'Valor',
  code: 'Cupom',
};
/** What says nothing about a person. */
const left = new Set([
  'id',
  'site_id',
  'entity',
  'entity_id',
  'storage',
  'class',
  'episode',
  'is_current',
  'phone_status',
  'phone_kind',
  'phone_reason',
  'phone_warnings',
  'captured_gmt',
  'created_text',
  'modified_text',
  'time_text',
  'total_minor',
  'refunded_minor',
  'net_minor',
  'changed_at',
  'position',
  'variation_id',
  'product_id',
  'is_bundle_child',
  'checkout_page_id',
  'item_count',
  'return_count',
  'was_plugin_abandoned',
  'is_anonymized',
  'tax_total',
  'has_customer_role',
  'is_paying_customer',
  'order_external_id',
  'customer_external_id',
  'lay_abandoned_at',
  'missing_since',
  'scheduled_text',
  'kind',
  'subtotal',
  'total_tax',
  'discount',
]);

const places: Readonly<Record<string, string>> = {
  operator: 'pela equipe',
  plugin: 'pelo plugin da loja',
  original: 'do sistema original',
};
const wordsOf = (labels: Readonly<Record<string, string>>, code: string) =>
  Object.hasOwn(labels, code) ? labels[code]! : code;
const keyText = (key: string) =>
  isErasedKey(key) ? 'contato eliminado' : key.startsWith('p:') ? formatPhone(key.slice(2)) : key.slice(2);

function valueText(key: string, value: unknown, clock: Clock): string | null {
  if (value === null || value === undefined || value === '' || typeof value === 'object') return null;
  if (typeof value === 'boolean') return value ? 'sim' : null;
  if (typeof value === 'number') return value.toLocaleString('pt-BR', { maximumFractionDigits: 4 });
  const text = String(value);
  if (key.endsWith('_at')) return dateTimeText(new Date(text), clock.timeZone);
  switch (key) {
    case 'wc_status':
      return orderStatusLabel(text);
    case 'status':
      return wordsOf(cartStatusLabels, text);
    case 'action':
      return wordsOf(auditLabels, text);
    case 'channel':
      return wordsOf({ ...channelLabels, all: 'todos os canais' }, text);
    case 'source':
      return wordsOf(places, text);
    case 'key':
      return /^[ep]:/.test(text) ? keyText(text) : text;
    case 'phone_e164':
      return formatPhone(text);
    default:
      return text;
  }
}

/** As `labels` orders them; what has no label comes last. */
const orderOf = new Map(Object.keys(labels).map((key, place) => [key, place]));
const inOrder = (row: Row) =>
  Object.entries(row)
    .filter(([key]) => !left.has(key))
    .sort(([a], [b]) => (orderOf.get(a) ?? 999) - (orderOf.get(b) ?? 999));

function Facts({ row, clock }: { row: Row; clock: Clock }) {
  const shown = inOrder(row).flatMap(([key, value]) => {
    const text = valueText(key, value, clock);
    return text === null ? [] : [[labels[key] ?? key, text] as const];
  });
  return (
    <dl class="facts">
      {shown.map(([label, text]) => (
        <div>
          <dt>{label}</dt>
          <dd class="break">
            <bdi>{text}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Line({ row, clock }: { row: Row; clock: Clock }) {
  const shown = inOrder(row).flatMap(([key, value]) => valueText(key, value, clock) ?? []);
  return (
    <li class="break">
      <bdi>{shown.join(' · ')}</bdi>
    </li>
  );
}

function Part({
  title,
  rows,
  clock,
  more,
}: {
  title: string;
  rows: readonly Row[];
  clock: Clock;
  more?: (row: Row) => readonly Row[];
}) {
  if (rows.length === 0) return null;
  return (
    <section class="card">
      <h2>{title}</h2>
      {rows.map((row) => (
        <>
          <Facts row={row} clock={clock} />
          {more && more(row).length > 0 ? (
            <ul class="history">
              {more(row).map((line) => (
                <Line row={line} clock={clock} />
              ))}
            </ul>
          ) : (
            ''
          )}
        </>
      ))}
    </section>
  );
}

function Lines({ title, rows, clock, hint }: { title: string; rows: readonly Row[]; clock: Clock; hint?: string }) {
  if (rows.length === 0) return null;
  return (
    <section class="card">
      <h2>{title}</h2>
      {hint ? <p class="faint">{hint}</p> : ''}
      <ul class="history">
        {rows.map((row) => (
          <Line row={row} clock={clock} />
        ))}
      </ul>
    </section>
  );
}

const rowsOf = (value: unknown) => (Array.isArray(value) ? (value as Row[]) : []);

export function AccessReportPage({ slug, companyName, basis, personId, report, clock }: Props) {
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.customers(slug)}>Clientes</a> / <a href={paths.customer(slug, personId)}>Pessoa nº {personId}</a>{' '}
        / Relatório de acesso
      </nav>
      <div class="page-head">
        <h1>Relatório de acesso</h1>
        <a class="button" href={paths.accessReportFile(slug, personId)}>
          Baixar em JSON
        </a>
      </div>
      <p>
        Tudo o que {companyName} guarda aqui sobre esta pessoa em {dateTimeText(clock.now, clock.timeZone)} (LGPD, art.
        18, II, e art. 19). Os dados vêm da loja, que os recebeu da própria pessoa em formulários, carrinhos e pedidos;
        servem para responder a ela e medir as vendas.{basis ? ` Base legal: ${legalBases[basis]}.` : ''} Imprima esta
        página para entregá-la.
      </p>
      <Part title="Formulários enviados" rows={report.leads} clock={clock} more={(row) => rowsOf(row.answers)} />
      <Part title="Carrinhos" rows={report.carts} clock={clock} more={(row) => rowsOf(row.items)} />
      <Part
        title="Pedidos"
        rows={report.orders}
        clock={clock}
        more={(row) => [...rowsOf(row.items), ...rowsOf(row.coupons), ...rowsOf(row.refunds)]}
      />
      <Part title="Conta na loja" rows={report.accounts} clock={clock} />
      <Lines title="Contatos feitos" rows={report.contacts} clock={clock} />
      <Lines title="Anotações" rows={report.notes} clock={clock} />
      <Lines title="Etiquetas" rows={report.tags} clock={clock} />
      <Lines title="Lembretes" rows={report.reminders} clock={clock} />
      <Lines title="Pedidos de não contatar" rows={report.opt_outs} clock={clock} />
      <Lines
        title="Compartilhamento"
        rows={report.possible_exports}
        clock={clock}
        hint="Arquivos exportados de listas em que esta pessoa estava; o filtro de cada um decide se ela entrou."
      />
      <Lines title="Quem viu" rows={report.accesses} clock={clock} hint="Registro de acessos a esta pessoa." />
    </>
  );
}
