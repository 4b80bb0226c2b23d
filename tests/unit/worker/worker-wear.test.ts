import { describe, expect, it } from '@jest/globals';
import { createWorkerWear } from '../../../worker/worker-wear.ts';

describe('the wear of a worker process', () => {
  it('is too much after as many jobs as allowed', () => {
    const wear = createWorkerWear({ maxJobs: 2, maxMemoryBytes: 100, residentBytes: () => 1 });
    wear.jobDone();
    expect(wear.reason()).toBeNull();
    wear.jobDone();
    expect(wear.reason()).toContain('2 jobs');
  });

  it('is too much while its memory is above the limit', () => {
    let resident = 101;
    const wear = createWorkerWear({ maxJobs: 9, maxMemoryBytes: 100, residentBytes: () => resident });
    wear.jobDone();
    expect(wear.reason()).toContain('101 bytes');
    resident = 100;
    expect(wear.reason()).toBeNull();
  });

  it('is too much at once when a part of the process has given up', () => {
    const wear = createWorkerWear({ maxJobs: 9, maxMemoryBytes: 1, residentBytes: () => 0 });
    wear.giveUp('The detector is broken.');
    wear.giveUp('And more.');
    expect(wear.reason()).toBe('The detector is broken.');
  });

  it('is never too much before the first job: a limit that is too low must not stop all work', () => {
    const wear = createWorkerWear({ maxJobs: 1, maxMemoryBytes: 1 });
    expect(wear.reason()).toBeNull();
    wear.jobDone();
    expect(wear.reason()).not.toBeNull();
  });
});
