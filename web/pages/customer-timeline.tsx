// Everything that happened with a person, newest first.
import { channelLabels } from '#shared/cart-words.ts';
import { CartStatusBadge } from '../components/cart-status.tsx';
import { OrderBadge } from '../components/order-badge.tsx';
import { FreeText } from '../components/record-panel.tsx';
import { dateTimeText, moneyText } from '../format.ts';
import { cartReasonLabels, customerStatusLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { type CustomerPageProps, mostTimelineEntries, type TimelineEntry } from './customer-types.ts';
import { keyText } from './person-key.ts';

const changeTexts = {
  merged: 'Outra pessoa passou a ser esta',
  split: 'Parte dos registros virou outra pessoa',
  split_off: 'Separada de outra pessoa',
} as const;

export function Timeline({ customer, slug, clock, isMasked }: CustomerPageProps) {
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
