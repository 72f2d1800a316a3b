// What a shop's sources have given: counts of the last run that read, and how far each has been read.
import { Badge, type Tone } from '../components/badge.tsx';
import { type Clock, dateTimeText, numberText } from '../format.ts';
import type { SyncSource, SyncStream } from './sync-types.ts';

const streamStateLabels: Readonly<Record<SyncStream['state'], string>> = {
  waiting: 'na fila',
  reading: 'lendo',
  done: 'em dia',
  failed: 'falhou',
  absent: 'não há na loja',
};
const streamTones: Readonly<Record<SyncStream['state'], Tone>> = {
  waiting: 'calm',
  reading: 'busy',
  done: 'good',
  failed: 'bad',
  absent: 'calm',
};

/** The state of a source is that of its worst stream. */
function sourceState({ streams }: SyncSource): SyncStream['state'] {
  const order: SyncStream['state'][] = ['failed', 'reading', 'waiting', 'done', 'absent'];
  return order.find((state) => streams.some((stream) => stream.state === state)) ?? 'waiting';
}

const counts = [
  ['Lidos', 'readCount'],
  ['Novos', 'newCount'],
  ['Atualizados', 'changedCount'],
  ['Removidos', 'missingCount'],
  ['Ilegíveis', 'quarantinedCount'],
] as const;

export function Sources({ sources, clock }: { sources: readonly SyncSource[]; clock: Clock }) {
  return (
    <table class="table">
      <thead>
        <tr>
          <th scope="col">Fonte</th>
          <th scope="col">Estado</th>
          {counts.map(([label]) => (
            <th scope="col" class="number">
              {label}
            </th>
          ))}
          <th scope="col">Lido até</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => {
          const state = sourceState(source);
          return (
            <tr>
              <td class="cell-main">
                <strong>{source.label}</strong>
              </td>
              <td data-label="Estado">
                <span>
                  <Badge tone={streamTones[state]}>{streamStateLabels[state]}</Badge>
                </span>
              </td>
              {counts.map(([label, name]) => (
                <td data-label={label} class="number">
                  {numberText(source.streams.reduce((total, stream) => total + BigInt(stream[name]), 0n))}
                </td>
              ))}
              <td data-label="Lido até">{cursorText(source, clock)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** `até 10/01/2025 14:20`, or the last id where the shop's table has no date. */
function cursorText({ cursorAt, cursorId, caughtUpAt }: SyncSource, clock: Clock): string {
  if (cursorAt) return `até ${dateTimeText(cursorAt, clock.timeZone)}`;
  if (cursorId) return `até o nº ${numberText(cursorId)}`;
  return caughtUpAt ? `tudo, em ${dateTimeText(caughtUpAt, clock.timeZone)}` : '—';
}
