/**
 * What is asked at once goes to Postgres in one piece, and comes back so. Fails with the first that failed, when all have ended: what would still be
 * asked in a transaction that is over would be asked in somebody else's.
 */
export async function together<Works extends readonly PromiseLike<unknown>[]>(
  works: readonly [...Works],
): Promise<{ -readonly [At in keyof Works]: Awaited<Works[At]> }> {
  const ends = await Promise.allSettled(works);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return ends.map((end) => (end as PromiseFulfilledResult<unknown>).value) as never;
}
