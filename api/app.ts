// The web process as one function of its parts, so that tests ask it directly: createApp(deps).request('/…').
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getPath } from 'hono/utils/url';
import { createDoors } from './auth/doors.ts';
import type { AppEnv, CompanyEnv, Deps } from './context.ts';
import { HttpError } from './http-error.ts';
import { compressPages } from './middleware/compress-pages.ts';
import { refuseCrossSiteWrites } from './middleware/csrf.ts';
import { errorHandlers } from './middleware/errors.ts';
import { defaultRateLimits, type RateLimits, rateLimit } from './middleware/rate-limit.ts';
import { requestLog } from './middleware/request-log.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { requireCompany } from './middleware/session.ts';
import { accountRoutes } from './routes/account.ts';
import { adminRoutes } from './routes/admin.ts';
import { auditRoutes } from './routes/audit-log.ts';
import { authRoutes } from './routes/auth.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { cartRoutes, cartsView } from './routes/carts.ts';
import { connectionRoutes, connectionView } from './routes/connection.ts';
import { contactLogRoutes } from './routes/contact-log.ts';
import { contactRoutes } from './routes/contacts.ts';
import { customerRoutes, customersView } from './routes/customers.ts';
import { dashboardRoutes, dashboardView } from './routes/dashboard.ts';
import { eventRoutes, withSyncBadge } from './routes/events.ts';
import { exportRoutes, exportsView } from './routes/exports.ts';
import { healthRoutes } from './routes/health.ts';
import { invitationRoutes } from './routes/invitation.ts';
import { leadRoutes, leadsView } from './routes/leads.ts';
import { lgpdRoutes } from './routes/lgpd.ts';
import { lookRoutes } from './routes/look.ts';
import { messageRoutes } from './routes/messages.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { newLeadRoutes } from './routes/new-lead.ts';
import { orderRoutes, ordersView } from './routes/orders.ts';
import { personRoutes } from './routes/person.ts';
import { queueRoutes, queueView } from './routes/queue.ts';
import { reportRoutes } from './routes/reports.ts';
import { restRoutes } from './routes/rest.ts';
import { segmentRoutes } from './routes/segments.ts';
import { settingsRoutes, settingsView } from './routes/settings.ts';
import { syncRoutes, syncView } from './routes/sync.ts';
import { userRoutes } from './routes/users.ts';
import type { loadStaticFiles } from './static-files.ts';

/** The addresses of the API end in a slash, as the original's did; without it they mean the same. */
const pathOf = (request: Request) => {
  const path = getPath(request);
  return path.startsWith('/api/') ? path.replace(/\/$/, '') : path;
};

const maxBodyBytes = 64 * 1024;
/** The logo (200 KB) with its form around it. */
const maxUploadBytes = 256 * 1024;
const uploadPath = /^\/e\/[^/]+\/configuracoes\/logo$/;

/** One entry a screen: its routes under /e/:slug, and what it pushes. */
const screens = [
  { routes: dashboardRoutes, view: dashboardView },
  { routes: queueRoutes, view: queueView },
  { routes: leadRoutes, view: leadsView },
  { routes: cartRoutes, view: cartsView },
  { routes: orderRoutes, view: ordersView },
  { routes: customerRoutes, view: customersView },
  { routes: exportRoutes, view: exportsView },
  { routes: syncRoutes, view: syncView },
  { routes: settingsRoutes, view: settingsView },
  { routes: connectionRoutes, view: connectionView },
];

export function createApp({
  deps,
  staticRoutes,
  rateLimits = defaultRateLimits,
}: {
  deps: Deps;
  staticRoutes: ReturnType<typeof loadStaticFiles>['routes'];
  rateLimits?: RateLimits;
}) {
  const { onError, notFound } = errorHandlers(deps);

  const company = new Hono<CompanyEnv>();
  company.use(requireCompany(deps));
  company.route('/', newLeadRoutes(deps));
  for (const screen of screens) {
    company.route('/', screen.routes(deps));
    deps.feed.register(withSyncBadge(deps, screen.view(deps)));
  }
  company.route('/', contactRoutes(deps));
  company.route('/', bulkRoutes(deps));
  company.route('/', contactLogRoutes(deps));
  company.route('/', reportRoutes(deps));
  company.route('/', segmentRoutes(deps));
  company.route('/', personRoutes(deps));
  company.route('/', messageRoutes(deps));
  company.route('/', userRoutes(deps));
  company.route('/', lgpdRoutes(deps));
  company.route('/', auditRoutes(deps));
  company.route('/', lookRoutes(deps));
  company.route('/', eventRoutes(deps));

  const app = new Hono<AppEnv>({ getPath: pathOf });
  app.onError(onError);
  app.notFound(notFound);
  app.use(requestLog(deps));
  // A list of 50 rows is ten times smaller on its way; the static files are compressed once, live events never.
  app.use(compressPages);
  app.use(securityHeaders({ isHttps: deps.publicUrl.startsWith('https:') }));
  app.use(refuseCrossSiteWrites(deps));
  app.use(rateLimit(deps, rateLimits));
  const tooLarge = () => {
    throw new HttpError(413, 'too_large', 'O envio é grande demais.');
  };
  const smallBody = bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge });
  const upload = bodyLimit({ maxSize: maxUploadBytes, onError: tooLarge });
  app.use((c, next) => (uploadPath.test(c.req.path) ? upload : smallBody)(c, next));
  app.route('/', healthRoutes(deps));
  app.route('/', metricsRoutes(deps));
  app.route('/', staticRoutes);
  const doors = createDoors(deps);
  app.route('/', authRoutes(deps, doors));
  app.route('/', invitationRoutes(deps, doors));
  app.route('/', accountRoutes(deps, doors) as unknown as Hono<AppEnv>);
  app.route('/', adminRoutes(deps) as unknown as Hono<AppEnv>);
  app.route('/', restRoutes(deps));
  app.route('/e/:slug', company);
  return app;
}
