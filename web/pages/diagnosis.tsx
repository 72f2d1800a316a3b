// Diagnóstico: the doctor's sixteen checks as each ends, what to do about those that failed, and what was found in the shop. The open page moves by itself.
import { doctorMessage } from '#shared/doctor-messages.ts';
import { checkNames, detailLines, reportLines } from '#shared/doctor-report.ts';
import type { DoctorShopDetails } from '#shared/doctor-shop-messages.ts';
import { runMessage } from '#shared/run-messages.ts';
import { Badge, type Tone } from '../components/badge.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Fact } from '../components/fact.tsx';
import { Icon, type IconName } from '../components/icon.tsx';
import { Time } from '../components/time.tsx';
import type { Clock } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { Steps } from './connection.tsx';
import type { DoctorRun, ShopConnection } from './connection-types.ts';

export type DiagnosisProps = {
  slug: string;
  shop: ShopConnection;
  run: DoctorRun | null;
  refusal: string | null;
  clock: Clock;
};

export const diagnosisId = 'diagnostico';
/** A doctor that says nothing for so long is gone. */
const goneAfterMs = 120_000;

export function DiagnosisPage(props: DiagnosisProps) {
  const { slug, shop, run } = props;
  const isDone = run?.finishedAt != null;
  return (
    <>
      <PageHead title={`Conexão de ${shop.name}`} />
      <Steps slug={slug} siteId={shop.typed ? shop.id : null} current={isDone && failedOf(run) === 0 ? 3 : 2} />
      <Diagnosis {...props} />
    </>
  );
}

type Check = DoctorRun['checks'][number];
type State = Check['state'] | 'pending' | 'running';

const icons: Readonly<Record<State, IconName>> = {
  ok: 'check',
  warning: 'alert',
  error: 'close',
  not_tested: 'dot',
  pending: 'dot',
  running: 'sync',
};
const stateWords: Readonly<Record<State, string>> = {
  ok: 'certo',
  warning: 'aviso',
  error: 'erro',
  not_tested: 'não testado',
  pending: 'ainda não',
  running: 'verificando',
};

const failedOf = (run: DoctorRun) => run.checks.filter(({ state }) => state === 'error').length;
/** Options of the command line say nothing on a page. */
const onPage = (text: string) => text.replace(/ ?\((?:--|carrinho )[^)]*\)/g, '');

/** The whole of what moves: checks, verdict, findings, and what to do next. */
export function Diagnosis({ slug, shop, run, refusal, clock }: DiagnosisProps) {
  const isGone = run !== null && !run.finishedAt && clock.now.getTime() - run.startedAt.getTime() > goneAfterMs;
  const isGoing = run !== null && !run.finishedAt && !isGone;
  const done = new Map(run?.checks.map((check) => [check.nn, check]) ?? []);
  return (
    <div id={diagnosisId} class="dashboard">
      {refusal ? (
        <p class="form-error" role="alert">
          <Icon name="alert" /> {refusal}
        </p>
      ) : (
        ''
      )}
      <section class="card" aria-labelledby="diagnostico-titulo">
        <div class="card-head">
          <div class="card-title">
            <h2 id="diagnostico-titulo">Diagnóstico</h2>
            <Verdict run={run} isGone={isGone} />
          </div>
          {run ? (
            <span class="faint">
              {run.isTrial ? 'teste sem salvar, ' : ''}
              <Time at={run.startedAt} clock={clock} />
            </span>
          ) : (
            ''
          )}
        </div>
        {run?.errorCode ? <Trouble code={run.errorCode} /> : ''}
        {run === null ? (
          <p class="faint">Esta loja ainda não foi examinada.</p>
        ) : (
          <ol class="checks">
            {checkNames.map((name, index) => {
              const check = done.get(index + 1) ?? null;
              const isNext = isGoing && !run.isWaiting && index === run.checks.length;
              return (
                <CheckLine
                  slug={slug}
                  shop={shop}
                  name={name}
                  check={check}
                  state={check?.state ?? (isNext ? 'running' : 'pending')}
                  isTrial={run.isTrial}
                />
              );
            })}
          </ol>
        )}
      </section>
      {run?.finishedAt && !run.errorCode ? <Found run={run} /> : ''}
      {isGoing ? '' : <NextSteps slug={slug} shop={shop} run={run} clock={clock} />}
    </div>
  );
}

function Verdict({ run, isGone }: { run: DoctorRun | null; isGone: boolean }) {
  const say = (tone: Tone, text: string) => <Badge tone={tone}>{text}</Badge>;
  if (!run) return say('calm', 'Ainda não feito');
  if (isGone) return say('bad', 'Parou sem terminar');
  if (!run.finishedAt) return say('busy', run.isWaiting ? 'Começando' : 'Examinando');
  const failed = failedOf(run);
  if (run.errorCode) return say('bad', 'Não foi feito');
  if (failed > 0) return say('bad', failed === 1 ? '1 item impede a leitura' : `${failed} itens impedem a leitura`);
  const warned = run.checks.filter(({ state }) => state === 'warning').length;
  if (warned > 0) return say('warn', `Pode ser lida; ${warned === 1 ? '1 aviso' : `${warned} avisos`}`);
  return say('good', 'Tudo certo: a loja pode ser lida');
}

function Trouble({ code }: { code: string }) {
  const { sentence, remedy } =
    code === 'shop_in_use'
      ? { sentence: 'Outro comando está lendo esta loja.', remedy: 'Espere que termine e repita.' }
      : runMessage(code);
  return (
    <div class="problem">
      <p class="problem-title">{sentence}</p>
      <p>{remedy}</p>
    </div>
  );
}

type CheckLineProps = {
  slug: string;
  shop: ShopConnection;
  name: string;
  check: Check | null;
  state: State;
  isTrial: boolean;
};

function CheckLine({ slug, shop, name, check, state, isTrial }: CheckLineProps) {
  const words = check ? doctorMessage(check.code, check.facts) : null;
  const hasAdvice = state === 'error' || state === 'warning';
  return (
    <li class={`check-line check-${state}`}>
      <Icon name={icons[state]} />
      <div>
        <p>
          <strong>{name}</strong> <span class="hidden">({stateWords[state]})</span>
          {words ? <span class="break"> {onPage(words.sentence)}</span> : ''}
        </p>
        {check && hasAdvice ? (
          <p class="check-advice break">
            <strong>Como resolver:</strong> {onPage(words!.remedy)}
          </p>
        ) : (
          ''
        )}
        {check ? <Choices slug={slug} shop={shop} check={check} isTrial={isTrial} /> : ''}
      </div>
    </li>
  );
}

/** What only a person can decide: is this the server, which WordPress, which table of carts. */
function Choices({ slug, shop, check, isTrial }: Pick<CheckLineProps, 'slug' | 'shop' | 'isTrial'> & { check: Check }) {
  const { code, facts } = check;
  const details = (check.details ?? {}) as DoctorShopDetails;
  if (code === 'ssh_host_key_unknown' && facts.fingerprint) {
    if (isTrial) return <p class="faint">Salve a conexão para confirmar a identidade do servidor.</p>;
    return (
      <ChoiceForm action={paths.confirmHost(slug, shop.id)} name="impressao" value={facts.fingerprint}>
        Confere com a da hospedagem: confio
      </ChoiceForm>
    );
  }
  if (code === 'prefix_choice' || code === 'prefix_gone') {
    return (
      <div class="check-choices">
        {(details.candidates ?? []).map(({ prefix, siteUrl, blogName }) => (
          <ChoiceForm action={paths.shopChoice(slug, shop.id)} name="prefixo" value={prefix}>
            {blogName ?? siteUrl ?? 'sem nome'} ({prefix})
          </ChoiceForm>
        ))}
      </div>
    );
  }
  if (code === 'cart_table_choice') {
    return (
      <div class="check-choices">
        {(details.tables ?? []).map((table) => (
          <ChoiceForm action={paths.shopChoice(slug, shop.id)} name="tabela" value={table}>
            {table}
          </ChoiceForm>
        ))}
      </div>
    );
  }
  return null;
}

function ChoiceForm({
  action,
  name,
  value,
  children,
}: {
  action: string;
  name: string;
  value: string;
  children: unknown;
}) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name={name} value={value} />
      <button class="button" type="submit">
        {children as string}
      </button>
    </form>
  );
}

/** Step 3: the shop in a few facts, from the doctor's own findings. */
function Found({ run }: { run: DoctorRun }) {
  const facts = run.checks.filter(({ nn, state }) => nn >= 11 && nn <= 15 && (state === 'ok' || state === 'warning'));
  if (facts.length === 0) return null;
  return (
    <section class="card" aria-labelledby="encontrado-titulo">
      <h2 id="encontrado-titulo">O que encontramos</h2>
      <dl class="facts">
        {facts.map((check) => (
          <Fact label={checkNames[check.nn - 1]!}>
            {doctorMessage(check.code, check.facts).sentence}
            {(check.nn === 12 || check.nn === 14) && detailLines(check).length > 0 ? (
              <ul class="found-forms">
                {detailLines(check).map((line) => (
                  <li>{line}</li>
                ))}
              </ul>
            ) : (
              ''
            )}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function NextSteps({ slug, shop, run, clock }: Pick<DiagnosisProps, 'slug' | 'shop' | 'run' | 'clock'>) {
  const isGood = run?.finishedAt != null && !run.errorCode && failedOf(run) === 0;
  const again = paths.diagnosis(slug, shop.id);
  return (
    <div class="form-end">
      {isGood && !run.isTrial ? (
        <a class="button button-main" href={paths.mapping(slug, shop.id)}>
          Continuar para o mapeamento
        </a>
      ) : (
        ''
      )}
      <a
        class={`button ${!run || (isGood && !run.isTrial) ? '' : 'button-main'}`}
        href={paths.connectionEdit(slug, shop.id)}
      >
        {isGood && run.isTrial ? 'Voltar e salvar o acesso' : isGood || !run ? 'Mudar o acesso' : 'Corrigir o acesso'}
      </a>
      {shop.typed ? (
        <form method="post" action={again}>
          <button class={`button ${run ? '' : 'button-main'}`} type="submit">
            {!run ? 'Examinar a loja' : run.isTrial ? 'Diagnosticar o acesso salvo' : 'Repetir o diagnóstico'}
          </button>
        </form>
      ) : (
        ''
      )}
      {run && run.checks.length > 0 ? <CopyButton from="diagnostico-texto">Copiar diagnóstico</CopyButton> : ''}
      {run && run.checks.length > 0 ? (
        <details class="report">
          <summary>Diagnóstico em texto</summary>
          <p class="faint">Sem senhas nem dados de clientes: pode ser enviado à hospedagem ou ao suporte.</p>
          <textarea id="diagnostico-texto" readonly rows={8} aria-label="Diagnóstico em texto">
            {reportLines(
              run.checks.map((check) => ({ ...check, name: checkNames[check.nn - 1]! })),
              clock.now,
            ).join('\n')}
          </textarea>
        </details>
      ) : (
        ''
      )}
    </div>
  );
}
