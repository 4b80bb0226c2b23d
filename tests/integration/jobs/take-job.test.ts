import { afterEach, describe, expect, it } from '@jest/globals';
import { insertJob, readJob, takerOf, removeAllJobs } from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const services = useTestServices();

afterEach(() => removeAllJobs(services()));

describe('takeJob', () => {
  it('starts the attempt and takes the delivery, or does neither', async () => {
    const jobId = await insertJob(services());
    const { dataSource, queue } = services();
    // The row cannot be changed, so the delivery is taken back with it.
    await dataSource.query(`ALTER TABLE jobs ADD CONSTRAINT no_attempts CHECK (attempt = 0)`);
    try {
      await expect(takerOf(services())()).rejects.toThrow('no_attempts');
      expect([await queue.size(), await queue.delivered()]).toEqual([1, 0]);
    } finally {
      await dataSource.query('ALTER TABLE jobs DROP CONSTRAINT no_attempts');
    }
    expect((await takerOf(services())())?.job.jobId).toBe(jobId);
    expect(await readJob(services(), jobId)).toMatchObject({ status: 'running', attempt: 1 });
    expect([await queue.size(), await queue.delivered()]).toEqual([0, 1]);
  });

  it('takes each job once, however many workers take at the same time', async () => {
    const jobIds = await Promise.all(Array.from({ length: 12 }, () => insertJob(services())));
    const takers = Array.from({ length: 4 }, () => takerOf(services()));
    const takeAll = async (take: ReturnType<typeof takerOf>) => {
      const taken: string[] = [];
      for (let one = await take(); one; one = await take()) taken.push(one.job.jobId);
      return taken;
    };
    const taken = (await Promise.all(takers.map(takeAll))).flat();
    expect(taken.toSorted()).toEqual(jobIds.toSorted());
  });
});
