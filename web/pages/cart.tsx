// One cart: who, what was in it, and why its status is what it is — by which order, with points that add up.
import type { Child } from 'hono/jsx';
import { minorToDecimal, toMinor } from '#shared/money.ts';
import { Badge } from '../components/badge.tsx';
import { CartStatusBadge, cartReasonText } from '../components/cart-status.tsx';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Partial } from '../components/partial.tsx';
import { Phone } from '../components/phone.tsx';
import { AccountLine } from '../components/shop-account.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText, dateTimeText, moneyText } from '../format.ts';
import { cartReasonLabels, cartStatusLabels, confidenceLabels, confidenceOf, orderStatusLabel } from '../messages.ts';
import { paths } from '../paths.ts';
import { scoreLines } from '../score-lines.ts';
import type { CartDetail, CartItem, CartMatch } from './cart-types.ts';
import { personName } from './carts.tsx';

export type CartPageProps = {
  slug: string;
  cart: CartDetail;
  clock: Clock;
  windowAfterMinutes: number;
  isMasked: boolean;
};

const bodyId = 'carrinho';

export function CartPage(props: CartPageProps) {
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.carts(props.slug)}>Carrinhos</a> / <span>{personName(props.cart)}</span>
      </nav>
      <CartBody {...props} />
    </>
  );
}

/** The whole page but its crumbs, moved in place. */
export function CartLive(props: CartPageProps) {
  return (
    <Partial id={bodyId}>
      <CartBody {...props} />
    </Partial>
  );
}

function CartBody(props: CartPageProps) {
  const { cart, clock, windowAfterMinutes, isMasked } = props;
  return (
    <div id={bodyId}>
      <div class="page-head">
        <h1>{personName(cart)}</h1>
        <CartStatusBadge status={cart.status} />
      </div>
      <p class="lead">{cartReasonText(cart, { clock, windowAfterMinutes })}</p>
      <div class="columns">
        <section class="card">
          <h2>Carrinho</h2>
          <dl class="facts">
            <Fact label="Valor">{moneyText(cart.totalMinor, cart.currency)}</Fact>
            <Fact label="Última atividade">
              <Time at={cart.lastActivityAt} clock={clock} />
            </Fact>
            <Fact label="Primeira atividade">{dateTimeText(cart.firstActivityAt, clock.timeZone)}</Fact>
            {cart.returnCount > 0 ? <Fact label="Voltou">{cart.returnCount}×</Fact> : ''}
            <Fact label="E-mail">
              <Email of={cart} isMasked={isMasked} />
            </Fact>
            <Fact label="Telefone">
              <Phone phone={cart} isMasked={isMasked} />
            </Fact>
            {cart.city || cart.state ? (
              <Fact label="Cidade">{[cart.city, cart.state].filter(Boolean).join(' · ')}</Fact>
            ) : (
              ''
            )}
            {cart.couponCode ? <Fact label="Cupom">{cart.couponCode}</Fact> : ''}
            {cart.account ? (
              <Fact label="Conta na loja">
                <AccountLine of={cart.account} clock={clock} isMasked={isMasked} />
              </Fact>
            ) : (
              ''
            )}
            <Fact label="Loja">{cart.siteName}</Fact>
          </dl>
          <Items items={cart.items} currency={cart.currency} />
        </section>
        <section class="card">
          <h2>{cart.status === 'recovered' ? 'Por que recuperado?' : 'Pedidos desta pessoa na janela'}</h2>
          {cart.matches.length === 0 ? (
            <EmptyState icon="orders" title="Nenhum pedido pago ou aguardando com este e-mail ou telefone na janela." />
          ) : (
            cart.matches.map((match) => <Match match={match} cart={cart} clock={clock} />)
          )}
        </section>
      </div>
      <Transitions {...props} />
    </div>
  );
}

function Fact({ label, children }: { label: string; children?: Child }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Items({ items, currency }: { items: readonly CartItem[]; currency: string }) {
  if (items.length === 0) return <p class="faint">Sem itens legíveis.</p>;
  return (
    <ul class="items">
      {items.map((item) => (
        <li>
          <span>
            {minorToDecimal(toMinor(item.quantity))
              .replace(/\.?0+$/, '')
              .replace('.', ',')}
            × {item.name ?? 'Produto sem nome'}
            {item.attributes ? <span class="faint"> · {item.attributes}</span> : ''}
          </span>
          {item.lineTotal === null ? '' : <span class="number">{moneyText(toMinor(item.lineTotal), currency)}</span>}
        </li>
      ))}
    </ul>
  );
}

function Match({ match, cart, clock }: { match: CartMatch; cart: CartDetail; clock: Clock }) {
  const isBest = match.orderId === cart.bestOrderId;
  const lines = scoreLines(match);
  const refunded = BigInt(match.totalMinor) - BigInt(match.netMinor);
  return (
    <article class={isBest ? 'match match-best' : 'match'}>
      <header class="match-head">
        <h3>Pedido {match.orderNumber}</h3>
        <Badge tone={match.orderClass === 'paid' ? 'good' : 'warn'}>{orderStatusLabel(match.wcStatus)}</Badge>
        <strong class="number">{moneyText(match.totalMinor, match.currency)}</strong>
      </header>
      <p class="faint">
        {match.createdAt ? `criado em ${dateTimeText(match.createdAt, clock.timeZone)}` : 'sem data'}
        {match.paidAt ? ` · pago em ${dateTimeText(match.paidAt, clock.timeZone)}` : ''}
        {refunded > 0n ? ` · reembolsado ${moneyText(refunded, match.currency)}` : ''}
        {match.createdVia === 'admin' ? ' · feito à mão na loja' : ''}
      </p>
      <table class="score">
        <caption class="hidden">Pontos do pedido {match.orderNumber}</caption>
        <tbody>
          {lines.map(({ points, label }) => (
            <tr>
              <td class="score-points">{points > 0 ? `+${points}` : `−${-points}`}</td>
              <td class="score-label">{label}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" class="score-points score-total">
              {match.score}
            </th>
            <th class="score-label score-total">confiança {confidenceLabels[confidenceOf(match.score)]}</th>
          </tr>
        </tfoot>
      </table>
      {cart.status === 'recovered' && isBest ? (
        <p>
          {match.orderId === cart.creditedOrderId && cart.creditedMinor !== null
            ? `Creditado a este carrinho: ${moneyText(cart.creditedMinor, match.currency)} · classe: ${cartReasonLabels[cart.reason]}`
            : 'O valor deste pedido está creditado a outro carrinho.'}
        </p>
      ) : (
        ''
      )}
    </article>
  );
}

function Transitions({ cart, clock }: CartPageProps) {
  if (cart.transitions.length === 0) return null;
  return (
    <section class="card">
      <h2>Histórico · {countText(cart.transitions.length, 'mudança', 'mudanças', 'nenhuma')}</h2>
      <ol class="history">
        {cart.transitions.map((change) => (
          <li>
            <span class="faint">{dateTimeText(change.happenedAt, clock.timeZone)}</span>{' '}
            <span>
              {change.fromStatus ? `${cartStatusLabels[change.fromStatus]} → ` : ''}
              {cartStatusLabels[change.toStatus]} · {cartReasonLabels[change.toReason].toLowerCase()}
              {change.orderNumber ? ` · pedido ${change.orderNumber}` : ''}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
