// The statements behind the panel read days, open windows and what waits, however much the company has: held by how the very statements of the screen
// reached their tables, not by time.
import { expect, test } from 'vitest';
import type { ListName } from '#web/lists.ts';
import { parsePeriod } from '#web/period.ts';
import { openDatabase, type Tx } from '../../api/db.ts';
import { createKeep } from '../../api/kept.ts';
import { readPage } from '../../api/lists/read.ts';
import { openList } from '../../api/lists/sources.ts';
import { loadDashboard } from '../../api/queries/dashboard.ts';
import { loadClock, loadProducts, loadQuality, loadRecovery } from '../../api/queries/reports.ts';
import { openWorld } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';
import { countTableReads } from '../support/table-reads.ts';

const now = new Date();

test('panel, lists and reports of a company with 50,000 carts read days, open windows and what waits, a page or a period: no table as a whole', async () => {
  const database = await createTestDatabase();
  const world = await openWorld(database.url);
  const big = await world.createCompany();
  const values = [big.tenantId, big.siteIds[0]!, now.toISOString()];
  const every = (statement: string) => world.owner.query(statement, values.slice(0, statement.includes('$3') ? 3 : 2));
  const at = (days: number) => `$3::timestamptz - make_interval(mins => (i * 7919) % (${days} * 1440))`;
  await every(`insert into carts (tenant_id, site_id, source, external_id, session_id, total, total_minor, currency, plugin_status, phone_status, phone_kind,
                 first_activity_at, last_activity_at, source_hash, first_seen_at, changed_at)
               select $1, $2, 'cart-abandonment', i, 's' || i, 100, 10000, 'BRL', 'abandoned', case when i % 40 = 0 then 'invalid' else 'valid' end, 'mobile',
                 ${at(900)}, ${at(900)}, 1, $3, $3 from generate_series(1, 50000) i`);
  await every(`insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, created_at, source_hash, first_seen_at, changed_at)
               select $1, $2, i, 'hpos', 'completed', 'paid', 'BRL', 90, 9000, ${at(900)}, 1, $3, $3 from generate_series(5, 50000, 5) i`);
  await world.owner.query('analyze carts, orders');
  await world.owner.query(
    `insert into cart_statuses (tenant_id, cart_id, status, reason, has_keys, best_order_id, causal_class, total_minor, currency, first_activity_at, last_activity_at, changed_at)
     select c.tenant_id, c.id, case when c.external_id % 5 = 0 then 'recovered' when c.external_id % 97 = 0 then 'purchased' else 'abandoned' end,
            case when c.external_id % 5 = 0 then 'spontaneous' when c.external_id % 97 = 0 then 'direct_purchase' else 'window_closed' end, true, o.id,
            case when c.external_id % 5 = 0 then 'spontaneous' end, c.total_minor, 'BRL', c.first_activity_at, c.last_activity_at, now()
     from carts c left join orders o on o.tenant_id = c.tenant_id and o.site_id = c.site_id and o.external_id = c.external_id and c.external_id % 5 = 0
     where c.tenant_id = $1`,
    [big.tenantId],
  );
  await every(`insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, source_hash, first_seen_at, changed_at)
               select $1, $2, 'form-vibes', i, '-', ${at(900)}, 'wpforms', '1', 1, $3, $3 from generate_series(1, 5000) i`);
  await world.owner.query(
    `insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
     select tenant_id, id, case when id % 9 = 0 then 'was_customer' else 'not_customer' end, captured_at, now() from leads where tenant_id = $1`,
    [big.tenantId],
  );
  await world.owner.query(
    'analyze carts, cart_statuses, orders, leads, lead_statuses, cart_days, order_days, lead_days, search_terms',
  );

  const db = openDatabase({ url: database.url, role: 'carrinho_api', max: 1 });
  try {
    const tables = ['carts', 'cart_statuses', 'orders', 'order_refunds', 'leads', 'lead_statuses'];
    const place = { id: big.tenantId, slug: 'empresa-1', name: 'Grande', currency: 'BRL', role: 'owner' as const };
    const look = { isSuspended: false, themeColor: null, logoHash: null };
    const company = {
      ...place,
      ...look,
      timeZone: 'America/Sao_Paulo',
      windowBeforeMinutes: 2880,
      windowAfterMinutes: 43200,
    };
    for (const periodo of ['30dias', 'mes_atual', 'tudo']) {
      const reads = await db.withTenant(big.tenantId, (tx) => {
        const keep = createKeep({ feed: { changedAtMs: () => 0 }, db });
        const period = parsePeriod({ periodo }, { timeZone: company.timeZone, now });
        return countTableReads(tx, tables, async () => {
          const found = await loadDashboard(tx, { company, period, now, keep, restMs: 0 });
          expect([periodo, found.state]).toEqual([periodo, 'ready']);
        });
      });
      for (const table of tables) expect([periodo, table, reads[table]!.scans]).toEqual([periodo, table, 0]);
      const rows = Object.values(reads).reduce((sum, read) => sum + read.rows, 0);
      // 1,700 carts have an open window, 1,250 an unusable phone; each of those is looked at in two tables
      expect([periodo, rows < 9_000 ? 'few' : rows]).toEqual([periodo, 'few']);
    }
    const month = parsePeriod({ periodo: '30dias' }, { timeZone: company.timeZone, now });
    const asked = { company, period: month };
    const reports = {
      recuperacao: (tx: Tx) => loadRecovery(tx, asked, null),
      produtos: (tx: Tx) => loadProducts(tx, asked),
      abandonos: (tx: Tx) => loadClock(tx, asked, 'abandonos'),
      pedidos: (tx: Tx) => loadClock(tx, asked, 'pedidos'),
      leads: (tx: Tx) => loadClock(tx, asked, 'leads'),
      qualidade: (tx: Tx) => loadQuality(tx, asked),
    };
    for (const [name, report] of Object.entries(reports)) {
      const reads = await db.withTenant(big.tenantId, async (tx) => {
        await tx`set local random_page_cost = 1.1`; // as the reports' page does
        return await countTableReads(tx, tables, () => report(tx));
      });
      // 10,000 orders are read as a whole sooner than the credited ones of 1,700 carts one by one
      const asked = tables.filter((table) => table !== 'orders' || name !== 'recuperacao');
      for (const table of asked) expect([name, table, reads[table]!.scans]).toEqual([name, table, 0]);
      const rows = asked.reduce((sum, table) => sum + reads[table]!.rows, 0);
      expect([name, rows < 5_000 ? 'few' : rows]).toEqual([name, 'few']);
    }
    const pages: [ListName, Record<string, string>][] = [
      ['carrinhos', {}],
      ['carrinhos', { situacao: 'todos', periodo: 'tudo', ordem: 'antigos' }],
      ['carrinhos', { situacao: 'recuperados', periodo: 'tudo', ordem: 'maior_valor' }],
      ['carrinhos', { busca: '4711' }],
      ['pedidos', { periodo: 'tudo' }],
      ['pedidos', { classe: 'pago', periodo: 'tudo', ordem: 'menor_valor' }],
      ['pedidos', { busca: '#4710' }],
      ['leads', { periodo: 'tudo', ordem: 'antigos' }],
      ['leads', { cliente: 'ja_era' }],
    ];
    for (const [list, query] of pages) {
      const reads = await db.withTenant(big.tenantId, (tx) =>
        countTableReads(tx, [...tables, 'search_terms'], async () => {
          const request = { list, query, timeZone: company.timeZone, now, isMasked: false };
          const { choice, sql, count } = await openList(tx, request);
          expect([list, query, (await readPage(tx, sql, choice, query)).rows.length > 0]).toEqual([list, query, true]);
          await count(tx);
        }),
      );
      for (const [table, read] of Object.entries(reads))
        expect([list, query, table, read.scans]).toEqual([list, query, table, 0]);
      const rows = Object.values(reads).reduce((sum, read) => sum + read.rows, 0);
      expect([list, query, rows < 1_000 ? 'few' : rows]).toEqual([list, query, 'few']);
    }
  } finally {
    await db.close();
    await world.close();
    await database.drop();
  }
}, 180_000);
