// The way to WhatsApp with the message written. A plain link, which works without script; with it the same click also marks the record as written to
// (static/whatsapp.js sends the form around it). Disabled it says why.
import type { Child } from 'hono/jsx';
import { type Clock, dateText } from '../format.ts';
import { paths } from '../paths.ts';
import { blockText, type ContactState, recordValue } from './contact-types.ts';
import { Icon } from './icon.tsx';

type WhatsappButtonProps = {
  slug: string;
  state: ContactState;
  clock: Clock;
  /** The element that the answer to the mark replaces. */
  target: string;
  /** Another text than the one that fits. */
  audience?: string;
  /** To the number without its ninth digit, where an old account may live. */
  isWithoutNine?: boolean;
  /** Although somebody was in touch a moment ago. */
  isForced?: boolean;
  /** As a link inside a text or a menu. */
  isPlain?: boolean;
  /** With what else can be tried, in a menu beside it. */
  hasMenu?: boolean;
  /** Where the mark is sent instead of the contacts, and as which act. */
  action?: string;
  act?: string;
  id?: string;
  children?: Child;
};

export function WhatsappButton(props: WhatsappButtonProps) {
  const { slug, state, clock, target, audience, isWithoutNine, isForced, isPlain, act, id, children } = props;
  const { block, mark } = state.whatsapp;
  const why = block ? blockText(block, (instant) => dateText(instant, clock.timeZone)) : '';
  if (block?.isBlocking) {
    return (
      <button class="button button-whatsapp" type="button" disabled title={why}>
        <Icon name="whatsapp" /> WhatsApp
      </button>
    );
  }
  const action = props.action ?? paths.contacts(slug);
  const href = paths.whatsapp(slug, state, {
    modelo: audience,
    sem9: isWithoutNine ? 1 : null,
    forcar: isForced ? 1 : null,
  });
  return (
    <>
      <form
        class="whatsapp"
        method="post"
        action={action}
        hx-post={action}
        hx-target={`#${target}`}
        hx-swap="outerHTML"
      >
        <input type="hidden" name="registro" value={recordValue(state)} />
        <input type="hidden" name="canal" value="whatsapp" />
        <input type="hidden" name="visto" value={mark?.id ?? ''} />
        <input type="hidden" name="n" value="" />
        {props.hasMenu ? <input type="hidden" name="menu" value="1" /> : ''}
        {act ? <input type="hidden" name="acao" value={act} /> : ''}
        {audience ? <input type="hidden" name="modelo" value={audience} /> : ''}
        {isForced ? <input type="hidden" name="forcar" value="1" /> : ''}
        <a
          id={id}
          class={isPlain ? undefined : 'button button-whatsapp'}
          href={href}
          target="whatsapp"
          title={why || undefined}
          data-whatsapp
          data-key={isPlain ? undefined : 'w'}
        >
          {children ?? (
            <>
              <Icon name="whatsapp" /> WhatsApp
            </>
          )}
        </a>
      </form>
      {props.hasMenu && state.hasOldNumber ? (
        <details class="menu menu-end whatsapp-more">
          <summary class="button" aria-label="Mais sobre o WhatsApp">
            <Icon name="more" />
          </summary>
          <div class="menu-panel menu-list">
            {/* The first try has marked the record: this one is the same person's, on purpose. */}
            <WhatsappButton
              {...props}
              id={undefined}
              hasMenu={false}
              isPlain
              isWithoutNine
              isForced={isForced || mark !== null}
            >
              Tentar sem o 9
            </WhatsappButton>
            <p class="faint">Contas antigas do WhatsApp ficam no número sem o nono dígito.</p>
          </div>
        </details>
      ) : (
        ''
      )}
    </>
  );
}
