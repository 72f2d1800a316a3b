// The periods that are read again in the background: how far each is, and what an administrator may do with it.
import { runMessage } from '#shared/run-messages.ts';
import { Badge, type Tone } from '../components/badge.tsx';
import { type Clock, dateTimeText, numberText } from '../format.ts';
import { type BackfillState, backfillStateLabels } from '../messages.ts';
import { paths } from '../paths.ts';
import type { SyncBackfill } from './sync-types.ts';

export const backfillsId = 'reprocessos';

const tones: Readonly<Record<BackfillState, Tone>> = {
  waiting: 'calm',
  estimating: 'busy',
  ready: 'calm',
  running: 'busy',
  paused: 'warn',
  done: 'good',
  cancelled: 'calm',
  failed: 'bad',
};

const actionLabels = { pausar: 'Pausar', retomar: 'Retomar', cancelar: 'Cancelar' } as const;
type BackfillAction = keyof typeof actionLabels;

function actionsOf({ state, waitsForStart }: SyncBackfill): BackfillAction[] {
  if (state === 'done' || state === 'cancelled') return [];
  const canResume = state === 'paused' || state === 'failed' || (state === 'ready' && waitsForStart);
  return [canResume ? 'retomar' : 'pausar', 'cancelar'];
}

type BackfillsProps = {
  slug: string;
  backfills: readonly SyncBackfill[];
  canChangeBackfills: boolean;
  clock: Clock;
};

/** The list; an empty place without any, so that the first one finds it. */
export function Backfills({ slug, backfills, canChangeBackfills, clock }: BackfillsProps) {
  if (backfills.length === 0) return <section id={backfillsId} hidden />;
  return (
    <section id={backfillsId} class="card">
      <div class="card-head">
        <h2>Reprocessamentos</h2>
        <span class="faint">lidos aos poucos, entre as novidades</span>
      </div>
      {backfills.map((backfill) => (
        <div id={`reprocesso-${backfill.id}`} class="progress">
          <span>
            <Badge tone={tones[backfill.state]}>{backfillStateLabels[backfill.state]}</Badge> {backfill.siteName},{' '}
            {periodText(backfill, clock)}: {progressText(backfill)}
          </span>
          {backfill.estimatedCount && backfill.state !== 'done' ? (
            <progress
              max={backfill.estimatedCount}
              value={backfill.readCount}
              aria-label={`Reprocessamento de ${backfill.siteName}`}
            />
          ) : (
            ''
          )}
          {backfill.errorCode ? (
            <p class="reason">{runMessage(backfill.errorCode, backfill.errorFacts ?? {}).sentence}</p>
          ) : (
            ''
          )}
          {canChangeBackfills
            ? actionsOf(backfill).map((action) => (
                <form
                  method="post"
                  action={paths.changeBackfill(slug, backfill.id, action)}
                  hx-post={paths.changeBackfill(slug, backfill.id, action)}
                  hx-target={`#${backfillsId}`}
                  hx-swap="outerMorph"
                  hx-disable="find button"
                >
                  <button id={`reprocesso-${backfill.id}-${action}`} class="button" type="submit">
                    {action === 'retomar' && backfill.state === 'ready' ? 'Começar' : actionLabels[action]}
                  </button>
                </form>
              ))
            : ''}
        </div>
      ))}
    </section>
  );
}

/** The last instant of the period is excluded: the text names the day before. */
function periodText({ fromAt, toAt }: SyncBackfill, { timeZone }: Clock): string {
  const day = (at: Date) => dateTimeText(at, timeZone).split(' ')[0]!;
  if (!fromAt && !toAt) return 'tudo';
  if (!toAt) return `desde ${day(fromAt!)}`;
  const last = day(new Date(toAt.getTime() - 1));
  return fromAt ? `de ${day(fromAt)} a ${last}` : `até ${last}`;
}

function progressText({ estimatedCount, readCount, changedCount, requestedBy }: SyncBackfill): string {
  const parts = [
    estimatedCount === null
      ? 'ainda sem estimativa'
      : `${numberText(readCount)} de ≈ ${numberText(estimatedCount)} registros`,
    `${numberText(changedCount)} corrigidos`,
  ];
  if (requestedBy) parts.push(`pedido por ${requestedBy}`);
  return parts.join(' · ');
}
