// What SHOW GRANTS of a shop's server says, judged: may this user write? The doctor and the "zero escrita" certificate give the same answer.
// What is not known to only read counts as writing: a new privilege of a new server must not pass for harmless.

export type GrantsVerdict = {
  /** `unclear`: no line could be read, or a role was granted whose rights the server does not list. */
  verdict: 'read_only' | 'can_write' | 'unclear';
  /** Every privilege that does more than read, with what it is granted on as the server writes it. */
  writes: { privilege: string; on: string }[];
  roles: string[];
};

const readingPrivileges = new Set([
  'USAGE',
  'SELECT',
  'SHOW VIEW',
  'SHOW DATABASES',
  'SHOW_ROUTINE',
  'PROCESS',
  'REPLICATION CLIENT',
  'BINLOG MONITOR',
  'SLAVE MONITOR',
  'REPLICA MONITOR',
]);

/** A line of SHOW GRANTS without what the account is authenticated by: password hash, plugin and its secret. */
export function withoutPassword(grant: string): string {
  return grant.replace(/\sIDENTIFIED (?:BY|VIA|WITH)\b.*?(?=\sREQUIRE\s|\sWITH (?:GRANT|MAX_|ADMIN)|$)/is, '');
}

/** Judges the lines of SHOW GRANTS (MariaDB 10.3–11, MySQL 5.7–8.4). */
export function judgeGrants(grants: readonly string[]): GrantsVerdict {
  const writes: GrantsVerdict['writes'] = [];
  const roles: string[] = [];
  let isRead = false;
  for (const line of grants.map(withoutPassword)) {
    const grant = /^GRANT (.+?) ON (.+?) TO /is.exec(line);
    if (!grant) {
      const role = /^GRANT (.+?) TO /is.exec(line);
      if (role) roles.push(role[1]!);
      continue;
    }
    isRead = true;
    const on = grant[2]!;
    // A privilege may name columns: INSERT (`a`, `b`).
    for (const part of grant[1]!.replace(/\([^)]*\)/g, '').split(',')) {
      const privilege = part.trim().toUpperCase();
      if (privilege !== '' && !readingPrivileges.has(privilege)) writes.push({ privilege, on });
    }
    if (/\sWITH GRANT OPTION\b/i.test(line)) writes.push({ privilege: 'GRANT OPTION', on });
  }
  const verdict = writes.length > 0 ? 'can_write' : isRead && roles.length === 0 ? 'read_only' : 'unclear';
  return { verdict, writes, roles };
}

/**
 * The statements with which the shop's owner makes a user that can only read one database. `host` is where it may connect from; without it,
 * anywhere. The password is theirs to choose.
 */
export function readerUserSql({ database, host }: { database: string; host?: string | null }): string[] {
  const user = `'carrinho_leitura'@'${(host ?? '%').replace(/[^\w.:%-]/g, '')}'`;
  // In a grant `_` and `%` are wildcards: without the backslash `loja_um` would also open `lojaXum`.
  const pattern = database.replaceAll('`', '``').replace(/[_%]/g, '\\$&');
  return [
    `CREATE USER ${user} IDENTIFIED BY 'troque-por-uma-senha-forte';`,
    `GRANT SELECT ON \`${pattern}\`.* TO ${user};`,
  ];
}
