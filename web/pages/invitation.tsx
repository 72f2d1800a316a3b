// What an invited person sees: who invites to what, and the one step that is left.
import { minPasswordLength } from '#shared/passwords.ts';
import { type Role, roleLabels } from '#shared/roles.ts';
import type { Assets } from '../assets.ts';
import { FormError } from '../components/form-error.tsx';
import { paths } from '../paths.ts';
import { Door } from './login.tsx';

type InvitationPageProps = {
  assets: Assets;
  /** The page's own address: the form goes there, and the login comes back to it. */
  path: string;
  state: 'new_account' | 'sign_in' | 'join' | 'other_account';
  email: string;
  role: Role;
  tenantName: string;
  inviterName: string | null;
  signedInEmail: string | null;
  name: string;
  error: string | null;
};

export function InvitationPage(props: InvitationPageProps) {
  const { assets, path, state, email, role, tenantName, inviterName, signedInEmail, name, error } = props;
  return (
    <Door title={`Convite para ${tenantName}`} assets={assets}>
      <p>
        {inviterName ? `${inviterName} convida você` : 'Você foi convidado'} a trabalhar em{' '}
        <strong>{tenantName}</strong> como {roleLabels[role]}, com o e-mail <strong class="break">{email}</strong>.
      </p>
      <FormError message={error} />
      {state === 'new_account' ? (
        <form method="post" action={path} class="form">
          <input type="hidden" name="email" value={email} autocomplete="username" />
          <label>
            Seu nome
            <input name="nome" value={name} autocomplete="name" maxlength={100} required />
          </label>
          <label>
            Senha (no mínimo {minPasswordLength} caracteres)
            <input type="password" name="senha" autocomplete="new-password" minlength={minPasswordLength} required />
          </label>
          <button class="button button-main" type="submit">
            Aceitar e entrar
          </button>
        </form>
      ) : state === 'join' ? (
        <form method="post" action={path} class="form">
          <button class="button button-main" type="submit">
            Entrar em {tenantName}
          </button>
        </form>
      ) : state === 'sign_in' ? (
        <>
          <p>Este e-mail já tem conta. Entre com ela, e o convite continua daqui.</p>
          <a class="button button-main" href={paths.loginWithReturn(path)}>
            Entrar e aceitar
          </a>
        </>
      ) : (
        <>
          <p>
            Você está como <strong class="break">{signedInEmail}</strong>. Saia e abra o link de novo, com a conta do
            convite.
          </p>
          <form method="post" action={paths.logout}>
            <button class="button" type="submit">
              Sair
            </button>
          </form>
        </>
      )}
    </Door>
  );
}
