// Every page of the site, for the pictures and for the browser tests that look at all of them. The list is the router's own: a new address without
// `:id` is a page at once, one with an id that nobody here knows fails by its name.
import { Hono } from 'hono';
import type pg from 'pg';
import { createLoginToken } from '#shared/login-links.ts';
import { createApp } from '../api/app.ts';
import type { Deps } from '../api/context.ts';

export type SitePage = { name: string; path: string; who: 'member' | 'superadmin' | 'visitor'; status?: number };

/** Addresses that answer with something else than a page: files, fragments, redirects, data. */
const isNoPage = (path: string) =>
  /^\/(health|metrics|static|api)\b|\/(eventos|aparencia|whatsapp|contatos|arquivo)(\/|$)/.test(
    path.replace(/^\/e\/:slug\/contatos$/, ''),
  ) ||
  path === '/' ||
  path === '/e/:slug/sincronizacao/:id/registro' ||
  /\.[a-z]+$/.test(path);

/** More than one picture of an address: other tabs, other records. */
const variants: Record<string, readonly (readonly [name: string, query: string])[]> = {
  '/e/:slug/carrinhos': [
    ['carrinhos-abandonados', ''],
    ['carrinhos-aguardando', '?situacao=aguardando'],
    ['carrinhos-recuperados', '?situacao=recuperados'],
    ['carrinhos-todos', '?situacao=todos'],
    ['carrinhos-compra-direta', '?situacao=compra_direta'],
  ],
  '/e/:slug/clientes': [
    ['clientes', ''],
    ['clientes-recorrentes', '?recorrentes=1'],
  ],
  '/e/:slug/exportacoes/nova': [
    ['exportacoes-nova', '?lista=leads'],
    ['exportacoes-nova-excel', '?lista=carrinhos&formato=xlsx'],
  ],
};

/** Which record an `:id` of this part of the site stands for: `$1` is the company. */
const recordOf: Record<string, string> = {
  'carrinhos/:id': `select cart_id from cart_statuses where tenant_id = $1 and status = 'recovered' order by last_activity_at desc, cart_id limit 1`,
  'carrinhos/:id/porque': `select cart_id from cart_statuses where tenant_id = $1 and status = 'recovered' order by last_activity_at desc, cart_id limit 1`,
  'leads/:id': 'select lead_id from lead_statuses where tenant_id = $1 order by captured_at desc, lead_id limit 1',
  'pedidos/:id': 'select id from orders where tenant_id = $1 order by created_at desc, id limit 1',
  'clientes/:id': 'select id from people where tenant_id = $1 order by paid_order_count desc, id limit 1',
  'sincronizacao/:id': 'select id from runs where tenant_id = $1 and finished_at is not null order by id limit 1',
  'conexao/:id': 'select id from sites where tenant_id = $1 limit 1',
  'admin/empresas/:id': 'select $1::bigint as id',
};

/** `/e/:slug/conexao/:id/mapeamento` → `conexao-mapeamento`. */
const nameOf = (path: string) =>
  path
    .replace(/^\/e\/:slug\//, '')
    .replace(/^\//, '')
    .replace(/\/:id/g, '-um')
    .replaceAll('/', '-');

function listAddresses(): string[] {
  const deps = { db: {}, feed: { register() {} }, publicUrl: '' } as unknown as Deps;
  const { routes } = createApp({ deps, staticRoutes: new Hono() });
  return [...new Set(routes.filter(({ method }) => method === 'GET').map(({ path }) => path))].sort();
}

async function fill(
  owner: pg.Client,
  path: string,
  { slug, tenantId }: { slug: string; tenantId: string },
): Promise<string> {
  const named = path.replace(':slug', slug).replace(':audience', 'cart');
  if (!named.includes('/:')) return named;
  const rest = path.replace(/^\/e\/:slug\//, '').replace(/^\//, '');
  const sql = recordOf[rest] ?? recordOf[`${rest.split('/')[0]}/:id`];
  if (!sql || /:(?!id)/.test(rest)) throw new Error(`start/site-pages.ts knows no record for ${path}: add it`);
  const { rows } = await owner.query({ text: sql, values: [tenantId], rowMode: 'array' });
  if (!rows[0]) throw new Error(`the company ${slug} has no record for ${path}`);
  return named.replace(':id', String(rows[0][0]));
}

/**
 * All pages of a synced company, those of the installation, and those before the login. `owner` sees every company. A page `who` = superadmin is for
 * a user who is one.
 */
export async function listSitePages(owner: pg.Client, slug: string): Promise<SitePage[]> {
  const { rows } = await owner.query<{ id: string }>('select id from tenants where slug = $1', [slug]);
  const company = { slug, tenantId: rows[0]!.id };
  const pages: SitePage[] = [];
  for (const path of listAddresses()) {
    if (isNoPage(path) || path.includes('/:token')) continue;
    const who = path.startsWith('/admin/') ? 'superadmin' : path === '/entrar' ? 'visitor' : 'member';
    const filled = await fill(owner, path, company);
    for (const [name, query] of variants[path] ?? [[nameOf(path), '']]) pages.push({ name, path: filled + query, who });
  }
  const { token, tokenHash } = createLoginToken();
  await owner.query(
    `insert into login_links (token_hash, kind, expires_at) values ($1, 'first_owner', now() + interval '1 hour')`,
    [tokenHash],
  );
  const invited = createLoginToken();
  await owner.query(
    `insert into invitations (tenant_id, token_hash, email, role, expires_at) values ($1, $2, 'nova@exemplo.example', 'operator', now() + interval '1 day')
     on conflict (tenant_id, email) where accepted_at is null do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
    [company.tenantId, invited.tokenHash],
  );
  return [
    ...pages,
    { name: 'nao-encontrada', path: '/e/nao-existe/painel', who: 'member', status: 404 },
    { name: 'primeiro-acesso', path: `/entrar/link/${token}`, who: 'visitor' },
    { name: 'link-invalido', path: '/entrar/link/gasto', who: 'visitor', status: 404 },
    { name: 'convite', path: `/convite/${invited.token}`, who: 'visitor' },
  ];
}
