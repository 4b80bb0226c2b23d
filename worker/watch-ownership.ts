import { AppError } from '../src/errors.ts';
import type { JobStatusChanges, RunningAttempt } from '../src/jobs/job-status.ts';
import type { Logger } from '../src/logger.ts';

/** How soon a worker finds out by itself that its job was canceled, deleted or taken over. */
const CHECK_MS = 1_000;

/** Watches whether an attempt still owns its job. */
export interface OwnershipWatch {
  /** Aborted, with JOB_STATE_CONFLICT, when it does not. */
  readonly lost: AbortSignal;
  /** Looks now. */
  check(): void;
  close(): void;
}

/** Looks at the row every second, and whenever `check` is called. The caller closes the watch. */
export function watchOwnership(
  status: Pick<JobStatusChanges, 'isRunning'>,
  job: RunningAttempt,
  logger: Logger,
): OwnershipWatch {
  const lost = new AbortController();
  const look = async () => {
    try {
      if (!(await status.isRunning(job))) lost.abort(noLongerOurs());
    } catch (error) {
      logger.warn({ jobId: job.jobId, err: error }, 'could not look whether the job is still ours');
    }
  };
  const check = () => void look();
  const timer = setInterval(check, CHECK_MS);
  return { lost: lost.signal, check, close: () => clearInterval(timer) };
}

function noLongerOurs(): AppError {
  return new AppError('JOB_STATE_CONFLICT', 'The job was canceled, deleted or taken over by another worker.');
}
