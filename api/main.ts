// Starts and stops the web process in order: settings, pool, schema check, live feed, port; on a signal the port closes first, then the
// live connections, then the pool.
import { loadConfig } from '#shared/config.ts';
import { AppError, ConfigError, exitCodeOf } from '#shared/errors.ts';
import { createLog } from '#shared/log.ts';
import { type AppliedMigration, assertUpToDate } from '#shared/migrations.ts';
import { environmentTold } from '#shared/told-environment.ts';
import { createApp } from './app.ts';
import { openDatabase, type Sql } from './db.ts';
import { startExportWriter } from './exports/write.ts';
import { createKeep } from './kept.ts';
import { createProgressFeed } from './progress-feed.ts';
import { createServer } from './server.ts';
import { loadStaticFiles } from './static-files.ts';

export class PortTakenError extends AppError {
  readonly code = 'port_taken';
  readonly retry = 'after-fix';
}

async function main(): Promise<void> {
  const log = createLog();
  const config = loadConfig(process.env);
  const now = () => new Date();
  const role = config.apiDatabaseUrl ? null : 'carrinho_api';
  const url = config.apiDatabaseUrl ?? config.databaseUrl;
  if (!url) throw new ConfigError(['DATABASE_URL: falta o endereço do banco']);

  if (role && config.isProduction) log.warn('api.shared_database_user', { hint: 'API_DATABASE_URL' });

  const db = openDatabase({ url, role, isPooled: config.listenDatabaseUrl !== null });
  const readDb = config.readDatabaseUrl
    ? openDatabase({ url: config.readDatabaseUrl, role, name: 'carrinho-api-read', max: 5, isReadOnly: true })
    : db;
  await checkSchema(db.sql);
  const feed = createProgressFeed({ db, log, now });
  const { assets, routes } = loadStaticFiles();
  const app = createApp({
    deps: { db, readDb, log, feed, keep: createKeep({ feed, db }), assets, publicUrl: config.publicUrl, now },
    staticRoutes: routes,
  });
  await feed.start({ url: config.listenDatabaseUrl ?? url, role: config.listenDatabaseUrl ? null : role });

  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause);
      const message = `A porta ${config.port} já está em uso. Feche o outro programa ou escolha outra com PORT=3100.`;
      reject(new PortTakenError(message, { cause, facts: { port: String(config.port) } }));
    });
    server.listen({ port: config.port, ...(config.host && { host: config.host }) }, resolve);
  });
  const exportWriter = startExportWriter({ db, log, now });
  log.info('api.listening', { port: config.port, url: config.publicUrl });

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info('api.stopping', { signal });
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    exportWriter.stop();
    await feed.close();
    // Idle connections end by themselves after five.
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 7000).unref())]);
    await Promise.all([db.close(), readDb.close()]);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal));
}

/** Throws SchemaMismatchError unless the database is exactly at this version. */
async function checkSchema(sql: Sql): Promise<void> {
  const [found] = await sql<{ exists: boolean }[]>`select to_regclass('schema_migrations') is not null as exists`;
  const done = found?.exists
    ? await sql<AppliedMigration[]>`
        select number, name, checksum, coalesce((to_jsonb(m) ->> 'stops_former')::boolean, true) as stops_former
        from schema_migrations m order by number`
    : [];
  assertUpToDate(done);
}

environmentTold()
  .then(main)
  .catch((error: unknown) => {
    // A sentence for what a person can mend; a stack only for what nobody foresaw.
    const text = error instanceof AppError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(exitCodeOf(error));
  });
