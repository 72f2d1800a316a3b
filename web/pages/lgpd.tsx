// LGPD: what people asked about their data and until when an answer is due, who wants no messages, and how long data are kept (docs/lgpd.md).

import { type LegalBasis, legalBases, maxLegalBasisNote } from '#shared/lgpd/legal-basis.ts';
import { dueAt, type RequestState, requestKindWords, type SubjectRequest } from '#shared/lgpd/requests.ts';
import { type RetentionPreview, type RetentionSettings, retentionLimits } from '#shared/lgpd/retention.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { CheckField, TextField, type TextFieldProps } from '../components/field.tsx';
import { FormDone, FormError } from '../components/form-error.tsx';
import { Icon } from '../components/icon.tsx';
import { type Clock, countText, dateText, dateTimeText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';

export type LgpdPageProps = {
  slug: string;
  requests: readonly SubjectRequest[];
  optOuts: readonly { id: string; channel: string; text: string; createdAt: Date; by: string }[];
  legalBasis: LegalBasis;
  retention: RetentionSettings;
  preview: RetentionPreview;
  /** Whether the reader approves erasures and changes retention; and who is reading. */
  canApprove: boolean;
  canSeeAudit: boolean;
  userId: string;
  ownerCount: number;
  error: string | null;
  done: string | null;
  clock: Clock;
};

const stateLabels: Readonly<Record<RequestState, string>> = {
  open: 'Aberto',
  approved: 'Aprovado: some em até um minuto',
  done: 'Atendido',
  refused: 'Recusado',
};

export function LgpdPage(props: LgpdPageProps) {
  const { error, done } = props;
  return (
    <>
      <PageHead title="LGPD">
        {props.canSeeAudit ? (
          <a class="button" href={paths.auditLog(props.slug)}>
            <Icon name="log" /> Registro de acessos
          </a>
        ) : (
          ''
        )}
      </PageHead>
      <FormError message={error} />
      <FormDone message={done} />
      <Requests {...props} />
      <OptOuts {...props} />
      <Basis {...props} />
      <Retention {...props} />
    </>
  );
}

function Requests(props: LgpdPageProps) {
  const { requests } = props;
  return (
    <section class="card" aria-labelledby="pedidos-titulares">
      <h2 id="pedidos-titulares">Pedidos dos titulares</h2>
      <p class="faint">
        Um pedido nasce na página da pessoa, em “Direitos do titular”. A resposta completa é devida em 15 dias (LGPD,
        art. 19).
      </p>
      {requests.length === 0 ? (
        <EmptyState icon="inbox" title="Ninguém pediu nada ainda." />
      ) : (
        <ul class="items">
          {requests.map((request) => (
            <RequestItem request={request} {...props} />
          ))}
        </ul>
      )}
    </section>
  );
}

function RequestItem({ request, slug, clock, ...rest }: LgpdPageProps & { request: SubjectRequest }) {
  const { kind, state, personId, note, requestedAt, requestedBy, decidedBy, doneAt, outcome } = request;
  const isOpen = state === 'open' || state === 'approved';
  return (
    <li>
      <span class="stack">
        <span class="status-line">
          <a href={paths.customer(slug, personId)}>
            {requestKindWords[kind]} · pessoa nº {personId}
          </a>
          {isOpen ? <Deadline request={request} clock={clock} /> : ''}
        </span>
        <span class="reason">
          {stateLabels[state]}
          {decidedBy ? ` por ${decidedBy}` : ''}
          {doneAt ? `, ${dateTimeText(doneAt, clock.timeZone)}` : ''} · pedido em{' '}
          {dateTimeText(requestedAt, clock.timeZone)} por {requestedBy ?? 'linha de comando'}
        </span>
        {note ? <span class="break">{note}</span> : ''}
        {kind === 'erasure' && state === 'done' ? <span class="faint">{outcomeText(outcome)}</span> : ''}
      </span>
      {state === 'open' ? <Decide request={request} slug={slug} clock={clock} {...rest} /> : ''}
    </li>
  );
}

function outcomeText({ leads = 0, carts = 0, orders = 0, texts = 0 }: SubjectRequest['outcome']): string {
  const parts = [
    countText(leads, 'lead', 'leads'),
    countText(carts, 'carrinho', 'carrinhos'),
    countText(orders, 'pedido', 'pedidos'),
    countText(texts, 'texto', 'textos'),
  ];
  return `Sem dados pessoais agora: ${parts.join(', ')}. Datas e valores ficaram.`;
}

function Deadline({ request, clock }: { request: SubjectRequest; clock: Clock }) {
  const days = Math.ceil((dueAt(request).getTime() - clock.now.getTime()) / 86_400_000);
  if (days < 0) return <span class="chip chip-warn">venceu há {countText(-days, 'dia', 'dias')}</span>;
  return (
    <span class={days <= 3 ? 'chip chip-warn' : 'chip'}>
      {days === 0 ? 'vence hoje' : `faltam ${countText(days, 'dia', 'dias')}`}
    </span>
  );
}

function Decide({
  request,
  slug,
  clock,
  canApprove,
  userId,
  ownerCount,
}: Omit<LgpdPageProps, 'requests'> & { request: SubjectRequest }) {
  const act = (decision: string) => paths.decideRequest(slug, request.id, decision);
  if (request.kind !== 'erasure') {
    return (
      <form method="post" action={act('concluir')}>
        <button class="button" type="submit">
          Marcar como atendido
        </button>
      </form>
    );
  }
  if (!canApprove) return <span class="faint">Um proprietário decide</span>;
  const isOwn = request.requestedById === userId;
  const from = new Date(request.requestedAt.getTime() + 86_400_000);
  return (
    <span class="form-end">
      {isOwn && ownerCount > 1 ? (
        <span class="faint">Outro proprietário aprova</span>
      ) : isOwn && from > clock.now ? (
        <span class="faint">Você confirma de novo a partir de {dateTimeText(from, clock.timeZone)}</span>
      ) : (
        <details class="menu">
          <summary class="button">Aprovar…</summary>
          <form class="menu-panel" method="post" action={act('aprovar')}>
            <p>
              Nome, contatos, endereço, anotações e mensagens desta pessoa somem de todos os registros. Datas e valores
              ficam. Não há como desfazer, e a loja precisa apagar também no WordPress.
            </p>
            <button class="button button-main" type="submit">
              Eliminar em definitivo
            </button>
          </form>
        </details>
      )}
      <form method="post" action={act('recusar')}>
        <button class="button" type="submit">
          Recusar
        </button>
      </form>
    </span>
  );
}

function OptOuts({ optOuts, clock }: LgpdPageProps) {
  return (
    <section class="card" aria-labelledby="nao-contatar">
      <h2 id="nao-contatar">Não contatar</h2>
      {optOuts.length === 0 ? (
        <p class="faint">Ninguém pediu para não receber mensagens.</p>
      ) : (
        <details class="chart-data">
          <summary>{countText(optOuts.length, 'pedido em vigor', 'pedidos em vigor')}</summary>
          <ul class="items">
            {optOuts.map(({ text, channel, createdAt, by }) => (
              <li>
                <span class="break">
                  <bdi>{text}</bdi> <span class="chip">{channel}</span>
                </span>
                <span class="faint">
                  {dateText(createdAt, clock.timeZone)}, {by}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Basis({ slug, legalBasis: { basis, note }, canApprove }: LgpdPageProps) {
  return (
    <section class="card" aria-labelledby="base-legal">
      <h2 id="base-legal">Base legal</h2>
      <p class="faint">
        Em que a empresa se apoia para guardar estes dados e escrever às pessoas. Quem decide é a loja, de preferência
        com o seu jurídico; vai no relatório de acesso de cada pessoa.
      </p>
      {canApprove ? (
        <form method="post" action={paths.legalBasis(slug)} class="settings">
          <div class="field">
            <label for="base">Base legal</label>
            <select id="base" name="base" class="select">
              <option value="">Ainda não decidida</option>
              {Object.entries(legalBases).map(([value, label]) => (
                <option value={value} selected={value === basis}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for="motivos">Finalidade, necessidade, balanceamento e salvaguardas</label>
            <textarea id="motivos" name="motivos" rows={5} maxlength={maxLegalBasisNote}>
              {note}
            </textarea>
          </div>
          <div class="form-end">
            <button class="button button-main" type="submit">
              Salvar base legal
            </button>
          </div>
        </form>
      ) : (
        <>
          <p>{basis ? legalBases[basis] : 'Ainda não decidida.'}</p>
          {note ? <p class="break">{note}</p> : ''}
        </>
      )}
    </section>
  );
}

function Retention({ slug, retention, preview, canApprove, clock }: LgpdPageProps) {
  const { months, rawDays, logMonths, since, ranAt } = retention;
  return (
    <section class="card" aria-labelledby="retencao">
      <h2 id="retencao">Retenção</h2>
      <p class="faint">
        Quem nunca fez um pedido perde nome e contatos depois deste tempo sem atividade; as contagens ficam. Quem pediu
        fica enquanto durar o contrato.
      </p>
      <p>
        Hoje à noite sairiam os dados de <strong>{numberText(preview.leads)}</strong>{' '}
        {preview.leads === 1 ? 'lead' : 'leads'} e <strong>{numberText(preview.carts)}</strong>{' '}
        {preview.carts === 1 ? 'carrinho' : 'carrinhos'} ({countText(preview.people, 'pessoa', 'pessoas', 'nenhuma')}),
        o texto de {countText(preview.quarantined, 'linha ilegível', 'linhas ilegíveis', 'nenhuma')} e{' '}
        {countText(preview.logged, 'linha', 'linhas', 'nenhuma')} do registro de acessos.
      </p>
      <p class={since ? '' : 'faint'}>
        {since
          ? `Ligada desde ${dateText(since, clock.timeZone)}${ranAt ? `; última noite: ${dateTimeText(ranAt, clock.timeZone)}` : ''}.`
          : 'Desligada: nada sai até que um proprietário ligue.'}
      </p>
      {canApprove ? (
        <form method="post" action={paths.retention(slug)} class="settings">
          <div class="fields">
            <TermField name="meses" label="Nome e contatos de quem nunca pediu" unit="meses" value={months} />
            <TermField name="dias_brutos" label="Texto de linhas ilegíveis" unit="dias" value={rawDays} />
            <TermField
              name="meses_registro"
              label="Registro de acessos"
              unit="meses"
              value={logMonths}
              hint={`No mínimo ${retentionLimits.logMonths.min} (Marco Civil, art. 15).`}
            />
          </div>
          <CheckField name="ligada" label="Remover toda noite o que passou do prazo" isChecked={since !== null} />
          <div class="form-end">
            <button class="button" type="submit" name="acao" value="ver">
              Ver o que sairia
            </button>
            <button class="button button-main" type="submit" name="acao" value="gravar">
              Salvar
            </button>
          </div>
        </form>
      ) : (
        ''
      )}
    </section>
  );
}

function TermField({ value, ...field }: Pick<TextFieldProps, 'name' | 'label' | 'unit' | 'hint'> & { value: number }) {
  return <TextField {...field} inputmode="numeric" maxlength={4} value={String(value)} />;
}
