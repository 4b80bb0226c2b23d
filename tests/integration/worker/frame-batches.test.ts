import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../../src/errors.ts';
import { addCheckpoint, listCheckpoints } from '../../../src/jobs/job-checkpoints.ts';
import type { TakenJob } from '../../../src/jobs/take-job.ts';
import { createSilentLogger } from '../../../src/logger.ts';
import { checkpointKey } from '../../../src/results/results-keys.ts';
import { type FrameBatches, openFrameBatches } from '../../../worker/frame-batches.ts';
import { createAttemptSettler } from '../../../worker/settle-attempt.ts';
import { frameNumber, framesUpTo } from '../../helpers/frame-data.ts';
import { gather } from '../../helpers/gather.ts';
import { useTakenJobs } from '../../helpers/taken-jobs.ts';

const { services, begin, takeOver } = useTakenJobs();
const conflict = { code: 'JOB_STATE_CONFLICT' };
const NEVER_DUE = 3_600_000;
const PROGRESS = { timing: { decodeMs: 1, detectMs: 2, ocrMs: 3 }, warnings: [] };
const afterFrame = (decodeMs: number) => ({ ...PROGRESS, timing: { ...PROGRESS.timing, decodeMs } });

const open = ({ job }: TakenJob, { intervalMs = NEVER_DUE, fingerprint = 'engines' } = {}) => {
  const { dataSource, storage } = services();
  const persist = <T>(write: () => Promise<T>) => write();
  return openFrameBatches(job, fingerprint, { manager: dataSource.manager, storage, intervalMs, persist });
};
/** Appends the frames from number `from` to before number `to`. */
const append = async (batches: FrameBatches, from: number, to: number) => {
  for (let index = from; index < to; index += 1) await batches.append(frameNumber(index), afterFrame(index));
};
const readAll = (batches: FrameBatches) => gather(batches.read());
const noted = ({ job }: TakenJob) => listCheckpoints(services().dataSource.manager, job.jobId);
const files = async () => (await gather(services().storage.list())).map(({ key }) => key).toSorted();
/** Appends three batches of four frames each, and ends as if in a crash. */
const threeBatches = async () => {
  const taken = await begin();
  const batches = await open(taken);
  for (const from of [0, 4, 8]) {
    await append(batches, from, from + 4);
    await batches.flush();
  }
  return taken;
};

describe('the batches of an attempt', () => {
  it('give back what was put in, to the last bit and in order, from memory and from storage', async () => {
    const batches = await open(await begin());
    expect(batches.earlier).toBeNull();
    await append(batches, 0, 7);
    await batches.flush();
    await append(batches, 7, 13);
    expect(await readAll(batches)).toEqual(framesUpTo(13));
    await batches.flush();
    // JSON text tells apart what toEqual may not.
    expect((await readAll(batches)).map((frame) => JSON.stringify(frame))).toEqual(
      framesUpTo(13).map((frame) => JSON.stringify(frame)),
    );
  });

  it('never hold more than 256 frames in memory', async () => {
    const taken = await begin();
    const batches = await open(taken);
    await append(batches, 0, 255);
    expect(await noted(taken)).toEqual([]);
    await append(batches, 255, 600);
    expect(await noted(taken)).toMatchObject([
      { sequence: 0, frameCount: 256, attempt: 1 },
      { sequence: 1, frameCount: 256, attempt: 1 },
    ]);
    expect(await readAll(batches)).toEqual(framesUpTo(600));
  });

  it('go to storage when they are due', async () => {
    const taken = await begin();
    await append(await open(taken, { intervalMs: 0 }), 0, 3);
    expect((await noted(taken)).map(({ frameCount }) => frameCount)).toEqual([1, 1, 1]);
    expect(await files()).toEqual([0, 1, 2].map((nth) => checkpointKey(taken.job.jobId, 1, nth)));
  });

  it('write nothing when nothing has come', async () => {
    const batches = await open(await begin());
    await batches.flush();
    await append(batches, 0, 1);
    await batches.flush();
    await batches.flush();
    expect(await files()).toHaveLength(1);
  });
});

describe('the next attempt after a crash', () => {
  it('goes on from what was put aside, and knows how things stood', async () => {
    const batches = await open(await takeOver(await threeBatches()));
    expect(batches.earlier).toEqual({ progress: afterFrame(11), frameCount: 12 });
    await append(batches, 12, 15);
    await batches.flush();
    expect(await readAll(batches)).toEqual(framesUpTo(15));
  });

  it('has what three attempts have done', async () => {
    let taken = await begin();
    for (const from of [0, 3, 6]) {
      if (from > 0) taken = await takeOver(taken);
      await append(await open(taken, { intervalMs: 0 }), from, from + 3);
    }
    const batches = await open(await takeOver(taken));
    expect(batches.earlier?.frameCount).toBe(9);
    expect(await readAll(batches)).toEqual(framesUpTo(9));
  });

  it('loses only what was in memory', async () => {
    const taken = await begin();
    await append(await open(taken), 0, 300);
    expect((await open(await takeOver(taken))).earlier?.frameCount).toBe(256);
  });

  it('begins anew when other engines or options made the batches, and leaves nothing of them', async () => {
    const taken = await takeOver(await threeBatches());
    const batches = await open(taken, { fingerprint: 'others' });
    expect(batches.earlier).toBeNull();
    expect(await readAll(batches)).toEqual([]);
    expect([await noted(taken), await files()]).toEqual([[], []]);
  });

  it.each([0, 1, 2])(
    'begins where the file of batch %i is missing, and drops what lies behind',
    async (nth) => {
      const crashed = await threeBatches();
      await services().storage.delete(checkpointKey(crashed.job.jobId, 1, nth));
      const taken = await takeOver(crashed);
      const batches = await open(taken);
      expect(batches.earlier?.frameCount ?? 0).toBe(nth * 4);
      expect(await noted(taken)).toHaveLength(nth);
      expect(await files()).toHaveLength(nth);
      await append(batches, nth * 4, 14);
      await batches.flush();
      expect(await readAll(batches)).toEqual(framesUpTo(14));
    },
  );

  it('drops what lies behind a gap', async () => {
    const crashed = await threeBatches();
    const { jobId } = crashed.job;
    await services().dataSource.query('DELETE FROM job_checkpoints WHERE job_id = $1 AND sequence = 1', [
      jobId,
    ]);
    expect((await open(await takeOver(crashed))).earlier?.frameCount).toBe(4);
  });
});

describe('an attempt that no longer owns the job', () => {
  const losses: [string, (taken: TakenJob) => Promise<unknown>][] = [
    ['was taken over', takeOver],
    ['was canceled', ({ job }) => services().cancelJob(job.owner, job.jobId)],
    ['was deleted', ({ job }) => services().deleteJob(job.owner, job.jobId)],
  ];
  it.each(losses)('puts nothing aside once the job %s', async (_what, lose) => {
    const taken = await begin();
    const batches = await open(taken);
    await append(batches, 0, 3);
    await lose(taken);
    await expect(batches.flush()).rejects.toMatchObject(conflict);
    expect([await noted(taken), await files()]).toEqual([[], []]);
  });

  it('cannot write over the batch of its successor', async () => {
    const stale = await begin();
    const late = await open(stale);
    await append(late, 0, 3);
    const successor = await takeOver(stale);
    const batches = await open(successor, { intervalMs: 0 });
    await append(batches, 0, 2);
    await expect(late.flush()).rejects.toMatchObject(conflict);
    expect((await noted(successor)).map(({ attempt }) => attempt)).toEqual([2, 2]);
    expect(await readAll(batches)).toEqual(framesUpTo(2));
  });

  it('cannot drop the batches of its successor, whose engines are others', async () => {
    const stale = await begin();
    const successor = await takeOver(stale);
    const batches = await open(successor, { intervalMs: 0, fingerprint: 'newer' });
    await append(batches, 0, 2);
    await expect(open(stale, { fingerprint: 'older' })).rejects.toMatchObject(conflict);
    expect(await noted(successor)).toHaveLength(2);
    expect(await readAll(batches)).toEqual(framesUpTo(2));
  });
});

describe('a settled job', () => {
  const settler = () =>
    createAttemptSettler({
      ...services(),
      logger: createSilentLogger(),
      persist: (write) => write(),
      retryPolicy: { maxAttempts: 1, delayMs: 0, maxDelayMs: 0 },
    });

  const endings: [string, (taken: TakenJob) => Promise<unknown>][] = [
    ['completed', (taken) => settler().complete(taken, 'a_results.json')],
    ['failed', (taken) => settler().fail(taken, new AppError('INVALID_VIDEO', 'It is broken.'))],
    ['exhausted', (taken) => settler().fail(taken, new AppError('STORAGE_FAILED', 'Broken disk.'))],
    ['canceled', ({ job }) => services().cancelJob(job.owner, job.jobId)],
  ];
  it.each(endings)('that is %s keeps neither rows nor files of batches', async (_how, settle) => {
    const taken = await threeBatches();
    expect(await files()).toHaveLength(3);
    await settle(taken);
    expect([await noted(taken), await files()]).toEqual([[], []]);
  });

  it('takes no more batches', async () => {
    const taken = await threeBatches();
    await settler().complete(taken, 'a_results.json');
    const late = { sequence: 3, storageKey: 'late', frameCount: 1, engineFingerprint: 'engines' };
    await expect(addCheckpoint(services().dataSource.manager, taken.job, late)).rejects.toMatchObject(
      conflict,
    );
    expect(await noted(taken)).toEqual([]);
  });
});
