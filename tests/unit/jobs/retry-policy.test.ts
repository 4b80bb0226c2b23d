import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { afterFailure, backoffMs, mayRunAfterCrash } from '../../../src/jobs/retry-policy.ts';

const policy = { maxAttempts: 3, delayMs: 1_000, maxDelayMs: 60_000 };
const after = (failureCount: number, code: AppError['code']) =>
  afterFailure({ failureCount }, new AppError(code, 'It failed.'), policy, () => 1);

describe('afterFailure', () => {
  it('tries again what may succeed, until the attempts are used up', () => {
    expect(after(0, 'STORAGE_FAILED')).toEqual({ kind: 'again', delayMs: 1_000, counts: true });
    expect(after(1, 'DECODER_STALLED')).toEqual({ kind: 'again', delayMs: 2_000, counts: true });
    expect(after(2, 'STORAGE_FAILED')).toEqual({ kind: 'over', exhausted: true });
  });

  it('ends at once what cannot succeed', () => {
    expect(after(0, 'INVALID_VIDEO')).toEqual({ kind: 'over', exhausted: false });
    expect(after(0, 'JOB_TIMED_OUT')).toEqual({ kind: 'over', exhausted: false });
  });

  it('counts nothing that is not the fault of the job', () => {
    expect(after(2, 'WORKER_STOPPED')).toEqual({ kind: 'again', delayMs: 0, counts: false });
    expect(after(2, 'STORAGE_FULL')).toMatchObject({ kind: 'again', counts: false });
    expect(after(2, 'DATABASE_UNAVAILABLE')).toMatchObject({ kind: 'again', counts: false });
  });
});

describe('backoffMs', () => {
  it('doubles up to the most, and spreads the second half at random', () => {
    const delays = [1, 2, 3, 7, 50].map((failures) => [
      backoffMs(failures, policy, 0),
      backoffMs(failures, policy, 1),
    ]);
    expect(delays).toEqual([
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [30_000, 60_000],
      [30_000, 60_000],
    ]);
  });
});

describe('mayRunAfterCrash', () => {
  it('gives up at the second crash without progress, and at the tenth in any case', () => {
    expect(mayRunAfterCrash({ crashCount: 0 }, false)).toBe(true);
    expect(mayRunAfterCrash({ crashCount: 1 }, false)).toBe(false);
    expect(mayRunAfterCrash({ crashCount: 1 }, true)).toBe(true);
    expect(mayRunAfterCrash({ crashCount: 8 }, true)).toBe(true);
    expect(mayRunAfterCrash({ crashCount: 9 }, true)).toBe(false);
  });
});
