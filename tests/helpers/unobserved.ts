import type { WorkObserver } from '../../src/metrics/work-observer.ts';

/** For workers whose metrics nobody asks for. */
export const unobserved: WorkObserver = {
  attemptBegan() {},
  attemptEnded() {},
  stagesTook() {},
  frameDone() {},
  frameInferred() {},
};
