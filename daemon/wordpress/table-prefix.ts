// Which WordPress installs lie in a database. A shared host often holds several, and a multisite has one set of tables a site:
// all candidates are offered with their address for a person to choose from, none is ever guessed (docs/wordpress.md §2).

export type PrefixCandidate = {
  /** `wp_`, or `wp_2_` for the second site of a network. */
  prefix: string;
  /** Where `users` and `usermeta` lie: the network's own prefix for its sites, else the same. */
  basePrefix: string;
  /** The site's number inside its network; null for a main site or an install of its own. */
  blogId: number | null;
};

/** MySQL's names have 64 characters; the longest table of ours, `woocommerce_order_itemmeta` and its like, must fit behind it. */
const maxLength = 32;

/** May this stand before a table name? WordPress allows letters, digits and `_`, and its set-up refuses an empty prefix. */
export function isValidPrefix(prefix: string): boolean {
  return prefix.length <= maxLength && /^[A-Za-z0-9_]+$/.test(prefix);
}

/** Every prefix with `options`, `posts` and `postmeta`, in alphabetical order; sites of a network after their main site. */
export function findPrefixes(tableNames: Iterable<string>): PrefixCandidate[] {
  const tables = new Set(tableNames);
  const prefixes = [...tables]
    .filter((table) => table.endsWith('options'))
    .map((table) => table.slice(0, -'options'.length))
    .filter((prefix) => isValidPrefix(prefix) && tables.has(`${prefix}posts`) && tables.has(`${prefix}postmeta`));

  return prefixes
    .map((prefix) => candidateOf(prefix, tables))
    .sort(
      (a, b) => compare(a.basePrefix, b.basePrefix) || (a.blogId ?? 0) - (b.blogId ?? 0) || compare(a.prefix, b.prefix),
    );
}

const compare = (a: string, b: string) => Number(a > b) - Number(a < b);

/** Of which network, and which of its sites, a prefix like `wp_2_` would be. */
export function siteOfNetwork(prefix: string): { base: string; blogId: number } | null {
  const site = /^(.*_)(\d+)_$/.exec(prefix);
  return site ? { base: site[1]!, blogId: Number(site[2]) } : null;
}

function candidateOf(prefix: string, tables: ReadonlySet<string>): PrefixCandidate {
  const site = siteOfNetwork(prefix);
  // An install of its own may be called `wp_2_`; then it has its own users.
  if (!site || tables.has(`${prefix}users`) || !tables.has(`${site.base}users`)) {
    return { prefix, basePrefix: prefix, blogId: null };
  }
  return { prefix, basePrefix: site.base, blogId: site.blogId };
}
