// Minha conta: password, the browsers that are signed in, and the company that opens first.
import { minPasswordLength } from '#shared/passwords.ts';
import { type Role, roleLabels } from '#shared/roles.ts';
import { Badge } from '../components/badge.tsx';
import { FormDone, FormError } from '../components/form-error.tsx';
import { Time } from '../components/time.tsx';
import type { Clock } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';

export type AccountSession = {
  isCurrent: boolean;
  device: string | null;
  createdAt: Date;
  lastSeenAt: Date;
};

export type AccountCompany = { id: string; slug: string; name: string; role: Role; isDefault: boolean };

type AccountPageProps = {
  email: string;
  hasPassword: boolean;
  sessions: readonly AccountSession[];
  companies: readonly AccountCompany[];
  error: string | null;
  done: string | null;
  clock: Clock;
};

export function AccountPage({ email, hasPassword, sessions, companies, error, done, clock }: AccountPageProps) {
  return (
    <>
      <PageHead title="Minha conta" />
      <p class="faint">{email}</p>
      <FormError message={error} />
      <FormDone message={done} />
      <div class="columns">
        <section class="card" aria-labelledby="senha">
          <h2 id="senha">{hasPassword ? 'Mudar a senha' : 'Escolher uma senha'}</h2>
          <form method="post" action={paths.changePassword} class="form">
            <input type="hidden" name="email" value={email} autocomplete="username" />
            {hasPassword ? (
              <label>
                Senha atual
                <input type="password" name="atual" autocomplete="current-password" required />
              </label>
            ) : (
              ''
            )}
            <label>
              Senha nova (no mínimo {minPasswordLength} caracteres)
              <input type="password" name="nova" autocomplete="new-password" minlength={minPasswordLength} required />
            </label>
            <p class="faint">As suas outras sessões são encerradas.</p>
            <button class="button button-main" type="submit">
              Salvar a senha
            </button>
          </form>
        </section>
        <section class="card" aria-labelledby="sessoes">
          <div class="card-head">
            <h2 id="sessoes">Onde você está conectado</h2>
            {sessions.length > 1 ? (
              <form method="post" action={paths.endOtherSessions}>
                <button class="button" type="submit">
                  Encerrar outras sessões
                </button>
              </form>
            ) : (
              ''
            )}
          </div>
          <ul class="items">
            {sessions.map(({ isCurrent, device, createdAt, lastSeenAt }) => (
              <li>
                <span class="stack">
                  <strong>{device ?? 'Navegador desconhecido'}</strong>
                  <span class="faint">
                    entrou <Time at={createdAt} clock={clock} /> · usada <Time at={lastSeenAt} clock={clock} />
                  </span>
                </span>
                {isCurrent ? <Badge tone="good">Esta</Badge> : ''}
              </li>
            ))}
          </ul>
          <p class="faint">Uma sessão acaba depois de 12 horas sem uso, ou 7 dias depois de entrar.</p>
        </section>
      </div>
      {companies.length > 0 ? (
        <section class="card" aria-labelledby="empresas">
          <h2 id="empresas">Suas empresas</h2>
          <ul class="items">
            {companies.map(({ id, slug, name, role, isDefault }) => (
              <li class="invitation">
                <span class="stack">
                  <a href={paths.dashboard(slug)}>{name}</a>
                  <span class="faint">{roleLabels[role]}</span>
                </span>
                {isDefault ? (
                  <Badge tone="good">Abre primeiro</Badge>
                ) : (
                  <form method="post" action={paths.chooseDefaultCompany} class="inline-form">
                    <input type="hidden" name="empresa" value={id} />
                    <button class="button" type="submit">
                      Abrir primeiro
                    </button>
                  </form>
                )}
              </li>
            ))}
          </ul>
        </section>
      ) : (
        ''
      )}
    </>
  );
}
