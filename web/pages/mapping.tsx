// Mapeamento: which field of each form is name, WhatsApp, e-mail and size, with how often it is filled and three masked samples; and what each order
// status of the shop means. The suggestion is chosen beforehand; a person saves.
import { Badge } from '../components/badge.tsx';
import { countText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { orderClassLabels, orderStatusLabel } from '../messages.ts';
import { paths } from '../paths.ts';
import { Steps } from './connection.tsx';

export const meanings = ['name', 'phone', 'email', 'size'] as const;
export type Meaning = (typeof meanings)[number];
export const meaningFields = { name: 'nome', phone: 'whatsapp', email: 'email', size: 'tamanho' } as const;

export type MappedForm = {
  formPlugin: string;
  formId: string;
  title: string | null;
  entryCount: number;
  fields: { key: string; fillPercent: number; samples: string[] }[];
  /** What is saved for it, else what the answers suggest. */
  keys: Record<Meaning, string | null>;
  suggested: Record<Meaning, string | null>;
  isSaved: boolean;
};

export type OrderStatusRow = {
  wcStatus: string;
  manualClass: keyof typeof orderClassLabels | null;
  ownClass: keyof typeof orderClassLabels;
  count: number;
};

export type MappingPageProps = {
  slug: string;
  shop: { id: string; name: string; isScheduled: boolean; typed: unknown };
  forms: readonly MappedForm[];
  statuses: readonly OrderStatusRow[];
  isSaved: boolean;
};

const labels: Readonly<Record<Meaning, string>> = { name: 'Nome', phone: 'WhatsApp', email: 'E-mail', size: 'Tamanho' };

export function MappingPage({ slug, shop, forms, statuses, isSaved }: MappingPageProps) {
  const action = paths.mapping(slug, shop.id);
  return (
    <>
      <PageHead title={`Mapeamento de ${shop.name}`} />
      <Steps slug={slug} siteId={shop.typed ? shop.id : null} current={4} />
      {isSaved ? (
        <p class="form-saved" role="status">
          Mapeamento salvo.{' '}
          {shop.isScheduled ? 'Os leads já lidos estão sendo mapeados de novo, sem reler a loja.' : ''}
        </p>
      ) : (
        ''
      )}
      <form class="card settings" method="post" action={action}>
        {forms.length === 0 ? (
          <p class="faint">
            Nenhum formulário com respostas ainda. Quando chegar o primeiro lead, volte aqui: os campos aparecem com uma
            sugestão.
          </p>
        ) : (
          ''
        )}
        {forms.map((form, index) => (
          <FormFieldset form={form} index={index} />
        ))}
        {statuses.length > 0 ? <Statuses statuses={statuses} /> : ''}
        {forms.length > 0 || statuses.length > 0 ? (
          <div class="form-end">
            <button class={`button ${shop.isScheduled || !isSaved ? 'button-main' : ''}`} type="submit">
              Salvar mapeamento
            </button>
            <span class="faint">Salvar mapeia de novo os leads já lidos e recalcula; a loja não é lida outra vez.</span>
          </div>
        ) : (
          ''
        )}
      </form>
      <p class="faint">
        A janela de recuperação e o DDD padrão ficam em <a href={paths.settings(slug)}>Configurações</a>.
      </p>
      {shop.isScheduled ? (
        ''
      ) : (
        <form class="card" method="post" action={paths.firstSync(slug, shop.id)}>
          <h2>Pronto para ler a loja</h2>
          <p class="faint">
            A primeira leitura traz todos os pedidos, carrinhos e leads. Ela acontece aos poucos, sem pesar na loja, e
            você acompanha ao vivo.
          </p>
          <div class="form-end">
            <button class="button button-main" type="submit">
              Fazer a primeira sincronização
            </button>
          </div>
        </form>
      )}
    </>
  );
}

function FormFieldset({ form, index }: { form: MappedForm; index: number }) {
  const { formPlugin, formId, title, entryCount, fields, keys, suggested, isSaved } = form;
  const changed = meanings.some((meaning) => suggested[meaning] && keys[meaning] !== suggested[meaning]);
  return (
    <fieldset class="mapped-form">
      <legend>
        {title ?? `Formulário ${formId}`}{' '}
        <span class="faint">
          {formPlugin} {formId} · {countText(entryCount, 'resposta lida', 'respostas lidas')}
        </span>{' '}
        {isSaved ? (
          changed ? (
            <Badge tone="warn">A sugestão mudou</Badge>
          ) : (
            <Badge tone="good">Salvo</Badge>
          )
        ) : (
          <Badge tone="busy">Sugestão</Badge>
        )}
      </legend>
      <input type="hidden" name={`form_${index}`} value={`${formPlugin}:${formId}`} />
      <div class="fields">
        {meanings.map((meaning) => (
          <label class="field">
            <span>{labels[meaning]}</span>
            <select class="select" name={`${meaningFields[meaning]}_${index}`}>
              <option value="">(não há)</option>
              {fields.map(({ key, fillPercent }) => (
                <option value={key} selected={keys[meaning] === key}>
                  {key} ({fillPercent}%)
                </option>
              ))}
              {keys[meaning] !== null && !fields.some(({ key }) => key === keys[meaning]) ? (
                <option value={keys[meaning]} selected>
                  {keys[meaning]} (não aparece mais)
                </option>
              ) : (
                ''
              )}
            </select>
            {isSaved && suggested[meaning] && suggested[meaning] !== keys[meaning] ? (
              <span class="faint">sugerido: {suggested[meaning]}</span>
            ) : (
              ''
            )}
          </label>
        ))}
      </div>
      <section class="table-scroll" tabindex={0} aria-label={`Campos do formulário ${formId}`}>
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">Campo do formulário</th>
              <th scope="col" class="number">
                Preenchido
              </th>
              <th scope="col">Exemplos (mascarados)</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ key, fillPercent, samples }) => (
              <tr>
                <td class="break">{key}</td>
                <td class="number">{fillPercent}%</td>
                <td class="break faint">{samples.join(' · ') || '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </fieldset>
  );
}

function Statuses({ statuses }: { statuses: readonly OrderStatusRow[] }) {
  return (
    <fieldset>
      <legend>Situações de pedido</legend>
      <p class="faint">Pago recupera carrinho e conta como venda; aguardando espera o pagamento; anulado não conta.</p>
      <section class="table-scroll" tabindex={0} aria-label="Situações de pedido">
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">Situação na loja</th>
              <th scope="col" class="number">
                Pedidos
              </th>
              <th scope="col">Vale como</th>
            </tr>
          </thead>
          <tbody>
            {statuses.map(({ wcStatus, manualClass, ownClass, count }, index) => (
              <tr>
                <td class="break">
                  {orderStatusLabel(wcStatus)} <span class="faint">{wcStatus}</span>
                </td>
                <td class="number">{numberText(count)}</td>
                <td>
                  <input type="hidden" name={`status_${index}`} value={wcStatus} />
                  <select class="select" name={`classe_${index}`} aria-label={`${wcStatus} vale como`}>
                    <option value="">Automático: {orderClassLabels[ownClass]}</option>
                    {(Object.keys(orderClassLabels) as (keyof typeof orderClassLabels)[]).map((orderClass) => (
                      <option value={orderClass} selected={manualClass === orderClass}>
                        {orderClassLabels[orderClass]}
                      </option>
                    ))}
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </fieldset>
  );
}
