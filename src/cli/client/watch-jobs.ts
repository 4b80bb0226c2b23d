import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailure, EXIT_CODES } from '../command-failure.ts';
import type { JobStandingFragment } from '../generated/graphql.ts';
import { readStatuses } from './read-statuses.ts';
import type { ServiceClient } from './service-client.ts';
import { isUnreachable } from './service-failures.ts';

/** For how long a service that did answer may be silent before we give up. */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Who is told how the jobs stand. */
export interface JobWatcher {
  update(jobs: readonly JobStandingFragment[]): void;
  /** The service is silent for now; an update follows when it answers again. */
  trouble(message: string): void;
}

/**
 * Asks for jobs, as often as the service wants to be asked, until all are settled; resolves to how they ended, in the
 * order of the ids. Waits out RATE_LIMITED and short losses of the connection.
 * @throws CommandFailure when a job is not there, or the service stays silent; the signal's reason.
 */
export async function watchJobs(
  client: ServiceClient,
  jobIds: readonly string[],
  options: { watcher: JobWatcher; signal: AbortSignal },
): Promise<JobStandingFragment[]> {
  const { watcher, signal } = options;
  const ask = createPatientReader(client, watcher, signal);
  const known = new Map<string, JobStandingFragment>();
  let waiting = [...jobIds];
  for (;;) {
    const answers = await ask(waiting);
    for (const [index, jobId] of waiting.entries()) {
      known.set(jobId, answers[index] ?? failUnknown(jobId));
    }
    const jobs = jobIds.flatMap((jobId) => known.get(jobId) ?? []);
    watcher.update(jobs);
    waiting = waiting.filter((jobId) => known.get(jobId)?.pollAfterMs !== null);
    if (waiting.length === 0) return jobs;
    const pauses = waiting.flatMap((jobId) => known.get(jobId)?.pollAfterMs ?? []);
    await delay(Math.min(...pauses), undefined, { signal });
  }
}

function createPatientReader(client: ServiceClient, watcher: JobWatcher, signal: AbortSignal) {
  // Never heard of: an address that is wrong from the start is said at once.
  let lastHeardAt = -Infinity;
  return async (jobIds: readonly string[]) => {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const answers = await readStatuses(client, jobIds);
        lastHeardAt = performance.now();
        return answers;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof CommandFailure)) throw error;
        const { retryAfterMs } = error.details;
        if (typeof retryAfterMs === 'number') {
          watcher.trouble('asked to wait');
          await delay(retryAfterMs, undefined, { signal });
          continue;
        }
        const isPassing = isUnreachable(error) || error.retryable;
        if (!isPassing || performance.now() > lastHeardAt + PATIENCE_MS) throw error;
        watcher.trouble('connection lost, trying again');
        await delay(pause, undefined, { signal });
      }
    }
  };
}

/** @throws CommandFailure JOB_NOT_FOUND, as the service says it of a single job. */
function failUnknown(jobId: string): never {
  throw new CommandFailure(
    EXIT_CODES.refused,
    'JOB_NOT_FOUND',
    `There is no job ${jobId}. Check the id and the API key.`,
  );
}

/** @throws CommandFailure with the first job's error when not all of them are completed. */
export function assertCompleted(jobs: readonly JobStandingFragment[]): void {
  for (const { id, status, errorCode, errorMessage } of jobs) {
    if (status === 'COMPLETED') continue;
    const reason = errorMessage ?? `It was ${status.toLowerCase()}.`;
    const message = `Job ${id} ended without results. ${reason}`;
    throw new CommandFailure(EXIT_CODES.jobNotCompleted, errorCode, message);
  }
}
