import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect } from '@jest/globals';
import { resolveJobRequest } from '../../src/jobs/job-request.ts';
import type { JobStatus } from '../../src/jobs/job.entity.ts';
import { createSilentLogger } from '../../src/logger.ts';
import { createSweep, type SweepReport, type SweepStep } from '../../src/sweep/sweep.ts';
import { createSweepSteps } from '../../src/sweep/sweep-steps.ts';
import { useTestServices, videoBytes } from './test-services.ts';

export const HOUR_MS = 3_600_000;
/** Of the sweeps of these tests. */
export const GRACE_MS = HOUR_MS;

/**
 * Services, and what tests of the sweep do with their files; everything is removed after each test. To be called outside
 * of tests and hooks.
 */
export function useSweptStorage() {
  const services = useTestServices();
  const request = resolveJobRequest({ pipelineId: 'yolo_ocr' });

  /** One pass that walks over the files too, as a process does that has just started. */
  async function sweep(): Promise<SweepReport> {
    const logger = createSilentLogger();
    const { dataSource } = services();
    const expireJobs = async () => 0;
    // Whether rows and queue agree is none of the files' business: these tests make rows of every kind by hand.
    const reconcileJobs = async () => [];
    const steps = createSweepSteps({
      ...services(),
      expireJobs,
      reconcileJobs,
      logger,
      graceMs: GRACE_MS,
      filesEveryMs: 0,
    });
    const report = await createSweep({ dataSource, logger, steps })();
    if (!report) throw new Error('somebody else sweeps');
    return report;
  }

  /** The step that looks for files without a row, without the lock that lets one process sweep at a time. */
  function orphanStep(): SweepStep {
    const steps = createSweepSteps({
      ...services(),
      expireJobs: async () => 0,
      logger: createSilentLogger(),
    });
    const step = steps.find(({ name }) => name === 'orphanedFiles');
    if (!step) throw new Error('the step has another name now');
    return step;
  }

  const pathOf = (name: string) => join(services().storageRoot, name);
  const setAge = async (names: readonly string[], ms: number) => {
    const time = new Date(Date.now() - ms);
    for (const name of names) await utimes(pathOf(name), time, time);
  };
  /** Writes files that nobody has touched for longer than the grace period. */
  async function leave(...names: string[]): Promise<string[]> {
    for (const name of names) await writeFile(pathOf(name), 'x');
    await setAge(names, GRACE_MS + 60_000);
    return names;
  }
  const names = async () =>
    [
      ...(await readdir(pathOf('.'))).filter((name) => name !== 'tmp' && name !== '.owner'),
      ...(await readdir(pathOf('tmp'))).map((name) => `tmp/${name}`),
    ].toSorted();

  /** A job in that state whose video is old. */
  async function jobIn(
    status: JobStatus,
    attempt: number,
    outputPath: string | null = null,
  ): Promise<string> {
    const { jobId } = await services().submitVideo('ann', request, {
      filename: 'a.mp4',
      bytes: videoBytes(),
    });
    await services().dataSource.query(
      'UPDATE jobs SET status = $2, attempt = $3, output_path = $4 WHERE job_id = $1',
      [jobId, status, attempt, outputPath?.replace('{id}', jobId)],
    );
    await setAge([`${jobId}.mp4`], 2 * GRACE_MS);
    return jobId;
  }
  const noteCheckpoint = (jobId: string, sequence: number, storageKey: string) =>
    services().dataSource.query(
      `INSERT INTO job_checkpoints (job_id, sequence, attempt, storage_key, frame_count, engine_fingerprint)
        VALUES ($1, $2, 1, $3, 1, 'x')`,
      [jobId, sequence, storageKey],
    );

  const outputsOf = (jobId: string, attempt?: number) =>
    ['json', 'index'].map((end) =>
      attempt === undefined ? `${jobId}_results.${end}` : `${jobId}_${attempt}_results.${end}`,
    );

  /** What is left of the files of a job in that state, and of others that were left beside it. */
  async function sweptBeside(jobId: string, files: readonly string[]): Promise<string[]> {
    await leave(...files);
    await sweep();
    return (await names()).filter((name) => name !== `${jobId}.mp4`);
  }

  afterEach(async () => {
    const { dataSource, storage } = services();
    await dataSource.query('DELETE FROM pgboss.job');
    await dataSource.query('DELETE FROM jobs');
    await dataSource.query('DELETE FROM uploads');
    for (const name of await readdir(pathOf('.')))
      if (name !== 'tmp' && name !== '.owner') await storage.delete(name);
    await storage.removeAbandoned(-1000);
    for await (const { key } of storage.partials.list()) await storage.partials.delete(key);
    expect(await names()).toEqual([]);
  });

  return { services, sweep, orphanStep, setAge, leave, names, jobIn, noteCheckpoint, outputsOf, sweptBeside };
}
