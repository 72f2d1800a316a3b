// Which record a verb is about, by the number that the shop gave it, and who does it.

import type { RecordRef } from '#shared/contacts/record.ts';
import type { UserId } from '#shared/ids.ts';
import type { RecomputeCause } from '#shared/recompute/cart-status.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { statementsOf, type TenantClient, withTenant } from '../db.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { authorOption } from './author.ts';
import {
  type CommandContext,
  CommandError,
  integerOption,
  type OptionSpec,
  type TenantRow,
  tenantOption,
  UsageError,
} from './command.ts';
import { siteOption } from './site-options.ts';

export const recordOptions: Record<string, OptionSpec> = {
  empresa: { value: 'SLUG', help: 'a empresa' },
  loja: { value: 'SLUG', help: 'a loja, quando mais de uma tem esse número' },
  lead: { value: 'NUMERO', help: 'o lead com este número na loja' },
  carrinho: { value: 'NUMERO', help: 'o carrinho com este número na loja' },
  episodio: { value: 'N', help: 'do carrinho; padrão o último' },
  pedido: { value: 'NUMERO', help: 'o pedido com este número' },
};

const kinds = { lead: 'lead', carrinho: 'cart', pedido: 'order' } as const;

// The number that people see of an order may be another than the shop's id.
const finders = {
  lead: `select id from leads where tenant_id = $1 and external_id::text = $2 and ($3::bigint is null or site_id = $3) and $4::integer is null
         and not exists (select from leads newer where newer.tenant_id = leads.tenant_id and newer.site_id = leads.site_id
                           and newer.source = leads.source and newer.external_id = leads.external_id and newer.id > leads.id)`,
  carrinho: `select id from carts where tenant_id = $1 and external_id::text = $2 and ($3::bigint is null or site_id = $3)
             and case when $4::integer is null then is_current else episode = $4 end`,
  pedido: `select id from orders where tenant_id = $1 and coalesce(order_number, external_id::text) = $2 and ($3::bigint is null or site_id = $3)
           and $4::integer is null`,
} as const;

/** The record of `--lead`, `--carrinho` or `--pedido`; null when none of them was given. CommandError when it is none or not one. */
export async function findRecordOption(
  context: CommandContext,
  client: TenantClient,
  siteId: string | null,
): Promise<RecordRef | null> {
  const given = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((name) => context.options[name] !== undefined);
  if (given.length > 1) throw new UsageError('Diga um só: --lead, --carrinho ou --pedido.');
  const name = given[0];
  if (!name) return null;
  const episode = integerOption(context, 'episodio', { min: 1, max: 1_000_000 }) ?? null;
  const number = context.options[name];
  const { rows } = await client.query<{ id: string }>(finders[name], [client.tenantId, number, siteId, episode]);
  if (rows.length > 1) throw new CommandError(`Há mais de um ${name} ${number}: diga a loja com --loja.`);
  if (!rows[0]) throw new CommandError(`Não há ${name} ${number}.`);
  return { entity: kinds[name], id: rows[0].id };
}

export type Act = {
  db: Statements;
  client: TenantClient;
  tenant: TenantRow;
  userId: UserId | null;
  /** The record that the options name; UsageError when they name none. */
  record(): RecordRef;
  foundRecord: RecordRef | null;
  /** Recomputed when the act is committed. */
  touch(record: RecordRef): void;
};

/** Runs an act in one transaction of the company of `--empresa`, then recomputes what it touched. */
export async function actOnRecord<T>(
  context: CommandContext,
  work: (act: Act) => Promise<T>,
  cause: RecomputeCause = 'contact',
): Promise<T> {
  const tenant = await tenantOption(context);
  const site = context.options.loja === undefined ? null : await siteOption(context, tenant);
  const userId = await authorOption(context, tenant);
  const touched: RecordRef[] = [];
  const result = await withTenant(context.pool, tenant.id, async (client) => {
    const foundRecord = await findRecordOption(context, client, site?.id ?? null);
    const done = await work({
      db: statementsOf(client),
      client,
      tenant,
      userId,
      foundRecord,
      record() {
        if (!foundRecord) throw new UsageError('Diga de quem se trata: --lead, --carrinho ou --pedido.');
        return foundRecord;
      },
      touch: (record) => touched.push(record),
    });
    for (const { entity, id } of touched) {
      await client.query('insert into recompute_queue (tenant_id, entity, entity_id) values ($1, $2, $3)', [
        tenant.id,
        entity,
        id,
      ]);
    }
    return done;
  });
  if (touched.length > 0) {
    const quiet = { info() {}, warn() {}, error() {} };
    await recomputeQueued(context.pool, tenant.id, { now: context.now, log: quiet, cause });
  }
  return result;
}
