// 11: which WordPress of the database is the shop. Every install is offered with its address, also the sites of a network (`wp_2_`); where there are
// several and nobody chose, nothing is guessed.
import { discoverShop } from '../../connections/discover.ts';
import type { Check, Finding } from '../check.ts';

export const tablePrefix: Check = {
  nn: 11,
  name: 'Prefixo das tabelas',
  needs: ['shop'],
  async run({ found, site, sources }): Promise<Finding> {
    const facts = await discoverShop(found.shop!.gateway, { prefix: site.tablePrefix, sources });
    const candidates = facts.prefixes.map(({ prefix, siteUrl, blogName }) => ({ prefix, siteUrl, blogName }));
    const names = candidates.map(({ prefix }) => prefix).join(', ');
    if (candidates.length === 0) return { state: 'error', code: 'wordpress_missing', facts: {} };
    if (facts.prefix === null) {
      return site.tablePrefix === null
        ? { state: 'error', code: 'prefix_choice', facts: { found: names }, details: { candidates } }
        : {
            state: 'error',
            code: 'prefix_gone',
            facts: { wanted: site.tablePrefix, found: names },
            details: { candidates },
          };
    }
    found.facts = facts;
    return {
      state: 'ok',
      code: 'prefix_found',
      facts: { prefix: facts.prefix, siteUrl: facts.siteUrl ?? '', blogName: facts.blogName ?? '' },
      details: { candidates },
    };
  },
};
