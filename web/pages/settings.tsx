// Configurações: what the company's figures stand on, and when its shops are read. Wrong fields are all named at once, beside each, and keep what was typed.
import type { FieldErrors, SettingsForm } from '#shared/company-settings.ts';
import { nextFirings } from '#shared/cron.ts';
import { Badge } from '../components/badge.tsx';
import { CheckField, TextField } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { type Look, LookForms } from '../components/look-form.tsx';
import { type Clock, dateTimeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { scheduleText } from '../schedule-text.ts';

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

export function SettingsPage(props: SettingsPageProps) {
  const { slug, form, errors, schedules, isSaved, canEdit } = props;
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
        <fieldset disabled={!canEdit}>
          <legend>A empresa</legend>
          <div class="fields">
            <TextField label="Nome" name="nome" value={form.nome} error={errors.nome} maxlength={200} />
            <TextField
              label="Fuso horário"
              name="fuso"
              value={form.fuso}
              error={errors.fuso}
              list="fusos"
              hint="Em que dia cai cada número. Uma loja com fuso próprio conta no dela."
            />
            <TextField
              label="Moeda"
              name="moeda"
              value={form.moeda}
              error={errors.moeda}
              maxlength={10}
              hint="Pedidos em outra moeda aparecem, mas ficam fora das somas."
            />
            <TextField
              label="DDD padrão"
              name="ddd"
              value={form.ddd}
              error={errors.ddd}
              inputmode="numeric"
              maxlength={10}
              hint="Completa telefones escritos sem DDD. Vazio: nada é presumido."
            />
          </div>
        </fieldset>
        <fieldset disabled={!canEdit}>
          <legend>Quando um carrinho conta como recuperado</legend>
          <div class="fields">
            <TextField
              label="Corte"
              name="corte"
              value={form.corte}
              error={errors.corte}
              unit="minutos"
              inputmode="numeric"
              hint="Parado por este tempo, o carrinho está abandonado."
            />
            <TextField
              label="Janela antes do carrinho"
              name="janela_antes"
              value={form.janela_antes}
              error={errors.janela_antes}
              unit="horas"
              inputmode="decimal"
              hint="Um pedido feito até este tempo antes ainda é do carrinho."
            />
            <TextField
              label="Janela depois do carrinho"
              name="janela_depois"
              value={form.janela_depois}
              error={errors.janela_depois}
              unit="horas"
              inputmode="decimal"
              hint="Depois disso a compra já não recupera o carrinho. 720 horas são 30 dias."
            />
            <CheckField
              label="Contar vínculos indiretos"
              name="vinculo"
              isChecked={form.vinculo === 'sim'}
              hint="Um pedido ligado só por outro registro da mesma pessoa também recupera."
            />
            <CheckField
              label="Contar carrinhos sem e-mail e telefone na taxa"
              name="sem_contato"
              isChecked={form.sem_contato === 'sim'}
              hint="Ninguém pode escrever a eles; contados, a taxa de recuperação baixa."
            />
          </div>
        </fieldset>
        <fieldset disabled={!canEdit}>
          <legend>Contatos</legend>
          <div class="fields">
            <TextField
              label="Intervalo entre contatos"
              name="intervalo"
              value={form.intervalo}
              error={errors.intervalo}
              unit="horas"
              inputmode="decimal"
              hint="Dentro dele avisamos que alguém já falou com a pessoa."
            />
          </div>
        </fieldset>
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
      {canEdit ? <LookForms slug={slug} {...props.look} /> : ''}
      {schedules.map((site) => (
        <ScheduleCard site={site} {...props} />
      ))}
    </>
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
