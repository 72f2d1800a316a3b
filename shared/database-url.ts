// One spelling of a database's address for both drivers: postgres://user@localhost/name?host=<socket folder>. `pg` reads the host parameter as a
// unix socket's folder; postgres.js would send it to the server as a setting, so it gets the folder as an option.

/** The address without its `host` parameter, and the folder that it named: what postgres.js wants as `postgres(url, { host })`. */
export function splitSocketFolder(databaseUrl: string): { url: string; host?: string } {
  const url = new URL(databaseUrl);
  const folder = url.searchParams.get('host');
  if (folder === null) return { url: databaseUrl };
  url.searchParams.delete('host');
  return { url: url.href, host: folder };
}

/** The address of `database` for `user` on the server that listens in `socketFolder`. */
export function socketUrl({
  user,
  database,
  socketFolder,
}: {
  user: string;
  database: string;
  socketFolder: string;
}): string {
  return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(socketFolder)}`;
}
