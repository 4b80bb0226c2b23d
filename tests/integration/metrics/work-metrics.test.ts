import { afterEach, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createMetrics } from '../../../src/metrics/create-metrics.ts';
import { createWorkMetrics } from '../../../src/metrics/work-metrics.ts';
import { createRunAttempt } from '../../../worker/run-attempt.ts';
import { countingPipeline } from '../../helpers/counting-pipeline.ts';
import { insertJob, jobLoop, removeAllJobs } from '../../helpers/job-loop.ts';
import { scrapedValues } from '../../helpers/scraped-values.ts';
import { useTestServices, videoBytes } from '../../helpers/test-services.ts';

const services = useTestServices();
afterEach(() => removeAllJobs(services()));
const never = new AbortController().signal;

/** Runs one job until it is settled; `beforeFrame` is asked before each of its ten frames. */
async function scrapeAfter(beforeFrame: (index: number, run: number, jobId: string) => Promise<void>) {
  const metrics = createMetrics({ role: 'worker', version: '0', isScraped: false });
  const observer = createWorkMetrics(metrics);
  const jobId = await insertJob(services());
  await services().storage.save(`${jobId}.mp4`, videoBytes());
  const { pipeline } = countingPipeline((index, run) => beforeFrame(index, run, jobId));
  const { storage, dataSource } = services();
  const runAttempt = createRunAttempt({
    manager: dataSource.manager,
    storage,
    pipelines: { yolo_ocr: pipeline },
    checkpointMs: 0,
    persist: (write) => write(),
    observer,
    logger: createSilentLogger(),
  });
  const worker = jobLoop(services(), runAttempt, { observer });
  while (await worker.runOnce(never));
  return Object.fromEntries(scrapedValues((await metrics.scrape()).text));
}

it('count an attempt that is put back and the one that goes on from it, each with its own frames and times', async () => {
  const values = await scrapeAfter(async (index, run) => {
    if (run === 1 && index === 4) throw new AppError('STORAGE_FAILED', 'The disk is broken.');
  });
  expect(values).toMatchObject({
    foregsyte_attempts_running: 0,
    'foregsyte_attempts_total{outcome="put_back",code="STORAGE_FAILED"}': 1,
    'foregsyte_attempts_total{outcome="completed",code="OK"}': 1,
    'foregsyte_attempt_duration_seconds_count{outcome="completed"}': 1,
    'foregsyte_frames_total{source="analysed"}': 10,
    'foregsyte_frames_total{source="reused"}': 0,
    'foregsyte_stage_duration_seconds_count{stage="detect"}': 2,
  });
  // A millisecond a frame: what the second attempt went on from is the first one's.
  expect(values['foregsyte_stage_duration_seconds_sum{stage="detect"}']).toBeCloseTo(0.01, 6);
});

it('tell a job that failed from one that was taken away', async () => {
  const failed = await scrapeAfter(async () => {
    throw new AppError('INVALID_VIDEO', 'The video is damaged.');
  });
  expect(failed).toMatchObject({ 'foregsyte_attempts_total{outcome="failed",code="INVALID_VIDEO"}': 1 });
  const lost = await scrapeAfter(async (index, _run, jobId) => {
    if (index === 3) await services().dataSource.manager.delete(JobEntity, { jobId });
  });
  expect(lost).toMatchObject({
    'foregsyte_attempts_total{outcome="lost",code="JOB_STATE_CONFLICT"}': 1,
    foregsyte_attempts_running: 0,
  });
});
