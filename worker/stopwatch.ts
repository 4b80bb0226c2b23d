/** Measures time in whole milliseconds. */
export interface Stopwatch {
  /** Since the stopwatch was made. */
  elapsedMs(): number;
  /** Adds the time that `work` takes to the measured time. */
  measure<T>(work: () => Promise<T>): Promise<T>;
  measuredMs(): number;
}

/** See Stopwatch. */
export function createStopwatch(): Stopwatch {
  const begun = performance.now();
  let measured = 0;
  return {
    elapsedMs: () => Math.round(performance.now() - begun),
    async measure(work) {
      const from = performance.now();
      try {
        return await work();
      } finally {
        measured += performance.now() - from;
      }
    },
    measuredMs: () => Math.round(measured),
  };
}
