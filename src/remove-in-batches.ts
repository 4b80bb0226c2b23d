/** How much one batch removes at most: no statement or transaction takes long, however much is due. */
export const BATCH_SIZE = 100;

/**
 * Calls `removeBatch`, which removes BATCH_SIZE at most and resolves to their number, until less is left than that or the
 * signal is aborted; resolves to the number of all.
 */
export async function removeInBatches(
  removeBatch: () => Promise<number>,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  let removed = BATCH_SIZE;
  while (removed === BATCH_SIZE && !signal.aborted) {
    removed = await removeBatch();
    count += removed;
  }
  return count;
}
