import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { listCheckpoints } from '../../../src/jobs/job-checkpoints.ts';
import type { TakenJob } from '../../../src/jobs/take-job.ts';
import { type FrameBatches, openFrameBatches } from '../../../worker/frame-batches.ts';
import { framesUpTo } from '../../helpers/frame-data.ts';
import { gather } from '../../helpers/gather.ts';
import { useTakenJobs } from '../../helpers/taken-jobs.ts';

const { services, begin, takeOver } = useTakenJobs();
const PROGRESS = { timing: { decodeMs: 1, detectMs: 2, ocrMs: 3 }, warnings: [] };

type Persist = <T>(write: () => Promise<T>) => Promise<T>;
const open = ({ job }: TakenJob, persist: Persist = (write) => write()) => {
  const { dataSource, storage } = services();
  const deps = { manager: dataSource.manager, storage, intervalMs: 3_600_000, persist };
  return openFrameBatches(job, 'engines', deps);
};
const appendThree = async (batches: FrameBatches) => {
  for (const frame of framesUpTo(3)) await batches.append(frame, PROGRESS);
};
/** What the job's next attempt finds. */
const framesFor = async (successor: TakenJob) => gather((await open(successor)).read());

describe('a batch that was noted, though the answer of the database was lost', () => {
  it('is left to the attempt that took the job over', async () => {
    const stale = await begin();
    let successor: TakenJob | undefined;
    // As when the connection breaks behind the commit, and the job is taken over before the second try.
    const late = await open(stale, async (write) => {
      const answer = await write();
      const noted = await listCheckpoints(services().dataSource.manager, stale.job.jobId);
      if (successor !== undefined || noted.length === 0) return answer;
      successor = await takeOver(stale);
      return write();
    });
    await appendThree(late);
    await expect(late.flush()).rejects.toMatchObject({ code: 'JOB_STATE_CONFLICT' });
    if (!successor) throw new Error('the job was not taken over');
    expect(await framesFor(successor)).toEqual(framesUpTo(3));
  });

  it('is left to the next attempt when the database does not answer again', async () => {
    const taken = await begin();
    const away = new AppError('DATABASE_UNAVAILABLE', 'Gone.');
    let isAway = false;
    const batches = await open(taken, async (write) => {
      const answer = await write();
      if (isAway) throw away;
      return answer;
    });
    await appendThree(batches);
    isAway = true;
    await expect(batches.flush()).rejects.toBe(away);
    expect(await framesFor(await takeOver(taken))).toEqual(framesUpTo(3));
  });
});
