// `estado`: is the daemon alive, and how is each shop: last good run, lag, last error and what stays wrong, in plain words. No personal data.
import type { TenantId } from '#shared/ids.ts';
import { runMessage } from '#shared/run-messages.ts';
import { type BackupState, readBackupState } from '../backup/scheduled.ts';
import { type Pool, withTenant } from '../db.ts';
import type { Command } from './command.ts';

type ShopState = {
  tenant: string;
  site: string;
  state: string | null;
  lastSuccessAt: Date | null;
  lagSeconds: number | null;
  errorCode: string | null;
  errorFacts: Record<string, string> | null;
  isPaused: boolean;
};

export const statusCommand: Command = {
  name: 'estado',
  summary: 'Mostra se o daemon está no ar e como vai cada loja',
  options: {},
  examples: ['carrinho estado', 'carrinho estado --json'],
  async run({ pool, output, config, now }) {
    const { rows: daemons } = await pool.query<{
      id: string;
      version: string;
      host: string;
      pid: number;
      startedAt: Date;
      isAlive: boolean;
    }>(
      `select id, version, host, pid, started_at as "startedAt", heartbeat_at > now() - interval '30 seconds' as "isAlive" from daemons order by started_at`,
    );
    const shops = await listShops(pool);
    const alerts = await listAlerts(pool);
    const cron = config.backup.folder === null ? null : config.backup.cron;
    const backup = await readBackupState(pool, { cron, now });
    output.result({ daemons, shops, alerts, backup }, () => {
      const alive = daemons.filter((daemon) => daemon.isAlive);
      output.line(alive.length === 0 ? 'Nenhum daemon no ar.' : `Daemons no ar: ${alive.length}.`);
      output.table(shops, {
        empresa: (row) => row.tenant,
        loja: (row) => row.site,
        estado: (row) => (row.isPaused ? 'pausada' : row.state),
        'última boa': (row) => row.lastSuccessAt?.toISOString() ?? null,
        atraso: (row) => (row.lagSeconds === null ? null : `${row.lagSeconds} s`),
        problema: (row) => (row.errorCode ? runMessage(row.errorCode, row.errorFacts ?? {}).sentence : ''),
      });
      for (const { tenant, site, code, facts } of alerts) {
        const { sentence, remedy } = runMessage(code, facts);
        output.line();
        output.line(`${tenant}/${site}: ${sentence}`);
        output.line(`  ${remedy}`);
      }
      output.line();
      output.line(backupText(backup));
    });
  },
};

function backupText({ state, lastGoodAt, path, failedAt, errorCode }: BackupState): string {
  const last = lastGoodAt ? `o último bom é de ${lastGoodAt.toISOString()} (${path})` : 'nenhum foi feito até agora';
  if (state === 'off') return 'Backup: não é feito. Defina BACKUP_DIR.';
  if (state === 'failed') return `Backup: falhou em ${failedAt!.toISOString()} (${errorCode}); ${last}.`;
  if (state === 'late') return `Backup: atrasado; ${last}.`;
  return `Backup: ${last}.`;
}

async function listShops(pool: Pool): Promise<ShopState[]> {
  const { rows } = await pool.query<ShopState>(
    `select t.slug as tenant, s.slug as site, last.state, last.error_code as "errorCode", last.error_facts as "errorFacts", good.finished_at as "lastSuccessAt",
              extract(epoch from now() - good.finished_at)::integer as "lagSeconds", t.suspended_at is not null or coalesce(p.is_paused, true) as "isPaused"
         from sites s join tenants t on t.id = s.tenant_id
              left join schedules p on p.tenant_id = s.tenant_id and p.site_id = s.id and p.kind = 'poll'
              left join lateral (select state, error_code, error_facts from runs r where r.tenant_id = s.tenant_id and r.site_id = s.id and r.backfill_id is null order by r.id desc limit 1) last on true
              left join lateral (select finished_at from runs r where r.tenant_id = s.tenant_id and r.site_id = s.id and r.backfill_id is null and r.state in ('succeeded', 'succeeded_with_warnings')
                                  order by r.id desc limit 1) good on true
        order by t.slug, s.slug`,
  );
  return rows;
}

type ShopAlert = { tenant: string; site: string; code: string; facts: Record<string, string>; raisedAt: Date };

/** What stays wrong in each shop, company by company: alerts are seen inside one only. */
async function listAlerts(pool: Pool): Promise<ShopAlert[]> {
  const { rows: tenants } = await pool.query<{ id: TenantId }>('select id from tenants order by slug');
  const alerts: ShopAlert[] = [];
  for (const { id } of tenants) {
    const { rows } = await withTenant(pool, id, (client) =>
      client.query<ShopAlert>(
        `select t.slug as tenant, s.slug as site, a.code, a.facts, a.raised_at as "raisedAt"
         from site_alerts a join sites s on s.tenant_id = a.tenant_id and s.id = a.site_id join tenants t on t.id = a.tenant_id
         where a.tenant_id = $1 order by s.slug, a.raised_at, a.code, a.subject`,
        [id],
      ),
    );
    alerts.push(...rows);
  }
  return alerts;
}
