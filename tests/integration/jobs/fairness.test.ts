import { afterEach, describe, expect, it } from '@jest/globals';
import { JobEntity } from '../../../src/jobs/job.entity.ts';
import { nextFairTurn } from '../../../src/jobs/fair-turn.ts';
import type { RunningLimits } from '../../../src/jobs/take-job.ts';
import { createJobStatusChanges } from '../../../src/jobs/job-status.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { insertJob, takerOf, removeAllJobs } from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';

const services = useTestServices();

afterEach(() => removeAllJobs(services()));

/** Queues jobs of an owner as a submission does. */
async function queueJobs(owner: string, count: number, priority = 0): Promise<void> {
  for (let nth = 0; nth < count; nth += 1) {
    const fairTurn = await nextFairTurn(services().dataSource.manager, owner, priority);
    await insertJob(services(), { owner, priority, fairTurn });
  }
}

/** Takes and completes jobs one after the other; resolves to whose they were. */
async function serve(count: number): Promise<string> {
  const take = takerOf(services());
  const changes = createJobStatusChanges(services().dataSource.manager, createSilentLogger());
  let owners = '';
  for (let nth = 0; nth < count; nth += 1) {
    const taken = await take();
    if (!taken) return owners;
    owners += taken.job.owner;
    await changes.complete(taken.job, 'x_results.json');
    await services().queue.acknowledge(taken.entry);
  }
  return owners;
}

describe('the order of jobs', () => {
  it('lets owners take turns, however many jobs each has waiting', async () => {
    await queueJobs('a', 6);
    await queueJobs('b', 2);
    await queueJobs('c', 1);
    expect(await serve(100)).toBe('abcabaaaa');
  });

  it('gives a newcomer the next turn, behind nobody who had many before', async () => {
    await queueJobs('a', 20);
    expect(await serve(10)).toBe('a'.repeat(10));
    await queueJobs('b', 2);
    expect(await serve(5)).toMatch(/^a?baba?a?$/);
  });

  it('does not let an owner save up turns by being idle', async () => {
    await queueJobs('a', 3);
    await serve(3);
    await queueJobs('a', 3);
    await queueJobs('b', 3);
    expect(await serve(6)).toBe('ababab');
  });

  it('puts priority before fairness', async () => {
    await queueJobs('a', 3);
    await queueJobs('b', 2);
    await queueJobs('a', 2, 5);
    expect(await serve(7)).toBe('aaababa');
  });

  it('is the one that the queue position tells', async () => {
    await queueJobs('a', 5);
    await queueJobs('b', 2);
    const { dataSource, jobs } = services();
    const rows = await dataSource.manager.find(JobEntity);
    const told = await Promise.all(rows.map(({ owner, jobId }) => jobs.findJob(owner, jobId)));
    const byPosition = told.toSorted((x, y) => (x.queuePosition ?? 0) - (y.queuePosition ?? 0));
    const owners = byPosition.map(({ owner }) => owner).join('');
    expect(await serve(7)).toBe(owners);
  });
});

describe('limits of running jobs', () => {
  const takeAll = async (limits: Partial<RunningLimits>) => {
    const take = takerOf(services(), limits);
    // At once, so that two that look for the last place at the same time would be seen.
    const taken = await Promise.all(Array.from({ length: 8 }, () => take()));
    return taken.flatMap((one) => (one ? [one.job.owner] : [])).toSorted();
  };

  it('are kept for all owners together', async () => {
    await queueJobs('a', 4);
    await queueJobs('b', 4);
    expect(await takeAll({ maxRunning: 3 })).toHaveLength(3);
    const { dataSource } = services();
    expect(await dataSource.manager.countBy(JobEntity, { status: 'running' })).toBe(3);
  });

  it('are kept for each owner, and do not hold up another', async () => {
    await queueJobs('a', 6);
    await queueJobs('b', 3);
    expect(await takeAll({ maxRunningPerOwner: 2 })).toEqual(['a', 'a', 'b', 'b']);
  });
});
