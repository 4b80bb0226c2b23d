import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource, EntityManager } from 'typeorm';
import { connectDataSource } from '../../../src/database/data-source.ts';
import { translateDatabaseError } from '../../../src/database/unavailable.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { createSweep } from '../../../src/sweep/sweep.ts';
import { insertJob, takerOf } from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const services = useTestServices();
/** Stands for another process on the same database. */
let other: DataSource;
beforeAll(async () => {
  other = await connectDataSource(services().databaseUrl);
});
afterAll(() => other.destroy());

const UNAVAILABLE = { code: 'DATABASE_UNAVAILABLE', retryable: true };

/** A transaction that does `work`, and then nothing until its session is gone; resolves to how its next step ends. */
const abandonedTransaction = (work: (transaction: EntityManager) => Promise<unknown>) =>
  other
    .transaction(async (transaction) => {
      await work(transaction);
      const { queryRunner } = transaction;
      await waitFor(async () => queryRunner?.isReleased || undefined, 40_000, 'the session to be gone');
      await transaction.query('SELECT 1');
    })
    .then(
      () => 'went on',
      (error: unknown) => translateDatabaseError(error),
    );

describe('a session that is lost in the middle of a transaction', () => {
  it('is an outage of the database, which is waited out, and no error that nobody foresaw', async () => {
    const ending = abandonedTransaction(async (transaction) => {
      const [row] = await transaction.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      await services().dataSource.query('SELECT pg_terminate_backend($1)', [row?.pid]);
    });
    expect(await ending).toMatchObject(UNAVAILABLE);
  });
});

describe('a process that is frozen in the middle of a transaction', () => {
  it('does not keep others from taking and canceling jobs, and a sweep may take its time', async () => {
    const jobId = await insertJob(services(), { owner: 'ann' });
    const isTaken = Promise.withResolvers<void>();
    const isOver = Promise.withResolvers<number>();
    const logger = createSilentLogger();
    const sweep = createSweep({
      dataSource: services().dataSource,
      steps: [{ name: 'slow', run: () => isOver.promise }],
      logger,
    });
    const sweeping = sweep();
    const frozen = abandonedTransaction(async (transaction) => {
      // As a worker does that takes a job.
      await transaction.query(`SELECT pg_advisory_xact_lock(hashtextextended('foregsyte take job', 0))`);
      await transaction.query('SELECT FROM jobs WHERE job_id = $1 FOR UPDATE', [jobId]);
      isTaken.resolve();
    });
    await isTaken.promise;
    expect(await takerOf(services())()).toMatchObject({ job: { jobId } });
    expect(await services().cancelJob('ann', jobId)).toMatchObject({ status: 'canceled' });
    expect(await frozen).toMatchObject(UNAVAILABLE);
    isOver.resolve(1);
    expect(await sweeping).toEqual({ slow: 1 });
  });
});
