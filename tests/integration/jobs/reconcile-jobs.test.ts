import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { insertJob, readJob, takerOf, removeAllJobs } from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const services = useTestServices();

afterEach(async () => {
  await removeAllJobs(services());
  expect(await services().reconcileJobs()).toEqual([]);
});

const take = async () => {
  const taken = await takerOf(services())();
  if (!taken) throw new Error('nothing was taken');
  return taken;
};
const reconcile = () => services().reconcileJobs();

describe('reconcileJobs', () => {
  it('finds nothing where row and queue agree', async () => {
    const jobId = await insertJob(services());
    await take();
    const waiting = await insertJob(services());
    const done = await insertJob(services());
    await services().cancelJob('local', done);
    expect(await reconcile()).toEqual([]);
    expect((await readJob(services(), jobId)).status).toBe('running');
    expect((await readJob(services(), waiting)).status).toBe('pending');
  });

  it('gives a pending job that lost its entry another, in its place', async () => {
    const jobId = await insertJob(services(), { priority: 4, fairTurn: 3, owner: 'ann' });
    await services().queue.remove(jobId);
    expect(await reconcile()).toEqual([{ jobId, mismatch: 'pending without entry' }]);
    await insertJob(services(), { priority: 4, fairTurn: 5 });
    expect((await take()).job.jobId).toBe(jobId);
  });

  it('does not shorten the pause before another attempt', async () => {
    const jobId = await insertJob(services(), { retryAt: new Date(Date.now() + 60_000) });
    await services().queue.remove(jobId);
    expect(await reconcile()).toEqual([{ jobId, mismatch: 'pending without entry' }]);
    expect(await services().queue.dequeue()).toBeNull();
    expect(await reconcile()).toEqual([]);
  });

  it('gives a pending job whose entry was given up by the queue another', async () => {
    const jobId = await insertJob(services());
    await services().dataSource.query(`UPDATE pgboss.job SET state = 'failed' WHERE id = $1`, [jobId]);
    expect(await reconcile()).toEqual([{ jobId, mismatch: 'pending without entry' }]);
    expect((await take()).job.jobId).toBe(jobId);
  });

  it('removes entries whose job is gone or settled', async () => {
    const [gone, settled] = [randomUUID(), await insertJob(services())];
    await services().queue.enqueue(gone);
    await services().dataSource.manager.update(JobEntity, { jobId: settled }, { status: 'completed' });
    const mended = await reconcile();
    expect(new Set(mended.map(({ jobId }) => jobId))).toEqual(new Set([gone, settled]));
    expect(mended.every(({ mismatch }) => mismatch === 'entry without job')).toBe(true);
    expect(await services().queue.dequeue()).toBeNull();
  });

  it('puts back a running job whose worker lost its entry', async () => {
    const jobId = await insertJob(services());
    const { entry } = await take();
    await services().queue.acknowledge(entry);
    expect(await reconcile()).toEqual([{ jobId, mismatch: 'running without worker' }]);
    expect(await readJob(services(), jobId)).toMatchObject({ status: 'pending', crashCount: 1 });
    expect((await take()).job).toMatchObject({ jobId, attempt: 2 });
  });

  it('does not wait for a worker to notice that another fell silent', async () => {
    const jobId = await insertJob(services());
    const { entry } = await take();
    // As the queue does when the heartbeat is missed.
    await services().queue.release(entry);
    expect(await reconcile()).toEqual([{ jobId, mismatch: 'running without worker' }]);
    expect(await readJob(services(), jobId)).toMatchObject({
      status: 'pending',
      errorCode: 'WORKER_CRASHED',
    });
    expect((await take()).job).toMatchObject({ jobId, attempt: 2 });
  });

  it('fails a job that has ended its worker twice', async () => {
    const jobId = await insertJob(services());
    for (let time = 0; time < 2; time += 1) {
      await services().queue.release((await take()).entry);
      await reconcile();
    }
    expect(await readJob(services(), jobId)).toMatchObject({
      status: 'failed',
      errorCode: 'WORKER_CRASHED',
    });
    expect(await services().queue.deadLetters(10)).toEqual([jobId]);
    expect(await services().queue.size()).toBe(0);
  });

  it('drops dead letters of jobs that did not fail', async () => {
    const [gone, pending] = [randomUUID(), await insertJob(services())];
    for (const jobId of [gone, pending]) await services().queue.bury(jobId);
    expect((await reconcile()).map(({ jobId }) => jobId).toSorted()).toEqual([gone, pending].toSorted());
    expect(await services().queue.deadLetters(10)).toEqual([]);
    expect((await take()).job.jobId).toBe(pending);
  });

  it('does no harm when it runs several times at once', async () => {
    const jobIds = await Promise.all(Array.from({ length: 10 }, () => insertJob(services())));
    for (const jobId of jobIds) await services().queue.remove(jobId);
    const mended = await Promise.all([reconcile(), reconcile(), reconcile()]);
    expect(
      mended
        .flat()
        .map(({ jobId }) => jobId)
        .toSorted(),
    ).toEqual(jobIds.toSorted());
    expect(await services().queue.size()).toBe(10);
  });
});

describe('dead letters', () => {
  it('are listed and brought back by owner and code', async () => {
    const letter = async (owner: string) => {
      const jobId = await insertJob(services(), { owner });
      const { job, entry } = await take();
      const { createJobStatusChanges } = await import('../../../src/jobs/job-status.ts');
      const { createSilentLogger } = await import('../../../src/logger.ts');
      await createJobStatusChanges(services().dataSource.manager, createSilentLogger()).fail(job, {
        code: 'STORAGE_FAILED',
        message: 'The disk is broken.',
      });
      await services().queue.acknowledge(entry);
      await services().queue.bury(jobId);
      return jobId;
    };
    const [ann, bob] = [await letter('ann'), await letter('bob')];
    const { deadLetters } = services();
    expect(await deadLetters.list({}, 10)).toMatchObject([
      { jobId: ann, owner: 'ann', errorCode: 'STORAGE_FAILED', errorMessage: 'The disk is broken.' },
      { jobId: bob },
    ]);
    expect(await deadLetters.redrive({ errorCode: 'INVALID_VIDEO' }, 10)).toEqual([]);
    expect(await deadLetters.redrive({ owner: 'bob' }, 10)).toEqual([bob]);
    expect(await readJob(services(), bob)).toMatchObject({ status: 'pending', failureCount: 0 });
    expect(await deadLetters.redrive({}, 10)).toEqual([ann]);
    expect(await deadLetters.list({}, 10)).toEqual([]);
  });

  it('are no longer when retryJob brings one back', async () => {
    const jobId = await insertJob(services());
    await services().dataSource.manager.update(JobEntity, { jobId }, { status: 'failed' });
    await services().queue.remove(jobId);
    await services().queue.bury(jobId);
    await services().retryJob('local', jobId);
    expect(await services().queue.deadLetters(10)).toEqual([]);
    expect((await take()).job.jobId).toBe(jobId);
  });
});
