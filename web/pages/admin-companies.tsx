// Administração: every company of the installation with the health of its sync, and one company's page. No personal data of any shop's customers.

import { nextFirings } from '#shared/cron.ts';
import { type Role, roleLabels, roles } from '#shared/roles.ts';
import { runMessage } from '#shared/run-messages.ts';
import { Badge, type Tone } from '../components/badge.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { FormError } from '../components/form-error.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, durationText, timeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { type RunState, runStateLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import { scheduleText } from '../schedule-text.ts';
import { InviteForm, LinkBox, type NewLink } from './users.tsx';

type SiteHealth = {
  id: string;
  name: string;
  /** Of the last run that ended. */
  state: RunState | null;
  errorCode: string | null;
  finishedAt: Date | null;
  cronExpression: string | null;
  isPaused: boolean;
  sources: { label: string; caughtUpAt: Date | null }[];
};

export type CompanyHealth = {
  id: string;
  slug: string;
  name: string;
  isSuspended: boolean;
  userCount: string;
  sites: SiteHealth[];
};

type AdminPageProps = {
  companies: readonly CompanyHealth[];
  form: { name: string };
  error: string | null;
  clock: Clock;
};

/** A shop that polls each minute and was not read for this long is late. */
const lateMs = 15 * 60_000;

export function AdminCompaniesPage({ companies, form, error, clock }: AdminPageProps) {
  return (
    <>
      <PageHead title="Empresas" />
      <FormError message={error} />
      <section class="card" aria-labelledby="nova-empresa">
        <h2 id="nova-empresa">Nova empresa</h2>
        <form method="post" action={paths.adminCompanies} class="filters">
          <label class="grow">
            <span class="filter-label">Nome</span>
            <input name="nome" value={form.name} maxlength={100} autocomplete="off" required />
          </label>
          <button class="button button-main" type="submit">
            Criar empresa
          </button>
        </form>
      </section>
      {companies.length === 0 ? <EmptyState icon="bag" title="Ainda não há empresas." /> : ''}
      {companies.map((company) => (
        <section class="card" aria-labelledby={`empresa-${company.id}`}>
          <div class="card-head">
            <div class="card-title">
              <h2 id={`empresa-${company.id}`}>
                <a href={paths.adminCompany(company.id)}>{company.name}</a>
              </h2>
              {company.isSuspended ? <Badge tone="warn">Suspensa</Badge> : ''}
            </div>
            <span class="faint">{company.userCount === '1' ? '1 usuário' : `${company.userCount} usuários`}</span>
          </div>
          {company.sites.length === 0 ? <p class="faint">Nenhuma loja conectada.</p> : ''}
          {company.sites.map((site) => (
            <SiteBoard site={site} isSuspended={company.isSuspended} clock={clock} />
          ))}
        </section>
      ))}
    </>
  );
}

function healthOf(site: SiteHealth, isSuspended: boolean, clock: Clock): { tone: Tone; text: string } {
  if (isSuspended) return { tone: 'calm', text: 'Desligada' };
  if (site.isPaused) return { tone: 'calm', text: 'Pausada' };
  if (site.state === 'failed') return { tone: 'bad', text: 'Falhou' };
  if (!site.state) return { tone: 'calm', text: 'Nunca sincronizada' };
  const oldest = Math.min(...site.sources.map(({ caughtUpAt }) => caughtUpAt?.getTime() ?? 0));
  if (site.sources.length > 0 && clock.now.getTime() - oldest > lateMs) return { tone: 'warn', text: 'Atrasada' };
  return { tone: 'good', text: runStateLabels[site.state] };
}

function SiteBoard({ site, isSuspended, clock }: { site: SiteHealth; isSuspended: boolean; clock: Clock }) {
  const { tone, text } = healthOf(site, isSuspended, clock);
  const runs = site.cronExpression && !site.isPaused && !isSuspended;
  const [next] = runs ? nextFirings(site.cronExpression!, { ...clock, count: 1 }) : [];
  return (
    <div class="match">
      <div class="card-head">
        <div class="card-title">
          <h3>{site.name}</h3>
          <Badge tone={tone}>{text}</Badge>
        </div>
        {isSuspended ? (
          ''
        ) : (
          <form method="post" action={paths.adminSyncNow(site.id)}>
            <button class="button" type="submit">
              Sincronizar agora
            </button>
          </form>
        )}
      </div>
      <p class="faint">
        {site.cronExpression ? `roda ${scheduleText(site.cronExpression)}` : 'sem agendamento'}
        {next ? ` · próxima às ${timeText(next, clock.timeZone)}` : ''}
      </p>
      {site.state === 'failed' && site.errorCode ? (
        <div class="problem">
          <p class="problem-title">{runMessage(site.errorCode, {}).sentence}</p>
          <p>{runMessage(site.errorCode, {}).remedy}</p>
        </div>
      ) : (
        ''
      )}
      {site.sources.length > 0 ? (
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">Fonte</th>
              <th scope="col">Última boa</th>
              <th scope="col">Atraso</th>
            </tr>
          </thead>
          <tbody>
            {site.sources.map(({ label, caughtUpAt }) => (
              <tr>
                <td>{label}</td>
                <td>{caughtUpAt ? <Time at={caughtUpAt} clock={clock} /> : 'ainda não'}</td>
                <td>
                  {isSuspended || site.isPaused ? (
                    '—'
                  ) : caughtUpAt && clock.now.getTime() - caughtUpAt.getTime() <= lateMs ? (
                    'em dia'
                  ) : (
                    <Badge tone="warn">
                      {caughtUpAt
                        ? durationText((clock.now.getTime() - caughtUpAt.getTime()) / 1000)
                        : 'nunca lida inteira'}
                    </Badge>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        ''
      )}
    </div>
  );
}

type AdminCompanyPageProps = {
  company: { id: string; slug: string; name: string; timeZone: string; isSuspended: boolean };
  members: readonly { id: string; name: string; email: string; role: Role }[];
  newLink: NewLink | null;
  error: string | null;
};

export function AdminCompanyPage({ company, members, newLink, error }: AdminCompanyPageProps) {
  const { id, slug, name, timeZone, isSuspended } = company;
  return (
    <>
      <p class="crumbs">
        <a href={paths.adminCompanies}>Empresas</a>
      </p>
      <PageHead title={name}>{isSuspended ? <Badge tone="warn">Suspensa</Badge> : ''}</PageHead>
      <FormError message={error} />
      {newLink ? <LinkBox {...newLink} /> : ''}
      <div class="columns">
        <section class="card" aria-labelledby="dados">
          <h2 id="dados">Dados</h2>
          <form method="post" action={paths.adminCompany(id)} class="form">
            <label>
              Nome
              <input name="nome" value={name} maxlength={100} required />
            </label>
            <label>
              Fuso horário
              <input name="fuso" value={timeZone} maxlength={60} required />
            </label>
            <p class="faint">
              Endereço das telas: <code>/e/{slug}</code>
            </p>
            <button class="button button-main" type="submit">
              Salvar
            </button>
          </form>
        </section>
        <section class="card" aria-labelledby="usuarios">
          <h2 id="usuarios">Usuários</h2>
          {members.length === 0 ? (
            <p class="faint">Ninguém ainda: convide o proprietário.</p>
          ) : (
            <ul class="items">
              {members.map((member) => (
                <li>
                  <span class="stack">
                    <strong>{member.name}</strong>
                    <span class="faint break">{member.email}</span>
                  </span>
                  <span>{roleLabels[member.role]}</span>
                </li>
              ))}
            </ul>
          )}
          <InviteForm action={paths.adminAct(id, 'convites')} grantable={roles} />
        </section>
        <section class="card" aria-labelledby="visita">
          <h2 id="visita">Ver os dados desta empresa</h2>
          <p>
            Você vê as telas como leitura, por uma hora, só nesta sessão. O motivo fica no Registro da empresa, que os
            administradores dela leem.
          </p>
          <form method="post" action={paths.adminAct(id, 'entrar')} class="form">
            <label>
              Motivo
              <input name="motivo" minlength={5} maxlength={500} autocomplete="off" required />
            </label>
            <button class="button" type="submit">
              Entrar na empresa
            </button>
          </form>
        </section>
        <section class="card" aria-labelledby="suspensao">
          <h2 id="suspensao">{isSuspended ? 'Reativar' : 'Suspender'}</h2>
          <p>
            {isSuspended
              ? 'A sincronização volta na próxima passada, e as pessoas voltam a gravar.'
              : 'A sincronização é desligada, e as pessoas da empresa só leem. Nada é apagado.'}
          </p>
          <form method="post" action={paths.adminAct(id, isSuspended ? 'reativar' : 'suspender')}>
            <button class="button" type="submit">
              {isSuspended ? 'Reativar a empresa' : 'Suspender a empresa'}
            </button>
          </form>
        </section>
      </div>
    </>
  );
}
