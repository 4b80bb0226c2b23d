import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createExpireJobs } from '../../../src/jobs/expire-jobs.ts';
import { resolveJobRequest } from '../../../src/jobs/job-request.ts';
import { createRemoveJobs } from '../../../src/jobs/remove-jobs.ts';
import type { SettledStatus } from '../../../src/jobs/settled.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import type { QueueService } from '../../../src/queue/queue-service.ts';
import type { StorageService } from '../../../src/storage/storage-service.ts';
import { createSweepSteps } from '../../../src/sweep/sweep-steps.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const hours = { completed: 2, failed: 5, canceled: 9 };
const SETTLED = ['completed', 'failed', 'canceled'] as const;
const services = useTestServices({
  RETENTION_COMPLETED_HOURS: '2',
  RETENTION_FAILED_HOURS: '5',
  RETENTION_CANCELED_HOURS: '9',
});
const request = resolveJobRequest({ pipelineId: 'yolo_ocr' });
const signal = new AbortController().signal;

const files = async () =>
  (await readdir(services().storageRoot)).filter((name) => name !== 'tmp' && name !== '.owner').toSorted();
const jobIds = async () =>
  (await services().dataSource.query<{ id: string }[]>('SELECT job_id AS id FROM jobs'))
    .map(({ id }) => id)
    .toSorted();
const entries = async () =>
  (await services().dataSource.query<{ id: string }[]>('SELECT id FROM pgboss.job'))
    .map(({ id }) => id)
    .toSorted();

/** A job that ended so many hours ago, with results and a checkpoint in storage. */
async function jobThatEnded(status: SettledStatus, hoursAgo: number): Promise<string> {
  const { dataSource, storage } = services();
  const { jobId } = await services().submitVideo('ann', request, {
    filename: 'a.mp4',
    bytes: videoBytes(),
  });
  const document = `${jobId}_1_results.json`;
  const checkpoint = `${jobId}_1_checkpoint_0.ndjson`;
  for (const key of [document, `${jobId}_1_results.index`, `${jobId}_results.json`, checkpoint]) {
    await storage.save(key, videoBytes());
  }
  await dataSource.query(
    `UPDATE jobs SET status = $2, stage = 'settled', attempt = 1, output_path = $3,
      finished_at = now() - make_interval(secs => $4) WHERE job_id = $1`,
    [jobId, status, status === 'completed' ? document : null, hoursAgo * 3600],
  );
  await dataSource.query(
    `INSERT INTO job_checkpoints (job_id, sequence, attempt, storage_key, frame_count, engine_fingerprint)
      VALUES ($1, 0, 1, $2, 1, 'x')`,
    [jobId, checkpoint],
  );
  return jobId;
}
const logger = createSilentLogger();
const expireWith = (changed: { storage?: StorageService; queue?: QueueService } = {}) =>
  createExpireJobs({
    removeJobs: createRemoveJobs({ ...services(), ...changed, logger }),
    hours,
    logger,
  })(signal);

afterEach(async () => {
  const { dataSource, storage } = services();
  await dataSource.query('DELETE FROM pgboss.job');
  await dataSource.query('DELETE FROM jobs');
  await dataSource.query('DELETE FROM uploads');
  for (const name of await files()) await storage.delete(name);
  for await (const { key } of storage.partials.list()) await storage.partials.delete(key);
});

describe('a settled job', () => {
  it.each(SETTLED)('that is %s goes after its hours and not before, row, entry and files', async (status) => {
    const second = 1 / 3600;
    const expired = await jobThatEnded(status, hours[status] + second);
    const young = await jobThatEnded(status, hours[status] - 60 * second);
    expect(await services().sweep()).toMatchObject({ expiredJobs: 1 });
    expect(await jobIds()).toEqual([young]);
    expect(await entries()).not.toContain(expired);
    expect((await files()).filter((name) => name.startsWith(expired))).toEqual([]);
    expect((await files()).filter((name) => name.startsWith(young))).toHaveLength(5);
    expect(await services().sweep()).toMatchObject({ expiredJobs: 0 });
  });

  it('is kept by its own hours, not by those of another status', async () => {
    const kept = [await jobThatEnded('failed', 3), await jobThatEnded('canceled', 6)];
    await jobThatEnded('completed', 3);
    expect(await expireWith()).toBe(1);
    expect(await jobIds()).toEqual(kept.toSorted());
  });

  it('tells when it expires', async () => {
    const jobId = await jobThatEnded('failed', 1);
    const view = await services().jobs.findJob('ann', jobId);
    const left = (services().retention.expiresAt(view)?.getTime() ?? 0) - Date.now();
    expect(left / 3_600_000).toBeCloseTo(4, 2);
  });

  it('is not removed when it is tried again at the same moment', async () => {
    const jobId = await jobThatEnded('failed', 6);
    const [removed] = await Promise.all([
      expireWith(),
      services()
        .retryJob('ann', jobId)
        .catch(() => {}),
    ]);
    // Whoever came first: all of the job is there, or nothing.
    expect(await jobIds()).toEqual(removed === 0 ? [jobId] : []);
    expect(await entries()).toEqual(removed === 0 ? [jobId] : []);
    expect((await files()).includes(`${jobId}.mp4`)).toBe(removed === 0);
  });
});

describe('an expired job that somebody is just trying again', () => {
  it('is left to them: nobody waits for its row, nor removes it after', async () => {
    const jobId = await jobThatEnded('failed', 6);
    const { dataSource } = services();
    const retrying = dataSource.createQueryRunner();
    await retrying.startTransaction();
    try {
      await retrying.query(`UPDATE jobs SET status = 'pending', finished_at = NULL WHERE job_id = $1`, [
        jobId,
      ]);
      const expiring = expireWith();
      const isBlocked = async () => {
        const rows = await dataSource.query<unknown[]>(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        return rows.length > 0 ? 'blocked' : undefined;
      };
      expect(await Promise.race([expiring, waitFor(isBlocked, 10_000, 'somebody to wait')])).toBe(0);
      await retrying.commitTransaction();
      expect(await expiring).toBe(0);
    } finally {
      await retrying.release();
    }
    expect(await jobIds()).toEqual([jobId]);
  });
});

describe('jobs that run or wait', () => {
  it.each(['pending', 'running'])('never expire: %s', async (status) => {
    const jobId = await jobThatEnded('completed', 1000);
    await services().dataSource.query('UPDATE jobs SET status = $2 WHERE job_id = $1', [jobId, status]);
    expect(await expireWith()).toBe(0);
    expect(await jobIds()).toEqual([jobId]);
  });
});

describe('many expired jobs', () => {
  it('go, each once, though two processes remove them at the same time', async () => {
    await services().dataSource.query(
      `INSERT INTO jobs (job_id, pipeline_id, options, input_path, original_filename, size_bytes, sha256, status, finished_at)
        SELECT gen_random_uuid(), 'yolo_ocr', '{}', 'x.mp4', 'x', 1, 'x', 'failed', now() - interval '1 year'
        FROM generate_series(1, 250)`,
    );
    const counts = await Promise.all([expireWith(), expireWith()]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(250);
    expect(await jobIds()).toEqual([]);
  });
});

describe('a crash in the middle', () => {
  it('of the transaction leaves the job whole', async () => {
    const jobId = await jobThatEnded('failed', 6);
    const before = await files();
    const queue = {
      ...services().queue,
      remove: () => Promise.reject(new Error('the connection was lost')),
    };
    await expect(expireWith({ queue })).rejects.toThrow('the connection was lost');
    expect([await jobIds(), await entries(), await files()]).toEqual([[jobId], [jobId], before]);
  });

  it('between rows and files is mended by the next pass', async () => {
    const jobId = await jobThatEnded('completed', 3);
    const before = await files();
    const { storage } = services();
    const broken: StorageService = {
      ...storage,
      delete: () => Promise.reject(new Error('the power failed')),
    };
    await expect(expireWith({ storage: broken })).rejects.toThrow('the power failed');
    expect([await jobIds(), await entries(), await files()]).toEqual([[], [], before]);

    // Its files are as old as the job by then.
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * 3_600_000);
    try {
      const steps = createSweepSteps({
        ...services(),
        expireJobs: async () => 0,
        logger: createSilentLogger(),
      });
      const orphans = steps.find(({ name }) => name === 'orphanedFiles');
      expect(await orphans?.run(signal)).toBe(before.length);
    } finally {
      now.mockRestore();
    }
    expect(await files()).toEqual([]);
    expect(before).toContain(`${jobId}.mp4`);
  });
});
