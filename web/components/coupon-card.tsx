// The company's coupon, which messages name: on Mensagens and on Configurações.
import { dayText } from '../format.ts';
import type { Coupon } from '../pages/messages-types.ts';
import { paths } from '../paths.ts';
import { Icon } from './icon.tsx';

const couponId = 'cupom';

type CouponCardProps = { slug: string; coupon: Coupon; canEdit: boolean; isSaved?: boolean };

export function CouponCard({ slug, coupon, canEdit, isSaved }: CouponCardProps) {
  return (
    <section class="card" id={couponId}>
      <div class="card-head">
        <h2>Cupom da empresa</h2>
        {isSaved ? <Saved /> : ''}
      </div>
      {coupon.isExpired ? (
        <p class="message-warning">
          <Icon name="alert" /> Venceu em {dayText(coupon.expiresOn ?? '')}: {'{cupom}'} fica vazio nas mensagens.
        </p>
      ) : (
        ''
      )}
      <form
        class="coupon-form"
        method="post"
        action={paths.coupon(slug)}
        hx-post={paths.coupon(slug)}
        hx-target={`#${couponId}`}
        hx-swap="outerHTML"
      >
        <label>
          Código
          <input name="codigo" value={coupon.code} maxlength={60} disabled={!canEdit} placeholder="VOLTA10" />
        </label>
        <label>
          Desconto
          <input name="desconto" value={coupon.discount} maxlength={60} disabled={!canEdit} placeholder="10%" />
        </label>
        <label>
          Válido até
          <input name="validade" type="date" value={coupon.expiresOn ?? ''} disabled={!canEdit} />
        </label>
        {canEdit ? (
          <button class="button" type="submit">
            Salvar cupom
          </button>
        ) : (
          ''
        )}
      </form>
      <p class="faint">Nas mensagens: {'{cupom}, {desconto}, {validade}'}.</p>
    </section>
  );
}

/** What a form of the page has just done. */
export function Saved() {
  return (
    <span class="faint" role="status">
      <Icon name="check" size={14} /> Salvo
    </span>
  );
}
