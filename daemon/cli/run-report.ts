// What a run says of itself, on a terminal: live lines while it reads (rows, rate, time left), and the summary per source at the end. Both come
// from the rows that the run writes, so that the process that runs and the one that watches may be different.
import type { RunId, SiteId, TenantId } from '#shared/ids.ts';
import { runMessage, skipLabel } from '#shared/run-messages.ts';
import { type Pool, withTenant } from '../db.ts';
import type { Output } from './output.ts';

export type StreamReport = {
  source: string;
  stream: string;
  label: string;
  state: string;
  estimated: number | null;
  read: number;
  new: number;
  changed: number;
  unchanged: number;
  missing: number;
  skipped: Record<string, number>;
  quarantined: number;
  seconds: number | null;
};
export type RunReport = {
  runId: RunId;
  tenant: string;
  site: string;
  kind: string;
  state: string;
  errorCode: string | null;
  errorFacts: Record<string, string> | null;
  warnings: { code: string; facts?: Record<string, string> }[];
  seconds: number | null;
  streams: StreamReport[];
};

export const isFinished = (state: string) =>
  ['succeeded', 'succeeded_with_warnings', 'failed', 'cancelled'].includes(state);

const stateNames: Record<string, string> = {
  queued: 'na fila',
  connecting: 'conectando',
  reading: 'lendo',
  writing: 'gravando',
  recomputing: 'recalculando',
  succeeded: 'concluída',
  succeeded_with_warnings: 'concluída com avisos',
  failed: 'falhou',
  cancelled: 'cancelada',
};

/** The newest run of a site, or the one with `runId`; null when there is none. */
export async function findRunReport(
  pool: Pool,
  place: { tenantId: TenantId; siteId: SiteId; runId?: RunId },
): Promise<RunReport | null> {
  return await withTenant(pool, place.tenantId, async (client) => {
    const { rows } = await client.query<Omit<RunReport, 'streams'>>(
      `select r.id as "runId", t.slug as tenant, s.slug as site, r.kind, r.state, r.error_code as "errorCode", r.error_facts as "errorFacts", r.warnings,
              extract(epoch from coalesce(r.finished_at, now()) - r.started_at)::float8 as seconds
         from runs r join sites s on s.tenant_id = r.tenant_id and s.id = r.site_id join tenants t on t.id = r.tenant_id
        where r.tenant_id = $1 and r.site_id = $2 and ($3::bigint is null or r.id = $3) order by r.id desc limit 1`,
      [place.tenantId, place.siteId, place.runId ?? null],
    );
    const run = rows[0];
    if (!run) return null;
    const { rows: streams } = await client.query<StreamReport>(
      `select rs.source, rs.stream, coalesce(st.value ->> 'label', rs.stream) as label, rs.state, rs.estimated_count::float8 as estimated, rs.read_count::float8 as read,
              rs.new_count::float8 as new, rs.changed_count::float8 as changed, rs.unchanged_count::float8 as unchanged, rs.missing_count::float8 as missing,
              rs.skipped, rs.quarantined_count::float8 as quarantined, extract(epoch from coalesce(rs.finished_at, now()) - rs.started_at)::float8 as seconds
         from run_streams rs left join source_types ty on ty.name = rs.source
              left join lateral jsonb_array_elements(ty.streams) st(value) on st.value ->> 'name' = rs.stream
        where rs.tenant_id = $1 and rs.run_id = $2 and rs.state <> 'absent' order by rs.started_at nulls last, rs.source, rs.stream`,
      [place.tenantId, run.runId],
    );
    return { ...run, streams };
  });
}

const number = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 0 });

/** `Pedidos: 3.200 de ≈ 12.400 · 214/s · ≈ 43 s`; without an estimate only the counts. */
export function progressLine(stream: StreamReport): string {
  const rate = stream.seconds && stream.seconds > 0.5 ? stream.read / stream.seconds : null;
  const parts = [
    `${stream.label}: ${number.format(stream.read)}${stream.estimated ? ` de ≈ ${number.format(Math.max(stream.estimated, stream.read))}` : ''}`,
  ];
  if (rate) parts.push(`${number.format(rate)}/s`);
  if (rate && stream.estimated && stream.state === 'reading' && stream.estimated > stream.read)
    parts.push(`≈ ${Math.ceil((stream.estimated - stream.read) / rate)} s`);
  if (stream.state === 'done') parts.push('pronto');
  if (stream.state === 'failed') parts.push('falhou');
  return parts.join(' · ');
}

/** The lines of a run while it goes on, one a stream under a heading. */
export function runLines(run: RunReport): string[] {
  return [
    `${run.tenant} / ${run.site}: ${stateNames[run.state] ?? run.state}`,
    ...run.streams.filter((stream) => stream.state !== 'waiting').map((stream) => `  ${progressLine(stream)}`),
  ];
}

/** Prints the summary table of a finished run, its warnings and its error in plain words. */
export function printRunSummary(output: Output, run: RunReport): void {
  output.line(
    `${run.tenant} / ${run.site}: ${stateNames[run.state] ?? run.state}${run.seconds === null ? '' : ` em ${run.seconds.toFixed(1).replace('.', ',')} s`}`,
  );
  output.table(run.streams, {
    fonte: (row) => row.label,
    lidos: (row) => number.format(row.read),
    novos: (row) => number.format(row.new),
    atualizados: (row) => number.format(row.changed),
    inalterados: (row) => number.format(row.unchanged),
    sumiram: (row) => number.format(row.missing),
    ignorados: (row) =>
      Object.entries(row.skipped)
        .map(([reason, count]) => `${count} ${skipLabel(reason)}`)
        .join(', ') || '0',
    ilegíveis: (row) => number.format(row.quarantined),
    segundos: (row) => (row.seconds === null ? null : row.seconds.toFixed(1).replace('.', ',')),
  });
  for (const warning of run.warnings) {
    const { sentence, remedy } = runMessage(warning.code, warning.facts);
    output.line(`Aviso: ${sentence} ${remedy}`);
  }
  if (run.errorCode) {
    const { sentence, remedy } = runMessage(run.errorCode, run.errorFacts ?? {});
    output.line(`${sentence} ${remedy}`);
  }
}

/**
 * Shows runs until `isOver`: on a terminal the same lines are rewritten, elsewhere a plain line is printed when a stream has moved on, at most
 * every two seconds.
 */
export async function watchRuns({
  load,
  isOver,
  stream = process.stderr,
}: {
  load: () => Promise<RunReport[]>;
  isOver: () => boolean;
  stream?: NodeJS.WriteStream;
}): Promise<void> {
  let drawn = 0;
  let lastPlain = 0;
  let lastText = '';
  for (;;) {
    const over = isOver();
    const lines = (await load()).flatMap(runLines);
    const text = lines.join('\n');
    if (stream.isTTY) {
      if (text !== lastText) {
        stream.write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
        drawn = lines.length;
      }
    } else if (text !== lastText && (over || Date.now() - lastPlain > 2000)) {
      stream.write(`${lines.join(' | ')}\n`);
      lastPlain = Date.now();
    } else if (!over) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      continue;
    }
    lastText = text;
    if (over) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
