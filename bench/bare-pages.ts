// What the pages are measured against: the same queries and the same JSX behind nothing but node:http. What it leaves out is what a framework and a safe
// site add: routing, the look-up of session and companies, the log and its counts, security headers, the guards against floods and other sites' forms.
import http from 'node:http';
import type { Context } from 'hono';
import type { UserId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import type { CompanyEnv, Deps } from '../api/context.ts';
import { openDatabase } from '../api/db.ts';
import { createKeep } from '../api/kept.ts';
import { type ListScreen, listPage } from '../api/lists/screen.ts';
import { compressPage } from '../api/middleware/compress-pages.ts';
import { createProgressFeed } from '../api/progress-feed.ts';
import { listOpenCompanies } from '../api/queries/open-companies.ts';
import { cartScreen } from '../api/routes/carts.ts';
import { customerScreen } from '../api/routes/customers.ts';
import { leadScreen } from '../api/routes/leads.ts';
import { orderScreen } from '../api/routes/orders.ts';
import { loadStaticFiles } from '../api/static-files.ts';

const {
  DATABASE_URL: url,
  PORT: port,
  PUBLIC_URL: publicUrl,
  BARE_USER: userId,
} = process.env as Record<string, string>;
const log = createLog();
const now = () => new Date();
const db = openDatabase({ url: url!, role: 'carrinho_api' });
const feed = createProgressFeed({ db, log, now });
const keep = createKeep({ feed, db });
const deps: Deps = { db, readDb: db, log, feed, keep, assets: loadStaticFiles().assets, publicUrl: publicUrl!, now };
const [person] = await db.sql<{ id: UserId; name: string; email: string }[]>`
  select id, name, email from users where id = ${userId!}`;
const user = { ...person!, isSuperadmin: false, sessionHash: Buffer.alloc(0) };
const companies = await listOpenCompanies(db, user);
const values: Readonly<Record<string, unknown>> = { user, companies, company: companies[0] };
await feed.start({ url: url!, role: 'carrinho_api' });

type Page = (c: Context<CompanyEnv>) => Promise<unknown>;
const page = <Own extends object>(screen: ListScreen<Own>): Page => listPage(deps, screen);
const pages: Readonly<Record<string, Page>> = {
  carrinhos: page(cartScreen),
  leads: page(leadScreen),
  pedidos: page(orderScreen),
  clientes: page(customerScreen),
};

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, publicUrl);
  // As much of hono's context as a list asks of it.
  const context = {
    get: (name: string) => values[name],
    set() {},
    req: {
      query: () => Object.fromEntries(searchParams),
      header: (name: string) => request.headers[name.toLowerCase()],
    },
    html: (page: unknown) => page,
  } as unknown as Context<CompanyEnv>;
  const body = compressPage(await pages[pathname.split('/')[3]!]!(context));
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=UTF-8',
    'Content-Encoding': 'gzip',
    'Content-Length': body.length,
  });
  response.end(body);
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    log.error('bare.failed', { error: String(error) });
    response.writeHead(500).end();
  });
});
server.listen(Number(port), () => log.info('bare.listening', { port: Number(port) }));
process.on('SIGTERM', () => process.exit(0));
