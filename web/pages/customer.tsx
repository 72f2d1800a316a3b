// One person: what they are to the shop and why, by which e-mails and phones we know them and what ties these together, and everything that
// happened, newest first.
import { maxRequestNote, requestKinds, requestKindWords } from '#shared/lgpd/requests.ts';
import { PersonStatusBadge } from '../components/customer-status.tsx';
import { Fact } from '../components/fact.tsx';
import { Partial } from '../components/partial.tsx';
import { RecordPanel } from '../components/record-panel.tsx';
import { countText, dateText, durationText, moneyText } from '../format.ts';
import { paths } from '../paths.ts';
import { Identities } from './customer-identities.tsx';
import { Reveal } from './customer-reveal.tsx';
import { Timeline } from './customer-timeline.tsx';
import { type CustomerDetail, type CustomerPageProps, isErased } from './customer-types.ts';
import { averageMinor, customerName } from './customers.tsx';
import { PersonDuplicates } from './duplicates.tsx';

const bodyId = 'cliente';

/** `revealed`: the place of the one contact, among the person's, that this answer shows as it is. */
export function CustomerPage({ revealed = null, ...props }: CustomerPageProps & { revealed?: number | null }) {
  const { customer, isMasked } = props;
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.customers(props.slug)}>Clientes</a> / <bdi>{titleOf(customer)}</bdi>
      </nav>
      <CustomerBody {...props} />
      {isMasked && customer.keys.length > 0 && !isErased(customer) ? <Reveal {...props} revealed={revealed} /> : ''}
    </>
  );
}

/** The whole page but its crumbs, moved in place. */
export function CustomerLive(props: CustomerPageProps) {
  return (
    <Partial id={bodyId}>
      <CustomerBody {...props} />
    </Partial>
  );
}

function CustomerBody(props: CustomerPageProps) {
  const { customer, contact } = props;
  return (
    <div id={bodyId}>
      <div class="page-head">
        <h1>
          <bdi>{titleOf(customer)}</bdi>
        </h1>
        <PersonStatusBadge status={customer.status} />
      </div>
      <div class="columns">
        <Purchases {...props} />
        <Identities {...props} />
      </div>
      <PersonDuplicates {...props} duplicates={customer.duplicates} />
      {contact ? <RecordPanel {...props} facts={contact} /> : ''}
      <Timeline {...props} />
      {props.canAnswerRequests ? <Rights {...props} /> : ''}
    </div>
  );
}

/** The name, or that there is none any more. */
export function titleOf(customer: CustomerDetail): string {
  return isErased(customer) && !customer.name ? 'Dados eliminados' : customerName(customer);
}

/** What the law gives the person (docs/lgpd.md). Without an id that moves: what is being typed stays when the page moves. */
function Rights({ customer, slug }: CustomerPageProps) {
  const { personId } = customer;
  return (
    <section class="card" aria-labelledby="direitos">
      <h2 id="direitos">Direitos do titular (LGPD)</h2>
      {isErased(customer) ? (
        <p class="faint">
          Os dados desta pessoa foram eliminados a pedido. O que a loja ainda tiver dela entra aqui sem nome nem
          contatos.
        </p>
      ) : (
        ''
      )}
      <p>
        <a href={paths.accessReport(slug, personId)}>Relatório de acesso</a>: tudo o que se guarda sobre esta pessoa,
        para ler ou baixar.
      </p>
      <details class="chart-data">
        <summary>Registrar um pedido do titular</summary>
        <form class="settings" method="post" action={paths.askSubject(slug, personId)}>
          <label class="field">
            <span>O que a pessoa pede</span>
            <select class="select" name="tipo">
              {[...requestKinds].reverse().map((kind) => (
                <option value={kind}>{requestKindWords[kind]}</option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>Como e quando pediu</span>
            <textarea name="nota" rows={2} maxlength={maxRequestNote} />
          </label>
          <p class="faint">
            Uma eliminação espera outro proprietário; o único proprietário confirma de novo 24 horas depois.
          </p>
          <button class="button" type="submit">
            Registrar pedido
          </button>
        </form>
      </details>
    </section>
  );
}

function Purchases({ customer, clock }: CustomerPageProps) {
  const { currency, paidOrderCount, netMinor, firstPaidAt, lastPaidAt, medianGapSeconds, inactiveAt } = customer;
  const average = averageMinor(customer);
  const date = (at: Date) => dateText(at, clock.timeZone);
  return (
    <section class="card">
      <h2>Compras</h2>
      <dl class="facts">
        <Fact label="Pedidos pagos">{countText(paidOrderCount, 'pedido', 'pedidos')}</Fact>
        {average === null ? (
          ''
        ) : (
          <>
            <Fact label="Total líquido">{moneyText(netMinor, currency)}</Fact>
            <Fact label="Ticket médio">{moneyText(average, currency)}</Fact>
          </>
        )}
        {firstPaidAt && lastPaidAt ? (
          <>
            <Fact label="Primeira compra">{date(firstPaidAt)}</Fact>
            <Fact label="Última compra">{date(lastPaidAt)}</Fact>
          </>
        ) : (
          ''
        )}
        {medianGapSeconds === null ? (
          ''
        ) : (
          <Fact label="Intervalo mediano">{durationText(Number(medianGapSeconds))} entre compras</Fact>
        )}
        {inactiveAt ? (
          <Fact label={inactiveAt <= clock.now ? 'Inativo desde' : 'Fica inativo em'}>
            {date(inactiveAt)}
            {inactiveAt <= clock.now ? '' : <span class="faint"> se não comprar antes</span>}
          </Fact>
        ) : (
          ''
        )}
      </dl>
      {customer.recency === null ? '' : <ScoreTable customer={customer} clock={clock} />}
    </section>
  );
}

/** The three scores with what each is made of. */
function ScoreTable({ customer, clock }: Pick<CustomerPageProps, 'customer' | 'clock'>) {
  const { recency, frequency, monetary, lastPaidAt, recentOrderCount, recentNetMinor, currency } = customer;
  const days = lastPaidAt ? Math.max(0, Math.floor((clock.now.getTime() - lastPaidAt.getTime()) / 86_400_000)) : null;
  return (
    <table class="plain-table">
      <caption class="hidden">Pontos de recência, frequência e valor, de 1 a 5</caption>
      <tbody>
        <tr>
          <th scope="row">Recência</th>
          <td>{days === null ? '—' : `última compra há ${countText(days, 'dia', 'dias', 'menos de um')}`}</td>
          <td class="number">
            <strong>{recency}</strong> de 5
          </td>
        </tr>
        <tr>
          <th scope="row">Frequência</th>
          <td>{countText(recentOrderCount, 'pedido pago', 'pedidos pagos')} em 24 meses</td>
          <td class="number">
            <strong>{frequency}</strong> de 5
          </td>
        </tr>
        <tr>
          <th scope="row">Valor</th>
          <td>{moneyText(recentNetMinor, currency)} em 24 meses</td>
          <td class="number">
            <strong>{monetary}</strong> de 5
          </td>
        </tr>
      </tbody>
    </table>
  );
}
