// Mensagens: one card an audience with its text, what it looks like for real people, and what is odd about it; the company's coupon above.
import { type AudienceName, audiences, variablesByEntity } from '#shared/message-audiences.ts';
import { longMessage, type WhatsappOpener, whatsappOpeners } from '#shared/message-template.ts';
import { CouponCard, Saved } from '../components/coupon-card.tsx';
import { Icon } from '../components/icon.tsx';
import { numberText, percentText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import type { Coupon, TemplateCard } from './messages-types.ts';

const cardId = (name: AudienceName) => `mensagem-${name}`;
const previewId = (name: AudienceName) => `previa-${name}`;

const groups = [
  { title: 'Leads', entity: 'lead' },
  { title: 'Carrinhos e pagamentos', entity: 'cart' },
  { title: 'Pedidos', entity: 'order' },
] as const;

const groupOf = (name: AudienceName) => (name === 'awaiting_payment' ? 'cart' : audiences[name].entity);

type MessagesPageProps = {
  slug: string;
  cards: readonly TemplateCard[];
  coupon: Coupon;
  canEdit: boolean;
  preferences: PreferencesProps['preferences'];
};

export function MessagesPage({ slug, cards, coupon, canEdit, preferences }: MessagesPageProps) {
  return (
    <>
      <PageHead title="Mensagens" />
      <p class="faint">
        O botão WhatsApp escolhe o texto sozinho: um lead que já comprou recebe o texto de cliente.
        {canEdit ? '' : ' Quem administra a empresa pode mudar os textos.'}
      </p>
      <div class="columns">
        <Preferences slug={slug} preferences={preferences} />
        <CouponCard slug={slug} coupon={coupon} canEdit={canEdit} />
      </div>
      {groups.map(({ title, entity }) => (
        <section class="message-group">
          <h2>{title}</h2>
          {cards
            .filter(({ name }) => groupOf(name) === entity)
            .map((card) => (
              <TemplateForm slug={slug} card={card} canEdit={canEdit} />
            ))}
        </section>
      ))}
    </>
  );
}

const openerLabels: Readonly<Record<WhatsappOpener, string>> = {
  wa_me: 'wa.me (celular ou computador)',
  web: 'WhatsApp Web',
  app: 'Aplicativo do computador',
};

type PreferencesProps = { slug: string; preferences: { opener: WhatsappOpener; hasShortcuts: boolean } };

/** Of the user, in every company. */
function Preferences({ slug, preferences: { opener, hasShortcuts } }: PreferencesProps) {
  return (
    <section class="card">
      <h2>Como você trabalha</h2>
      <form class="coupon-form" method="post" action={paths.preferences(slug)}>
        <label>
          O botão WhatsApp abre
          <select name="whatsapp">
            {whatsappOpeners.map((name) => (
              <option value={name} selected={name === opener}>
                {openerLabels[name]}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" name="atalhos" value="1" checked={hasShortcuts} /> Atalhos de uma tecla
        </label>
        <button class="button" type="submit">
          Salvar
        </button>
      </form>
      <p class="faint">
        <span class="wide-only">
          <kbd>?</kbd> mostra os atalhos.{' '}
        </span>
        Vale só para você.
      </p>
    </section>
  );
}

type TemplateFormProps = {
  slug: string;
  card: TemplateCard;
  canEdit: boolean;
  fault?: string | null;
  isSaved?: boolean;
};

export function TemplateForm({ slug, card, canEdit, fault = null, isSaved = false }: TemplateFormProps) {
  const { name, body, isEnabled } = card;
  const { label, hint, entity } = audiences[name];
  const save = paths.message(slug, name);
  return (
    <form
      id={cardId(name)}
      class="card message"
      method="post"
      action={save}
      hx-post={save}
      hx-target={`#${cardId(name)}`}
      hx-swap="outerHTML"
    >
      <div class="card-head">
        <h3>
          {label} {isEnabled ? '' : <span class="chip">desligada</span>}
        </h3>
        {isSaved ? <Saved /> : ''}
      </div>
      <div class="message-parts">
        <div class="message-text">
          <p class="faint">{hint}</p>
          <label class="hidden" for={`texto-${name}`}>
            Texto de {label}
          </label>
          <textarea
            id={`texto-${name}`}
            name="texto"
            rows={8}
            maxlength={4000}
            disabled={!canEdit}
            aria-invalid={fault ? 'true' : undefined}
            hx-post={canEdit ? paths.messagePreview(slug, name) : undefined}
            hx-trigger="input changed delay:300ms"
            hx-target={`#${previewId(name)}`}
            hx-swap="outerHTML"
          >
            {body}
          </textarea>
          {fault ? (
            <p class="message-warning" role="alert">
              <Icon name="alert" /> {fault}
            </p>
          ) : (
            ''
          )}
          <p class="faint message-variables">
            {variablesByEntity[entity].map((variable) => (
              <code>{`{${variable}}`}</code>
            ))}
            <span>
              <code>{'{nome|tudo bem}'}</code> diz o que fica quando está vazio.
            </span>
          </p>
          {canEdit ? (
            <div class="message-acts">
              <label class="check">
                <input type="checkbox" name="ligado" value="1" checked={isEnabled} /> Usar esta mensagem
              </label>
              <button class="button button-main" type="submit">
                Salvar
              </button>
              {body === audiences[name].body ? (
                ''
              ) : (
                <button class="link-button" type="submit" name="padrao" value="1">
                  Voltar ao texto padrão
                </button>
              )}
            </div>
          ) : (
            ''
          )}
        </div>
        <Preview card={card} />
      </div>
    </form>
  );
}

export function Preview({ card: { name, preview } }: { card: TemplateCard }) {
  const { messages, length, isLong } = preview;
  return (
    <div id={previewId(name)} class="message-preview">
      {messages.length === 0 ? <p class="faint">Ainda não há ninguém para a prévia.</p> : ''}
      {messages.map((message) => (
        <div class="bubble">
          <strong>
            <bdi>{message.name || 'Sem nome'}</bdi>
          </strong>
          <p>
            <bdi>{message.text}</bdi>
          </p>
        </div>
      ))}
      <p class={isLong ? 'message-warning' : 'faint'}>
        {numberText(length)} caracteres{isLong ? `: mais de ${numberText(longMessage)} quase ninguém lê` : ''}
      </p>
      <Warnings preview={preview} />
    </div>
  );
}

function Warnings({ preview }: { preview: TemplateCard['preview'] }) {
  const warnings = [
    ...preview.faults.map((fault) =>
      fault.kind === 'unclosed' ? 'Falta fechar uma chave.' : `{${fault.name}} não é uma variável.`,
    ),
    ...preview.emptyVariables.map(
      ({ variable, share }) => `{${variable}} está vazio em ${percentText(share)} dos últimos.`,
    ),
    ...(preview.usesExpiredCoupon ? ['O cupom venceu.'] : []),
    ...(preview.hasWayOut ? [] : ['Não diz como parar de receber: “Se não quiser mais mensagens, é só avisar.”']),
  ];
  return (
    <>
      {warnings.map((text) => (
        <p class="message-warning">
          <Icon name="alert" size={16} /> {text}
        </p>
      ))}
    </>
  );
}
