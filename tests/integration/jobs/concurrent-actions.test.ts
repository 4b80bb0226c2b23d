import { afterEach, describe, expect, it } from '@jest/globals';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { insertJob, readJob, removeAllJobs, takerOf } from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const services = useTestServices();
const TIMES = 25;

afterEach(() => removeAllJobs(services()));

describe('a worker that takes a job', () => {
  it('does not wait for whoever changes its row, because that one may wait for the entry', async () => {
    const jobId = await insertJob(services());
    await services().dataSource.transaction(async (transaction) => {
      await transaction.findOne(JobEntity, { where: { jobId }, lock: { mode: 'pessimistic_write' } });
      let outcome: string | undefined;
      void takerOf(services())().then((taken) => (outcome = taken === null ? 'nothing' : 'the job'));
      expect(await waitFor(async () => outcome, 5_000, 'the worker to go on')).toBe('nothing');
    });
    expect(await readJob(services(), jobId)).toMatchObject({ status: 'pending', attempt: 0, revision: 1 });
    expect((await takerOf(services())())?.job).toMatchObject({ jobId, attempt: 1 });
  });

  it('is no hindrance for a client that cancels it at the same time', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      const jobId = await insertJob(services());
      const [taken, canceled] = await Promise.all([
        takerOf(services())(),
        services().cancelJob('local', jobId),
      ]);
      expect(canceled.status).toBe('canceled');
      expect((await readJob(services(), jobId)).attempt).toBe(taken === null ? 0 : 1);
      expect(await services().reconcileJobs()).toEqual([]);
    }
  });

  it('is no hindrance for a client that deletes it at the same time', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      const jobId = await insertJob(services());
      await Promise.all([takerOf(services())(), services().deleteJob('local', jobId)]);
      expect(await services().dataSource.manager.existsBy(JobEntity, { jobId })).toBe(false);
      expect(await services().reconcileJobs()).toEqual([]);
    }
  });

  it('takes over a silent one’s job, or the reconciler puts it back, and neither hinders the other', async () => {
    for (let time = 0; time < TIMES; time += 1) {
      const jobId = await insertJob(services());
      const silent = await takerOf(services())();
      if (!silent) throw new Error('nothing was taken');
      await services().queue.release(silent.entry);
      await Promise.all([takerOf(services())(), services().reconcileJobs()]);
      expect(await readJob(services(), jobId)).toMatchObject({ crashCount: 1 });
      expect(await services().reconcileJobs()).toEqual([]);
      await services().deleteJob('local', jobId);
    }
  });
});
