import type { ErrorCode } from '../error-codes.ts';

/** How an attempt ended: the job is completed, is tried again, has failed, is no longer ours, or it could not be noted. */
export const ATTEMPT_OUTCOMES = ['completed', 'put_back', 'failed', 'lost', 'unrecorded'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** Milliseconds that an attempt spent in each stage; frames that are worked on at the same time count each. */
export interface StageTimes {
  decode: number;
  detect: number;
  ocr: number;
  store: number;
}

/** How an attempt ended, and what it took. */
export interface AttemptEnd {
  outcome: AttemptOutcome;
  code: ErrorCode | 'OK';
  elapsedMs: number;
}

/** Hears of everything that a worker does, while it does it. It must not throw. */
export interface WorkObserver {
  attemptBegan(): void;
  attemptEnded(end: AttemptEnd): void;
  /** What the analysis and its storing took in an attempt, however it ended. */
  stagesTook(times: StageTimes): void;
  /** The next frame of a job is done. */
  frameDone(source: 'analysed' | 'reused'): void;
  /** An engine is done with a frame, for which it looked at `inferences` pictures. */
  frameInferred(engine: 'detection' | 'ocr', cost: { inferences: number; elapsedMs: number }): void;
}
