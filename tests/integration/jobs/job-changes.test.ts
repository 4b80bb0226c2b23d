import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChannelListener } from '../../../src/database/channel.ts';
import { announceTakenAway, listenForTakenAway } from '../../../src/jobs/job-changes.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { insertJob, removeAllJobs } from '../../helpers/job-loop.ts';
import { useTestServices } from '../../helpers/test-services.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const services = useTestServices();
const heard: string[] = [];
let listener: ChannelListener;

beforeAll(() => {
  listener = listenForTakenAway(services().databaseUrl, (jobId) => heard.push(jobId), createSilentLogger());
});
afterAll(() => listener.close());
afterEach(() => removeAllJobs(services()));

const untilHeard = (jobId: string) =>
  waitFor(async () => (heard.includes(jobId) ? true : undefined), 10_000, `${jobId} to be heard of`);
/** What is said while nobody listens is lost, so it is said until it is heard. */
const untilListening = () => {
  const marker = randomUUID();
  return waitFor(
    async () => {
      await announceTakenAway(services().dataSource.manager, marker);
      return heard.includes(marker) ? true : undefined;
    },
    10_000,
    'the listener to listen',
  );
};

describe('a worker that listens', () => {
  it.each(['cancelJob', 'deleteJob'] as const)('hears at once of %s', async (action) => {
    await untilListening();
    const jobId = await insertJob(services(), { owner: 'ann' });
    await services()[action]('ann', jobId);
    await untilHeard(jobId);
  });

  it('hears nothing of what was rolled back', async () => {
    await untilListening();
    const undone = randomUUID();
    const { dataSource } = services();
    const failing = dataSource.transaction(async (transaction) => {
      await announceTakenAway(transaction, undone);
      throw new Error('undo');
    });
    await expect(failing).rejects.toThrow('undo');
    // Messages come in order: what is heard of later would have come after it.
    const later = randomUUID();
    await announceTakenAway(dataSource.manager, later);
    await untilHeard(later);
    expect(heard).not.toContain(undone);
  });

  it('hears again after its connection was lost', async () => {
    await untilListening();
    const ended = await services().dataSource.query<unknown[]>(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    );
    expect(ended).toHaveLength(1);
    await untilListening();
  });
});
