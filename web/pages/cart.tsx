// One cart: who, what was in it, and why its status is what it is — by which order, with points that add up.
import type { Child } from 'hono/jsx';
import { minorToDecimal, toMinor } from '#shared/money.ts';
import { CartStatusBadge, cartReasonText } from '../components/cart-status.tsx';
import { CartWhy } from '../components/cart-why.tsx';
import type { RecordPanelFacts } from '../components/contact-types.ts';
import { Email } from '../components/email.tsx';
import { ErasedChip, erasedName } from '../components/erased.tsx';
import { Icon } from '../components/icon.tsx';
import { Partial } from '../components/partial.tsx';
import { PersonLink } from '../components/person-link.tsx';
import { Phone } from '../components/phone.tsx';
import { RecordPanel } from '../components/record-panel.tsx';
import { AccountLine } from '../components/shop-account.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, dateTimeText, moneyText } from '../format.ts';
import { paths } from '../paths.ts';
import type { CartDetail, CartItem } from './cart-types.ts';
import { personName } from './carts.tsx';

export type CartPageProps = {
  slug: string;
  cart: CartDetail;
  clock: Clock;
  windowAfterMinutes: number;
  isMasked: boolean;
  canJudge: boolean;
  /** What people wrote about it. */
  panel: RecordPanelFacts;
  /** The shop can restore the cart by a link. */
  hasLink: boolean;
  canContact: boolean;
};

const bodyId = 'carrinho';
const nameOf = (cart: CartDetail) => (cart.erasedFor && !cart.name?.trim() ? erasedName : personName(cart));

export function CartPage(props: CartPageProps) {
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.carts(props.slug)}>Carrinhos</a> / <bdi>{nameOf(props.cart)}</bdi>
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
  const { slug, cart, clock, windowAfterMinutes, isMasked } = props;
  return (
    <div id={bodyId}>
      <div class="page-head">
        <h1>
          <bdi>{nameOf(cart)}</bdi>
        </h1>
        <CartStatusBadge status={cart.status} />
        {cart.missingSince && cart.status !== 'removed' ? <span class="chip">Removido na loja</span> : ''}
        <ErasedChip reason={cart.erasedFor} />
      </div>
      <p class="lead">{cartReasonText(cart, { clock, windowAfterMinutes })}</p>
      <div class="columns">
        <section class="card">
          <div class="card-head">
            <h2>Carrinho</h2>
            {props.canContact && props.hasLink ? <CopyCartLink slug={slug} id={cart.id} /> : ''}
          </div>
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
            {cart.personId ? (
              <Fact label="Pessoa">
                <PersonLink personId={cart.personId} slug={slug}>
                  Tudo desta pessoa
                </PersonLink>
              </Fact>
            ) : (
              ''
            )}
            <Fact label="Loja">{cart.siteName}</Fact>
          </dl>
          <Items items={cart.items} currency={cart.currency} />
        </section>
        <CartWhy {...props} recovery={cart.recovery} />
      </div>
      <RecordPanel {...props} facts={props.panel} />
    </div>
  );
}

/** Without script the answer is the link alone, to copy from. */
function CopyCartLink({ slug, id }: { slug: string; id: CartDetail['id'] }) {
  return (
    <form method="post" action={paths.cartLink(slug, id)} data-copy-answer>
      <button class="button" type="submit">
        <Icon name="copy" /> Copiar link do carrinho
      </button>
    </form>
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
