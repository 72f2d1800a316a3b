// Minha conta: password, the browsers that are signed in, the company that opens first, and the keys of other programs.
import { minPasswordLength } from '#shared/passwords.ts';
import { type Role, roleLabels } from '#shared/roles.ts';
import { Badge } from '../components/badge.tsx';
import { CheckField, Field, fieldInput, TextField } from '../components/field.tsx';
import { FormDone, FormError } from '../components/form-error.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, dateText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import { type ApiTokenRow, apiScopeLabels, apiScopes } from './account-types.ts';
import { TwoSteps } from './two-steps.tsx';

export type AccountSession = {
  isCurrent: boolean;
  device: string | null;
  createdAt: Date;
  lastSeenAt: Date;
};

export type AccountCompany = { id: string; slug: string; name: string; role: Role; isDefault: boolean };

/** A token just made: known in this answer and never again. */
export type NewToken = { token: string; name: string; companyName: string };

type AccountPageProps = {
  email: string;
  hasPassword: boolean;
  twoSteps: { since: Date; codesLeft: number } | null;
  sessions: readonly AccountSession[];
  companies: readonly AccountCompany[];
  tokens: readonly ApiTokenRow[];
  newToken: NewToken | null;
  error: string | null;
  done: string | null;
  clock: Clock;
};

export function AccountPage(props: AccountPageProps) {
  const { email, hasPassword, sessions, companies, tokens, newToken, error, done, clock } = props;
  const activeTokens = tokens.filter(({ state }) => state === 'active').length;
  return (
    <>
      <PageHead title="Minha conta" />
      <p class="faint">{email}</p>
      <FormError message={error} />
      <FormDone message={done} />
      {newToken ? <NewTokenBox {...newToken} /> : ''}
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
            {activeTokens > 0 ? (
              <CheckField
                name="chaves"
                label={`Revogar também ${activeTokens === 1 ? 'a chave' : `as ${activeTokens} chaves`} da API`}
                hint="Se alguém pode ter visto a senha antiga, pode ter feito uma chave."
                isChecked
              />
            ) : (
              ''
            )}
            <p class="faint">As suas outras sessões são encerradas.</p>
            <button class="button button-main" type="submit">
              Salvar a senha
            </button>
          </form>
        </section>
        <div class="column">
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
          <TwoSteps {...props} />
        </div>
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
      {companies.length > 0 ? <Tokens {...props} /> : ''}
    </>
  );
}

function NewTokenBox({ token, name, companyName }: NewToken) {
  return (
    <section class="card link-box" aria-labelledby="chave-nova">
      <h2 id="chave-nova">
        Chave “{name}”, para {companyName}
      </h2>
      <p class="faint">Copie agora: ela não aparece de novo. Quem a tiver pode o que ela pode, em seu nome.</p>
      <input readonly value={token} aria-label="Chave" autocomplete="off" />
    </section>
  );
}

const stateLabels = { active: 'Em uso', expired: 'Vencida', revoked: 'Revogada' } as const;

/** What other programs may do in this person's name. */
function Tokens({ companies, tokens, clock }: AccountPageProps) {
  return (
    <section class="card" aria-labelledby="chaves">
      <h2 id="chaves">Chaves de outros programas (API)</h2>
      <p class="faint">
        Com uma chave, um programa lê ou marca em seu nome, numa empresa só. <a href={paths.api}>O que a API oferece</a>
      </p>
      {tokens.length > 0 ? (
        <ul class="items">
          {tokens.map((token) => (
            <TokenItem token={token} clock={clock} />
          ))}
        </ul>
      ) : (
        ''
      )}
      <form method="post" action={paths.createToken} class="form settings">
        <div class="fields">
          <TextField label="Nome da chave" name="nome" value="" placeholder="Extensão do WhatsApp" maxlength={60} />
          <Field label="Empresa" name="empresa">
            <select {...fieldInput('empresa')} class="select">
              {companies.map(({ id, name, isDefault }) => (
                <option value={id} selected={isDefault}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field label="Vale por" name="dias">
            <select {...fieldInput('dias')} class="select">
              <option value="30">30 dias</option>
              <option value="90" selected>
                90 dias
              </option>
              <option value="365">1 ano</option>
            </select>
          </Field>
          <fieldset class="field choice-set">
            <legend>O que pode</legend>
            {apiScopes.map((scope) => (
              <label class="check">
                <input type="checkbox" name="pode" value={scope} checked={scope === 'read'} />{' '}
                <span>{apiScopeLabels[scope]}</span>
              </label>
            ))}
          </fieldset>
        </div>
        <div class="form-end">
          <button class="button button-main" type="submit">
            Criar chave
          </button>
          <p class="faint">Ela aparece uma vez, na página seguinte.</p>
        </div>
      </form>
    </section>
  );
}

function TokenItem({ token, clock }: { token: ApiTokenRow; clock: Clock }) {
  const { id, name, hint, scopes, tenantName, expiresAt, lastUsedAt, state } = token;
  return (
    <li class="invitation">
      <span class="stack">
        <span>
          <strong class="break">{name}</strong> <code class="faint">{hint}…</code>
        </span>
        <span class="faint">
          {tenantName} · {scopes.map((scope) => apiScopeLabels[scope].toLowerCase()).join(', ')} ·{' '}
          {lastUsedAt ? (
            <>
              usada <Time at={lastUsedAt} clock={clock} />
            </>
          ) : (
            'nunca usada'
          )}{' '}
          · {state === 'expired' ? 'venceu em' : 'vale até'} {dateText(expiresAt, clock.timeZone)}
        </span>
      </span>
      {state === 'active' ? (
        <form method="post" action={paths.revokeToken(id)} class="inline-form">
          <button class="button" type="submit">
            Revogar
          </button>
        </form>
      ) : (
        <Badge tone="calm">{stateLabels[state]}</Badge>
      )}
    </li>
  );
}
