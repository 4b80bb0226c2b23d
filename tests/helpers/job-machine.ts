import { expect } from '@jest/globals';
import { resolveJobRequest } from '../../src/jobs/job-request.ts';
import type { TakenJob } from '../../src/jobs/take-job.ts';
import { createActAsWorker } from './attempt-machine.ts';
import type { JobRow } from './job-audit.ts';
import { createJobBoard } from './job-board.ts';
import type { JobEvent } from './job-events.ts';
import { takerOf } from './job-loop.ts';
import { type TestServices, videoBytes } from './test-services.ts';

const OWNER = 'ann';
/** So many jobs are beside each other at most. */
const MAX_JOBS = 2;
const isDue = ({ status, retry_at: at }: JobRow) => status === 'pending' && (at ?? 0) <= Date.now();

/** Applies events to real jobs and compares each outcome with what ought to become of the rows. */
export interface JobMachine {
  /** The jobs that must be dead letters now. */
  readonly buried: ReadonlySet<string>;
  apply(event: JobEvent): Promise<void>;
}

/** A machine without any job yet. */
export function createJobMachine(services: TestServices): JobMachine {
  const board = createJobBoard(services);
  const actAsWorker = createActAsWorker(services, board);
  const takeJob = takerOf(services);
  const jobIds: string[] = [];
  const attempts: TakenJob[] = [];
  const buried = new Set<string>();

  const submit = async () => {
    if (jobIds.length >= MAX_JOBS) return;
    const request = resolveJobRequest({ pipelineId: 'yolo_ocr' });
    const { jobId } = await services.submitVideo(OWNER, request, { filename: 'a', bytes: videoBytes() });
    jobIds.push(jobId);
    await board.expectRow(jobId, { status: 'pending', attempt: 0, revision: 1 });
  };

  const take = async () => {
    const [before, crashes] = [await board.rows(), await board.crashes()];
    const mayBeTaken = (row: JobRow) => isDue(row) || crashes.get(row.job_id)?.status === 'pending';
    const taken = await takeJob();
    expect(taken !== null).toBe([...before.values()].some(mayBeTaken));
    if (taken) attempts.push(taken);
    for (const [jobId, row] of before) {
      const crash = crashes.get(jobId);
      if (jobId === taken?.job.jobId) {
        expect(mayBeTaken(row)).toBe(true);
        const crash_count = crash?.crash_count ?? row.crash_count;
        const attempt = row.attempt + 1;
        await board.expectRow(jobId, { status: 'running', stage: 'probing', attempt, crash_count });
      } else if (
        crash?.status === 'failed' &&
        (taken === null || (await board.row(jobId))?.status === 'failed')
      ) {
        // Whoever meets it on the way through the queue ends it.
        await board.expectRow(jobId, crash);
        buried.add(jobId);
      } else {
        await board.expectRow(jobId, row);
      }
    }
  };

  const reconcile = async () => {
    const crashes = await board.crashes();
    const mended = await services.reconcileJobs();
    expect(mended.map(({ jobId }) => jobId).toSorted()).toEqual([...crashes.keys()].toSorted());
    for (const { jobId, mismatch } of mended) {
      expect(mismatch).toBe('running without worker');
      await board.expectRow(jobId, crashes.get(jobId) ?? {});
      if (crashes.get(jobId)?.status === 'failed') buried.add(jobId);
    }
  };

  /** Does what an owner may ask for in the given states, or is refused. */
  const ask = async (kind: 'cancel' | 'retry' | 'delete', jobId: string) => {
    const row = await board.row(jobId);
    const { from, refusal, action } = {
      cancel: { from: ['pending', 'running'], refusal: 'JOB_NOT_CANCELABLE', action: services.cancelJob },
      retry: { from: ['failed', 'canceled'], refusal: 'JOB_NOT_RETRYABLE', action: services.retryJob },
      delete: { from: [row?.status], refusal: '', action: services.deleteJob },
    }[kind];
    await board.expectNoChange(() =>
      expect(action('bob', jobId)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' }),
    );
    if (!row || !from.includes(row.status)) {
      const code = row ? refusal : 'JOB_NOT_FOUND';
      return board.expectNoChange(() => expect(action(OWNER, jobId)).rejects.toMatchObject({ code }));
    }
    await action(OWNER, jobId);
    buried.delete(jobId);
    if (kind === 'delete') return expect(await board.row(jobId)).toBeUndefined();
    const { attempt, revision } = row;
    const afresh = { failure_count: 0, crash_count: 0, error_code: null, started_at: null };
    const wanted = kind === 'cancel' ? { status: 'canceled' } : { status: 'pending', ...afresh };
    return board.expectRow(jobId, { ...wanted, attempt, revision: revision + 1 });
  };

  return {
    buried,
    async apply(event) {
      switch (event.kind) {
        case 'submit':
          return submit();
        case 'take':
          return take();
        case 'reconcile':
          return reconcile();
        case 'cancel':
        case 'retry':
        case 'delete': {
          const jobId = jobIds[event.nth % jobIds.length];
          return jobId === undefined ? undefined : ask(event.kind, jobId);
        }
        default: {
          // Number 0 is the latest, so that short sequences get somewhere.
          const taken = attempts.at(-1 - (event.nth % attempts.length));
          if (taken && (await actAsWorker(taken, event))) buried.add(taken.job.jobId);
        }
      }
    },
  };
}
