// "E-mail ☐ WhatsApp ☐": whether a record was written to, by whom and when, as toggles. Each request names the mark that the person saw, so nobody
// overwrites a colleague's; what the server answers to that stands here until somebody chooses.
import type { Child } from 'hono/jsx';
import type { Channel, ContactBlock, ContactMark } from '#shared/contacts/contact.ts';
import type { RecordRef } from '#shared/contacts/record.ts';
import { type Clock, dateText, dateTimeText, relativeText, timeText } from '../format.ts';
import { paths } from '../paths.ts';
import {
  blockText,
  type ContactState,
  channelLabels,
  type MarkedChannel,
  markedChannels,
  recordValue,
} from './contact-types.ts';
import { Icon } from './icon.tsx';
import { WhatsappButton } from './whatsapp-button.tsx';

export const contactMarksId = ({ entity, id }: RecordRef) => `contato-${entity}-${id}`;

/** Why an act was not done. */
export type ContactRefusal =
  | { kind: 'conflict' | 'cool_down'; channel: Channel; mark: ContactMark }
  | { kind: 'blocked'; block: ContactBlock }
  | { kind: 'invalid'; sentence: string };

export type ContactMarksProps = {
  slug: string;
  state: ContactState;
  clock: Clock;
  /** May this person contact anybody? A viewer sees the marks only. */
  canContact: boolean;
  refusal?: ContactRefusal | null;
  /** The element that the answer replaces; the marks themselves unless told. */
  target?: string;
  /** On a page of one record: there is room for what else can be tried. */
  hasMenu?: boolean;
};

export function ContactMarks(props: ContactMarksProps) {
  const { state, canContact, refusal = null } = props;
  return (
    // A question stays until it is answered, whatever moves the page meanwhile.
    <div id={contactMarksId(state)} class="marks" hx-morph-skip={refusal ? 'true' : undefined}>
      {canContact ? (
        <WhatsappButton {...props} target={props.target ?? contactMarksId(state)} hasMenu={props.hasMenu} />
      ) : (
        ''
      )}
      {markedChannels.map((channel) => (
        <ChannelToggle {...props} channel={channel} />
      ))}
      {refusal ? <Refusal {...props} refusal={refusal} /> : ''}
    </div>
  );
}

/** `Ana Lima` → `Ana`; what the command line did without a user has no name. */
export const firstName = (name: string | null) => name?.trim().split(/\s+/)[0] || 'Alguém';

/** `10/01 14:32`. */
function markTime(at: Date, { timeZone }: Clock): string {
  const text = dateTimeText(at, timeZone);
  return `${text.slice(0, 5)} ${text.slice(11)}`;
}

function ChannelToggle(props: ContactMarksProps & { channel: MarkedChannel }) {
  const { state, channel, clock, canContact } = props;
  const { mark, block } = state[channel];
  const label = channelLabels[channel];
  const why = block ? blockText(block, (instant) => dateText(instant, clock.timeZone)) : null;
  // Who wants no messages at all is told of once, under both.
  const isSaidBelow =
    channel !== markedChannels.at(-1) &&
    block?.code === 'opted_out' &&
    markedChannels.every((other) => state[other].block?.code === 'opted_out');
  const author = mark ? (
    <span class="mark-author">
      <bdi>{firstName(mark.userName)}</bdi>, {markTime(mark.contactedAt, clock)}
    </span>
  ) : (
    ''
  );
  if (!canContact || (!mark && block?.isBlocking)) {
    return (
      <span class="mark">
        <button
          class="toggle"
          type="button"
          role="switch"
          aria-checked={String(mark !== null)}
          disabled
          title={why ?? ''}
        >
          <ToggleBox isOn={mark !== null} /> {label}
        </button>
        {author || (why && !isSaidBelow ? <span class="mark-author">{why}</span> : '')}
      </span>
    );
  }
  return (
    <MarkForm {...props} mark={mark}>
      <button
        id={`${contactMarksId(state)}-${channel}`}
        class="toggle"
        type="submit"
        role="switch"
        aria-checked={String(mark !== null)}
        title={mark ? 'Desfazer' : (why ?? `Marcar ${label} como enviado`)}
      >
        <ToggleBox isOn={mark !== null} /> {label}
      </button>
      {author}
      {mark ? (
        <button class="link-button" type="submit">
          Desfazer
        </button>
      ) : why ? (
        <span class="mark-author">{why}</span>
      ) : (
        ''
      )}
    </MarkForm>
  );
}

function ToggleBox({ isOn }: { isOn: boolean }) {
  return <span class="toggle-box">{isOn ? <Icon name="check" size={14} /> : ''}</span>;
}

type MarkFormProps = ContactMarksProps & {
  channel: MarkedChannel;
  /** Taken back; without one a new mark is made. */
  mark: ContactMark | null;
  children?: Child;
};

/** Without htmx the same form works as a plain one. */
function MarkForm({ slug, state, channel, mark, target, hasMenu, children }: MarkFormProps) {
  const action = mark ? paths.undoContact(slug, mark.id) : paths.contacts(slug);
  return (
    <form
      class="mark"
      method="post"
      action={action}
      hx-post={action}
      hx-target={`#${target ?? contactMarksId(state)}`}
      hx-swap="outerHTML"
    >
      <input type="hidden" name="registro" value={recordValue(state)} />
      {hasMenu ? <input type="hidden" name="menu" value="1" /> : ''}
      {mark ? (
        ''
      ) : (
        <>
          <input type="hidden" name="canal" value={channel} />
          <input type="hidden" name="visto" value="" />
        </>
      )}
      {children}
    </form>
  );
}

/** `Ana já marcou às 14:31`; a mark of another day names the day. */
export function refusalText(refusal: ContactRefusal, clock: Clock): string {
  if (refusal.kind === 'invalid') return refusal.sentence;
  if (refusal.kind === 'blocked') return blockText(refusal.block, (instant) => dateText(instant, clock.timeZone));
  const { channel, contactedAt, userName } = refusal.mark;
  const who = firstName(userName);
  if (refusal.kind === 'cool_down')
    return `${who} falou com esta pessoa ${relativeText(contactedAt, clock)} (${channelLabels[channel]})`;
  const isToday = dateText(contactedAt, clock.timeZone) === dateText(clock.now, clock.timeZone);
  const day = isToday ? '' : `em ${dateText(contactedAt, clock.timeZone)} `;
  return `${who} já marcou ${day}às ${timeText(contactedAt, clock.timeZone)}`;
}

function Refusal(props: ContactMarksProps & { refusal: ContactRefusal }) {
  const { slug, state, clock, refusal, target } = props;
  const text = refusalText(refusal, clock);
  const back = paths.recordContacts(slug, state);
  return (
    <div class="mark-refusal" role="alert">
      <p>
        {text}
        {text.endsWith('.') ? '' : '.'}
      </p>
      <div class="mark-choices">
        {refusal.kind === 'conflict' || refusal.kind === 'cool_down' ? (
          <form
            method="post"
            action={paths.contacts(slug)}
            hx-post={paths.contacts(slug)}
            hx-target={`#${target ?? contactMarksId(state)}`}
            hx-swap="outerHTML"
          >
            <input type="hidden" name="registro" value={recordValue(state)} />
            <input type="hidden" name="canal" value={refusal.channel} />
            <input type="hidden" name="forcar" value="1" />
            <button class="link-button" type="submit">
              {refusal.kind === 'conflict' ? 'Marcar mesmo assim' : 'Enviar mesmo assim'}
            </button>
          </form>
        ) : (
          ''
        )}
        <a
          href={paths.record(slug, state)}
          hx-get={back}
          hx-target={`#${target ?? contactMarksId(state)}`}
          hx-swap="outerHTML"
        >
          Deixar assim
        </a>
        {refusal.kind !== 'invalid' && refusal.kind !== 'blocked' && refusal.channel === 'whatsapp' ? (
          <WhatsappButton {...props} target={target ?? contactMarksId(state)} isForced isPlain>
            Abrir o WhatsApp mesmo assim
          </WhatsappButton>
        ) : (
          ''
        )}
      </div>
    </div>
  );
}

type ContactAnswerProps = ContactMarksProps & {
  /** A mark that was just made, by its id, or taken back: said aloud, and seen for a moment. */
  marked?: string;
};

/** The answer to an act on the marks. */
export function ContactAnswer({ marked, ...props }: ContactAnswerProps) {
  const { state, slug, clock } = props;
  const made = markedChannels.map((channel) => state[channel].mark).find((mark) => mark?.id === marked);
  return (
    <>
      <ContactMarks {...props} />
      {made ? (
        <Notice>
          <span>Marcado como enviado às {timeText(made.contactedAt, clock.timeZone)}.</span>
          <MarkForm slug={slug} state={state} clock={clock} canContact channel="email" mark={made}>
            <button class="link-button" type="submit">
              Desfazer
            </button>
          </MarkForm>
        </Notice>
      ) : marked === 'undone' ? (
        <Notice>Marca desfeita.</Notice>
      ) : (
        ''
      )}
    </>
  );
}

function Notice({ children }: { children?: Child }) {
  return (
    <hx-partial hx-target="#avisos" hx-swap="innerHTML">
      <div class="notice">{children}</div>
    </hx-partial>
  );
}
