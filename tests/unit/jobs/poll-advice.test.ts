import { describe, expect, it } from '@jest/globals';
import type { JobStatusView } from '../../../src/jobs/job-view.ts';
import { advise } from '../../../src/jobs/poll-advice.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const job = (changes: Partial<JobStatusView>): JobStatusView => ({
  jobId: '',
  owner: '',
  pipelineId: 'yolo_ocr',
  status: 'pending',
  stage: 'queued',
  revision: 1,
  attempt: 0,
  queuePosition: 1,
  errorCode: null,
  errorMessage: null,
  createdAt: new Date(NOW),
  updatedAt: new Date(NOW),
  startedAt: null,
  finishedAt: null,
  retryAt: null,
  ...changes,
});
const running = (elapsedMs: number) =>
  job({ status: 'running', queuePosition: null, startedAt: new Date(NOW - elapsedMs) });
const pace = { meanDurationMs: 20_000, running: 2 };

describe('advise', () => {
  it('is half of the time that a running job should still need', () => {
    expect(advise(running(0), pace, NOW)).toBe(10_000);
    expect(advise(running(12_000), pace, NOW)).toBe(4_000);
  });

  it('never asks sooner than 500 ms, nor makes wait longer than 30 s', () => {
    expect(advise(running(19_900), { meanDurationMs: 20_000, running: 1 }, NOW)).toBe(1_990);
    expect(advise(running(100), { meanDurationMs: 200, running: 1 }, NOW)).toBe(500);
    expect(advise(running(0), { meanDurationMs: 3_600_000, running: 1 }, NOW)).toBe(30_000);
  });

  it('grows slowly for a job that takes longer than usual', () => {
    expect(advise(running(60_000), pace, NOW)).toBe(6_000);
    expect(advise(running(3_600_000), pace, NOW)).toBe(30_000);
  });

  it('grows with the place in the queue, and falls with the workers at work', () => {
    expect(advise(job({ queuePosition: 1 }), pace, NOW)).toBe(10_000);
    expect(advise(job({ queuePosition: 3 }), pace, NOW)).toBe(20_000);
    expect(advise(job({ queuePosition: 3 }), { meanDurationMs: 2_000, running: 1 }, NOW)).toBe(3_000);
    expect(advise(job({ queuePosition: 3 }), { meanDurationMs: 2_000, running: 3 }, NOW)).toBe(1_000);
    expect(advise(job({ queuePosition: 1 }), { meanDurationMs: 1_000, running: 0 }, NOW)).toBe(500);
  });

  it('does not ask before another attempt may be made', () => {
    const waiting = (ms: number) => job({ retryAt: new Date(NOW + ms) });
    expect(advise(waiting(17_000), { meanDurationMs: 1_000, running: 1 }, NOW)).toBe(17_000);
    expect(advise(waiting(300_000), { meanDurationMs: 1_000, running: 1 }, NOW)).toBe(30_000);
    expect(advise(waiting(-5_000), { meanDurationMs: 1_000, running: 1 }, NOW)).toBe(500);
  });
});
