/** For how long a thread may work on one frame, in milliseconds. */
export interface FrameLimits {
  /** While somebody waits for the answer. */
  stallMs: number;
  /** Further, once nobody does any more. */
  abandonedMs: number;
}

/**
 * Watches a frame that a thread has begun: calls `stalled` when it takes too long, or `abandoned` when it lasts on after
 * `signal` was aborted. At most one of them, and none after `end`.
 */
export function watchFrame(
  signal: AbortSignal,
  { stallMs, abandonedMs }: FrameLimits,
  { stalled, abandoned }: { stalled: () => void; abandoned: () => void },
): { end(): void } {
  let timer = setTimeout(stalled, stallMs);
  const hurry = (): void => {
    clearTimeout(timer);
    timer = setTimeout(abandoned, abandonedMs);
  };
  signal.addEventListener('abort', hurry, { once: true });
  return {
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', hurry);
    },
  };
}
