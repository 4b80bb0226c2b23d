import { describe, expect, it } from '@jest/globals';
import { assert, constantFrom, double, integer, nat, property, record } from 'fast-check';
import { ERROR_CODE_NAMES, ERROR_CODES } from '../../../src/error-codes.ts';
import { AppError } from '../../../src/errors.ts';
import { afterFailure, backoffMs, mayRunAfterCrash } from '../../../src/jobs/retry-policy.ts';

const BLAMELESS = new Set(['WORKER_STOPPED', 'STORAGE_FULL', 'DATABASE_UNAVAILABLE']);
const RUNS = { numRuns: 2_000 };
// As wide as the configuration allows.
const policy = record({
  maxAttempts: integer({ min: 1, max: 100 }),
  delayMs: nat({ max: 3_600_000 }),
  maxDelayMs: nat({ max: 86_400_000 }),
});
const failures = integer({ min: 1, max: 100 });
const random = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const error = constantFrom(...ERROR_CODE_NAMES).map((code) => new AppError(code, 'It failed.'));

describe('backoffMs', () => {
  it('lies between half and all of the doubled delay, which never exceeds the most', () => {
    assert(
      property(failures, policy, random, (count, given, chance) => {
        const delay = backoffMs(count, given, chance);
        const full = Math.min(given.maxDelayMs, given.delayMs * 2 ** (count - 1));
        expect(Number.isSafeInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
        expect(delay).toBeLessThanOrEqual(Math.min(full, given.maxDelayMs));
      }),
      RUNS,
    );
  });

  it('never shrinks with a further failure, nor with more chance', () => {
    assert(
      property(failures, policy, random, random, (count, given, one, other) => {
        expect(backoffMs(count + 1, given, one)).toBeGreaterThanOrEqual(backoffMs(count, given, one));
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(backoffMs(count, given, more)).toBeGreaterThanOrEqual(backoffMs(count, given, less));
      }),
      RUNS,
    );
  });
});

describe('afterFailure', () => {
  it('ends a job exactly when nothing may help, or when its failures are as many as allowed', () => {
    assert(
      property(nat({ max: 120 }), error, policy, random, (failureCount, failure, given, chance) => {
        const next = afterFailure({ failureCount }, failure, given, () => chance);
        const isBlameless = BLAMELESS.has(failure.code);
        if (!ERROR_CODES[failure.code].retryable) {
          expect(next).toEqual({ kind: 'over', exhausted: false });
        } else if (!isBlameless && failureCount + 1 >= given.maxAttempts) {
          expect(next).toEqual({ kind: 'over', exhausted: true });
        } else {
          const nth = isBlameless ? 1 : failureCount + 1;
          const delayMs = failure.code === 'WORKER_STOPPED' ? 0 : backoffMs(nth, given, chance);
          expect(next).toEqual({ kind: 'again', delayMs, counts: !isBlameless });
        }
      }),
      RUNS,
    );
  });

  it('makes exactly as many attempts as allowed at a job that always fails', () => {
    assert(
      property(policy, (given) => {
        let failureCount = 0;
        const disk = new AppError('STORAGE_FAILED', 'The disk is broken.');
        while (afterFailure({ failureCount }, disk, given).kind === 'again') failureCount += 1;
        expect(failureCount + 1).toBe(given.maxAttempts);
      }),
    );
  });
});

describe('mayRunAfterCrash', () => {
  it('allows no job more than ten crashes, and no more with less progress', () => {
    assert(
      property(nat({ max: 30 }), (crashCount) => {
        expect(mayRunAfterCrash({ crashCount }, true)).toBe(crashCount < 9);
        expect(mayRunAfterCrash({ crashCount }, false)).toBe(crashCount < 1);
      }),
    );
  });
});
