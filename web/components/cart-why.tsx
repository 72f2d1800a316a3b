// "Por que recuperado?": the order behind a cart's status with points that add up, who was written to before, which other orders could be meant,
// and what a person may say of it. The same fragment stands on the cart's page and in the drawer of the list.
import type { Child } from 'hono/jsx';
import {
  type CartStatus,
  cartReasonLabels,
  cartStatusLabels,
  changeCauseLabels,
  channelLabels,
  confidenceLabels,
  confidenceOf,
  voidOrderText,
} from '#shared/cart-words.ts';
import { formatPhone } from '#shared/phone.ts';
import {
  type CartOverride,
  overrideInForce,
  provingContact,
  type Recovery,
  type RecoveryContact,
  type RecoveryMatch,
} from '#shared/recovery.ts';
import { scoreLines } from '#shared/score-lines.ts';
import { type Clock, countText, dateTimeText, durationText, moneyText } from '../format.ts';
import { orderStatusLabel } from '../messages.ts';
import { paths } from '../paths.ts';
import { Badge } from './badge.tsx';

export type CartWhyProps = {
  slug: string;
  recovery: Recovery;
  clock: Clock;
  isMasked: boolean;
  /** The person may say what the cart is. */
  canJudge: boolean;
  /** Why what was just asked could not be done. */
  fault?: string;
};

export const cartWhyId = (cartId: string) => `porque-${cartId}`;

const questions: Readonly<Record<CartStatus, string>> = {
  recovered: 'Por que recuperado?',
  purchased: 'Por que compra direta?',
  waiting: 'Por que aguardando?',
  abandoned: 'Por que abandonado?',
  removed: 'Por que removido?',
};

export function CartWhy(props: CartWhyProps) {
  const { recovery, clock, fault } = props;
  const best = recovery.matches.find(({ orderId }) => orderId === recovery.bestOrderId);
  const others = recovery.matches.filter((match) => match !== best);
  const id = cartWhyId(recovery.cartId);
  return (
    <section id={id} class="card why" aria-labelledby={`${id}-titulo`}>
      <h2 id={`${id}-titulo`}>{questions[recovery.status]}</h2>
      <p class="why-headline">{headline(recovery, best)}</p>
      {fault ? (
        <p class="why-fault" role="alert">
          {fault}
        </p>
      ) : (
        ''
      )}
      <InForce {...props} />
      {best ? <Match match={best} {...props} /> : ''}
      <Outcome recovery={recovery} best={best} />
      <Contact recovery={recovery} best={best} clock={clock} />
      {others.length > 0 ? (
        <div class="why-others">
          <h3>Outros pedidos possíveis</h3>
          {others.map((match) => (
            <OtherOrder match={match} {...props} />
          ))}
        </div>
      ) : (
        ''
      )}
      {props.canJudge ? <Judge {...props} others={others} /> : ''}
      <History {...props} />
    </section>
  );
}

function headline(recovery: Recovery, best: RecoveryMatch | undefined): string {
  const by = recovery.reason === 'manual' ? ', por ajuste manual' : '';
  if (!best) {
    if (recovery.reason === 'manual') return `${cartStatusLabels[recovery.status]}${by}.`;
    if (recovery.voidOrder)
      return `O pedido ${recovery.voidOrder.number} não conta mais: ${voidOrderText(recovery.voidOrder.wcStatus)}.`;
    if (recovery.matches.some(({ isRefused }) => isRefused)) return 'Nenhum pedido conta para este carrinho.';
    return 'Nenhum pedido pago ou aguardando leva a este carrinho.';
  }
  const order = `pedido ${best.orderNumber} · ${moneyText(best.totalMinor, best.currency)}`;
  const confidence = `confiança ${confidenceLabels[confidenceOf(best.score)].toUpperCase()} (${best.score})`;
  switch (recovery.status) {
    case 'recovered':
      return `Recuperado pelo ${order} · ${confidence}${by}`;
    case 'purchased':
      return `Comprado sem abandono: ${order}${by}`;
    case 'waiting':
      return best.orderClass === 'awaiting_payment'
        ? `Aguardando o pagamento do ${order}${by}`
        : `${cartStatusLabels.waiting}${by}`;
    default:
      return `${cartStatusLabels[recovery.status]}${by} · melhor pedido: ${order}`;
  }
}

const overrideText = ({ kind, status, orderNumber }: CartOverride): string => {
  if (kind === 'not_recovery') return 'Não foi recuperação';
  if (kind === 'other_order') return `Foi o pedido ${orderNumber ?? '?'}`;
  return `Situação: ${cartStatusLabels[status!]}`;
};

const authorText = (name: string | null) => name ?? 'linha de comando';

function InForce(props: CartWhyProps) {
  const { recovery, clock, canJudge, isMasked } = props;
  const override = overrideInForce(recovery);
  if (!override) return null;
  return (
    <div class="why-override">
      <span>
        <strong>{overrideText(override)}</strong> · ajuste manual por {authorText(override.author)} em{' '}
        {dateTimeText(override.createdAt, clock.timeZone)}
        {override.note && !isMasked ? <span class="faint break"> · {override.note}</span> : ''}
      </span>
      {canJudge ? (
        <JudgeForm {...props} action="desfazer">
          <button class="button" type="submit">
            Desfazer
          </button>
        </JudgeForm>
      ) : (
        ''
      )}
    </div>
  );
}

function ScoreTable({ match, isMasked }: { match: RecoveryMatch; isMasked: boolean }) {
  return (
    <table class="score">
      <caption class="hidden">Pontos do pedido {match.orderNumber}</caption>
      <tbody>
        {scoreLines(match).map(({ points, label }) => (
          <tr>
            <td class="score-points">{points < 0 ? `−${-points}` : `+${points}`}</td>
            <td class="score-label">
              {label}
              {isMasked ? '' : <span class="faint break">{keyText(match, label)}</span>}
            </td>
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
  );
}

/** The equal key beside the line that gives its points. */
function keyText({ keys }: RecoveryMatch, label: string): string {
  const prefix = label === 'mesmo e-mail' ? 'e:' : /^mesmo (celular|telefone)/.test(label) ? 'p:' : null;
  const found = prefix ? keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(2)) : [];
  return found.length > 0 ? ` ${found.map((key) => (prefix === 'p:' ? formatPhone(key) : key)).join(', ')}` : '';
}

function Match({ match, clock, isMasked }: { match: RecoveryMatch } & CartWhyProps) {
  const refunded = BigInt(match.totalMinor) - BigInt(match.netMinor);
  return (
    <article class="match match-best">
      <header class="match-head">
        <h3>Pedido {match.orderNumber}</h3>
        <OrderClassBadge match={match} />
        <strong class="number">{moneyText(match.totalMinor, match.currency)}</strong>
      </header>
      <p class="faint">
        {match.createdAt ? `criado em ${dateTimeText(match.createdAt, clock.timeZone)}` : 'sem data'}
        {match.paidAt ? ` · pago em ${dateTimeText(match.paidAt, clock.timeZone)}` : ''}
        {refunded > 0n ? ` · reembolsado ${moneyText(refunded, match.currency)}` : ''}
        {match.createdVia === 'admin' ? ' · feito à mão na loja' : ''}
      </p>
      <ScoreTable match={match} isMasked={isMasked} />
      {match.isIndirect ? <p class="faint">{viaText(match)}</p> : ''}
    </article>
  );
}

function OrderClassBadge({ match }: { match: RecoveryMatch }) {
  return <Badge tone={match.orderClass === 'paid' ? 'good' : 'warn'}>{orderStatusLabel(match.wcStatus)}</Badge>;
}

const recordLabels = { order: 'pedido', cart: 'carrinho', lead: 'lead' } as const;

const viaText = ({ via }: RecoveryMatch): string =>
  via
    ? `possível, mesma pessoa via ${recordLabels[via.entity]} ${via.number}`
    : 'possível, mesma pessoa por união feita à mão';

/** `comprou 2 dias depois`: when the order came, seen from the cart. */
function distanceText({ deltaSeconds, isAfter }: RecoveryMatch): string {
  const seconds = Math.abs(Number(deltaSeconds));
  return `${durationText(seconds)} ${Number(deltaSeconds) >= 0 ? 'depois' : isAfter ? 'antes da última atividade' : 'antes'}`;
}

function OtherOrder({ match, isMasked }: { match: RecoveryMatch } & CartWhyProps) {
  const remarks = [
    distanceText(match),
    `${match.score}, ${confidenceLabels[confidenceOf(match.score)]}`,
    ...(match.isIndirect ? [viaText(match)] : []),
    ...(match.isIndirect && !match.isCounted ? ['não conta'] : []),
    ...(match.isRefused ? ['recusado à mão'] : []),
  ];
  return (
    <details class="why-other">
      <summary>
        <span>
          Pedido {match.orderNumber} · {moneyText(match.totalMinor, match.currency)} ·{' '}
          {orderStatusLabel(match.wcStatus).toLowerCase()} <span class="faint">({remarks.join('; ')})</span>
        </span>
      </summary>
      <ScoreTable match={match} isMasked={isMasked} />
    </details>
  );
}

function Outcome({ recovery, best }: { recovery: Recovery; best: RecoveryMatch | undefined }) {
  if (recovery.status !== 'recovered' || !best) return null;
  const { creditedOrderId, creditedMinor, creditHolder, matches, causalClass } = recovery;
  const credited = matches.find(({ orderId }) => orderId === creditedOrderId);
  return (
    <>
      <p>
        {credited && creditedMinor !== null
          ? `Creditado a este carrinho: ${moneyText(creditedMinor, credited.currency)}${credited === best ? '' : ` do pedido ${credited.orderNumber}`}`
          : creditHolder
            ? `Sem crédito: mesmo pedido do carrinho ${creditHolder}`
            : 'Sem crédito: só um contato usado por várias pessoas liga este pedido ao carrinho'}
        {causalClass ? ` · classe: ${cartReasonLabels[causalClass]}` : ''}
      </p>
      {recovery.boughtOtherItems ? (
        <p class="faint">Comprou antes, e outro produto; este carrinho é novo e continua na fila de contato.</p>
      ) : (
        ''
      )}
    </>
  );
}

function Contact({ recovery, best, clock }: { recovery: Recovery; best: RecoveryMatch | undefined; clock: Clock }) {
  const proof = provingContact(recovery);
  const isClass = recovery.causalClass === 'contacted';
  const told = (contact: RecoveryContact) =>
    `${upperFirst(channelLabels[contact.channel])} por ${authorText(contact.author)}, ${dateTimeText(contact.contactedAt, clock.timeZone)}`;
  if (proof) {
    return (
      <p>
        Contato antes da compra: {told(proof)}
        {isClass ? ' → classe “com contato”' : ''}
        {best?.hasCode ? ' · o pedido trouxe o código do contato' : ''}
      </p>
    );
  }
  if (best?.hasCode) return <p>O pedido trouxe o código de um contato nosso → classe “com contato”</p>;
  const last = recovery.contacts[0];
  return last ? <p class="faint">Último contato: {told(last)}</p> : null;
}

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function JudgeForm({
  slug,
  recovery,
  action,
  children,
  class: className,
}: Pick<CartWhyProps, 'slug' | 'recovery'> & { action: string; children?: Child; class?: string }) {
  const href = paths.judgeCart(slug, recovery.cartId);
  return (
    <form
      class={className}
      method="post"
      action={href}
      hx-post={href}
      hx-target={`#${cartWhyId(recovery.cartId)}`}
      hx-swap="outerMorph"
      hx-disable="find button"
    >
      <input type="hidden" name="acao" value={action} />
      {children}
    </form>
  );
}

function Judge(props: CartWhyProps & { others: readonly RecoveryMatch[] }) {
  const { recovery, others } = props;
  const id = cartWhyId(recovery.cartId);
  const override = overrideInForce(recovery);
  const canRefuse = override?.kind !== 'not_recovery' && recovery.matches.some((match) => match.orderClass === 'paid');
  return (
    <div class="why-actions">
      {canRefuse ? (
        <JudgeForm {...props} action="nao_foi_recuperacao">
          <button class="button" type="submit">
            Não foi recuperação
          </button>
        </JudgeForm>
      ) : (
        ''
      )}
      <details class="why-choice">
        <summary class="button">Foi outro pedido ▾</summary>
        <div class="why-choice-panel">
          {others.map((match) => (
            <JudgeForm {...props} action="foi_pedido">
              <input type="hidden" name="pedido_id" value={match.orderId} />
              <button class="button" type="submit">
                Pedido {match.orderNumber} · {moneyText(match.totalMinor, match.currency)}
              </button>
            </JudgeForm>
          ))}
          <JudgeForm {...props} action="foi_pedido" class="why-number">
            <label for={`${id}-numero`}>Outro número</label>
            <input id={`${id}-numero`} name="pedido" required maxlength={64} autocomplete="off" />
            <button class="button" type="submit">
              Foi este
            </button>
          </JudgeForm>
        </div>
      </details>
      <details class="why-choice">
        <summary class="button">Ajustar situação ▾</summary>
        <div class="why-choice-panel">
          <JudgeForm {...props} action="situacao" class="why-number">
            <label for={`${id}-situacao`}>Situação</label>
            <select id={`${id}-situacao`} class="select" name="situacao">
              {Object.entries(cartStatusLabels).map(([status, label]) => (
                <option value={status} selected={status === recovery.status}>
                  {label}
                </option>
              ))}
            </select>
            <label for={`${id}-nota`}>Por quê (opcional)</label>
            <input id={`${id}-nota`} name="nota" maxlength={500} autocomplete="off" />
            <button class="button" type="submit">
              Ajustar
            </button>
          </JudgeForm>
        </div>
      </details>
    </div>
  );
}

function History({ recovery, clock }: CartWhyProps) {
  const { changes, changeCount } = recovery;
  if (changes.length === 0) return <p class="faint">Histórico: nenhuma mudança</p>;
  return (
    <details class="why-history">
      <summary>Histórico: {countText(changeCount, 'mudança', 'mudanças')}</summary>
      <ol class="history">
        {changes.map((change) => (
          <li>
            <span class="faint">{dateTimeText(change.happenedAt, clock.timeZone)}</span>{' '}
            <span>
              {change.fromStatus ? `${cartStatusLabels[change.fromStatus]} → ` : ''}
              {cartStatusLabels[change.toStatus]} · {cartReasonLabels[change.toReason].toLowerCase()}
              {change.orderNumber ? ` · pedido ${change.orderNumber}` : ''}
              {change.cause ? <span class="faint"> · {changeCauseLabels[change.cause]}</span> : ''}
              {change.author ? <span class="faint"> · {change.author}</span> : ''}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** The drawer of the list, with the way to the cart's own page. */
export function CartDrawer({ name, ...props }: CartWhyProps & { name: string }) {
  return (
    <div class="drawer" role="dialog" aria-label={`Por quê? ${name}`} tabindex={-1}>
      <div class="drawer-head">
        <a href={paths.cart(props.slug, props.recovery.cartId)}>{name}</a>
        <button class="button" type="button" data-close="gaveta">
          Fechar
        </button>
      </div>
      <CartWhy {...props} />
    </div>
  );
}
