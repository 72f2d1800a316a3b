// That a record was emptied, and why: what is left of it counts on, and nobody should look for the rest.
export type ErasedFor = 'request' | 'sync' | 'retention' | null;

/** What stands where the name of the person was. */
export const erasedName = 'Dados eliminados';

export function ErasedChip({ reason }: { reason: ErasedFor }) {
  if (reason === null) return null;
  return (
    <span class="chip">{reason === 'retention' ? 'passou do prazo de guarda' : 'a pessoa pediu a eliminação'}</span>
  );
}
