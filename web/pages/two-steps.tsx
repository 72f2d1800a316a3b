// Verificação em duas etapas: its place on Minha conta, the page that shows the secret to the telephone, and the recovery codes, which are shown once.
import { encode } from 'uqr';
import { inGroups } from '#shared/one-time-codes.ts';
import { CopyButton } from '../components/copy-button.tsx';
import { FormError } from '../components/form-error.tsx';
import { type Clock, countText, dateText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';

type TwoStepsProps = { twoSteps: { since: Date; codesLeft: number } | null; hasPassword: boolean; clock: Clock };

export function TwoSteps({ twoSteps, hasPassword, clock }: TwoStepsProps) {
  return (
    <section class="card" aria-labelledby="duas-etapas">
      <h2 id="duas-etapas">Verificação em duas etapas</h2>
      {twoSteps ? (
        <p>
          Ligada desde {dateText(twoSteps.since, clock.timeZone)}: ao entrar, você digita também o código do celular.{' '}
          {twoSteps.codesLeft === 0
            ? 'Não resta nenhum código de reserva: desligue e ligue de novo para ter outros.'
            : `${twoSteps.codesLeft === 1 ? 'Resta' : 'Restam'} ${countText(twoSteps.codesLeft, 'código de reserva', 'códigos de reserva')}.`}
        </p>
      ) : (
        <p class="faint">
          Além da senha, um código que muda a cada 30 segundos num aplicativo do celular (Google Authenticator, 2FAS,
          1Password …). Quem descobrir a sua senha não entra.
        </p>
      )}
      <form method="post" action={twoSteps ? paths.endTwoSteps : paths.beginTwoSteps} class="form">
        {hasPassword ? (
          <label>
            Senha atual
            <input type="password" name="atual" autocomplete="current-password" required />
          </label>
        ) : (
          ''
        )}
        <button class={twoSteps ? 'button' : 'button button-main'} type="submit">
          {twoSteps ? 'Desligar' : 'Ligar'}
        </button>
      </form>
    </section>
  );
}

type BeginTwoStepsProps = { secret: string; link: string; error: string | null };

export function BeginTwoStepsPage({ secret, link, error }: BeginTwoStepsProps) {
  const { size, data } = encode(link, { border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : []))).join('');
  return (
    <>
      <nav class="crumbs" aria-label="Caminho">
        <a href={paths.account}>Minha conta</a> / Verificação em duas etapas
      </nav>
      <PageHead title="Ligar a verificação em duas etapas" />
      <FormError message={error} />
      <section class="card" aria-labelledby="aplicativo">
        <h2 id="aplicativo">1. Ponha a conta no aplicativo</h2>
        <p>No aplicativo autenticador do celular, escolha “ler código QR” e aponte para aqui:</p>
        <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label="Código QR da conta">
          <rect width={size} height={size} fill="#fff" />
          <path d={path} fill="#000" />
        </svg>
        <p>
          Neste mesmo celular, <a href={link}>abra no aplicativo</a>; ou escolha “inserir chave” e digite esta, baseada
          no tempo:
        </p>
        <p class="form-end">
          <code id="chave-do-aplicativo" class="big-code">
            {inGroups(secret)}
          </code>
          <CopyButton from="chave-do-aplicativo">Copiar</CopyButton>
        </p>
      </section>
      <section class="card" aria-labelledby="confirmar">
        <h2 id="confirmar">2. Digite o código que ele mostra</h2>
        <form method="post" action={paths.confirmTwoSteps} class="form">
          <label>
            Código de 6 dígitos
            <input name="codigo" inputmode="numeric" autocomplete="one-time-code" maxlength={12} autofocus required />
          </label>
          <div class="form-end">
            <button class="button button-main" type="submit">
              Confirmar e ligar
            </button>
            <a class="button" href={paths.account}>
              Cancelar
            </a>
          </div>
        </form>
      </section>
    </>
  );
}

export function RecoveryCodesPage({ codes }: { codes: readonly string[] }) {
  return (
    <>
      <PageHead title="Verificação em duas etapas ligada" />
      <section class="card" aria-labelledby="codigos">
        <h2 id="codigos">Guarde estes códigos de reserva</h2>
        <p>
          Cada um deixa você entrar uma vez, sem o celular. Imprima ou guarde num cofre de senhas: eles não aparecem de
          novo.
        </p>
        <pre id="codigos-de-reserva" class="big-code">
          {codes.join('\n')}
        </pre>
        <p class="form-end">
          <CopyButton from="codigos-de-reserva">Copiar os códigos</CopyButton>
          <a class="button button-main" href={paths.account}>
            Guardei
          </a>
        </p>
      </section>
    </>
  );
}
