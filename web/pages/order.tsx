// One order: what was bought and given back, which carts it answers, and what else the person ordered.
import { toMinor } from '#shared/money.ts';
import { CartStatusBadge } from '../components/cart-status.tsx';
import type { RecordPanelFacts } from '../components/contact-types.ts';
import { Email } from '../components/email.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ErasedChip, erasedName } from '../components/erased.tsx';
import { Fact } from '../components/fact.tsx';
import { OrderBadge } from '../components/order-badge.tsx';
import { Partial } from '../components/partial.tsx';
import { PersonLink } from '../components/person-link.tsx';
import { Phone } from '../components/phone.tsx';
import { RecordPanel } from '../components/record-panel.tsx';
import { AccountLine } from '../components/shop-account.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, dateText, dateTimeText, moneyText, quantityText } from '../format.ts';
import { cartReasonLabels, confidenceLabels, confidenceOf } from '../messages.ts';
import { paths } from '../paths.ts';
import type { OrderCart, OrderDetail, OrderItem } from './order-types.ts';
import { orderPerson, RecoveredCart } from './orders.tsx';

export type OrderPageProps = {
  slug: string;
  order: OrderDetail;
  /** What people wrote about it. */
  panel: RecordPanelFacts;
  clock: Clock;
  isMasked: boolean;
  canContact: boolean;
};

const bodyId = 'pedido';

export function OrderPage(props: OrderPageProps) {
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.orders(props.slug)}>Pedidos</a> / <bdi>{props.order.orderNumber}</bdi>
      </nav>
      <OrderBody {...props} />
    </>
  );
}

/** The whole page but its crumbs, moved in place. */
export function OrderLive(props: OrderPageProps) {
  return (
    <Partial id={bodyId}>
      <OrderBody {...props} />
    </Partial>
  );
}

function OrderBody(props: OrderPageProps) {
  const { order, panel, slug, clock, isMasked, canContact } = props;
  return (
    <div id={bodyId}>
      <div class="page-head">
        <h1>
          Pedido <bdi>{order.orderNumber}</bdi>
        </h1>
        <ErasedChip reason={order.erasedFor} />
        <strong class="big-amount">{moneyText(order.totalMinor, order.currency)}</strong>
      </div>
      <div class="columns">
        <section class="card">
          <h2>Pedido</h2>
          <dl class="facts">
            <Fact label="Situação">
              <OrderBadge order={order} />
            </Fact>
            <Fact label="Criado">
              {order.createdAt ? dateTimeText(order.createdAt, clock.timeZone) : 'sem data legível'}
            </Fact>
            {order.paidAt ? <Fact label="Pago">{dateTimeText(order.paidAt, clock.timeZone)}</Fact> : ''}
            <Fact label="Pagamento">
              <bdi>{order.paymentMethod ?? '—'}</bdi>
            </Fact>
            <Fact label="Pessoa">
              <PersonLink personId={order.personId} slug={slug}>
                <bdi>{order.erasedFor && !order.firstName?.trim() ? erasedName : orderPerson(order)}</bdi>
              </PersonLink>
            </Fact>
            <Fact label="E-mail">
              <Email of={order} isMasked={isMasked} />
            </Fact>
            <Fact label="Telefone">
              <Phone phone={order} isMasked={isMasked} />
            </Fact>
            {order.city || order.state ? (
              <Fact label="Cidade">{[order.city, order.state].filter(Boolean).join(' · ')}</Fact>
            ) : (
              ''
            )}
            {order.isRepeat === null ? (
              ''
            ) : (
              <Fact label="Compra">{order.isRepeat ? 'Recorrente: já tinha comprado antes' : 'Primeira compra'}</Fact>
            )}
            <Fact label="Recuperou carrinho?">
              <RecoveredCart order={order} slug={slug} />
            </Fact>
            {order.createdVia === 'admin' ? <Fact label="Origem">Feito à mão na loja</Fact> : ''}
            {order.account ? (
              <Fact label="Conta na loja">
                <AccountLine of={order.account} clock={clock} isMasked={isMasked} />
              </Fact>
            ) : (
              ''
            )}
            <Fact label="Loja">{order.siteName}</Fact>
          </dl>
        </section>
        <section class="card">
          <h2>Itens</h2>
          <Items order={order} />
        </section>
      </div>
      <div class="columns">
        <section class="card">
          <h2>Carrinhos que este pedido atende</h2>
          {order.carts.length === 0 ? (
            <EmptyState icon="cart" title="Nenhum carrinho com este e-mail ou telefone na janela." />
          ) : (
            order.carts.map((cart) => <MatchedCart cart={cart} {...props} />)
          )}
        </section>
        <Others {...props} />
      </div>
      <RecordPanel slug={slug} facts={panel} clock={clock} isMasked={isMasked} canContact={canContact} />
    </div>
  );
}

const kindLabels: Readonly<Record<OrderItem['kind'], string | null>> = {
  line_item: null,
  shipping: 'Entrega',
  fee: 'Taxa',
};

function Items({ order }: { order: OrderDetail }) {
  const { items, refunds, coupons, currency } = order;
  if (items.length === 0) return <p class="faint">Sem itens legíveis.</p>;
  const money = (amount: string) => moneyText(toMinor(amount), currency);
  return (
    <ul class="items">
      {items.map((item) => (
        <li>
          <span class="break">
            {item.kind === 'line_item' && item.quantity ? `${quantityText(item.quantity)}× ` : ''}
            {kindLabels[item.kind] ? `${kindLabels[item.kind]}: ` : ''}
            <bdi>{item.name}</bdi>
            {item.attributes ? <span class="faint"> · {item.attributes}</span> : ''}
          </span>
          {item.total === null ? '' : <span class="number">{money(item.total)}</span>}
        </li>
      ))}
      {coupons.map((coupon) => (
        <li>
          <span class="break">
            Cupom <bdi>{coupon.code}</bdi> <span class="faint">(já descontado acima)</span>
          </span>
          {coupon.discount === null ? '' : <span class="number">−{money(coupon.discount)}</span>}
        </li>
      ))}
      <li>
        <strong>Total</strong>
        <strong class="number">{moneyText(order.totalMinor, currency)}</strong>
      </li>
      {refunds.map((refund) => (
        <li>
          <span class="break">
            Reembolso
            {refund.reason ? (
              <>
                : <bdi>{refund.reason}</bdi>
              </>
            ) : (
              ''
            )}
          </span>
          <span class="number">−{money(refund.amount)}</span>
        </li>
      ))}
      {refunds.length > 0 ? (
        <li>
          <strong>Líquido</strong>
          <strong class="number">{moneyText(BigInt(order.totalMinor) - BigInt(order.refundedMinor), currency)}</strong>
        </li>
      ) : (
        ''
      )}
    </ul>
  );
}

function MatchedCart({ cart, slug, clock, order }: OrderPageProps & { cart: OrderCart }) {
  return (
    <article class={cart.isBest ? 'match match-best' : 'match'}>
      <header class="match-head">
        <h3>
          <a href={paths.cart(slug, cart.cartId)}>
            Carrinho de <bdi>{cart.name?.trim() || 'pessoa sem nome'}</bdi>
          </a>
        </h3>
        <CartStatusBadge status={cart.status} />
        <strong class="number">{moneyText(cart.totalMinor, cart.currency)}</strong>
      </header>
      <p class="reason">
        {cartReasonLabels[cart.reason]} · última atividade <Time at={cart.lastActivityAt} clock={clock} /> · confiança{' '}
        {confidenceLabels[confidenceOf(cart.score)]} ({cart.score})
      </p>
      {cart.creditedMinor !== null ? (
        <p>Creditado a este carrinho: {moneyText(cart.creditedMinor, order.currency)}</p>
      ) : cart.isBest ? (
        ''
      ) : (
        <p class="faint">Outro pedido combina melhor com este carrinho.</p>
      )}
    </article>
  );
}

function Others({ order, slug, clock }: OrderPageProps) {
  const { others } = order;
  return (
    <section class="card">
      <h2>Outros pedidos desta pessoa</h2>
      {others.length === 0 ? (
        <p class="faint">Nenhum outro pedido com o mesmo e-mail ou telefone.</p>
      ) : (
        <ul class="items">
          {others.map((other) => (
            <li>
              <span class="stack">
                <a href={paths.order(slug, other.id)}>
                  Pedido <bdi>{other.orderNumber}</bdi>
                </a>
                <span class="faint">{other.createdAt ? dateText(other.createdAt, clock.timeZone) : 'sem data'}</span>
              </span>
              <OrderBadge order={other} />
              <span class="number">{moneyText(other.totalMinor, other.currency)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
