import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createSilentLogger } from '../../../src/logger.ts';
import { createSweep } from '../../../src/sweep/sweep.ts';
import { createSweepSteps } from '../../../src/sweep/sweep-steps.ts';
import { useSweptStorage } from '../../helpers/swept-storage.ts';

const { services, sweep, leave, names, jobIn } = useSweptStorage();

describe('many files', () => {
  it('are looked up in batches, and only those that belong to nobody go', async () => {
    const jobIds = [];
    for (let n = 0; n < 3; n += 1) jobIds.push(await jobIn('pending', 0));
    await leave(...Array.from({ length: 1200 }, () => `${randomUUID()}.mp4`));
    const { dataSource } = services();
    const query = dataSource.query.bind(dataSource);
    let lookUps = 0;
    dataSource.query = (async (text: string, values?: unknown[]) => {
      if (text.includes('unnest')) lookUps += 1;
      return query(text, values);
    }) as typeof dataSource.query;
    try {
      expect(await sweep()).toMatchObject({ orphanedFiles: 1200 });
    } finally {
      dataSource.query = query;
    }
    expect(lookUps).toBe(3);
    expect(await names()).toEqual(jobIds.map((jobId) => `${jobId}.mp4`).toSorted());
  });

  it('go though one of them cannot be removed', async () => {
    const { dataSource, storage } = services();
    const [stuck, other] = await leave(`${randomUUID()}.mp4`, `${randomUUID()}.mp4`);
    const failing = {
      ...storage,
      delete: async (key: string) => {
        if (key === stuck) throw new Error('made up');
        await storage.delete(key);
      },
    };
    const logger = createSilentLogger();
    const expireJobs = async () => 0;
    const reconcileJobs = async () => [];
    const steps = createSweepSteps({ ...services(), storage: failing, expireJobs, reconcileJobs, logger });
    expect(await createSweep({ dataSource, logger, steps })()).toMatchObject({ orphanedFiles: 1 });
    expect(await names()).toEqual([stuck]);
    expect(other).not.toBe(stuck);
  });
});
