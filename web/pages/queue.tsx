// Fila de hoje: one person at a time with one next step. Acting brings the next person; the counter in the navigation follows. While a card is read
// only its counter and its line of colleagues move.
import type { Child } from 'hono/jsx';
import { audienceNames, audiences } from '#shared/message-audiences.ts';
import { refusalText } from '../components/contact-marks.tsx';
import { recordValue } from '../components/contact-types.ts';
import { Icon, type IconName } from '../components/icon.tsx';
import { Partial } from '../components/partial.tsx';
import { Phone } from '../components/phone.tsx';
import { ScriptlessButton } from '../components/scriptless-button.tsx';
import { WhatsappButton } from '../components/whatsapp-button.tsx';
import { QueueCount, queueCountId } from '../components/work-marks.tsx';
import { type Clock, countText, moneyText, relativeText, timeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import type { QueueCard, QueueLine, QueueView } from './queue-types.ts';

const queueId = 'fila';
const totalId = 'fila-total';
const viewsId = 'fila-colegas';

/** Nobody works through more in a day: counting stops there. */
export const mostCounted = 500;
const cappedText = (count: number, most: number) => (count >= most ? `${most}+` : String(count));

export type QueueProps = {
  slug: string;
  clock: Clock;
  isMasked: boolean;
  canContact: boolean;
  /** Null: nobody is waiting. */
  card: QueueCard | null;
  total: number;
  nextAt: Date | null;
};

export function QueuePage(props: QueueProps) {
  return (
    <>
      <PageHead title="Fila de hoje">
        <p class="faint">Mais urgentes primeiro: valor, tempo e sinal de compra.</p>
      </PageHead>
      <Queue {...props} />
    </>
  );
}

/** The answer to an act: the next card, and what can be taken back. */
export function QueueAnswer({ done, ...props }: QueueProps & { done?: QueueDone | null }) {
  return (
    <>
      <Queue {...props} />
      <Partial id={queueCountId}>
        <QueueCount count={props.total} />
      </Partial>
      {done ? (
        <hx-partial hx-target="#avisos" hx-swap="innerHTML">
          <div class="notice">
            <span>{done.text}</span>
            {done.contactId ? (
              <ActForm slug={props.slug} personId={done.personId} record={done.record} act="desfazer">
                <input type="hidden" name="contato" value={done.contactId} />
                <button class="link-button" type="submit" data-key="z">
                  Desfazer
                </button>
              </ActForm>
            ) : (
              ''
            )}
          </div>
        </hx-partial>
      ) : (
        ''
      )}
    </>
  );
}

export type QueueDone = { text: string; personId: string; record: string; contactId: string | null };

type QueueLiveProps = {
  views: readonly QueueView[];
  /** Of the open person; 0 when no longer in the queue. */
  position: number;
  total: number;
  hasCard: boolean;
  clock: Clock;
};

/** What moves by itself while a card is read. */
export function QueueLive({ views, position, total, hasCard, clock }: QueueLiveProps) {
  return (
    <>
      <Partial id={queueCountId}>
        <QueueCount count={total} />
      </Partial>
      {hasCard ? (
        <>
          <Partial id={totalId}>
            <Total position={position} total={total} />
          </Partial>
          <Partial id={viewsId}>
            <Views views={views} clock={clock} />
          </Partial>
        </>
      ) : (
        ''
      )}
    </>
  );
}

function Queue(props: QueueProps) {
  return (
    <div id={queueId}>
      {props.card ? <Card {...props} card={props.card} /> : <Done nextAt={props.nextAt} clock={props.clock} />}
    </div>
  );
}

function Done({ nextAt, clock }: { nextAt: Date | null; clock: Clock }) {
  return (
    <div class="empty" role="status">
      <Icon name="check" size={36} />
      <p class="empty-title">Fila zerada 🎉</p>
      <p>
        {nextAt ? `Próximo lembrete: ${relativeText(nextAt, clock)}.` : 'Quem aparecer na loja entra aqui sozinho.'}
      </p>
    </div>
  );
}

function Total({ position, total }: { position: number; total: number }) {
  return (
    <span id={totalId} class="faint nowrap">
      {position > 0 ? `${position} de ${cappedText(total, mostCounted)}` : `${cappedText(total, mostCounted)} na fila`}
    </span>
  );
}

function Views({ views, clock }: { views: readonly QueueView[]; clock: Clock }) {
  return (
    <p id={viewsId} class="queue-views">
      {views.map(({ kind, name, at }) => (
        <span class="chip chip-warn">
          <bdi>{name?.trim().split(/\s+/)[0] || 'Alguém'}</bdi> {kind === 'opened' ? 'abriu' : 'falou com esta pessoa'}{' '}
          {relativeText(at, clock)}
        </span>
      ))}
    </p>
  );
}

function Card(props: QueueProps & { card: QueueCard }) {
  const { slug, card, total, clock, isMasked, canContact } = props;
  const { person, state, text, reminders, refusal, views } = card;
  const phone = { ...person, phoneStatus: person.phoneE164 ? 'valid' : 'empty', phoneReason: null };
  return (
    <article class="card queue-card" aria-label="Pessoa da vez">
      <div class="card-head">
        <h2 id="fila-pessoa" tabindex={-1}>
          <a href={paths.customer(slug, person.personId)} data-key="Enter">
            <bdi>{person.name?.trim() || 'Sem nome'}</bdi>
          </a>
        </h2>
        <Total position={card.position} total={total} />
      </div>
      <div class="queue-person">
        <Phone phone={{ ...phone, phoneWarnings: '', phoneRaw: null }} isMasked={isMasked} />
        {person.paidOrderCount > 0 ? (
          <span class="chip">
            já comprou {person.paidOrderCount}× ({moneyText(person.netMinor, person.currency)})
          </span>
        ) : (
          ''
        )}
      </div>
      <Views views={views} clock={clock} />
      {reminders.map((note) => (
        <p class="queue-line">
          <Icon name="clock" /> <span>Lembrete{note ? ': ' : ' de hoje'}</span> <bdi>{note}</bdi>
        </p>
      ))}
      <ul class="queue-lines">
        {person.lines.map((line) => (
          <Line line={line} slug={slug} clock={clock} />
        ))}
      </ul>
      {canContact ? (
        <>
          <MessageChoice {...props} />
          <div class="bubble">
            <p>
              <bdi>{text || 'Sem mensagem: todas as que servem estão desligadas.'}</bdi>
            </p>
          </div>
          {refusal ? <Question {...props} /> : ''}
          <Acts {...props} />
        </>
      ) : (
        <p class="faint">Seu papel vê a fila, mas não contata pessoas.</p>
      )}
      <p class="hidden" aria-live="polite">
        {person.name?.trim() || 'Sem nome'}, {card.position} de {total}
        {state.whatsapp.block ? ', telefone fixo' : ''}
      </p>
    </article>
  );
}

const lineIcons: Readonly<Record<QueueLine['entity'], IconName>> = { order: 'clock', cart: 'cart', lead: 'leads' };

function Line({ line, slug, clock }: { line: QueueLine; slug: string; clock: Clock }) {
  const { entity, at, number, totalMinor, currency, detail, count } = line;
  const money = totalMinor && currency ? moneyText(totalMinor, currency) : '';
  const when = at ? relativeText(at, clock) : 'sem data';
  return (
    <li class="queue-line">
      <Icon name={lineIcons[entity]} />
      <a href={paths.record(slug, line)}>
        {entity === 'order' ? (
          <>
            <bdi>{detail ?? 'Pagamento'}</bdi> {when}, não pago: <strong>{money}</strong> · pedido <bdi>{number}</bdi>
          </>
        ) : entity === 'cart' ? (
          <>
            Carrinho {when}: <strong>{money}</strong> · {countText(count, 'item', 'itens')}
            {detail ? ': ' : ''}
            <bdi>{detail}</bdi>
          </>
        ) : (
          <>
            Lead {when}
            {detail ? ' · ' : ''}
            <bdi>{detail}</bdi>
          </>
        )}
      </a>
    </li>
  );
}

function MessageChoice({ slug, card }: QueueProps & { card: QueueCard }) {
  const { audience, state } = card;
  const path = paths.queue(slug, { pessoa: card.person.personId });
  return (
    <form class="queue-choice" method="get" action={paths.queue(slug)}>
      <input type="hidden" name="pessoa" value={card.person.personId} />
      <label for="fila-modelo">Mensagem</label>
      <select
        id="fila-modelo"
        name="modelo"
        hx-get={path}
        hx-target={`#${queueId}`}
        hx-swap="outerHTML"
        hx-trigger="change"
      >
        {audienceNames
          .filter((name) => name === audience || audiences[name].entity === state.entity)
          .map((name) => (
            <option value={name} selected={name === audience}>
              {audiences[name].label}
            </option>
          ))}
      </select>
      <ScriptlessButton>Trocar</ScriptlessButton>
    </form>
  );
}

type ActFormProps = { slug: string; personId: string; record: string; act: string; children?: Child };

function ActForm({ slug, personId, record, act, children }: ActFormProps) {
  const action = paths.queueAct(slug, personId);
  return (
    <form method="post" action={action} hx-post={action} hx-target={`#${queueId}`} hx-swap="outerHTML">
      <input type="hidden" name="registro" value={record} />
      <input type="hidden" name="acao" value={act} />
      {children}
    </form>
  );
}

/** Somebody was faster: they decide. */
function Question(props: QueueProps & { card: QueueCard }) {
  const { slug, card, clock } = props;
  const refusal = card.refusal!;
  const channel = refusal.kind === 'conflict' || refusal.kind === 'cool_down' ? refusal.channel : null;
  return (
    <div class="mark-refusal" role="alert">
      <p>{refusalText(refusal, clock)}.</p>
      <div class="mark-choices">
        {channel ? (
          <ActForm {...actOf(props)} act={channel}>
            <input type="hidden" name="forcar" value="1" />
            <button class="link-button" type="submit">
              {refusal.kind === 'conflict' ? 'Marcar mesmo assim' : 'Enviar mesmo assim'}
            </button>
          </ActForm>
        ) : (
          ''
        )}
        <a href={paths.queue(slug)}>Próxima pessoa</a>
      </div>
    </div>
  );
}

const actOf = ({ slug, card }: { slug: string; card: QueueCard }) => ({
  slug,
  personId: card.person.personId,
  record: recordValue(card.state),
});

/** How long somebody is put off, as `quanto=` says it. */
export const pauseLabels = { '1h': '1 hora', amanha: 'Até amanhã', '3d': '3 dias' } as const;

function Acts(props: QueueProps & { card: QueueCard }) {
  const { slug, card, clock } = props;
  const { state, chosen } = card;
  const act = actOf(props);
  return (
    <div class="queue-acts">
      <WhatsappButton
        slug={slug}
        state={state}
        clock={clock}
        target={queueId}
        action={paths.queueAct(slug, act.personId)}
        act="whatsapp"
        audience={chosen ?? undefined}
        id="fila-whatsapp"
        hasMenu
      >
        <Icon name="whatsapp" /> WhatsApp <kbd>w</kbd>
      </WhatsappButton>
      {state.email.block?.isBlocking ? (
        ''
      ) : (
        <ActForm {...act} act="email">
          <button class="button" type="submit" id="fila-email" data-key="e">
            E-mail enviado <kbd>e</kbd>
          </button>
        </ActForm>
      )}
      <details class="menu">
        <summary class="button" data-key="s">
          Adiar <kbd>s</kbd> <Icon name="down" size={16} />
        </summary>
        <div class="menu-panel queue-pauses">
          {Object.entries(pauseLabels).map(([name, label]) => (
            <ActForm {...act} act="adiar">
              <button class="button" type="submit" name="quanto" value={name}>
                {label}
              </button>
            </ActForm>
          ))}
        </div>
      </details>
      <ActForm {...act} act="pular">
        <button class="button" type="submit" id="fila-pular" data-key="j">
          Pular <kbd>j</kbd>
        </button>
      </ActForm>
      <details class="menu">
        <summary class="button">Não contatar</summary>
        <div class="menu-panel queue-pauses">
          <ActForm {...act} act="nao_contatar">
            <p>A pessoa não aparece mais em nenhuma lista de contato.</p>
            <button class="button" type="submit">
              Não contatar mais
            </button>
          </ActForm>
        </div>
      </details>
      {state.whatsapp.mark ? (
        <span class="faint">WhatsApp enviado às {timeText(state.whatsapp.mark.contactedAt, clock.timeZone)}</span>
      ) : (
        ''
      )}
    </div>
  );
}
