// One run as a text file, for whoever helps from afar: what the run's page says, and each batch with its counts. No row of the shop stands in it.
import { runMessage, skipLabel } from '#shared/run-messages.ts';
import { runKindLabels, runStateLabels } from '../messages.ts';
import type { RunBatch, RunStream, SyncRun } from './sync-types.ts';

type RunLogFacts = { run: SyncRun; streams: readonly RunStream[]; batches: readonly RunBatch[]; canSeeDetail: boolean };

export function runLogText({ run, streams, batches, canSeeDetail }: RunLogFacts): string {
  const messages = [
    ...(run.errorCode ? [{ label: 'Problema', code: run.errorCode, facts: run.errorFacts ?? {} }] : []),
    ...run.warnings.map(({ code, facts }) => ({ label: 'Aviso', code, facts: facts ?? {} })),
  ];
  const lines = [
    `Sincronização nº ${run.id} de ${run.siteName}`,
    `Tipo: ${runKindLabels[run.kind]}`,
    `Resultado: ${runStateLabels[run.state]}`,
    `Início: ${run.startedAt.toISOString()}`,
    `Fim: ${run.finishedAt?.toISOString() ?? 'ainda não'}`,
    ...messages.map(({ label, code, facts }) => `${label}: ${runMessage(code, facts).sentence} (${code})`),
    ...(canSeeDetail && run.errorDetail ? [`Texto técnico: ${run.errorDetail}`] : []),
    '',
    'Fontes',
    ...streams.map((stream) => {
      const skipped = Object.entries(stream.skipped).map(([reason, count]) => `, ${count} ${skipLabel(reason)}`);
      return `${stream.sourceLabel} / ${stream.label}: ${countsOf(stream)}, removidos ${stream.missingCount}${skipped.join('')}`;
    }),
    '',
    'Lotes',
    ...batches.map(
      (batch) =>
        `${batch.committedAt.toISOString()} ${batch.source}/${batch.stream} (${batch.scan}): ${countsOf(batch)}, ${batch.durationMs} ms`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const countsOf = (
  of: Pick<RunBatch, 'readCount' | 'newCount' | 'changedCount' | 'unchangedCount' | 'quarantinedCount'>,
) =>
  `lidos ${of.readCount}, novos ${of.newCount}, atualizados ${of.changedCount}, inalterados ${of.unchangedCount}, ilegíveis ${of.quarantinedCount}`;
