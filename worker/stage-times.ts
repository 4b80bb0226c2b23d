import type { StageTimes } from '../src/metrics/work-observer.ts';
import type { Timing } from '../src/results/results-document.ts';

type AnalysisTiming = Pick<Timing, 'decodeMs' | 'detectMs' | 'ocrMs'>;

/** Tells what one attempt took from the times of its pipeline, which go on from those of earlier attempts. */
export interface StageClock {
  /** Earlier attempts took so long. */
  goOnFrom(timing: AnalysisTiming): void;
  /** All attempts together have taken so long by now. */
  reach(timing: AnalysisTiming): void;
  /** What this attempt has taken; `storeMs` is its own already. */
  times(storeMs: number): StageTimes;
}

const NOTHING: AnalysisTiming = { decodeMs: 0, detectMs: 0, ocrMs: 0 };

/** See StageClock. */
export function createStageClock(): StageClock {
  let before = NOTHING;
  let now = NOTHING;
  return {
    goOnFrom(timing) {
      before = timing;
      now = timing;
    },
    reach(timing) {
      now = timing;
    },
    times: (storeMs) => ({
      decode: now.decodeMs - before.decodeMs,
      detect: now.detectMs - before.detectMs,
      ocr: now.ocrMs - before.ocrMs,
      store: storeMs,
    }),
  };
}
