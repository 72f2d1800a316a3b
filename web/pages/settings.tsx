// Configurações: what the company's figures stand on, and when its shops are read. Wrong fields are all named at once, beside each, and keep what was typed.
import type { FieldErrors, SettingsForm } from '#shared/company-settings.ts';
import { nextFirings } from '#shared/cron.ts';
import { Badge } from '../components/badge.tsx';
import { CouponCard } from '../components/coupon-card.tsx';
import { CheckField, TextField, type TextFieldProps } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { type Look, LookForms } from '../components/look-form.tsx';
import { type Clock, dateTimeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { scheduleText } from '../schedule-text.ts';
import type { Coupon } from './messages-types.ts';

export const scheduleKinds = ['poll', 'reconcile', 'full'] as const;
export type ScheduleKind = (typeof scheduleKinds)[number];

export type SiteSchedule = {
  id: string;
  name: string;
  timeZone: string;
  isPaused: boolean;
  /** By kind; empty for a shop that was never connected. */
  expressions: Partial<Record<ScheduleKind, string>>;
};

/** The newest recompute that somebody asked for. */
export type RecomputeState = { askedAt: Date; startedAt: Date | null; finishedAt: Date | null } | null;

export type SettingsPageProps = {
  slug: string;
  form: SettingsForm;
  errors: FieldErrors<SettingsForm>;
  schedules: readonly SiteSchedule[];
  /** The schedule form that was refused. */
  refused: { siteId: string; errors: Partial<Record<ScheduleKind, string>> } | null;
  recompute: RecomputeState;
  isSaved: boolean;
  canEdit: boolean;
  canSchedule: boolean;
  coupon: Coupon;
  look: Look;
  clock: Clock;
};

export const recomputeLineId = 'recalculo';

const brazilianZones = [
  'America/Sao_Paulo',
  'America/Bahia',
  'America/Fortaleza',
  'America/Recife',
  'America/Belem',
  'America/Manaus',
  'America/Cuiaba',
  'America/Campo_Grande',
  'America/Porto_Velho',
  'America/Boa_Vista',
  'America/Rio_Branco',
  'America/Noronha',
];

type FormField = { name: keyof SettingsForm; label: string; hint?: string } & (
  | { isCheck: true }
  | Pick<TextFieldProps, 'unit' | 'inputmode' | 'maxlength' | 'list'>
);

const hours = { unit: 'horas', inputmode: 'decimal' } as const;
const groups: readonly { legend: string; fields: readonly FormField[] }[] = [
  {
    legend: 'A empresa',
    fields: [
      { name: 'nome', label: 'Nome', maxlength: 200 },
      {
        name: 'fuso',
        label: 'Fuso horário',
        list: 'fusos',
        hint: 'Em que dia cai cada número. Uma loja com fuso próprio conta no dela.',
      },
      {
        name: 'moeda',
        label: 'Moeda',
        maxlength: 10,
        hint: 'Pedidos em outra moeda aparecem, mas ficam fora das somas.',
      },
      {
        name: 'ddd',
        label: 'DDD padrão',
        inputmode: 'numeric',
        maxlength: 10,
        hint: 'Completa telefones escritos sem DDD. Vazio: nada é presumido.',
      },
    ],
  },
  {
    legend: 'Quando um carrinho conta como recuperado',
    fields: [
      {
        name: 'corte',
        label: 'Corte',
        unit: 'minutos',
        inputmode: 'numeric',
        hint: 'Parado por este tempo, o carrinho está abandonado.',
      },
      {
        name: 'janela_antes',
        label: 'Janela antes do carrinho',
        ...hours,
        hint: 'Um pedido feito até este tempo antes ainda é do carrinho.',
      },
      {
        name: 'janela_depois',
        label: 'Janela depois do carrinho',
        ...hours,
        hint: 'Depois disso a compra já não recupera o carrinho. 720 horas são 30 dias.',
      },
      {
        name: 'vinculo',
        label: 'Contar vínculos indiretos',
        isCheck: true,
        hint: 'Um pedido ligado só por outro registro da mesma pessoa também recupera.',
      },
      {
        name: 'sem_contato',
        label: 'Contar carrinhos sem e-mail e telefone na taxa',
        isCheck: true,
        hint: 'Ninguém pode escrever a eles; contados, a taxa de recuperação baixa.',
      },
    ],
  },
  {
    legend: 'Contatos e exportações',
    fields: [
      {
        name: 'intervalo',
        label: 'Intervalo entre contatos',
        ...hours,
        hint: 'Dentro dele avisamos que alguém já falou com a pessoa.',
      },
      {
        name: 'linhas_dia',
        label: 'Exportação por operador',
        unit: 'linhas por dia',
        inputmode: 'numeric',
        maxlength: 7,
        hint: 'Administradores e proprietários exportam sem limite. 0: operadores não exportam.',
      },
    ],
  },
];

export function SettingsPage(props: SettingsPageProps) {
  const { slug, form, errors, schedules, isSaved, canEdit, coupon } = props;
  const wrong = Object.keys(errors).length;
  return (
    <>
      <PageHead title="Configurações" />
      {isSaved ? (
        <p class="form-saved" role="status">
          <Icon name="check" /> Configurações salvas.
        </p>
      ) : (
        ''
      )}
      <RecomputeLine {...props} />
      <form class="card settings" method="post" action={paths.settings(slug)}>
        {wrong > 0 ? (
          <p class="form-error" role="alert">
            <Icon name="alert" /> {wrong === 1 ? '1 campo precisa' : `${wrong} campos precisam`} de correção. Nada foi
            salvo.
          </p>
        ) : (
          ''
        )}
        {groups.map(({ legend, fields }) => (
          <fieldset disabled={!canEdit}>
            <legend>{legend}</legend>
            <div class="fields">
              {fields.map((field) =>
                'isCheck' in field ? (
                  <CheckField {...field} isChecked={form[field.name] === 'sim'} />
                ) : (
                  <TextField {...field} value={form[field.name]} error={errors[field.name]} />
                ),
              )}
            </div>
          </fieldset>
        ))}
        <datalist id="fusos">
          {brazilianZones.map((zone) => (
            <option value={zone} />
          ))}
        </datalist>
        {canEdit ? (
          <div class="form-end">
            <button class="button button-main" type="submit">
              Salvar configurações
            </button>
            <span class="faint">
              Mudar corte, janela, moeda ou vínculos recalcula as situações de todos os carrinhos.
            </span>
          </div>
        ) : (
          <p class="faint">Só administradores e proprietários mudam as configurações.</p>
        )}
      </form>
      <div class="columns">
        <CouponCard slug={slug} coupon={coupon} canEdit={canEdit} />
        <OrderStatuses {...props} />
      </div>
      {canEdit ? <LookForms slug={slug} {...props.look} /> : ''}
      {schedules.map((site) => (
        <ScheduleCard site={site} {...props} />
      ))}
    </>
  );
}

/** What an order status means is a shop's own, and is said beside its forms. */
function OrderStatuses({ slug, schedules, canSchedule }: SettingsPageProps) {
  return (
    <section class="card" aria-labelledby="situacoes">
      <h2 id="situacoes">Situações de pedido</h2>
      <p>Quais situações da loja contam como pago, aguardando ou anulado, e quais campos dos formulários lemos.</p>
      {canSchedule && schedules.length > 0 ? (
        <p class="export-links">
          {schedules.map((site) => (
            <a class="button" href={paths.mapping(slug, site.id)}>
              Mapeamento de {site.name}
            </a>
          ))}
        </p>
      ) : (
        <p class="faint">
          {canSchedule ? 'Conecte uma loja para mapear.' : 'Quem administra a empresa muda o mapeamento.'}
        </p>
      )}
    </section>
  );
}

/** What the recompute asked for is doing; an empty place without one, so that the first finds it. */
export function RecomputeLine({ recompute, clock }: Pick<SettingsPageProps, 'recompute' | 'clock'>) {
  const isRecent =
    recompute && (!recompute.finishedAt || clock.now.getTime() - recompute.finishedAt.getTime() < 600_000);
  return (
    <p id={recomputeLineId} class="recompute-line" aria-live="polite" hidden={!isRecent}>
      {recompute && isRecent ? recomputeBadge(recompute, clock) : ''}
    </p>
  );
}

function recomputeBadge({ startedAt, finishedAt, askedAt }: NonNullable<RecomputeState>, { now, timeZone }: Clock) {
  const seconds = (from: Date, to: Date) => Math.max(1, Math.round((to.getTime() - from.getTime()) / 1000));
  if (finishedAt) {
    return (
      <>
        <Badge tone="good">Recalculado</Badge> em {seconds(startedAt ?? askedAt, finishedAt)} s,{' '}
        {dateTimeText(finishedAt, timeZone)}. Painel e listas já mostram as novas situações.
      </>
    );
  }
  if (startedAt) {
    return (
      <>
        <Badge tone="busy">Recalculando as situações</Badge> há {seconds(startedAt, now)} s. Pode continuar trabalhando.
      </>
    );
  }
  return (
    <>
      <Badge tone="calm">Recálculo na fila</Badge> começa assim que a leitura em andamento terminar.
    </>
  );
}

const kindLabels: Readonly<Record<ScheduleKind, { label: string; hint: string }>> = {
  poll: { label: 'Ler as novidades', hint: 'Pedidos, carrinhos e leads novos.' },
  reconcile: { label: 'Conferir os números', hint: 'Acha o que mudou sem deixar data.' },
  full: { label: 'Reler a loja inteira', hint: 'De madrugada, uma vez.' },
};

type ScheduleCardProps = SettingsPageProps & { site: SiteSchedule };

function ScheduleCard({ site, slug, refused, canSchedule, clock }: ScheduleCardProps) {
  const isRefused = refused?.siteId === site.id;
  const action = paths.schedule(slug, site.id);
  return (
    <form id={`agenda-${site.id}`} class="card settings" method="post" action={action}>
      <div class="card-head">
        <h2>Agenda de {site.name}</h2>
        {site.isPaused ? <Badge tone="warn">Pausada</Badge> : <Badge tone="good">Ativa</Badge>}
      </div>
      <fieldset disabled={!canSchedule}>
        <legend class="hidden">Horários</legend>
        <div class="fields">
          {scheduleKinds.map((kind) => {
            const expression = site.expressions[kind] ?? '';
            return (
              <TextField
                label={kindLabels[kind].label}
                name={kind}
                value={expression}
                error={isRefused ? refused.errors[kind] : undefined}
                maxlength={100}
                hint={<ScheduleHint kind={kind} expression={expression} site={site} clock={clock} />}
              />
            );
          })}
          <CheckField label="Pausar a leitura desta loja" name="pausada" isChecked={site.isPaused} />
        </div>
      </fieldset>
      {canSchedule ? (
        <div class="form-end">
          <button class="button button-main" type="submit">
            Salvar agenda
          </button>
          <span class="faint">
            Cinco campos: minuto, hora, dia, mês e dia da semana (0 é domingo). <code>*/5 * * * *</code> é a cada 5
            minutos. Horas no fuso {site.timeZone}.
          </span>
        </div>
      ) : (
        ''
      )}
    </form>
  );
}

function ScheduleHint({
  kind,
  expression,
  site,
  clock,
}: {
  kind: ScheduleKind;
  expression: string;
  site: SiteSchedule;
  clock: Clock;
}) {
  const next = nextFirings(expression, { now: clock.now, timeZone: site.timeZone, count: 3 });
  return (
    <>
      {kindLabels[kind].hint} {next.length > 0 ? <strong>{scheduleText(expression)}</strong> : ''}
      {next.length > 0 ? `; próximas: ${next.map((at) => dateTimeText(at, site.timeZone)).join(', ')}` : ''}
    </>
  );
}
