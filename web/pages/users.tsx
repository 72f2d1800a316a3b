// Usuários: who works in this company and as what, and the invitations that wait. There is no mail server: a link is shown once, to be sent by hand.
import { type Actor, can, canGrantRole, type Role, roleLabels, roles } from '#shared/roles.ts';
import { Badge } from '../components/badge.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { FormError } from '../components/form-error.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, dateTimeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';

export type Member = {
  id: string;
  name: string;
  email: string;
  role: Role;
  since: Date;
  isDisabled: boolean;
  lastSeenAt: Date | null;
  hasTwoSteps: boolean;
};

export type Invitation = {
  id: string;
  email: string;
  role: Role;
  expiresAt: Date;
  isOver: boolean;
  inviterName: string | null;
};

/** An invitation just made: its link is known in this answer and never again. */
export type NewLink = { email: string; role: Role; url: string; companyName: string };

type UsersPageProps = {
  slug: string;
  actor: Actor;
  userId: string;
  members: readonly Member[];
  invitations: readonly Invitation[];
  newLink: NewLink | null;
  error: string | null;
  clock: Clock;
};

const roleHelp: Readonly<Record<Role, string>> = {
  viewer: 'vê painéis e listas, com telefones e e-mails mascarados',
  operator: 'contata pessoas, anota e exporta dentro do limite do dia',
  admin: 'também muda mensagens, conexão e configurações, e convida operadores',
  owner: 'faz tudo, aprova eliminações e escolhe administradores',
};

export function UsersPage(props: UsersPageProps) {
  const { slug, members, invitations, newLink, error, actor } = props;
  const grantable = roles.filter((role) => canGrantRole(actor, role));
  return (
    <>
      <PageHead title="Usuários" />
      <FormError message={error} />
      {newLink ? <LinkBox {...newLink} /> : ''}
      <section class="card" aria-labelledby="convidar">
        <h2 id="convidar">Convidar alguém</h2>
        <InviteForm action={paths.invite(slug)} grantable={grantable} />
        <details>
          <summary>O que cada papel faz</summary>
          <dl class="facts">
            {roles.map((role) => (
              <div>
                <dt>{roleLabels[role]}</dt>
                <dd>{roleHelp[role]}</dd>
              </div>
            ))}
          </dl>
        </details>
      </section>
      <div class="table-box">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Nome</th>
              <th scope="col">Papel</th>
              <th scope="col">Visto</th>
              <th scope="col">
                <span class="hidden">Ações</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {members.map((member) => (
              <MemberRow member={member} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      {members.length === 0 ? (
        <EmptyState icon="people" title="Ainda não há usuários nesta empresa.">
          Convide o proprietário: ele convida os outros.
        </EmptyState>
      ) : (
        ''
      )}
      {invitations.length > 0 ? <Invitations {...props} /> : ''}
    </>
  );
}

/** Address and role of an invitation; also on the installation's page of a company. */
export function InviteForm({ action, grantable }: { action: string; grantable: readonly Role[] }) {
  return (
    <form method="post" action={action} class="filters">
      <label class="grow">
        <span class="filter-label">E-mail</span>
        <input type="email" name="email" maxlength={320} autocomplete="off" required />
      </label>
      <RoleSelect grantable={grantable} value={grantable.includes('operator') ? 'operator' : grantable[0]!} />
      <button class="button button-main" type="submit">
        Criar convite
      </button>
    </form>
  );
}

function RoleSelect({
  grantable,
  value,
  label = 'Papel',
}: {
  grantable: readonly Role[];
  value: Role;
  label?: string;
}) {
  return (
    <label>
      <span class={label === 'Papel' ? 'filter-label' : 'hidden'}>{label}</span>
      <select name="papel" class="select">
        {grantable.map((role) => (
          <option value={role} selected={role === value}>
            {roleLabels[role]}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The link to hand over, and WhatsApp with it already written. */
export function LinkBox({ email, role, url, companyName }: NewLink) {
  const text = `Convite para ${companyName} no Carrinho e Leads: ${url}`;
  return (
    <section class="card link-box" aria-labelledby="link-do-convite">
      <h2 id="link-do-convite">
        Convite para {email}, como {roleLabels[role]}
      </h2>
      <p class="faint">
        Envie este link só a essa pessoa: quem o abrir entra no lugar dela. Vale 7 dias, uma vez, e não aparece de novo.
      </p>
      <input id="convite-link" readonly value={url} aria-label="Link do convite" />
      <p class="export-links">
        <CopyButton from="convite-link">Copiar o link</CopyButton>
        <a
          class="button"
          href={`https://wa.me/?text=${encodeURIComponent(text)}`}
          target="_blank"
          rel="noopener noreferrer"
        >
          Enviar por WhatsApp
        </a>
      </p>
    </section>
  );
}

function MemberRow({ member, slug, actor, userId, clock }: UsersPageProps & { member: Member }) {
  const { id, name, email, role, isDisabled, lastSeenAt, hasTwoSteps } = member;
  const mayChange = canGrantRole(actor, role);
  const isSelf = id === userId;
  return (
    <tr id={`usuario-${id}`}>
      <td class="cell-main">
        <strong>
          {name}
          {isSelf ? ' (você)' : ''}
        </strong>
        {email === name ? '' : <span class="faint">{email}</span>}
        {isDisabled ? <Badge tone="warn">Desativado</Badge> : ''}
        {hasTwoSteps ? <span class="faint">duas etapas ligadas</span> : ''}
      </td>
      <td data-label="Papel">
        {mayChange ? (
          <form method="post" action={paths.userRole(slug, id)} class="role-form">
            <RoleSelect
              grantable={roles.filter((one) => canGrantRole(actor, one))}
              value={role}
              label={`Papel de ${name}`}
            />
            <button class="button" type="submit">
              Mudar
            </button>
          </form>
        ) : (
          roleLabels[role]
        )}
      </td>
      <td data-label="Visto">{lastSeenAt ? <Time at={lastSeenAt} clock={clock} /> : 'nunca'}</td>
      <td class="number acts">
        {hasTwoSteps && !isSelf && can(actor, 'reset_two_steps') ? (
          <details class="menu menu-end">
            <summary class="link-button">Perdeu o celular</summary>
            <form method="post" action={paths.resetTwoSteps(slug, id)} class="menu-panel">
              <p>
                Desliga a verificação em duas etapas de {name}, que entra só com a senha até ligá-la de novo. Antes,
                tenha certeza de que é essa pessoa quem pede.
              </p>
              <button class="button" type="submit">
                Desligar as duas etapas
              </button>
            </form>
          </details>
        ) : (
          ''
        )}
        {mayChange || isSelf ? (
          <details class="menu menu-end">
            <summary class="link-button">{isSelf ? 'Sair da empresa' : 'Remover'}</summary>
            <form method="post" action={paths.removeUser(slug, id)} class="menu-panel">
              <p>
                {isSelf
                  ? 'Você deixa de ver esta empresa.'
                  : `${name} deixa de ver esta empresa na hora. O que fez continua registrado.`}
              </p>
              <button class="button" type="submit">
                {isSelf ? 'Sair da empresa' : `Remover ${name}`}
              </button>
            </form>
          </details>
        ) : (
          ''
        )}
      </td>
    </tr>
  );
}

function Invitations({ invitations, slug, actor, clock }: UsersPageProps) {
  return (
    <section class="card" aria-labelledby="convites">
      <h2 id="convites">Convites em aberto</h2>
      <ul class="items">
        {invitations.map(({ id, email, role, expiresAt, isOver, inviterName }) => (
          <li class="invitation">
            <span class="stack">
              <strong class="break">{email}</strong>
              <span class="faint">
                {roleLabels[role]}
                {inviterName ? ` · por ${inviterName}` : ''} · {isOver ? 'venceu em ' : 'vale até '}
                {dateTimeText(expiresAt, clock.timeZone)}
              </span>
            </span>
            {canGrantRole(actor, role) ? (
              <span class="chips">
                <form method="post" action={paths.renewInvitation(slug, id)} class="inline-form">
                  <button class="button" type="submit">
                    Novo link
                  </button>
                </form>
                <form method="post" action={paths.cancelInvitation(slug, id)} class="inline-form">
                  <button class="button" type="submit">
                    Cancelar
                  </button>
                </form>
              </span>
            ) : (
              ''
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
