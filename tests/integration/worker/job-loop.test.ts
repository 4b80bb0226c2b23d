import { afterEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { currentLogFields } from '../../../src/log-fields.ts';
import { resultsKey } from '../../../src/results/results-keys.ts';
import type { RunAttempt } from '../../../worker/run-attempt.ts';
import {
  insertJob,
  jobLoop,
  readJob,
  removeAllJobs,
  untilAborted,
  type LoopOptions,
} from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const never = new AbortController().signal;
const services = useTestServices();
const createJob = () => insertJob(services());
const read = (jobId: string) => readJob(services(), jobId);
const workerThat = (runAttempt: RunAttempt, options?: LoopOptions) =>
  jobLoop(services(), runAttempt, options);

afterEach(() => removeAllJobs(services()));

describe('runForever', () => {
  it('has the job and the attempt written on every line of an attempt, and of no other', async () => {
    const jobIds = [await createJob(), await createJob()];
    const fields: unknown[] = [];
    let done = 0;
    const wear = { jobDone: () => void (done += 1), reason: () => (done < 2 ? null : 'two jobs are enough') };
    await workerThat(
      async ({ jobId, attempt }) => {
        await services().dataSource.query('SELECT 1');
        fields.push(currentLogFields());
        return resultsKey(jobId, attempt);
      },
      { wear },
    ).runForever(never);
    expect(fields).toEqual(jobIds.map((jobId) => ({ jobId, attempt: 1 })));
    expect(currentLogFields()).toEqual({});
  });

  const isRunning = (jobId: string) =>
    waitFor(
      async () => ((await read(jobId)).status === 'running' ? true : undefined),
      10_000,
      'the job to run',
    );

  it('puts the job in hand back when it is told to stop and the grace period is over', async () => {
    const jobId = await createJob();
    const stopping = new AbortController();
    const running = workerThat(untilAborted, { policy: { maxAttempts: 1 } }).runForever(stopping.signal);
    await isRunning(jobId);
    stopping.abort(new AppError('WORKER_STOPPED', 'The worker was told to stop.'));
    await running;
    expect(await read(jobId)).toMatchObject({
      status: 'pending',
      errorCode: 'WORKER_STOPPED',
      failureCount: 0,
    });
    expect((await services().queue.dequeue())?.jobId).toBe(jobId);
  });

  it('lets the job in hand finish within the grace period, and takes no other', async () => {
    const [jobId, other] = [await createJob(), await createJob()];
    const stopping = new AbortController();
    const finish = Promise.withResolvers<string>();
    const running = workerThat(() => finish.promise, { graceMs: 30_000 }).runForever(stopping.signal);
    await isRunning(jobId);
    stopping.abort(new AppError('WORKER_STOPPED', 'The worker was told to stop.'));
    finish.resolve(resultsKey(jobId, 1));
    await running;
    expect(await read(jobId)).toMatchObject({ status: 'completed' });
    expect(await read(other)).toMatchObject({ status: 'pending', attempt: 0 });
  });

  it('ends between two jobs when the worker is worn out', async () => {
    const jobIds = [await createJob(), await createJob(), await createJob()];
    let done = 0;
    const wear = { jobDone: () => void (done += 1), reason: () => (done < 2 ? null : 'two jobs are enough') };
    await workerThat(async (job) => resultsKey(job.jobId, job.attempt), { wear }).runForever(never);
    const states = await Promise.all(jobIds.map(async (jobId) => (await read(jobId)).status));
    expect(states).toEqual(['completed', 'completed', 'pending']);
  });
});
