/** For how long a thread may work on frames, in milliseconds. */
export interface FrameLimits {
  /** On each of them, while somebody waits for an answer. */
  stallMs: number;
  /** On all of them further, once nobody does any more. */
  abandonedMs: number;
}

/**
 * Watches frames, one signal each, that a thread has begun together: calls `stalled` when they take too long, or
 * `abandoned` when they last on after all signals were aborted. At most one of them, and none after `end`.
 */
export function watchFrames(
  signals: readonly AbortSignal[],
  { stallMs, abandonedMs }: FrameLimits,
  { stalled, abandoned }: { stalled: () => void; abandoned: () => void },
): { end(): void } {
  let timer = setTimeout(stalled, stallMs * signals.length);
  const hurry = (): void => {
    if (!signals.every((signal) => signal.aborted)) return;
    clearTimeout(timer);
    timer = setTimeout(abandoned, abandonedMs);
  };
  for (const signal of signals) signal.addEventListener('abort', hurry, { once: true });
  return {
    end() {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', hurry);
    },
  };
}
