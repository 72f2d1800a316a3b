import { expect, test } from 'vitest';
import { findPrefixes, isValidPrefix } from './table-prefix.ts';

const site = (prefix: string) => ['options', 'posts', 'postmeta', 'terms', 'wc_orders'].map((name) => prefix + name);
const install = (prefix: string) => [...site(prefix), `${prefix}users`, `${prefix}usermeta`];

test('one install gives one candidate', () => {
  expect(findPrefixes(install('cli_'))).toEqual([{ prefix: 'cli_', basePrefix: 'cli_', blogId: null }]);
});

test('several installs in one database are all offered, whatever their order', () => {
  const tables = [...install('wp_'), ...install('loja2024_'), ...install('wp_staging_')].reverse();
  expect(findPrefixes(tables).map((candidate) => candidate.prefix)).toEqual(['loja2024_', 'wp_', 'wp_staging_']);
});

test('the sites of a network keep their users at the base prefix', () => {
  expect(findPrefixes([...site('wp_10_'), ...site('wp_2_'), ...install('wp_')])).toEqual([
    { prefix: 'wp_', basePrefix: 'wp_', blogId: null },
    { prefix: 'wp_2_', basePrefix: 'wp_', blogId: 2 },
    { prefix: 'wp_10_', basePrefix: 'wp_', blogId: 10 },
  ]);
});

test('an install of its own that is called like a network site keeps its own users', () => {
  expect(findPrefixes([...install('wp_'), ...install('wp_2_')])).toEqual([
    { prefix: 'wp_', basePrefix: 'wp_', blogId: null },
    { prefix: 'wp_2_', basePrefix: 'wp_2_', blogId: null },
  ]);
  expect(findPrefixes(site('wp_2_'))).toEqual([{ prefix: 'wp_2_', basePrefix: 'wp_2_', blogId: null }]);
});

test('a plugin’s own options or posts table makes no install', () => {
  const tables = [...install('wp_'), 'wp_foo_options', 'wp_bar_posts', 'wp_bar_postmeta', 'wp_e_options', 'wp_e_posts'];
  expect(findPrefixes(tables).map((candidate) => candidate.prefix)).toEqual(['wp_']);
  expect(findPrefixes(['orders', 'customers'])).toEqual([]);
  expect(findPrefixes([])).toEqual([]);
});

test('a prefix has letters, digits and underscores only', () => {
  expect(['wp_', 'wp_2_', 'Loja7', '_'].every(isValidPrefix)).toBe(true);
  expect(['', 'wp-', 'wp_`', "wp_'; drop", 'wp%', 'é_', 'wp_\n', 'a'.repeat(33)].some(isValidPrefix)).toBe(false);
  expect(findPrefixes(install('wp`x_'))).toEqual([]);
});
