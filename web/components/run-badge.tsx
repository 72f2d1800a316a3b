// How far a run is, or how it ended.
import { type RunState, runStateLabels } from '../messages.ts';
import { Badge, type Tone } from './badge.tsx';

const runTones: Readonly<Record<RunState, Tone>> = {
  queued: 'calm',
  connecting: 'busy',
  reading: 'busy',
  writing: 'busy',
  recomputing: 'busy',
  succeeded: 'good',
  succeeded_with_warnings: 'warn',
  failed: 'bad',
  cancelled: 'calm',
};

export function RunBadge({ state }: { state: RunState }) {
  return <Badge tone={runTones[state]}>{runStateLabels[state]}</Badge>;
}
