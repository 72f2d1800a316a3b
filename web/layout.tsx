// The shell around every page: navigation (side on wide screens, bottom on phones), company switcher, freshness badge, and <main>.

import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import { type Action, type Actor, can } from '#shared/roles.ts';
import type { Assets } from './assets.ts';
import { Icon, type IconName } from './components/icon.tsx';
import { type SyncBadge, SyncBadgeLink } from './components/sync-badge.tsx';
import { QueueCount, type WorkFacts, WorkMarks } from './components/work-marks.tsx';
import { contentId } from './content-id.ts';
import type { Clock } from './format.ts';
import { paths } from './paths.ts';

export { contentId };

export type Section =
  | 'painel'
  | 'leads'
  | 'carrinhos'
  | 'pedidos'
  | 'clientes'
  | 'relatorios'
  | 'configuracoes'
  | 'conexao'
  | 'sincronizacao'
  | 'fila'
  | 'mensagens'
  | 'contatos'
  | 'exportacoes'
  | 'usuarios'
  | 'registro'
  | 'lgpd';

/** `needs`: the right without which the entry is not shown. */
type Entry = { section: Section; label: string; icon: IconName; href: (slug: string) => string; needs?: Action };

const entries: readonly Entry[] = [
  { section: 'painel', label: 'Painel', icon: 'dashboard', href: (slug) => paths.dashboard(slug) },
  { section: 'fila', label: 'Fila', icon: 'queue', href: (slug) => paths.queue(slug) },
  { section: 'leads', label: 'Leads', icon: 'leads', href: (slug) => paths.leads(slug) },
  { section: 'carrinhos', label: 'Carrinhos', icon: 'cart', href: (slug) => paths.carts(slug) },
  { section: 'pedidos', label: 'Pedidos', icon: 'orders', href: (slug) => paths.orders(slug) },
  { section: 'clientes', label: 'Clientes', icon: 'people', href: (slug) => paths.customers(slug) },
  { section: 'relatorios', label: 'Relatórios', icon: 'chart', href: (slug) => paths.reports(slug) },
  { section: 'contatos', label: 'Contatos', icon: 'copy', href: (slug) => paths.contactLog(slug) },
  { section: 'mensagens', label: 'Mensagens', icon: 'message', href: (slug) => paths.messages(slug) },
  {
    section: 'exportacoes',
    label: 'Exportações',
    icon: 'download',
    href: (slug) => paths.exports(slug),
    needs: 'export',
  },
  { section: 'sincronizacao', label: 'Sincronização', icon: 'sync', href: (slug) => paths.sync(slug) },
  { section: 'conexao', label: 'Conexão', icon: 'plug', href: (slug) => paths.connection(slug) },
  { section: 'configuracoes', label: 'Configurações', icon: 'gear', href: (slug) => paths.settings(slug) },
  {
    section: 'usuarios',
    label: 'Usuários',
    icon: 'user',
    href: (slug) => paths.users(slug),
    needs: 'manage_users',
  },
  {
    section: 'lgpd',
    label: 'LGPD',
    icon: 'shield',
    href: (slug) => paths.lgpd(slug),
    needs: 'request_erasure',
  },
  {
    section: 'registro',
    label: 'Registro',
    icon: 'log',
    href: (slug) => paths.auditLog(slug),
    needs: 'see_audit',
  },
];
/** On a phone these stay in the bar; the others open under "Mais". */
const phoneSections: readonly Section[] = ['painel', 'fila', 'leads', 'carrinhos'];

// The indicator style sheet of htmx is not wanted. Morphing leaves `open` alone: what a person opened stays open when the page moves.
const htmxConfig = JSON.stringify({
  includeIndicatorCSS: false,
  defaultTimeout: 20_000,
  morphIgnore: ['data-htmx-powered', 'open'],
});

const documentEndId = 'fim-da-pagina';

const documentTitle = (title: string) => `${title} · Carrinho e Leads`;

/** A document without the shell: login and error pages. */
type DocumentProps = { title: string; assets: Assets; theme?: string | null; children?: Child };

export function Document({ title, assets, theme, children }: DocumentProps) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="pt-BR">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="htmx-config" content={htmxConfig} />
          <title>{documentTitle(title)}</title>
          {/* Painted when it is whole: a table that is still arriving would move its columns. (hono drops `blocking` from its own element.) */}
          {raw(`<link rel="expect" href="#${documentEndId}" blocking="render">`)}
          <link rel="icon" type="image/svg+xml" href={assets.icon} />
          <link rel="stylesheet" href={assets.stylesheet} />
          {theme ? <link rel="stylesheet" href={theme} /> : ''}
          {assets.scripts.map((src) => (
            <script src={src} defer />
          ))}
        </head>
        <body>
          {children}
          <div id={documentEndId} hidden />
        </body>
      </html>
    </>
  );
}

export type CompanyLink = { slug: string; name: string };

type LayoutProps = {
  title: string;
  section: Section;
  assets: Assets;
  company: CompanyLink & { role: Actor; isSuspended: boolean; theme: string | null; logo: string | null };
  companies: readonly CompanyLink[];
  userName: string;
  sync: { badge: SyncBadge; clock: Clock };
  /** The people in the work queue, and how the user works (static/keys.js, whatsapp.js). */
  work: WorkFacts;
  /** Saved filters that stand in the menu. */
  pinned: readonly { name: string; href: string }[];
  children?: Child;
};

export function Layout({
  title,
  section,
  assets,
  company,
  companies,
  userName,
  sync,
  work,
  pinned,
  children,
}: LayoutProps) {
  const shown = entries.filter(({ needs }) => !needs || can(company.role, needs));
  return (
    <Document title={title} assets={assets} theme={company.theme}>
      <a class="skip-link" href={`#${contentId}`}>
        Pular para o conteúdo
      </a>
      <div class="shell">
        <aside class="sidebar">
          <a class="brand" href={paths.dashboard(company.slug)}>
            {company.logo ? (
              <img class="brand-logo" src={company.logo} alt={company.name} />
            ) : (
              <>
                <img src={assets.icon} alt="" width="28" height="28" /> <span>Carrinho e Leads</span>
              </>
            )}
          </a>
          <nav class="nav" aria-label="Seções">
            {shown.map((entry) => (
              <NavLink
                entry={entry}
                slug={company.slug}
                isCurrent={entry.section === section}
                count={work.queueCount}
              />
            ))}
            {pinned.map(({ name, href }) => (
              <a class="nav-link nav-pinned wide-only" href={href}>
                <Icon name="star" size={16} /> <span>{name}</span>
              </a>
            ))}
            <details class="menu nav-more">
              <summary class="nav-link" aria-current={phoneSections.includes(section) ? undefined : 'page'}>
                <Icon name="more" size={20} />
                <span>Mais</span>
              </summary>
              <ul class="menu-panel menu-list" aria-label="Mais seções">
                {pinned.map(({ name, href }) => (
                  <li>
                    <a href={href}>{name}</a>
                  </li>
                ))}
                {shown
                  .filter((entry) => !phoneSections.includes(entry.section))
                  .map((entry) => (
                    <li>
                      <a href={entry.href(company.slug)} aria-current={entry.section === section ? 'page' : undefined}>
                        {entry.label}
                      </a>
                    </li>
                  ))}
              </ul>
            </details>
          </nav>
        </aside>
        <header class="topbar">
          <CompanySwitcher company={company} companies={companies} section={section} shown={shown} />
          <div class="topbar-end">
            <SyncBadgeLink slug={company.slug} badge={sync.badge} clock={sync.clock} />
            <UserMenu userName={userName} />
          </div>
        </header>
        <main id={contentId} tabindex={-1} data-suspended={company.isSuspended ? '' : undefined}>
          {company.role === 'superadmin' ? (
            <form method="post" action={paths.endVisits} class="alert-line visit">
              <span>Visita de superadministrador: só leitura, e registrada.</span>
              <button class="link-button" type="submit">
                Encerrar a visita
              </button>
            </form>
          ) : (
            ''
          )}
          {company.isSuspended ? (
            <p class="alert-line">
              <Icon name="alert" /> Empresa suspensa: a sincronização está desligada e nada é gravado.
            </p>
          ) : (
            ''
          )}
          {children}
        </main>
      </div>
      <WorkMarks {...work} />
      <div id="avisos" class="notices" role="status" aria-live="polite" />
    </Document>
  );
}

type NavLinkProps = { entry: Entry; slug: string; isCurrent: boolean; count: number };

function NavLink({ entry, slug, isCurrent, count }: NavLinkProps) {
  return (
    <a
      class={phoneSections.includes(entry.section) ? 'nav-link' : 'nav-link wide-only'}
      href={entry.href(slug)}
      aria-current={isCurrent ? 'page' : undefined}
    >
      <Icon name={entry.icon} size={20} />
      <span>{entry.label}</span>
      {entry.section === 'fila' ? <QueueCount count={count} /> : ''}
    </a>
  );
}

type CompanySwitcherProps = {
  company: CompanyLink;
  companies: readonly CompanyLink[];
  section: Section;
  shown: readonly Entry[];
};

/**
 * The other companies, opening where one is now, and (with script) the sections: Ctrl+K, a few letters, Enter (palette.js). The first link is
 * another company, so that two keys switch between two.
 */
function CompanySwitcher({ company, companies, section, shown }: CompanySwitcherProps) {
  const sectionHref = shown.find((entry) => entry.section === section)?.href ?? paths.dashboard;
  const others = companies.filter(({ slug }) => slug !== company.slug);
  return (
    <details class="menu palette" id="paleta">
      <summary class="company" title="Trocar de empresa ou de tela (Ctrl+K)">
        <span class="company-name">{company.name}</span> <Icon name="down" size={16} />
      </summary>
      <div class="menu-panel">
        <input
          type="search"
          class="palette-search"
          placeholder="Empresa ou tela"
          aria-label="Empresa ou tela"
          autocomplete="off"
          hidden
        />
        <ul class="menu-list" aria-label="Empresas e telas">
          {others.map(({ slug, name }) => (
            <li>
              <a href={sectionHref(slug)}>
                {name} <span class="faint">empresa</span>
              </a>
            </li>
          ))}
          {shown.map((entry) => (
            <li>
              <a href={entry.href(company.slug)}>{entry.label}</a>
            </li>
          ))}
        </ul>
      </div>
    </details>
  );
}

/** `Ana Maria Lima` → `AL`. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : ''];
  return `${[...first][0] ?? ''}${[...last][0] ?? ''}`.toUpperCase();
}

function UserMenu({ userName }: { userName: string }) {
  return (
    <details class="menu menu-end">
      <summary class="avatar">
        <span aria-hidden="true">{initialsOf(userName)}</span>
        <span class="hidden">Conta de {userName}</span>
      </summary>
      <div class="menu-panel">
        <p class="menu-title">{userName}</p>
        <a class="button" href={paths.account}>
          <Icon name="user" /> Minha conta
        </a>
        <form method="post" action={paths.logout}>
          <button class="button" type="submit">
            <Icon name="leave" /> Sair
          </button>
        </form>
      </div>
    </details>
  );
}

type ContentProps = { title: string; eventsUrl: string | null; isFragment: boolean; children?: Child };

/** What <main> holds: the page, and its live connection, which therefore ends and begins with it. */
export function Content({ title, eventsUrl, isFragment, children }: ContentProps) {
  return (
    <>
      {isFragment ? <title>{documentTitle(title)}</title> : ''}
      {eventsUrl ? (
        <p id="sem-ao-vivo" class="alert-line" role="status" hidden>
          <Icon name="alert" /> Esta aba não se atualiza sozinha: há muitas abas abertas. Feche algumas e recarregue.
        </p>
      ) : (
        ''
      )}
      {children}
      {eventsUrl ? <div id="ao-vivo" hx-sse:connect={eventsUrl} hx-sse:close="fim" hx-swap="none" /> : ''}
    </>
  );
}

/** The heading of a page, with its controls (period) at the end of the line. */
export function PageHead({ title, children }: { title: string; children?: Child }) {
  return (
    <div class="page-head">
      <h1>{title}</h1>
      {children}
    </div>
  );
}
