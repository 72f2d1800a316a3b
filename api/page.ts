// A page and its fragment come from the same address. Inside a page only <main id="conteudo"> is swapped (tabs, period, paging), so the
// fragment is the content with its title; everything else is the shell around it.
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { together } from '#shared/together.ts';
import { segmentHref } from '#web/components/segments.tsx';
import type { Clock } from '#web/format.ts';
import { Content, contentId, Layout, type Section } from '#web/layout.tsx';
import { paths } from '#web/paths.ts';
import type { CompanyEnv, Deps, Shell } from './context.ts';
import type { Tx } from './db.ts';
import { listPinnedSegments } from './queries/segments.ts';
import { loadSyncBadge } from './queries/sync-badge.ts';
import { loadWork } from './queries/work.ts';
import { themeHref } from './theme.ts';

export type PageOptions = {
  title: string;
  section: Section;
  /** The page moves by itself: its name in the live registry, and the query that its content came from. */
  live?: { page: string; query: Record<string, string> };
};

/** Does htmx ask for one element only? `id` is the element's id, as its HX-Target says `main#conteudo`. */
export function isFragmentFor(c: Context<CompanyEnv>, id: string): boolean {
  return c.req.header('HX-Request-Type') === 'partial' && c.req.header('HX-Target')?.split('#')[1] === id;
}

/** The clock of this request: now, in the company's time zone. */
export function clockOf(c: Context<CompanyEnv>, { now }: Pick<Deps, 'now'>): Clock {
  return { now: now(), timeZone: c.get('company').timeZone };
}

/** What stands around the content, read where it is asked for; with the content's own statements it is one way to Postgres and back. */
async function loadShell(c: Context<CompanyEnv>, { keep, now }: Pick<Deps, 'keep' | 'now'>, tx: Tx): Promise<Shell> {
  const userId = c.get('user').id;
  const [badge, work, pinned] = await together([
    loadSyncBadge(tx),
    loadWork(keep, tx, { tenantId: c.get('company').id, userId, now: now() }),
    listPinnedSegments(tx, userId),
  ]);
  return { badge, work, pinned };
}

/** Reads a page's content, and what stands around it unless htmx asks for the content alone. */
export async function loadPage<T>(c: Context<CompanyEnv>, deps: Deps, load: (tx: Tx) => Promise<T>): Promise<T> {
  const [content, shell] = await deps.db.withTenant(c.get('company').id, (tx) =>
    together([load(tx), isFragmentFor(c, contentId) ? Promise.resolve(null) : loadShell(c, deps, tx)]),
  );
  c.set('shell', shell);
  return content;
}

/** Answers with the whole page, or with its content when htmx asks for that. */
export async function respondWithPage(c: Context<CompanyEnv>, deps: Deps, options: PageOptions, content: Child) {
  const { slug, name } = c.get('company');
  const { section, live } = options;
  const title = `${options.title} · ${name}`;
  const eventsUrl = live ? paths.events(slug, { pagina: live.page, ...live.query }) : null;
  if (isFragmentFor(c, contentId)) return c.html(Content({ title, eventsUrl, children: content, isFragment: true }));

  const company = c.get('company');
  const clock = clockOf(c, deps);
  const { badge, work, pinned } =
    c.get('shell') ?? (await deps.db.withTenant(company.id, (tx) => loadShell(c, deps, tx)));
  return c.html(
    Layout({
      title,
      section,
      assets: deps.assets,
      company: {
        slug: company.slug,
        name: company.name,
        role: company.role,
        isSuspended: company.isSuspended,
        theme: themeHref(company),
        logo: company.logoHash && paths.logo(slug, company.logoHash),
      },
      companies: c.get('companies'),
      userName: c.get('user').name,
      sync: { badge, clock },
      work,
      pinned: pinned.map((segment) => ({ name: segment.name, href: segmentHref(slug, segment) })),
      children: Content({ title, eventsUrl, children: content, isFragment: false }),
    }),
  );
}
