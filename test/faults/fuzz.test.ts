// Rows that nobody would write on purpose, in every table that a source reads, under both order storages: no run fails, and each row is in the copy, in
// quarantine with a reason, or no record of ours by its own kind. Then some are spoilt where they lie, and the same must hold.
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { draftStatuses } from '../../daemon/wordpress/order-facts.ts';
import { Random } from '../../start/demo/random.ts';
import { tableOf } from '../../start/demo/shop.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';
import { amounts, timeLimit } from './amounts.ts';
import { checkCopy } from './check.ts';
import {
  loosenColumns,
  spoilRows,
  writeHostileAccounts,
  writeHostileCartBounty,
  writeHostileRows,
} from './hostile-shop.ts';
import { report } from './report.ts';

type AccountedStream = [stream: string, table: string, all: string, skipped: string];

/** Every row of the shop is in the copy, in quarantine or no record of ours, and in one of them only. Gives how many there are. */
async function accountFor(world: SyncShop, streams: AccountedStream[]): Promise<number> {
  const idsOf = async (sql: string) => {
    const [rows] = await world.shop.conn.query<RowDataPacket[]>(sql);
    return new Set(rows.map((row) => String(row.id)));
  };
  let total = 0;
  for (const [stream, table, allSql, skippedSql] of streams) {
    const all = await idsOf(allSql);
    const skipped = await idsOf(skippedSql);
    const landed = new Set(
      (await world.rows<{ id: string }>(`select external_id as id from ${table} where missing_since is null`)).map(
        ({ id }) => id,
      ),
    );
    const quarantined = new Set(
      (
        await world.rows<{ id: string }>(
          `select external_id as id from quarantine where stream = $1 and reason <> '' and raw <> ''`,
          [stream],
        )
      ).map(({ id }) => id),
    );
    const unaccounted = [...all].filter((id) => !skipped.has(id) && !landed.has(id) && !quarantined.has(id));
    const twice = [...landed].filter((id) => quarantined.has(id));
    expect({ stream, unaccounted, twice }).toEqual({ stream, unaccounted: [], twice: [] });
    expect(all.size).toBe(landed.size + quarantined.size + skipped.size);
    total += all.size;
  }
  return total;
}

const quote = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

describe.each([
  ['hpos', 'latin1'],
  ['legacy', 'binary'],
] as const)('hostile rows in a %s shop with %s columns', (storage, columns) => {
  let world: SyncShop;
  const random = Random.of(amounts.seed, `fuzz-${storage}`);
  beforeAll(async () => {
    world = await createSyncShop({ storage });
    await loosenColumns(world.shop, columns);
    await world.owner.query(
      `insert into field_mappings (tenant_id, site_id, form_plugin, form_id, name_key, phone_key) values ($1, $2, '__proto__', '321', '__proto__', 'constructor')`,
      [world.tenantId, world.siteId],
    );
  });
  afterAll(() => world?.drop());

  async function account(): Promise<number> {
    const { shop } = world;
    const drafts = quote(draftStatuses);
    const [orders, orderId, status, type] =
      storage === 'hpos'
        ? [tableOf(shop, 'wc_orders'), 'id', 'status', 'type']
        : [tableOf(shop, 'posts'), 'ID', 'post_status', 'post_type'];
    const answers = tableOf(shop, 'fv_entry_meta');
    const history = tableOf(shop, 'cartflows_ca_email_history');
    const notAnswers = quote(['fv_plugin', 'fv_form_id', 'elementor_id', 'fv-notes', 'IP']);
    const streams: AccountedStream[] = [
      ['entries', 'leads', `select id from ${tableOf(shop, 'fv_enteries')}`, 'select 0 as id where false'],
      [
        'answers',
        'lead_answers',
        `select id from ${answers}`,
        `select id from ${answers} where cast(meta_key as binary) in (${notAnswers})`,
      ],
      ['carts', 'carts', `select id from ${tableOf(shop, shop.cartTable)}`, 'select 0 as id where false'],
      ['emails', 'cart_emails', `select id from ${history}`, `select id from ${history} where ca_session_id is null`],
      [
        'orders',
        'orders',
        `select ${orderId} as id from ${orders} where ${type} = 'shop_order'`,
        `select ${orderId} as id from ${orders} where ${type} = 'shop_order' and ${status} in (${drafts})`,
      ],
    ];
    return await accountFor(world, streams);
  }

  test(
    'land, are quarantined with a reason, or are skipped by their kind; nothing fails',
    async () => {
      await writeHostileRows(world.shop, random, Math.ceil(amounts.fuzzedRows / 2));
      const run = await world.sync();
      expect(run.state).toBe('succeeded');
      const written = await account();
      expect(written).toBeGreaterThanOrEqual(Math.ceil(amounts.fuzzedRows / 2));
      const check = await checkCopy(world);
      report({ fault: 'hostile rows', kind: `${storage}, ${columns} columns`, injected: written, ...check });
    },
    timeLimit,
  );

  test(
    'spoilt where they lie, the same holds after the next night',
    async () => {
      await spoilRows(world.shop, random, 20);
      expect((await world.sync('reconcile')).error).toBeNull();
      // What was spoilt under the same date moves no fingerprint: the night's pass sees it.
      expect((await world.sync('full')).error).toBeNull();
      await checkCopy(world);
    },
    timeLimit,
  );
});

describe('hostile carts of CartBounty and hostile accounts', () => {
  let world: SyncShop;
  const random = Random.of(amounts.seed, 'fuzz-others');
  const count = Math.ceil(amounts.fuzzedRows / 10);
  beforeAll(async () => {
    world = await createSyncShop();
    await world.owner.query(`update sites set cart_table = 'cartbounty'`);
  });
  afterAll(() => world?.drop());

  test(
    'land, are quarantined with a reason, or are skipped by their kind; nothing fails',
    async () => {
      await writeHostileCartBounty(world.shop, random, count);
      await writeHostileAccounts(world.shop, random, count);
      expect((await world.sync()).state).toBe('succeeded');
      const bounty = tableOf(world.shop, 'cartbounty');
      const meta = tableOf(world.shop, 'usermeta');
      const written = await accountFor(world, [
        ['carts', 'carts', `select id from ${bounty}`, `select id from ${bounty} where coalesce(cart_total, 0) = 0`],
        [
          'accounts',
          'site_customers',
          `select distinct user_id as id from ${meta} where meta_key = '${world.shop.prefix}capabilities' and meta_value like '%customer%'`,
          'select 0 as id where false',
        ],
      ]);
      expect(written).toBeGreaterThan(count);
      report({
        fault: 'hostile rows',
        kind: 'CartBounty and accounts',
        injected: written,
        ...(await checkCopy(world)),
      });
      await world.sync('full');
      await checkCopy(world);
    },
    timeLimit,
  );
});
