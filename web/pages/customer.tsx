// One person: what they are to the shop and why, by which e-mails and phones we know them and what ties these together, and everything that
// happened, newest first.
import { channelLabels } from '#shared/cart-words.ts';
import { maxRequestNote, requestKinds, requestKindWords } from '#shared/lgpd/requests.ts';
import { isErasedKey } from '#shared/people/erased-key.ts';
import { CartStatusBadge } from '../components/cart-status.tsx';
import type { RecordPanelFacts } from '../components/contact-types.ts';
import { PersonStatusBadge } from '../components/customer-status.tsx';
import { Fact } from '../components/fact.tsx';
import { OrderBadge } from '../components/order-badge.tsx';
import { Partial } from '../components/partial.tsx';
import { FreeText, RecordPanel } from '../components/record-panel.tsx';
import { type Clock, countText, dateText, dateTimeText, durationText, moneyText } from '../format.ts';
import { cartReasonLabels, customerStatusLabels, mostReveals, revealReasons } from '../messages.ts';
import { paths } from '../paths.ts';
import { type CustomerDetail, type CustomerUnion, mostTimelineEntries, type TimelineEntry } from './customer-types.ts';
import { averageMinor, customerName } from './customers.tsx';
import { PersonDuplicates } from './duplicates.tsx';
import { keyText } from './person-key.ts';

export type CustomerPageProps = {
  slug: string;
  customer: CustomerDetail;
  /** Of the record by which the person is written to. */
  contact: RecordPanelFacts | null;
  clock: Clock;
  isMasked: boolean;
  canContact: boolean;
  /** May answer what the person asks about the own data; may say that it is two people. */
  canAnswerRequests: boolean;
  canDivide: boolean;
};

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

const isErased = ({ keys }: CustomerDetail) => keys.some(({ key }) => isErasedKey(key));

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

/** Who sees masked contacts may see one as it is, with a reason that stays in the log. Outside what moves: the next event would mask it again. */
function Reveal({ customer, slug, revealed }: CustomerPageProps & { revealed: number | null }) {
  const { keys, personId } = customer;
  const shown = revealed === null ? null : keys[revealed];
  return (
    <section class="card" aria-labelledby="revelar">
      <h2 id="revelar">Ver um contato por inteiro</h2>
      {shown ? (
        <p class="form-saved" role="status">
          <strong class="break">
            <bdi>{keyText(shown.key, false)}</bdi>
          </strong>
        </p>
      ) : (
        ''
      )}
      <form class="settings" method="post" action={paths.revealContact(slug, personId)}>
        <div class="fields">
          <label class="field">
            <span>Contato</span>
            <select class="select" name="contato">
              {keys.map(({ key }, index) => (
                <option value={String(index)} selected={index === (revealed ?? 0)}>
                  {keyText(key, true)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>Motivo</span>
            <select class="select" name="motivo" required>
              <option value="">Escolha</option>
              {Object.entries(revealReasons).map(([value, label]) => (
                <option value={value}>{label}</option>
              ))}
            </select>
          </label>
        </div>
        <div class="form-end">
          <button class="button" type="submit">
            Ver este contato
          </button>
          <p class="faint">Quem viu, qual pessoa e o motivo ficam no Registro. No máximo {mostReveals} por dia.</p>
        </div>
      </form>
    </section>
  );
}

/** Somebody says that two of the contacts are two people. */
function Divide({ customer, slug }: CustomerPageProps) {
  const keys = customer.keys.filter(({ isShared, isDenied }) => !isShared && !isDenied);
  if (keys.length < 2) return null;
  const choices = (chosen: number) =>
    keys.map(({ key }, index) => (
      <option value={key} selected={index === chosen}>
        {keyText(key, false)}
      </option>
    ));
  return (
    <details class="chart-data">
      <summary>São duas pessoas? Separar</summary>
      <form class="settings" method="post" action={paths.dividePerson(slug, customer.personId)}>
        <p class="faint">
          Cada registro fica com o mais próximo dos dois contatos. Vale mais do que qualquer contato em comum.
        </p>
        <label class="field">
          <span>Este contato</span>
          <select class="select" name="chave">
            {choices(0)}
          </select>
        </label>
        <label class="field">
          <span>não é da mesma pessoa que</span>
          <select class="select" name="outra">
            {choices(1)}
          </select>
        </label>
        <button class="button" type="submit">
          Separar
        </button>
      </form>
    </details>
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

function identitiesText(keys: CustomerDetail['keys']): string {
  const emails = keys.filter(({ key }) => key.startsWith('e:')).length;
  const parts = [
    ...(emails > 0 ? [countText(emails, 'e-mail', 'e-mails')] : []),
    ...(keys.length > emails ? [countText(keys.length - emails, 'telefone', 'telefones')] : []),
  ];
  return parts.join(' e ');
}

function Identities(props: CustomerPageProps) {
  const { customer, slug, clock, isMasked, canContact, canDivide } = props;
  const { keys, unions, words } = customer;
  const parted = words.filter(({ kind }) => kind === 'not_same');
  return (
    <section class="card">
      <h2>{identitiesText(keys)}</h2>
      <ul class="items">
        {keys.map(({ key, isShared, isDenied, recordCount }) => (
          <li>
            <span class="break">
              <bdi>{keyText(key, isMasked)}</bdi>{' '}
              {isShared ? <span class="chip chip-warn">compartilhado: não une pessoas</span> : ''}
              {isDenied ? <span class="chip chip-warn">fora das chaves</span> : ''}
            </span>
            <span class="faint nowrap">{countText(recordCount, 'registro', 'registros')}</span>
          </li>
        ))}
      </ul>
      {unions.length > 0 ? (
        <details class="chart-data">
          <summary>Por que é uma pessoa só</summary>
          <ul class="history">
            {unions.map((union) => (
              <li>
                <bdi>{keyText(union.a, isMasked)}</bdi> e <bdi>{keyText(union.b, isMasked)}</bdi>{' '}
                <span class="faint">
                  <UnionReason union={union} slug={slug} />
                  {union.at ? `, ${dateText(union.at, clock.timeZone)}` : ''}
                </span>{' '}
                {canContact && union.entity === 'edge' ? <UndoWord {...props} id={union.id} /> : ''}
              </li>
            ))}
          </ul>
        </details>
      ) : (
        ''
      )}
      {parted.map(({ id, a, b, createdAt }) => (
        <p class="faint">
          Separados à mão em {dateText(createdAt, clock.timeZone)}: <bdi>{keyText(a, isMasked)}</bdi> e{' '}
          <bdi>{keyText(b, isMasked)}</bdi> {canContact ? <UndoWord {...props} id={id} /> : ''}
        </p>
      ))}
      {canContact && keys.length > 0 && !isErased(customer) ? (
        <details class="chart-data">
          <summary>Unir com outra pessoa</summary>
          <form class="panel-form" method="post" action={paths.personAct(slug, customer.personId, 'unir')}>
            <input
              name="chave"
              maxlength={320}
              placeholder="E-mail ou telefone da outra"
              aria-label="E-mail ou telefone da outra pessoa"
              autocomplete="off"
              required
            />
            <button class="button" type="submit">
              Unir
            </button>
          </form>
        </details>
      ) : (
        ''
      )}
      {canDivide && !isErased(customer) ? <Divide {...props} /> : ''}
    </section>
  );
}

function UndoWord({ slug, customer, id }: CustomerPageProps & { id: string }) {
  return (
    <form class="inline-form" method="post" action={paths.personAct(slug, customer.personId, 'desfazer')}>
      <input type="hidden" name="uniao" value={id} />
      <button class="link-button" type="submit">
        Desfazer
      </button>
    </form>
  );
}

function UnionReason({ union: { entity, id, author }, slug }: { union: CustomerUnion; slug: string }) {
  switch (entity) {
    case 'order':
      return (
        <>
          no mesmo <a href={paths.order(slug, id)}>pedido</a>
        </>
      );
    case 'cart':
      return (
        <>
          no mesmo <a href={paths.cart(slug, id)}>carrinho</a>
        </>
      );
    case 'lead':
      return (
        <>
          no mesmo <a href={paths.lead(slug, id)}>lead</a>
        </>
      );
    case 'edge':
      return <>unidos à mão{author ? ` por ${author}` : ''}</>;
  }
}

const changeTexts = {
  merged: 'Outra pessoa passou a ser esta',
  split: 'Parte dos registros virou outra pessoa',
  split_off: 'Separada de outra pessoa',
} as const;

function Timeline({ customer, slug, clock, isMasked }: CustomerPageProps) {
  const { timeline } = customer;
  return (
    <section class="card">
      <h2>Linha do tempo</h2>
      <ul class="items">
        {timeline.map((entry) => (
          <li>
            <TimelineText entry={entry} slug={slug} isMasked={isMasked} />
            <span class="faint nowrap">{entry.at ? dateTimeText(entry.at, clock.timeZone) : 'sem data legível'}</span>
          </li>
        ))}
      </ul>
      {timeline.length === mostTimelineEntries ? (
        <p class="faint">Só os {mostTimelineEntries} registros mais recentes.</p>
      ) : (
        ''
      )}
    </section>
  );
}

function TimelineText({ entry, slug, isMasked }: { entry: TimelineEntry; slug: string; isMasked: boolean }) {
  switch (entry.entity) {
    case 'lead':
      return (
        <span class="stack">
          <a href={paths.lead(slug, entry.id)}>Formulário enviado</a>
          <span class="reason">{customerStatusLabels[entry.status]}</span>
        </span>
      );
    case 'cart':
      return (
        <span class="stack">
          <span class="status-line">
            <a href={paths.cart(slug, entry.id)}>Carrinho de {moneyText(entry.totalMinor, entry.currency)}</a>
            <CartStatusBadge status={entry.status} />
          </span>
          <span class="reason">{cartReasonLabels[entry.reason]}</span>
        </span>
      );
    case 'order':
      return (
        <span class="stack">
          <a href={paths.order(slug, entry.id)}>
            Pedido <bdi>{entry.number}</bdi> de {moneyText(entry.totalMinor, entry.currency)}
          </a>
          <OrderBadge order={entry} />
        </span>
      );
    case 'contact':
      return (
        <span class="stack">
          <span>Contato por {channelLabels[entry.channel]}</span>
          <span class="reason">
            {entry.userName ?? 'pela linha de comando'}
            {entry.isUndone ? ' · desfeito' : ''}
          </span>
        </span>
      );
    case 'note':
      return (
        <span class="stack">
          <span>
            Nota: <FreeText text={entry.body} isMasked={isMasked} />
          </span>
          <span class="reason">{entry.userName ?? 'pela linha de comando'}</span>
        </span>
      );
    case 'merged':
    case 'split':
    case 'split_off':
      return (
        <span class="stack">
          <span>
            {changeTexts[entry.entity]}
            {entry.entity === 'merged' ? (
              ''
            ) : (
              <>
                {' '}
                (<a href={paths.customer(slug, entry.otherId)}>ver</a>)
              </>
            )}
          </span>
          {entry.key ? (
            <span class="reason">
              por <bdi>{keyText(entry.key, isMasked)}</bdi>
            </span>
          ) : (
            ''
          )}
        </span>
      );
  }
}
