// The doors: e-mail and password, a used-up link, and the first owner of a fresh installation.
import type { Child } from 'hono/jsx';
import type { Assets } from '../assets.ts';
import { FormError } from '../components/form-error.tsx';
import { Document } from '../layout.tsx';
import { paths } from '../paths.ts';

export function Door({ title, assets, children }: { title: string; assets: Assets; children?: Child }) {
  return (
    <Document title={title} assets={assets}>
      <main class="door">
        <div class="door-brand">
          <img src={assets.icon} alt="" width="40" height="40" />
          <span>Carrinho e Leads</span>
        </div>
        <h1>{title}</h1>
        {children}
      </main>
    </Document>
  );
}

type LoginPageProps = { assets: Assets; email: string; returnTo: string; error: string | null };

export function LoginPage({ assets, email, returnTo, error }: LoginPageProps) {
  return (
    <Door title="Entrar" assets={assets}>
      <FormError message={error} />
      <form method="post" action={paths.login} class="form">
        <input type="hidden" name="volta" value={returnTo} />
        <label>
          E-mail
          <input type="email" name="email" value={email} autocomplete="username" required />
        </label>
        <label>
          Senha
          <input type="password" name="senha" autocomplete="current-password" required />
        </label>
        <button class="button button-main" type="submit">
          Entrar
        </button>
      </form>
      <p class="faint">Sem senha? Peça um link de entrada a quem administra esta instalação.</p>
    </Door>
  );
}

type CodePageProps = { assets: Assets; token: string; returnTo: string; error: string | null };

/** The second step: the code of the telephone, or a recovery code. */
export function CodePage({ assets, token, returnTo, error }: CodePageProps) {
  return (
    <Door title="Código de verificação" assets={assets}>
      <FormError message={error} />
      <form method="post" action={paths.loginCode} class="form">
        <input type="hidden" name="passe" value={token} />
        <input type="hidden" name="volta" value={returnTo} />
        <label>
          Código de 6 dígitos do aplicativo no seu celular
          <input name="codigo" inputmode="text" autocomplete="one-time-code" maxlength={60} autofocus required />
        </label>
        <button class="button button-main" type="submit">
          Entrar
        </button>
      </form>
      <p class="faint">
        Sem o celular? Digite um dos seus códigos de reserva. Sem eles também, peça a um proprietário da empresa, ou a
        quem administra esta instalação, que desligue a verificação.
      </p>
    </Door>
  );
}

/** A link that lets nobody in, or a person without a company: one sentence and the way to the login. */
export function DoorMessagePage({ assets, title, message }: { assets: Assets; title: string; message: string }) {
  return (
    <Door title={title} assets={assets}>
      <p>{message}</p>
      <p>
        <a class="button" href={paths.login}>
          Entrar com e-mail e senha
        </a>
      </p>
    </Door>
  );
}

export type FirstOwnerForm = { name: string; email: string; company: string };
type FirstOwnerPageProps = {
  assets: Assets;
  action: string;
  form: FirstOwnerForm;
  minPasswordLength: number;
  error: string | null;
};

export function FirstOwnerPage({ assets, action, form, minPasswordLength, error }: FirstOwnerPageProps) {
  return (
    <Door title="Primeiro acesso" assets={assets}>
      <p class="faint">Crie o proprietário desta instalação e a primeira empresa.</p>
      <FormError message={error} />
      <form method="post" action={action} class="form">
        <label>
          Seu nome
          <input name="nome" value={form.name} autocomplete="name" maxlength={100} required />
        </label>
        <label>
          E-mail
          <input type="email" name="email" value={form.email} autocomplete="username" required />
        </label>
        <label>
          Senha (no mínimo {minPasswordLength} caracteres)
          <input type="password" name="senha" autocomplete="new-password" minlength={minPasswordLength} required />
        </label>
        <label>
          Nome da empresa
          <input name="empresa" value={form.company} autocomplete="organization" maxlength={100} required />
        </label>
        <button class="button button-main" type="submit">
          Criar e entrar
        </button>
      </form>
    </Door>
  );
}
