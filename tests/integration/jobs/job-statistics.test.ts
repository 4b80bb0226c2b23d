import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeStatistics } from '../../../src/cli/commands/job-stats-command.ts';
import { readJobStatistics } from '../../../src/jobs/job-statistics.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const services = useTestServices();

/** Adds jobs of one kind; times are minutes ago. */
async function addJobs(jobs: {
  count?: number;
  status: string;
  created: number;
  queued?: number;
  retry?: number;
  finished?: number;
  tookSeconds?: number;
  code?: string;
}): Promise<void> {
  const { count = 1, status, created, queued = created, retry, finished, tookSeconds = 1, code } = jobs;
  await services().dataSource.query(
    `INSERT INTO jobs (job_id, status, stage, pipeline_id, options, input_path, original_filename, size_bytes, sha256,
        created_at, queued_at, retry_at, started_at, finished_at, error_code, error_message)
      SELECT gen_random_uuid(), $2::job_status_enum, 'queued', 'yolo_ocr', '{}', 'x', 'a.mp4', 1, '',
        now() - $3 * interval '1 minute', now() - $4 * interval '1 minute', now() - $5 * interval '1 minute',
        now() - $6 * interval '1 minute' - $7 * interval '1 second', now() - $6 * interval '1 minute',
        $8::text, 'Because of ' || $8
      FROM generate_series(1, $1::int)`,
    [count, status, created, queued, retry ?? null, finished ?? null, tookSeconds, code ?? null],
  );
}

describe('the statistics of jobs', () => {
  it('are all zero where there are no jobs', async () => {
    const { now, windows, failures } = await readJobStatistics(services().dataSource);
    expect(now).toEqual({ pending: 0, waitingForRetry: 0, oldestWaitMs: null, running: 0, deadLetters: 0 });
    expect(windows.map(({ minutes, submitted, medianMs }) => [minutes, submitted, medianMs])).toEqual([
      [5, 0, null],
      [60, 0, null],
      [1440, 0, null],
    ]);
    expect(failures).toEqual([]);
  });

  describe('with jobs', () => {
    beforeAll(async () => {
      await addJobs({ count: 3, status: 'pending', created: 2 });
      await addJobs({ status: 'pending', created: 200, queued: 30 });
      // Another attempt is not due yet, and the other one has been for a minute.
      await addJobs({ status: 'pending', created: 300, queued: 300, retry: -5 });
      await addJobs({ status: 'pending', created: 20, retry: 1 });
      await addJobs({ count: 2, status: 'running', created: 1 });
      await addJobs({ count: 9, status: 'completed', created: 100, finished: 3, tookSeconds: 10 });
      await addJobs({ count: 11, status: 'completed', created: 100, finished: 40, tookSeconds: 30 });
      await addJobs({ status: 'canceled', created: 100, finished: 50 });
      await addJobs({ count: 2, status: 'failed', created: 100, finished: 600, code: 'INVALID_VIDEO' });
      await addJobs({ count: 3, status: 'failed', created: 100, finished: 61, code: 'DECODER_STALLED' });
      await addJobs({ count: 7, status: 'failed', created: 9000, finished: 2000, code: 'DECODER_CRASHED' });
    });

    it('tell what waits and what runs', async () => {
      const { now } = await readJobStatistics(services().dataSource);
      expect(now).toMatchObject({ pending: 6, waitingForRetry: 1, running: 2, deadLetters: 0 });
      expect(now.oldestWaitMs).toBeGreaterThanOrEqual(30 * 60_000);
      expect(now.oldestWaitMs).toBeLessThan(40 * 60_000);
    });

    it('tell what came and ended in each span of time, and how long it took', async () => {
      const { windows } = await readJobStatistics(services().dataSource);
      const ended = { failed: 0, canceled: 0 };
      expect(windows).toEqual([
        { minutes: 5, submitted: 5, completed: 9, ...ended, medianMs: 10_000, p95Ms: 10_000 },
        { minutes: 60, submitted: 6, completed: 20, ...ended, canceled: 1, medianMs: 30_000, p95Ms: 30_000 },
        {
          minutes: 1440,
          submitted: 34,
          completed: 20,
          failed: 5,
          canceled: 1,
          medianMs: 30_000,
          p95Ms: 30_000,
        },
      ]);
    });

    it('tell what jobs of the last day failed of, the most frequent first', async () => {
      const { failures } = await readJobStatistics(services().dataSource);
      expect(failures).toEqual([
        { code: 'DECODER_STALLED', count: 3, lastMessage: 'Because of DECODER_STALLED' },
        { code: 'INVALID_VIDEO', count: 2, lastMessage: 'Because of INVALID_VIDEO' },
      ]);
    });

    it('can be read on a terminal', async () => {
      const shown = describeStatistics(await readJobStatistics(services().dataSource));
      expect(shown).toMatch(/Pending +6, 1 of them for another attempt\nOldest waits +30 min\nRunning +2\n/);
      expect(shown).toMatch(/1 h +│ 6 +│ 20 +│ 0 +│ 1 +│ 30\.0 s/);
      expect(shown).toMatch(/DECODER_STALLED +│ 3 +│ Because of DECODER_STALLED/);
    });
  });
});
