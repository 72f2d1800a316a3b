// What people know and want about a record and its person: marks, opt-outs, a lead's stage, tags, reminders, notes, and whom we contacted. The same
// card stands on the pages of leads, carts and orders; each form of it is answered with the whole card.
import type { Child } from 'hono/jsx';
import { channels } from '#shared/contacts/contact.ts';
import { leadStages } from '#shared/contacts/lead-stage.ts';
import { optOutChannels } from '#shared/contacts/opt-out.ts';
import type { RecordRef } from '#shared/contacts/record.ts';
import { maxNoteLength, maxReasonLength, maxTagLength } from '#shared/contacts/remarks.ts';
import { type Clock, dateText, dateTimeText } from '../format.ts';
import { paths } from '../paths.ts';
import { ContactMarks, type ContactRefusal, firstName } from './contact-marks.tsx';
import {
  channelLabels,
  optOutLabels,
  type RecordPanelFacts,
  recordValue,
  recordWords,
  stageLabels,
} from './contact-types.ts';

export const recordPanelId = ({ entity, id }: RecordRef) => `ficha-${entity}-${id}`;

export type RecordPanelProps = {
  slug: string;
  facts: RecordPanelFacts;
  clock: Clock;
  canContact: boolean;
  isMasked: boolean;
  refusal?: ContactRefusal | null;
};

export function RecordPanel(props: RecordPanelProps) {
  const { slug, facts, clock, canContact, refusal = null } = props;
  const { state } = facts;
  return (
    <section
      id={recordPanelId(state)}
      class="card panel"
      aria-label="Contato e anotações"
      hx-morph-skip={refusal ? 'true' : undefined}
    >
      <div class="card-head">
        <h2>Contato e anotações</h2>
        <ContactMarks
          slug={slug}
          state={state}
          clock={clock}
          canContact={canContact}
          refusal={refusal}
          target={recordPanelId(state)}
          hasMenu
        />
      </div>
      <div class="panel-parts">
        {state.entity === 'lead' ? <Stage {...props} /> : ''}
        <OptOuts {...props} />
        <Tags {...props} />
        <Reminders {...props} />
        <Notes {...props} />
        <Contacts {...props} />
      </div>
    </section>
  );
}

type FormProps = RecordPanelProps & { action: string; class?: string; label?: string; children?: Child };

/** A form of the card: its answer is the card. */
function PanelForm({ facts, action, class: className, label, children }: FormProps) {
  return (
    <form
      class={className ?? 'panel-form'}
      aria-label={label}
      method="post"
      action={action}
      hx-post={action}
      hx-target={`#${recordPanelId(facts.state)}`}
      hx-swap="outerHTML"
    >
      <input type="hidden" name="registro" value={recordValue(facts.state)} />
      {children}
    </form>
  );
}

function Part({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="panel-part">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

type SignedFact = { userName: string | null; createdAt: Date };

/** `Ana, 10/01/2025 14:32`. */
function Signature({ of: { userName, createdAt }, clock }: { of: SignedFact; clock: Clock }) {
  return (
    <span class="faint">
      <bdi>{firstName(userName)}</bdi>, {dateTimeText(createdAt, clock.timeZone)}
    </span>
  );
}

/** Where else the fact was written, when that is another record of the person. */
function Elsewhere({ record, slug, facts }: RecordPanelProps & { record: RecordRef }) {
  if (record.entity === facts.state.entity && record.id === facts.state.id) return null;
  return (
    <span class="faint">
      {' · em outro '}
      <a href={paths.record(slug, record)}>{recordWords[record.entity]}</a>
    </span>
  );
}

/** A text of people can hold a contact: without the right to contacts, what may be one is hidden. */
export function FreeText({ text, isMasked }: { text: string; isMasked: boolean }) {
  const isContact = text.includes('@') || text.replace(/\D/g, '').length >= 8;
  return <bdi class="free-text">{isMasked && isContact ? '•••' : text}</bdi>;
}

function Stage(props: RecordPanelProps) {
  const { slug, facts, clock, canContact } = props;
  const [current, ...before] = facts.stages;
  const stage = current?.stage ?? 'new';
  return (
    <Part title="Situação">
      <p>
        <strong>{stageLabels[stage]}</strong>
        {current?.reason ? (
          <>
            {': '}
            <FreeText text={current.reason} isMasked={props.isMasked} />
          </>
        ) : (
          ''
        )}{' '}
        {current ? <Signature of={current} clock={clock} /> : ''}
        {current?.isByContact ? <span class="faint"> · pelo WhatsApp enviado</span> : ''}
      </p>
      {canContact ? (
        <PanelForm {...props} action={paths.leadStage(slug, facts.state.id)} label="Mudar situação">
          <select class="select" name="situacao" aria-label="Nova situação">
            {leadStages.map((value) => (
              <option value={value} selected={value === stage}>
                {stageLabels[value]}
              </option>
            ))}
          </select>
          <input
            name="motivo"
            maxlength={maxReasonLength}
            placeholder="Motivo, se perdido"
            aria-label="Motivo, se perdido"
          />
          <button class="button" type="submit">
            Mudar
          </button>
        </PanelForm>
      ) : (
        ''
      )}
      {before.length > 0 ? (
        <details>
          <summary>Histórico da situação</summary>
          <ul class="history">
            {before.map((move) => (
              <li>
                {stageLabels[move.stage]} <Signature of={move} clock={clock} />
              </li>
            ))}
          </ul>
        </details>
      ) : (
        ''
      )}
    </Part>
  );
}

const sourceLabels = {
  operator: '',
  plugin: ' · descadastrou-se no plugin da loja',
  original: ' · do sistema anterior',
};

function OptOuts(props: RecordPanelProps) {
  const { slug, facts, clock, canContact } = props;
  return (
    <Part title="Não contatar">
      {facts.optOuts.length === 0 ? <p class="faint">Pode receber mensagens.</p> : ''}
      <ul class="panel-list">
        {facts.optOuts.map((optOut) => (
          <li>
            <p>
              <strong>{optOutLabels[optOut.channel]}</strong>: não quer mensagens desde{' '}
              {dateText(optOut.createdAt, clock.timeZone)}
              <span class="faint">{sourceLabels[optOut.source]}</span>{' '}
              {optOut.reason ? <FreeText text={optOut.reason} isMasked={props.isMasked} /> : ''}{' '}
              {optOut.source === 'operator' ? <Signature of={optOut} clock={clock} /> : ''}
            </p>
            {canContact && optOut.source !== 'plugin' ? (
              <PanelForm {...props} class="inline-form" action={paths.undoOptOuts(slug)}>
                <input type="hidden" name="canal" value={optOut.channel} />
                <button class="link-button" type="submit">
                  Retirar
                </button>
              </PanelForm>
            ) : (
              ''
            )}
          </li>
        ))}
      </ul>
      {canContact ? (
        <PanelForm {...props} action={paths.optOuts(slug)} label="Não contatar">
          <select class="select" name="canal" aria-label="Canal">
            {optOutChannels.map((value) => (
              <option value={value}>{optOutLabels[value]}</option>
            ))}
          </select>
          <input name="motivo" maxlength={maxReasonLength} placeholder="Motivo" aria-label="Motivo" />
          <button class="button" type="submit">
            Não contatar
          </button>
        </PanelForm>
      ) : (
        ''
      )}
    </Part>
  );
}

function Tags(props: RecordPanelProps) {
  const { slug, facts, canContact } = props;
  const listId = `etiquetas-${recordPanelId(facts.state)}`;
  return (
    <Part title="Etiquetas">
      {facts.tags.length === 0 ? <p class="faint">Nenhuma etiqueta.</p> : ''}
      <ul class="chips">
        {facts.tags.map((tag) => (
          <li class="chip chip-tag">
            <bdi>{tag.name}</bdi>
            {canContact ? (
              <PanelForm {...props} class="inline-form" action={paths.undoTag(slug, tag.id)}>
                <button class="chip-remove" type="submit" aria-label={`Retirar a etiqueta ${tag.name}`}>
                  ×
                </button>
              </PanelForm>
            ) : (
              ''
            )}
          </li>
        ))}
      </ul>
      {canContact ? (
        <PanelForm {...props} action={paths.tags(slug)} label="Etiquetar">
          <input
            name="etiqueta"
            list={listId}
            required
            maxlength={maxTagLength}
            placeholder="Etiqueta"
            aria-label="Etiqueta"
          />
          <datalist id={listId}>
            {facts.knownTags.map((name) => (
              <option value={name} />
            ))}
          </datalist>
          <button class="button" type="submit">
            Etiquetar
          </button>
        </PanelForm>
      ) : (
        ''
      )}
    </Part>
  );
}

function Reminders(props: RecordPanelProps) {
  const { slug, facts, clock, canContact } = props;
  return (
    <Part title="Lembretes">
      {facts.reminders.length === 0 ? <p class="faint">Nenhum lembrete.</p> : ''}
      <ul class="panel-list">
        {facts.reminders.map((reminder) => (
          <li>
            <p>
              <strong>{dateTimeText(reminder.remindAt, clock.timeZone)}</strong>{' '}
              <FreeText text={reminder.note} isMasked={props.isMasked} /> <Signature of={reminder} clock={clock} />
              <Elsewhere {...props} record={reminder.record} />
            </p>
            {canContact ? (
              <PanelForm {...props} class="inline-form" action={paths.undoReminder(slug, reminder.id)}>
                <button class="link-button" type="submit">
                  Concluir
                </button>
              </PanelForm>
            ) : (
              ''
            )}
          </li>
        ))}
      </ul>
      {canContact ? (
        <PanelForm {...props} action={paths.reminders(slug)} label="Lembrar">
          <input type="date" name="dia" required aria-label="Dia" />
          <input name="texto" maxlength={maxReasonLength} placeholder="Lembrar de…" aria-label="Lembrar de" />
          <button class="button" type="submit">
            Lembrar
          </button>
        </PanelForm>
      ) : (
        ''
      )}
    </Part>
  );
}

function Notes(props: RecordPanelProps) {
  const { slug, facts, clock, canContact } = props;
  return (
    <Part title="Notas">
      {facts.notes.length === 0 ? <p class="faint">Nenhuma nota.</p> : ''}
      <ul class="panel-list">
        {facts.notes.map((note) => (
          <li>
            <p>
              <FreeText text={note.body} isMasked={props.isMasked} /> <Signature of={note} clock={clock} />
              <Elsewhere {...props} record={note.record} />
            </p>
            {canContact ? (
              <PanelForm {...props} class="inline-form" action={paths.undoNote(slug, note.id)}>
                <button class="link-button" type="submit">
                  Apagar
                </button>
              </PanelForm>
            ) : (
              ''
            )}
          </li>
        ))}
      </ul>
      {canContact ? (
        <PanelForm {...props} action={paths.notes(slug)} label="Anotar">
          <textarea
            name="texto"
            required
            maxlength={maxNoteLength}
            rows={2}
            placeholder="Nova nota"
            aria-label="Nova nota"
          />
          <button class="button" type="submit">
            Anotar
          </button>
        </PanelForm>
      ) : (
        ''
      )}
    </Part>
  );
}

function Contacts(props: RecordPanelProps) {
  const { slug, facts, clock, canContact } = props;
  return (
    <Part title="Histórico de contatos">
      {facts.contacts.length === 0 ? <p class="faint">Ninguém falou com esta pessoa ainda.</p> : ''}
      <ul class="panel-list">
        {facts.contacts.map((contact) => (
          <li>
            <p class={contact.undoneAt ? 'undone' : undefined}>
              <strong>{channelLabels[contact.channel]}</strong>
              {contact.template ? (
                <>
                  {' · modelo '}
                  <bdi>{contact.template}</bdi>
                </>
              ) : (
                ''
              )}{' '}
              <Signature of={{ userName: contact.userName, createdAt: contact.contactedAt }} clock={clock} />
              <Elsewhere {...props} record={contact.record} />
              {contact.undoneAt ? (
                <span class="faint">
                  {' · desfeito por '}
                  <bdi>{firstName(contact.undoneBy)}</bdi>, {dateTimeText(contact.undoneAt, clock.timeZone)}
                </span>
              ) : (
                ''
              )}
            </p>
            {canContact && !contact.undoneAt ? (
              <PanelForm {...props} class="inline-form" action={paths.undoContact(slug, contact.id)}>
                <button class="link-button" type="submit">
                  Desfazer
                </button>
              </PanelForm>
            ) : (
              ''
            )}
          </li>
        ))}
      </ul>
      {canContact ? (
        <PanelForm {...props} action={paths.contacts(slug)} label="Registrar contato">
          <select class="select" name="canal" aria-label="Canal do contato">
            {channels.map((value) => (
              <option value={value}>{channelLabels[value]}</option>
            ))}
          </select>
          <button class="button" type="submit">
            Registrar contato
          </button>
        </PanelForm>
      ) : (
        ''
      )}
    </Part>
  );
}
